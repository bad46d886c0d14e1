//! The parts of a starter guide that depend on its method.

use crate::args::MethodKind;

/// The parts of a starter guide that depend on its method.
pub(crate) struct Parts {
    pub(crate) key: &'static str,
    pub(crate) label: &'static str,
    pub(crate) description: &'static str,
    pub(crate) fields: &'static str,
    pub(crate) auth: &'static str,
    /// The key of the field to report as the cause if the provider rejects the credential.
    pub(crate) secret: &'static str,
    pub(crate) obtains: &'static str,
    pub(crate) collects: &'static str,
    /// The values that a scenario enters. Each scenario replaces `?` with its own word.
    pub(crate) given: &'static str,
    /// The scenario's turns for signing in.
    pub(crate) signs_in: &'static str,
    /// The request that fails if the credential is wrong: a sign-in request or the first check.
    pub(crate) refused_at: &'static str,
    pub(crate) linking: &'static Linking,
}

/// The parts that depend on how people link an account: by entering a credential, or by signing in through a browser.
pub(crate) struct Linking {
    /// The section that leads to the credential.
    pub(crate) section: &'static str,
    /// The sections about replacing and revoking the credential.
    pub(crate) upkeep: &'static str,
    /// The setup guide, for the admin.
    pub(crate) setup: &'static str,
    /// The facts about the credential.
    pub(crate) credential: &'static str,
    /// The outcome rules for a refused credential and for a missing permission.
    pub(crate) outcomes: &'static str,
    /// The name of the scenario with a refused credential.
    pub(crate) refused_name: &'static str,
    /// The outcome of the scenario with a refused credential.
    pub(crate) refused_as: &'static str,
    /// The name of the scenario with a missing permission.
    pub(crate) small_name: &'static str,
    /// The field or step at which people can correct either failure.
    pub(crate) blames: &'static str,
}

const TYPED: Linking = Linking {
    section: include_str!("typed/section.yaml"),
    upkeep: include_str!("typed/upkeep.yaml"),
    setup: "",
    credential: include_str!("typed/credential.yaml"),
    outcomes: include_str!("typed/outcomes.yaml"),
    refused_name: "an incorrect credential",
    refused_as: "wrong_secret",
    small_name: "a credential without the permission",
    blames: "at_field: @secret@",
};

const IN_BROWSER: Linking = Linking {
    section: include_str!("browser/section.yaml"),
    upkeep: include_str!("browser/upkeep.yaml"),
    setup: include_str!("browser/setup.yaml"),
    credential: include_str!("browser/credential.yaml"),
    outcomes: include_str!("browser/outcomes.yaml"),
    refused_name: "access that was revoked",
    refused_as: "expired",
    small_name: "a user without the permission",
    blames: "return_to: agree",
};

const KEY_FIELD: &str = "      - key: api_key
        label: API Key                      # ← the label that the provider uses
        type: secret
        description: The key, as shown when you create it.
        accept: [trim]
        examples:
          - { typed: ' an-example-key ', becomes: an-example-key }
          - { typed: an example key, refused: type }
";

const CLIENT_FIELDS: &str = "      - key: client_id
        label: Client ID
        type: text
        public: true
        description: The app's id.
        placeholder: example-app
      - key: client_secret
        label: Client Secret
        type: secret
        description: The app's secret, as shown when you create it.
";

const TOKEN_TURN: &str = "          - request: POST /oauth/token
            response: { status: 200, json: { access_token: a-token, expires_in: 3600 } }
";

const API_KEY: Parts = Parts {
    key: "api-key",
    label: "API Key",
    description: "A key that you create in the settings.",
    fields: KEY_FIELD,
    auth: "      api_key:
        - { in: header, name: X-API-Key, value: '{{ value.api_key }}' }   # ← where the key goes
",
    secret: "api_key",
    obtains: "api_key",
    collects: "api_key",
    given: "api_key: ?-key",
    signs_in: "",
    refused_at: "GET /me",
    linking: &TYPED,
};

const BEARER: Parts = Parts { auth: "      bearer: { token: '{{ value.api_key }}' }\n", ..API_KEY };

const BASIC: Parts = Parts {
    key: "basic",
    label: "Email and API Token",
    description: "A user's email address and a token that the user creates.",
    fields: "      - key: email
        label: Email
        type: email
        public: true
        description: The address that the user signs in with.
        placeholder: user@acme.example
      - key: api_token
        label: API Token
        type: secret
        description: The token, as shown when you create it.
",
    auth: "      # Either half can be constant or composed, such as '{{ value.email }}/token'.
      basic: { username: '{{ value.email }}', password: '{{ value.api_token }}' }
",
    secret: "api_token",
    obtains: "api_token",
    collects: "email, api_token",
    given: "email: user@acme.example, api_token: ?-token",
    ..API_KEY
};

