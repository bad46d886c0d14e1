//! Shapes for authentication.

use schemars::JsonSchema;
use serde::Deserialize;

use super::check::{ExpectShape, OutcomeShape, RequestShape};
use super::forms::{AnyJson, Entries, OneOrMany, ShortOr, Text};
use super::parts::{CaptureShape, CarrierShape};
use crate::choice::{Algorithm, ClientAuth, Grant, KeyEncoding, SignatureEncoding, TokenBody};
use crate::spanned::Spanned;

/// How requests are authenticated.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum AuthShape {
    /// HTTP Basic authentication.
    Basic(BasicShape),
    /// A bearer token in the `Authorization` header.
    Bearer(BearerShape),
    /// One or more keys in headers, query parameters, cookies or the body.
    ApiKey(Vec<CarrierShape>),
    /// OAuth 2.0.
    Oauth2(Box<Oauth2Shape>),
    /// A custom login: one or more requests whose responses contain the token.
    Exchange(Box<ExchangeShape>),
    /// A signed assertion, used directly or exchanged for a token.
    Jwt(Box<JwtShape>),
    /// A signature for each request.
    Signature(Box<SignatureShape>),
    /// A client certificate, alone or combined with another scheme.
    MutualTls(Box<MutualTlsShape>),
}

/// HTTP Basic ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617)).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BasicShape {
    /// The user name.
    #[schemars(example = &"{{ value.email }}")]
    pub(crate) username: Text,
    /// The password. The value can be empty.
    #[schemars(example = &"{{ value.api_token }}")]
    pub(crate) password: Text,
}

/// A bearer token ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BearerShape {
    /// The token.
    #[schemars(example = &"{{ value.api_token }}")]
    pub(crate) token: Text,
}

/// OAuth 2.0 ([RFC 6749](https://www.rfc-editor.org/rfc/rfc6749)).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Oauth2Shape {
    /// The OAuth grant used to obtain a token.
    pub(crate) grant: Spanned<Grant>,
    /// The URL of the sign-in page, for `grant: authorization_code`.
    pub(crate) authorize_url: Option<Text>,
    /// The URL of the token endpoint.
    #[schemars(example = &"https://{{ environment.login_host }}/oauth/token")]
    pub(crate) token_url: Text,
    /// The scopes to request.
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    /// The separator between scopes. Default: a space.
    pub(crate) scope_separator: Option<String>,
    /// Why PKCE ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)) is not used. If omitted, PKCE is used.
    pub(crate) no_pkce: Option<String>,
    /// How the client authenticates. Default: `basic`.
    pub(crate) client_auth: Option<Spanned<ClientAuth>>,
    /// The client id.
    #[schemars(example = &"{{ value.client_id }}")]
    pub(crate) client_id: Option<Text>,
    /// The client secret.
    #[schemars(example = &"{{ value.client_secret }}")]
    pub(crate) client_secret: Option<Text>,
    /// The assertion that authenticates the client, for `client_auth: private_key_jwt`
    /// ([RFC 7523](https://www.rfc-editor.org/rfc/rfc7523#section-2.2)).
    pub(crate) client_assertion: Option<AssertionShape>,
    /// The user name, for `grant: password`.
    pub(crate) username: Option<Text>,
    /// The user's password, for `grant: password`.
    pub(crate) password: Option<Text>,
    /// Additional query parameters for `authorize_url`.
    #[serde(default)]
    pub(crate) authorize_parameters: Entries<Text>,
    /// Additional parameters for token requests, such as an audience.
    #[serde(default)]
    pub(crate) token_parameters: Entries<Text>,
    /// How the parameters are sent in token requests.
    #[serde(default)]
    pub(crate) token_body: TokenBody,
    /// Additional headers for token requests.
    #[serde(default)]
    pub(crate) token_headers: Entries<Text>,
    /// Values to keep from the response in addition to `access_token` and `refresh_token`: a name and a JSON path for each,
    /// or the long form. A path for `access_token`, `refresh_token` or `expires_in` replaces the standard location of that
    /// value. The first response must contain every required value. `refresh_token` and `expires_in` are never required.
    #[serde(default)]
    pub(crate) captures: Entries<ShortOr<CaptureShape>>,
    /// The token's lifetime in seconds, if the response has no `expires_in`.
    #[schemars(range(min = 1))]
    pub(crate) lifetime_seconds: Option<u32>,
    /// How to refresh an expired token. If omitted, a new token is obtained in the same way as the first one. With
    /// `grant: authorization_code`, a refresh token that the provider returns is always used.
    pub(crate) refresh: Option<RefreshShape>,
    /// Where requests carry the token. Default: an `Authorization: Bearer …` header.
    #[serde(default)]
    pub(crate) carries: Vec<CarrierShape>,
    /// The outcome rules for responses from the token endpoint. These rules are tried before the standard OAuth errors.
    /// They also apply to the error with which the provider redirects the browser back instead of granting access: they
    /// test its parameters, such as `error` and `error_description`, as `json`, and it has no status.
    #[serde(default)]
    pub(crate) outcomes: Vec<OutcomeShape>,
}

/// A custom login that consists of one or more requests.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExchangeShape {
    /// An assertion that the steps can send as `{{ jwt.assertion }}`.
    pub(crate) assertion: Option<AssertionShape>,
    /// The login requests, in order.
    #[schemars(length(min = 1))]
    pub(crate) steps: Vec<ExchangeStepShape>,
    /// The request that refreshes an expired token. If omitted, the steps are repeated.
    pub(crate) refresh: Option<ExchangeStepShape>,
    /// Where requests carry the token.
    #[schemars(length(min = 1))]
    pub(crate) carries: Vec<CarrierShape>,
}

