//! The shape of authentication: how fields become part of a request.

use schemars::JsonSchema;
use serde::Deserialize;

use super::carrier::CarrierShape;
use super::check::{ExpectShape, OutcomeShape, RequestShape};
use super::common::Text;
use super::forms::{AnyJson, Entries, OneOrMany, ShortOr};
use crate::choice::{Algorithm, ClientAuth, Grant, KeyEncoding, SignatureEncoding, TokenBody};
use crate::spanned::{Spanned, Whole};

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
    Exchange(Box<ExchangeShape>),
    /// A signed assertion, used as it is or exchanged for a token.
    Jwt(Box<JwtShape>),
    /// A signature over each request.
    Signature(Box<SignatureShape>),
    /// A client certificate, alone or beside another scheme.
    MutualTls(Box<MutualTlsShape>),
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

/// OAuth 2.0 ([RFC 6749](https://www.rfc-editor.org/rfc/rfc6749)).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Oauth2Shape {
    /// Which grant.
    pub(crate) grant: Spanned<Grant>,
    /// Where the browser is sent, for `authorization_code`.
    pub(crate) authorize_url: Option<Text>,
    /// Where tokens come from.
    #[schemars(example = &"https://{{ environment.login_host }}/oauth/token")]
    pub(crate) token_url: Text,
    /// The scopes asked for.
    #[serde(default)]
    pub(crate) scopes: Vec<Text>,
    /// What stands between scopes; a space if left out.
    pub(crate) scope_separator: Option<Text>,
    /// Whether PKCE is used ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)); it is unless this says why not.
    pub(crate) no_pkce: Option<Text>,
    /// How the client shows who it is; `basic` if left out.
    pub(crate) client_auth: Option<Spanned<ClientAuth>>,
    /// The client's id.
    #[schemars(example = &"{{ value.client_id }}")]
    pub(crate) client_id: Option<Text>,
    /// The client's secret.
    #[schemars(example = &"{{ value.client_secret }}")]
    pub(crate) client_secret: Option<Text>,
    /// What the client signs, for `client_auth: private_key_jwt`
    /// ([RFC 7523](https://www.rfc-editor.org/rfc/rfc7523#section-2.2)).
    pub(crate) client_assertion: Option<AssertionShape>,
    /// The user's name, for `grant: password`.
    pub(crate) username: Option<Text>,
    /// The user's password, for `grant: password`.
    pub(crate) password: Option<Text>,
    /// Further parameters of the authorize request.
    #[serde(default)]
    pub(crate) authorize_parameters: Entries<Text>,
    /// Further parameters of the token request: an audience, a resource, an account.
    #[serde(default)]
    pub(crate) token_parameters: Entries<Text>,
    /// How the parameters of the token request are sent; as a form if left out.
    #[serde(default)]
    pub(crate) token_body: TokenBody,
    /// Further headers of the token request.
    #[serde(default)]
    pub(crate) token_headers: Entries<Text>,
    /// What is kept of the answer besides `access_token` and `refresh_token`: a name, and where it stands.
    #[serde(default)]
    pub(crate) captures: Entries<Text>,
    /// For how many seconds a token holds, where the answer does not say so in `expires_in`.
    #[schemars(range(min = 1))]
    pub(crate) lifetime_seconds: Option<u32>,
    /// How a token that ends is replaced. Left out, a new one is asked for as the first was.
    pub(crate) refresh: Option<RefreshShape>,
    /// Where the token stands on requests; a bearer header if left out.
    #[serde(default)]
    pub(crate) carries: Vec<CarrierShape>,
    /// What answers of the token request mean; looked at before the errors that OAuth defines.
    #[serde(default)]
    pub(crate) outcomes: Vec<OutcomeShape>,
}

/// A login in one or more requests.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExchangeShape {
    /// An assertion that steps can carry, as `{{ jwt.assertion }}`.
    pub(crate) assertion: Option<AssertionShape>,
    /// The requests, in order.
    #[schemars(length(min = 1))]
    pub(crate) steps: Vec<ExchangeStepShape>,
    /// The request that replaces a token that has ended. Left out, the steps are made anew.
    pub(crate) refresh: Option<ExchangeStepShape>,
    /// Where the token stands on requests.
    #[schemars(length(min = 1))]
    pub(crate) carries: Vec<CarrierShape>,
}

