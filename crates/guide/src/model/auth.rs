//! Authentication: what is done before a request, and what each request carries.
//!
//! Every scheme of the format comes to the same few parts, so that whoever makes requests knows no schemes.

use crate::choice::{Algorithm, KeyEncoding, SignatureEncoding};
use crate::json_path::JsonPath;
use crate::key::Key;
use crate::model::carrier::CarrierUse;
use crate::model::check::{Check, JsonTemplate};
use crate::model::environment::BaseUrl;
use crate::source::Span;
use crate::template::Template;

/// How fields become authentication.
#[derive(Clone, Debug)]
pub struct Auth {
    /// The scheme's name in the format.
    pub scheme: &'static str,
    /// How a token is come by, where one is needed.
    pub sign_in: Option<SignIn>,
    /// What each request carries.
    pub carries: Vec<CarrierUse>,
    /// What is signed to show who asks.
    pub assertion: Option<Assertion>,
    /// How each request is signed.
    pub signature: Option<Signature>,
    /// The client's certificate.
    pub certificate: Option<Certificate>,
    /// Where it stands.
    pub span: Span,
}

/// How a token is come by: requests whose answers give what later ones carry.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The requests, in order. None, where the person signs in with a browser.
    pub steps: Vec<TokenStep>,
    /// The request that replaces a token that has ended; without one the steps are made anew.
    pub refresh: Option<TokenStep>,
    /// Whether every refresh ends the refresh token that was used.
    pub rotates: bool,
    /// Where the browser is sent first.
    pub redirect: Option<Redirect>,
}

/// A request whose answer gives tokens.
#[derive(Clone, Debug)]
pub struct TokenStep {
    /// The request, what a good answer looks like, and what is kept of it.
    pub check: Check,
    /// Where the answer says for how many seconds the tokens hold.
    pub expires_in: Option<JsonPath>,
    /// For how many seconds they hold, where the answer does not say so.
    pub lifetime: Option<u32>,
}

/// Where the browser is sent, for OAuth's authorization code.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// The address.
    pub url: BaseUrl,
    /// The scopes asked for.
    pub scopes: Vec<String>,
    /// What stands between scopes.
    pub separator: String,
    /// Whether PKCE is used.
    pub pkce: bool,
    /// Further parameters.
    pub parameters: Vec<(String, Template)>,
    /// What shows who the client is, in the address.
    pub client_id: Option<Template>,
    /// The request that makes tokens of the code that came back. As tokens it takes `code`, `redirect_uri` and, with
    /// PKCE, `code_verifier`.
    pub exchange: TokenStep,
}

/// A JSON Web Token that is signed for each use.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// The key.
    pub key: Template,
    /// How the key of an HMAC is written.
    pub key_encoding: KeyEncoding,
    /// Further members of the header.
    pub header: Vec<(String, Template)>,
    /// The claims, besides `iat` and `exp`.
    pub claims: Vec<(String, JsonTemplate)>,
    /// For how many seconds it holds.
    pub lifetime: u32,
}

/// A signature over each request.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// The key, and the texts that are signed with it one after the other to derive the key that is used.
    pub key: Vec<Template>,
    /// How the key is written.
    pub key_encoding: KeyEncoding,
    /// The request as one text.
    pub canonical: Template,
    /// The text that is signed.
    pub signs: Template,
    /// How the signature is written.
    pub encoding: SignatureEncoding,
}

/// A client's certificate.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The certificate, as PEM.
    pub certificate: Template,
    /// Its key, as PEM.
    pub key: Template,
}

impl Assertion {
    /// The templates it is made of.
    pub fn templates(&self) -> Vec<&Template> {
        let mut all = vec![&self.key];
        all.extend(self.header.iter().map(|(_, value)| value));
        self.claims.iter().for_each(|(_, value)| value.templates(&mut all));
        all
    }
}

impl Auth {
    /// The templates that it puts into requests by itself; those of the requests of signing in are their own.
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

    /// The names of the tokens that signing in gives.
    pub fn tokens(&self) -> impl Iterator<Item = &Key> {
        let steps = self.sign_in.iter().flat_map(|sign_in| sign_in.steps.iter().chain(&sign_in.refresh));
        steps.flat_map(|step| &step.check.captures).map(|capture| &capture.name)
    }

    /// Whether a browser is needed.
    pub fn needs_browser(&self) -> bool {
        self.sign_in.as_ref().is_some_and(|sign_in| sign_in.redirect.is_some())
    }
}