/// A request in a custom login.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExchangeStepShape {
    /// The step's key, unique within the login.
    #[schemars(example = &"log-in")]
    pub(crate) key: Text,
    /// The progress message while the request runs. Default: `Signing in`.
    #[schemars(example = &"Signing in")]
    pub(crate) label: Option<Text>,
    /// The request, as `POST /path` or in the long form.
    pub(crate) request: ShortOr<RequestShape>,
    /// The conditions for a successful response. The response must also contain every required capture.
    #[serde(default)]
    pub(crate) expect: ExpectShape,
    /// Values to keep from the response: a name and a JSON path for each, or the long form. Use `{{ token.NAME }}` to refer
    /// to a value.
    pub(crate) captures: Entries<ShortOr<CaptureShape>>,
    /// The JSON path to the token's lifetime (in seconds) in the response.
    #[schemars(example = &"expires_in")]
    pub(crate) expires_in: Option<Text>,
    /// The token's lifetime in seconds, if the response does not specify it.
    #[schemars(range(min = 1))]
    pub(crate) lifetime_seconds: Option<u32>,
    /// The outcome rules for responses to this request. These rules are tried before the method's outcomes.
    #[serde(default)]
    pub(crate) outcomes: Vec<OutcomeShape>,
}

/// A JSON Web Token that is freshly signed for each use ([RFC 7519](https://www.rfc-editor.org/rfc/rfc7519)).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssertionShape {
    /// The signing algorithm.
    pub(crate) algorithm: Spanned<Algorithm>,
    /// The signing key: in PEM format for `RS…`, `PS…`, `ES…` and `EdDSA`, or the shared key for `HS…`.
    #[schemars(example = &"{{ value.private_key }}")]
    pub(crate) key: Text,
    /// How the key is encoded, for `HS…`.
    #[serde(default)]
    pub(crate) key_encoding: KeyEncoding,
    /// Additional members in the token's header, such as `kid`.
    #[serde(default)]
    pub(crate) header: Entries<Text>,
    /// The token's claims. `iat` and `exp` are added automatically.
    #[serde(default)]
    pub(crate) claims: Option<AnyJson>,
    /// The token's lifetime in seconds. Default: 300.
    #[schemars(range(min = 1, max = 86400))]
    pub(crate) lifetime_seconds: Option<u32>,
}

/// A signed assertion ([RFC 7523](https://www.rfc-editor.org/rfc/rfc7523)).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JwtShape {
    /// The assertion to sign.
    pub(crate) assertion: AssertionShape,
    /// The URL of the token endpoint. If omitted, the assertion itself is sent with requests.
    pub(crate) token_url: Option<Text>,
    /// Additional parameters for token requests.
    #[serde(default)]
    pub(crate) token_parameters: Entries<Text>,
    /// Where requests carry the token, or the assertion if it is not exchanged. Default: an `Authorization: Bearer …`
    /// header.
    #[serde(default)]
    pub(crate) carries: Vec<CarrierShape>,
    /// The outcome rules for responses from the token endpoint. These rules are tried before the standard OAuth errors.
    #[serde(default)]
    pub(crate) outcomes: Vec<OutcomeShape>,
}

/// A signature for each request.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignatureShape {
    /// The signing algorithm.
    pub(crate) algorithm: Spanned<Algorithm>,
    /// The signing key. If the provider requires a derived key, such as one for each day and region, write a list. The
    /// first item is the initial key, and each subsequent item is signed with the previous result.
    #[schemars(example = &"{{ value.secret_key }}")]
    pub(crate) key: OneOrMany<Text>,
    /// How the key is encoded.
    #[serde(default)]
    pub(crate) key_encoding: KeyEncoding,
    /// The canonical string, which combines the parts of the request to sign.
    #[schemars(example = &"{{ now.unix }}{{ request.method }}{{ request.path_and_query }}{{ request.body }}")]
    pub(crate) canonical: Text,
    /// The string to sign. Default: the canonical string.
    pub(crate) signs: Option<Text>,
    /// How the signature is encoded.
    #[serde(default)]
    pub(crate) encoding: SignatureEncoding,
    /// Where requests carry the signature, as `{{ request.signature }}`, and related values.
    #[schemars(length(min = 1))]
    pub(crate) carries: Vec<CarrierShape>,
}

/// A client certificate ([RFC 8705](https://www.rfc-editor.org/rfc/rfc8705)).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MutualTlsShape {
    /// The client certificate in PEM format, optionally followed by intermediate certificates.
    #[schemars(example = &"{{ value.certificate }}")]
    pub(crate) certificate: Text,
    /// The certificate's private key in PEM format.
    #[schemars(example = &"{{ value.private_key }}")]
    pub(crate) key: Text,
    /// Another scheme to use together with the certificate.
    pub(crate) beside: Option<Box<Spanned<AuthShape>>>,
}

/// How an expired token is refreshed ([RFC 6749, 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshShape {
    /// The URL for refresh requests. Default: `token_url`.
    pub(crate) url: Option<Text>,
    /// Whether each refresh returns a new refresh token and invalidates the old one.
    #[serde(default)]
    pub(crate) rotates: bool,
    /// Additional parameters for the refresh request.
    #[serde(default)]
    pub(crate) parameters: Entries<Text>,
    /// The scopes, from `scopes` of `oauth2`, without which the provider returns no refresh token. They are requested even
    /// if a session selects other scopes. `offline_access` does not need to be listed.
    #[serde(default)]
    pub(crate) scopes: OneOrMany<Text>,
}