/// One request of a login.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExchangeStepShape {
    /// The step's key; scenarios and reports name it.
    #[schemars(example = &"log-in")]
    pub(crate) key: Text,
    /// What is shown while it runs.
    #[schemars(example = &"Signing in")]
    pub(crate) label: Option<Text>,
    /// What is asked.
    pub(crate) request: ShortOr<RequestShape>,
    /// What a good answer looks like, besides holding what is captured.
    #[serde(default)]
    pub(crate) expect: ExpectShape,
    /// What is kept of the answer: a name, and where it stands. It is used as `{{ token.name }}`.
    pub(crate) captures: Entries<Text>,
    /// Where the answer says for how many seconds it holds.
    #[schemars(example = &"expires_in")]
    pub(crate) expires_in: Option<Text>,
    /// For how many seconds it holds, where the answer does not say so.
    #[schemars(range(min = 1))]
    pub(crate) lifetime_seconds: Option<u32>,
    /// What an answer to this request means; looked at before the method's.
    #[serde(default)]
    pub(crate) outcomes: Vec<OutcomeShape>,
}

/// A JSON Web Token that is signed for each use ([RFC 7519](https://www.rfc-editor.org/rfc/rfc7519)).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssertionShape {
    /// The algorithm.
    pub(crate) algorithm: Spanned<Algorithm>,
    /// The key: as PEM for `RS…`, `PS…`, `ES…` and `EdDSA`, as it is for `HS…`.
    #[schemars(example = &"{{ value.private_key }}")]
    pub(crate) key: Text,
    /// How the key of `HS…` is written.
    #[serde(default)]
    pub(crate) key_encoding: KeyEncoding,
    /// Further members of the header, such as `kid`.
    #[serde(default)]
    pub(crate) header: Entries<Text>,
    /// The claims. `iat` and `exp` are added.
    #[serde(default)]
    pub(crate) claims: Option<Whole<AnyJson>>,
    /// For how many seconds it holds; 300 if left out.
    #[schemars(range(min = 1, max = 86400))]
    pub(crate) lifetime_seconds: Option<u32>,
}

/// A signed assertion ([RFC 7523](https://www.rfc-editor.org/rfc/rfc7523)).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JwtShape {
    /// What is signed.
    pub(crate) assertion: AssertionShape,
    /// Where it is exchanged for a token, if it is.
    pub(crate) token_url: Option<Text>,
    /// Further parameters of the token request.
    #[serde(default)]
    pub(crate) token_parameters: Entries<Text>,
    /// Where the token stands on requests, or the assertion if it is not exchanged; a bearer header if left out.
    #[serde(default)]
    pub(crate) carries: Vec<CarrierShape>,
    /// What answers of the token request mean; looked at before the errors that OAuth defines.
    #[serde(default)]
    pub(crate) outcomes: Vec<OutcomeShape>,
}

/// A signature over each request.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignatureShape {
    /// The algorithm.
    pub(crate) algorithm: Spanned<Algorithm>,
    /// The key. Of a list the first is the key, and each text after it is signed with what came before, as some
    /// providers derive a key for a day and a region.
    #[schemars(example = &"{{ value.secret_key }}")]
    pub(crate) key: OneOrMany<Text>,
    /// How the key is written.
    #[serde(default)]
    pub(crate) key_encoding: KeyEncoding,
    /// The request as one text: what the signature is about.
    #[schemars(example = &"{{ now.unix }}{{ request.method }}{{ request.path_and_query }}{{ request.body }}")]
    pub(crate) canonical: Text,
    /// The text that is signed, where that is not `canonical` itself but made from it.
    pub(crate) signs: Option<Text>,
    /// How the signature is written.
    #[serde(default)]
    pub(crate) encoding: SignatureEncoding,
    /// Where the signature stands, as `{{ request.signature }}`, and what goes with it.
    #[schemars(length(min = 1))]
    pub(crate) carries: Vec<CarrierShape>,
}

/// A client certificate ([RFC 8705](https://www.rfc-editor.org/rfc/rfc8705)).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MutualTlsShape {
    /// The certificate, as PEM; those between it and the root may follow.
    #[schemars(example = &"{{ value.certificate }}")]
    pub(crate) certificate: Text,
    /// Its key, as PEM.
    #[schemars(example = &"{{ value.private_key }}")]
    pub(crate) key: Text,
    /// Another scheme that goes with it.
    pub(crate) beside: Option<Box<Spanned<AuthShape>>>,
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
