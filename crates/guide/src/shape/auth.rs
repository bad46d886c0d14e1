//! The shape of authentication: how fields become part of a request.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{RequestShape, Text};
use crate::choice::{Carrier, ClientAuth, Grant};
use crate::spanned::{Entries, ShortOr, Spanned};

/// How the fields become authentication on a request.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum AuthShape {
    /// HTTP Basic. Either half can be constant or composed.
    Basic(BasicShape),
    /// `Authorization: Bearer …`.
    Bearer(BearerShape),
    /// Keys in headers, query parameters, cookies or the body, any number of them.
    ApiKey(Vec<CarrierShape>),
    /// OAuth 2.0.
    Oauth2(Box<Oauth2Shape>),
    /// A login in one or more requests, whose answer holds the token that is used.
    Exchange(ExchangeShape),
    /// A signed assertion.
    Jwt(JwtShape),
    /// A signature over each request.
    Signature(SignatureShape),
    /// A client certificate, beside another scheme.
    MutualTls(MutualTlsShape),
}

/// HTTP Basic ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617)).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BasicShape {
    /// The user half.
    #[schemars(example = &"{{ value.email }}")]
    pub(crate) username: Text,
    /// The password half; may be empty.
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

/// One place in a request that carries a key.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CarrierShape {
    /// Where it stands.
    pub(crate) r#in: Spanned<Carrier>,
    /// The header's, parameter's, cookie's or body member's name.
    #[schemars(example = &"X-API-Key")]
    pub(crate) name: Text,
    /// What stands there.
    #[schemars(example = &"Token {{ value.api_key }}")]
    pub(crate) value: Text,
}

/// OAuth 2.0 ([RFC 6749](https://www.rfc-editor.org/rfc/rfc6749)).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Oauth2Shape {
    /// Which grant.
    pub(crate) grant: Grant,
    /// Where the browser is sent, for `authorization_code`.
    pub(crate) authorize_url: Option<Text>,
    /// Where tokens come from.
    pub(crate) token_url: Text,
    /// The scopes asked for.
    #[serde(default)]
    pub(crate) scopes: Vec<Text>,
    /// What stands between scopes; a space if left out.
    pub(crate) scope_separator: Option<Text>,
    /// Whether PKCE is used ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)); it is unless this says why not.
    pub(crate) no_pkce: Option<Text>,
    /// How the client shows who it is.
    pub(crate) client_auth: Option<ClientAuth>,
    /// The client's id.
    pub(crate) client_id: Option<Text>,
    /// The client's secret.
    pub(crate) client_secret: Option<Text>,
    /// Further parameters of the authorize request.
    #[serde(default)]
    pub(crate) authorize_parameters: Entries<Text>,
    /// Further parameters of the token request.
    #[serde(default)]
    pub(crate) token_parameters: Entries<Text>,
    /// How a token that ends is replaced.
    pub(crate) refresh: Option<RefreshShape>,
    /// Where the token stands on requests; a bearer header if left out.
    #[serde(default)]
    pub(crate) carries: Vec<CarrierShape>,
}

/// A login in one or more requests.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExchangeShape {
    /// The requests, in order.
    #[schemars(length(min = 1))]
    pub(crate) steps: Vec<ExchangeStepShape>,
    /// Where the token stands on requests.
    pub(crate) carries: Vec<CarrierShape>,
}

/// One request of a login.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExchangeStepShape {
    /// What is asked.
    pub(crate) request: ShortOr<RequestShape>,
    /// What is kept of the answer: a name, and where it stands.
    pub(crate) captures: Entries<Text>,
    /// Where the answer says for how many seconds it holds.
    pub(crate) expires_in: Option<Text>,
}

/// A signed assertion ([RFC 7523](https://www.rfc-editor.org/rfc/rfc7523)).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JwtShape {
    /// The algorithm: `RS256`, `ES256`, `HS256`, `EdDSA` …
    pub(crate) algorithm: Text,
    /// The key.
    pub(crate) key: Text,
    /// The claims.
    pub(crate) claims: Entries<Text>,
    /// For how many seconds it holds.
    pub(crate) lifetime_seconds: u32,
    /// Where it is exchanged for a token, if it is.
    pub(crate) token_url: Option<Text>,
}

/// A signature over each request.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignatureShape {
    /// The algorithm: `hmac-sha256` …
    pub(crate) algorithm: Text,
    /// The key.
    pub(crate) key: Text,
    /// The text that is signed.
    pub(crate) canonical: Text,
    /// Where the signature stands.
    pub(crate) carries: Vec<CarrierShape>,
}

/// A client certificate.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MutualTlsShape {
    /// The certificate, as PEM.
    pub(crate) certificate: Text,
    /// Its key, as PEM.
    pub(crate) key: Text,
    /// Where further credentials stand.
    #[serde(default)]
    pub(crate) carries: Vec<CarrierShape>,
}

/// How a token that ends is replaced ([RFC 6749, 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshShape {
    /// Where new tokens come from, if not from `token_url`.
    pub(crate) url: Option<Text>,
    /// Whether every refresh gives a new refresh token, and ends the old one.
    #[serde(default)]
    pub(crate) rotates: bool,
    /// Further parameters of the request.
    #[serde(default)]
    pub(crate) parameters: Entries<Text>,
}
