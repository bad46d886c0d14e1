//! Authentication: the sign-in before requests, and the credentials that each request carries.
//!
//! Every scheme in the format is reduced to the same few parts, so the code that sends requests does not need to
//! distinguish between schemes.

use crate::choice::{Algorithm, KeyEncoding, SignatureEncoding};
use crate::json_path::JsonPath;
use crate::key::Key;
use crate::model::carrier::CarrierUse;
use crate::model::check::{Check, JsonTemplate};
use crate::model::environment::BaseUrl;
use crate::source::Span;
use crate::template::{Target, Template};

/// How requests are authenticated.
#[derive(Clone, Debug)]
pub struct Auth {
    /// The scheme's name in the format.
    pub scheme: &'static str,
    /// How tokens are obtained. `None` if the scheme needs no sign-in.
    pub sign_in: Option<SignIn>,
    /// The parts of each request that carry credentials.
    pub carries: Vec<CarrierUse>,
    /// The assertion that is signed for requests or token requests.
    pub assertion: Option<Assertion>,
    /// The signature for each request.
    pub signature: Option<Signature>,
    /// The client certificate.
    pub certificate: Option<Certificate>,
    /// The location in the source.
    pub span: Span,
}

/// How tokens are obtained: requests whose responses contain the credentials for later requests.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The requests, in order. Empty if people sign in with a browser.
    pub steps: Vec<TokenStep>,
    /// The request that refreshes an expired token. `None` if the steps are repeated instead.
    pub refresh: Option<TokenStep>,
    /// Whether each refresh invalidates the refresh token that it uses.
    pub rotates: bool,
    /// The provider's sign-in page, for sign-in with a browser.
    pub redirect: Option<Redirect>,
}

/// A request whose response contains tokens.
#[derive(Clone, Debug)]
pub struct TokenStep {
    /// The request, with the expected response and the tokens to keep.
    pub check: Check,
    /// The path to the tokens' lifetime (in seconds) in the response.
    pub expires_in: Option<JsonPath>,
    /// The lifetime in seconds, if the response does not specify it. `None` if the lifetime is unknown.
    pub lifetime: Option<u32>,
}

/// The provider's sign-in page, for OAuth's authorization code grant.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// The authorization URL.
    pub url: BaseUrl,
    /// The scopes to request.
    pub scopes: Vec<String>,
    /// The separator between scopes.
    pub separator: String,
    /// The scopes without which the provider returns no refresh token. They are requested even if a session selects
    /// other scopes.
    pub renewal_scopes: Vec<String>,
    /// Whether PKCE is used.
    pub pkce: bool,
    /// Additional query parameters.
    pub parameters: Vec<(String, Template)>,
    /// The client id in the sign-in URL.
    pub client_id: Option<Template>,
    /// The request that exchanges the returned code for tokens. The request refers to `code`, `redirect_uri` and, with
    /// PKCE, `code_verifier` as if they were tokens.
    pub exchange: TokenStep,
}

/// A JSON Web Token that is signed separately for each use.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// The signing algorithm.
    pub algorithm: Algorithm,
    /// The signing key.
    pub key: Template,
    /// The encoding of an HMAC key.
    pub key_encoding: KeyEncoding,
    /// Additional members in the token's header.
    pub header: Vec<(String, Template)>,
    /// The claims, except for `iat` and `exp`, which are added when the token is signed.
    pub claims: Vec<(String, JsonTemplate)>,
    /// The lifetime in seconds.
    pub lifetime: u32,
}

/// A request signature.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The signing algorithm.
    pub algorithm: Algorithm,
    /// The signing key. If there are several items, the key is derived: the first item is the initial key, and each
    /// further item is signed with the previous result.
    pub key: Vec<Template>,
    /// The encoding of the key.
    pub key_encoding: KeyEncoding,
    /// The canonical string: the parts of the request that are signed.
    pub canonical: Template,
    /// The string to sign.
    pub signs: Template,
    /// The encoding of the signature.
    pub encoding: SignatureEncoding,
}

/// A client certificate.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The certificate as PEM, optionally followed by intermediate certificates.
    pub certificate: Template,
    /// The certificate's private key as PEM.
    pub key: Template,
}

impl Assertion {
    /// Returns all templates in the assertion.
    pub fn templates(&self) -> Vec<&Template> {
        let mut all = vec![&self.key];
        all.extend(self.header.iter().map(|(_, value)| value));
        self.claims.iter().for_each(|(_, value)| value.templates(&mut all));
        all
    }
}

impl Auth {
    /// Creates a scheme in which requests carry the credentials directly, without sign-in, assertion, signature or
    /// certificate.
    pub(crate) fn new(scheme: &'static str, carries: Vec<CarrierUse>, span: Span) -> Self {
        Self { scheme, sign_in: None, carries, assertion: None, signature: None, certificate: None, span }
    }

    /// Returns all templates in the scheme, except for those in the sign-in requests.
    pub fn templates(&self) -> Vec<&Template> {
        let mut all: Vec<&Template> = self.carries.iter().flat_map(CarrierUse::templates).collect();
        all.extend(self.assertion.iter().flat_map(Assertion::templates));
        if let Some(signature) = &self.signature {
            all.extend(signature.key.iter().chain([&signature.canonical, &signature.signs]));
        }
        if let Some(certificate) = &self.certificate {
            all.extend([&certificate.certificate, &certificate.key]);
        }
        if let Some(redirect) = self.sign_in.as_ref().and_then(|sign_in| sign_in.redirect.as_ref()) {
            all.extend([&redirect.url.host, &redirect.url.path]);
            all.extend(redirect.parameters.iter().map(|(_, value)| value));
        }
        all
    }

    /// Returns whether a token is a credential: requests carry it, or it is the refresh token. Other tokens are facts about
    /// the account, such as its host.
    pub fn is_credential(&self, token: &Key) -> bool {
        let carried = self.carries.iter().flat_map(CarrierUse::templates).flat_map(Template::references);
        let mut tokens = carried.filter_map(|reference| match &reference.target {
            Target::Token(name) => Some(name),
            _ => None,
        });
        token.as_str() == "refresh_token" || tokens.any(|name| name == token)
    }

    /// Returns the requests that obtain tokens: the sign-in requests, the exchange of an authorization code, then the
    /// refresh request.
    pub fn token_steps(&self) -> impl Iterator<Item = &TokenStep> {
        self.sign_in.iter().flat_map(|sign_in| {
            let exchange = sign_in.redirect.as_ref().map(|redirect| &redirect.exchange);
            sign_in.steps.iter().chain(exchange).chain(&sign_in.refresh)
        })
    }

    /// Returns the names of the tokens that the sign-in and refresh requests obtain.
    pub fn tokens(&self) -> impl Iterator<Item = &Key> {
        self.token_steps().flat_map(|step| &step.check.captures).map(|capture| &capture.name)
    }

    /// Returns whether people sign in with a browser.
    pub fn needs_browser(&self) -> bool {
        self.sign_in.as_ref().is_some_and(|sign_in| sign_in.redirect.is_some())
    }
}