const SIGNATURE: Parts = Parts {
    key: "access-key",
    label: "Access Key",
    description: "A key that signs each request.",
    fields: "      - key: access_key_id
        label: Access Key ID
        type: text
        public: true
        description: The key's id.
        placeholder: example-id
      - key: secret_key
        label: Secret Key
        type: secret
        description: The key itself, as shown when you create it.
",
    auth: "      signature:
        algorithm: HS256
        key: '{{ value.secret_key }}'
        # ← the string to sign, exactly as the provider's documentation specifies it
        canonical: '{{ now.unix }}{{ request.method }}{{ request.path_and_query }}{{ request.body }}'
        encoding: hex
        carries:
          - { in: header, name: X-Key, value: '{{ value.access_key_id }}' }
          - { in: header, name: X-Timestamp, value: '{{ now.unix }}' }
          - { in: header, name: X-Signature, value: '{{ request.signature }}' }
",
    secret: "secret_key",
    obtains: "access_key_id, secret_key",
    collects: "access_key_id, secret_key",
    given: "access_key_id: id-1, secret_key: ?-key",
    ..API_KEY
};

const CLIENT_CREDENTIALS: Parts = Parts {
    key: "client-credentials",
    label: "Client Credentials",
    description: "The id and secret of your own app.",
    fields: CLIENT_FIELDS,
    auth: "      oauth2:
        grant: client_credentials
        token_url: https://login.acme.example/oauth/token   # ←
        client_auth: basic                  # ← basic, post or private_key_jwt
        client_id: '{{ value.client_id }}'
        client_secret: '{{ value.client_secret }}'
        scopes: []                          # ← the scopes that the app requests
",
    secret: "client_secret",
    obtains: "client_id, client_secret",
    collects: "client_id, client_secret",
    given: "client_id: example-app, client_secret: ?-secret",
    signs_in: TOKEN_TURN,
    refused_at: "POST /oauth/token",
    ..API_KEY
};

const OAUTH2: Parts = Parts {
    key: "oauth",
    label: "OAuth 2.0",
    description: "You sign in to the provider and allow access.",
    fields: CLIENT_FIELDS,
    auth: "      oauth2:
        grant: authorization_code
        authorize_url: https://login.acme.example/oauth/authorize   # ←
        token_url: https://login.acme.example/oauth/token           # ←
        client_id: '{{ value.client_id }}'
        client_secret: '{{ value.client_secret }}'
        scopes: [read]                      # ← the scopes that the person is asked to grant
",
    secret: "client_secret",
    obtains: "client_id, client_secret",
    collects: "client_id, client_secret",
    given: "client_id: example-app, client_secret: app-secret }\n        tokens: { access_token: ?-token",
    linking: &IN_BROWSER,
    ..API_KEY
};

const EXCHANGE: Parts = Parts {
    key: "login",
    label: "Username and Password",
    description: "A username and password, exchanged for a token.",
    fields: "      - key: username
        label: User Name
        type: text
        public: true
        description: The name that the user signs in with.
        placeholder: example-user
      - key: password
        label: Password
        type: secret
        description: The user's password.
",
    auth: "      exchange:
        steps:
          - key: log-in
            label: Signing in
            request: { line: POST /login, json: { user: '{{ value.username }}', password: '{{ value.password }}' } }   # ←
            captures: { session: data.token }   # ← the value to keep, and where it is in the response
            expires_in: data.expires_in     # ← where the token's lifetime in seconds is in the response
        carries:
          - { in: header, name: X-Session, value: '{{ token.session }}' }
",
    secret: "password",
    obtains: "username, password",
    collects: "username, password",
    given: "username: example-user, password: ?-password",
    signs_in: "          - request: POST /login
            response: { status: 200, json: { data: { token: a-token, expires_in: 3600 } } }
",
    refused_at: "POST /login",
    ..API_KEY
};

const JWT: Parts = Parts {
    key: "service-account",
    label: "Service Account",
    description: "A service account and its signing key.",
    fields: "      - key: issuer
        label: Client ID
        type: text
        public: true
        description: The service account's id.
        placeholder: example-account
      - key: signing_key
        label: Signing Key
        type: secret                        # ← `type: file, holds: pem` for RS256, ES256 and EdDSA keys
        description: The service account's key.
",
    auth: "      jwt:
        assertion:
          algorithm: HS256                  # ← RS256, ES256, EdDSA …
          key: '{{ value.signing_key }}'
          claims: { iss: '{{ value.issuer }}', aud: 'https://login.acme.example/oauth/token' }
        token_url: https://login.acme.example/oauth/token   # ← remove if requests carry the assertion itself
",
    secret: "signing_key",
    obtains: "issuer, signing_key",
    collects: "issuer, signing_key",
    given: "issuer: example-account, signing_key: ?-key",
    signs_in: TOKEN_TURN,
    refused_at: "POST /oauth/token",
    ..API_KEY
};

/// Returns the parts for a kind of method.
pub(super) const fn parts_of(kind: MethodKind) -> Parts {
    match kind {
        MethodKind::ApiKey => API_KEY,
        MethodKind::Bearer => BEARER,
        MethodKind::Basic => BASIC,
        MethodKind::Oauth2 => OAUTH2,
        MethodKind::ClientCredentials => CLIENT_CREDENTIALS,
        MethodKind::Exchange => EXCHANGE,
        MethodKind::Jwt => JWT,
        MethodKind::Signature => SIGNATURE,
    }
}
