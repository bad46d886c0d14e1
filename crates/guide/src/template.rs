//! References in texts: `{{ path | filter }}`.
//!
//! A small closed grammar: a path, filters, nothing else. `{{{{` is two literal braces. References are found with
//! their places when a guide is read, so that nothing is looked up by name later.
//!
//! **Invariant:** every reference in a [`Template`] names something that exists and means something where the
//! template stands.

mod read;
mod vocabulary;

use std::fmt;

use schemars::JsonSchema;

use crate::json_path::JsonPath;
use crate::key::Key;
use crate::source::Span;

pub(crate) use self::read::TextReader;
pub use self::vocabulary::{TextKind, Vocabulary, Word, vocabulary};

/// A text with references in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// Literal texts and references, in order.
    pub parts: Vec<Part>,
    /// Where it stands.
    pub span: Span,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text as it is.
    Text(String),
    /// Something to be put in.
    Reference(Reference),
}

/// Something to be put in.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// What.
    pub target: Target,
    /// What is done with it, in order.
    pub filters: Vec<Filter>,
    /// Where it stands.
    pub span: Span,
}

/// What a reference stands for.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
pub enum Target {
    /// What was typed into a field.
    #[schemars(rename = "value.…")]
    Value(#[schemars(with = "String")] Key),
    /// A field's label.
    #[schemars(rename = "label.…")]
    Label(#[schemars(with = "String")] Key),
    /// A step's title.
    #[schemars(rename = "step.…")]
    Step(#[schemars(with = "String")] Key),
    /// The environment's host.
    #[schemars(rename = "environment.host")]
    EnvironmentHost,
    /// The environment's label.
    #[schemars(rename = "environment.label")]
    EnvironmentLabel,
    /// Another column of the table of environments.
    #[schemars(rename = "environment.…")]
    EnvironmentValue(#[schemars(with = "String")] Key),
    /// The provider's name.
    #[schemars(rename = "provider.name")]
    ProviderName,
    /// The provider's key.
    #[schemars(rename = "provider.key")]
    ProviderKey,
    /// The method's label.
    #[schemars(rename = "method.label")]
    MethodLabel,
    /// The product's name.
    #[schemars(rename = "brand.name")]
    BrandName,
    /// The name of the place where accounts are linked.
    #[schemars(rename = "brand.hub")]
    BrandHub,
    /// Where to go for help.
    #[schemars(rename = "brand.support_url")]
    BrandSupportUrl,
    /// The address of the product's site.
    #[schemars(rename = "brand.site_url")]
    BrandSiteUrl,
    /// A place in the answer's JSON body.
    #[schemars(rename = "json.…")]
    Json(#[schemars(with = "String")] JsonPath),
    /// What an earlier check kept.
    #[schemars(rename = "capture.…")]
    Capture(#[schemars(with = "String")] Key),
    /// What signing in gave.
    #[schemars(rename = "token.…")]
    Token(#[schemars(with = "String")] Key),
    /// The signed assertion.
    #[schemars(rename = "jwt.assertion")]
    Assertion,
    /// A part of the request that is being signed.
    #[schemars(rename = "request.…")]
    Request(RequestPart),
    /// The moment of sending.
    #[schemars(rename = "now.…")]
    Now(Clock),
    /// What is drawn by lot for each request.
    #[schemars(rename = "random.…")]
    Random(Lot),
    /// The address to which the provider sends the browser back.
    #[schemars(rename = "hub.redirect_uri")]
    RedirectUri,
}

/// A part of the request that is being signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum RequestPart {
    /// The method: `GET`.
    Method,
    /// The host.
    Host,
    /// The path, encoded as it is sent.
    Path,
    /// The query, encoded as it is sent, without the question mark.
    Query,
    /// The query with its encoded pairs in the order of their bytes.
    SortedQuery,
    /// Path and query as they are sent, with a question mark between them if there is a query.
    PathAndQuery,
    /// The body's bytes as text; empty if there is none.
    Body,
    /// The `canonical` text of the signature.
    Canonical,
    /// The signature.
    Signature,
}

/// How the moment of sending is written. All of it is UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Clock {
    /// Seconds since 1970: `1440938160`.
    Unix,
    /// Milliseconds since 1970: `1440938160000`.
    #[schemars(rename = "unix_ms")]
    UnixMilliseconds,
    /// `2015-08-30T12:36:00Z` ([RFC 3339](https://www.rfc-editor.org/rfc/rfc3339)).
    Iso,
    /// `20150830T123600Z`.
    Compact,
    /// `20150830`.
    Date,
    /// `Sun, 30 Aug 2015 12:36:00 GMT` ([RFC 9110, 5.6.7](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7)).
    Http,
}

/// What is drawn by lot for each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Lot {
    /// 32 hexadecimal digits.
    Hex,
    /// A UUID of version 4 ([RFC 9562](https://www.rfc-editor.org/rfc/rfc9562)).
    Uuid,
}

impl RequestPart {
    /// The parts, by the name in references.
    pub(crate) const NAMES: [(&'static str, Self); 9] = [
        ("method", Self::Method),
        ("host", Self::Host),
        ("path", Self::Path),
        ("query", Self::Query),
        ("sorted_query", Self::SortedQuery),
        ("path_and_query", Self::PathAndQuery),
        ("body", Self::Body),
        ("canonical", Self::Canonical),
        ("signature", Self::Signature),
    ];
}

impl Clock {
    /// The forms, by the name in references.
    pub(crate) const NAMES: [(&'static str, Self); 6] = [
        ("unix", Self::Unix),
        ("unix_ms", Self::UnixMilliseconds),
        ("iso", Self::Iso),
        ("compact", Self::Compact),
        ("date", Self::Date),
        ("http", Self::Http),
    ];
}

impl Lot {
    /// The forms, by the name in references.
    pub(crate) const NAMES: [(&'static str, Self); 2] = [("hex", Self::Hex), ("uuid", Self::Uuid)];
}

/// What is done with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Filter {
    /// Lets dots through, so that the value may be up to so many labels of a host.
    HostLabels(u8),
    /// Makes letters small.
    Lowercase,
    /// Makes letters capital.
    Uppercase,
    /// Encodes as Base64 ([RFC 4648, 4](https://www.rfc-editor.org/rfc/rfc4648#section-4)).
    Base64,
    /// Encodes as Base64 for addresses, without padding
    /// ([RFC 4648, 5](https://www.rfc-editor.org/rfc/rfc4648#section-5)).
    #[schemars(rename = "base64url")]
    Base64Url,
    /// The SHA-256 of the bytes, in hexadecimal.
    Sha256Hex,
    /// The SHA-256 of the bytes, in Base64.
    Sha256Base64,
    /// Escapes everything but the unreserved characters of RFC 3986.
    #[schemars(rename = "urlencode")]
    UrlEncode,
}

impl Filter {
    /// The filters without an argument, by name.
    pub(crate) const NAMES: [(&'static str, Self); 7] = [
        ("lowercase", Self::Lowercase),
        ("uppercase", Self::Uppercase),
        ("base64", Self::Base64),
        ("base64url", Self::Base64Url),
        ("sha256_hex", Self::Sha256Hex),
        ("sha256_base64", Self::Sha256Base64),
        ("urlencode", Self::UrlEncode),
    ];
}

/// What kind of text a template is in, which decides what may be referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
pub(crate) enum Context {
    /// What people read on a page, `body`, `intro`, `needs` and `warning`: no values.
    Prose,
    /// `says` and `fix` of an outcome: values that are not secret, and labels.
    Message,
    /// What is sent, and what `derived` is made from: values, environment, captures, tokens, the moment.
    Request,
    /// What a signature is made of, and where it stands: all of that, and the request that is signed.
    Signed,
    /// What is taken from an answer: `account`.
    Answer,
    /// A brand's wording.
    Wording,
}

impl Context {
    /// The kinds, in the order of their declaration.
    pub(crate) const ALL: [Self; 6] =
        [Self::Prose, Self::Message, Self::Request, Self::Signed, Self::Answer, Self::Wording];

    /// Whether filters mean something there: not where people read.
    pub(crate) const fn has_filters(self) -> bool {
        !matches!(self, Self::Prose | Self::Message | Self::Wording)
    }
}

impl Template {
    /// A template of literal text only.
    pub fn literal(text: impl Into<String>) -> Self {
        Self { parts: vec![Part::Text(text.into())], span: Span::default() }
    }

    /// The text, if there is no reference in it.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The references in it.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.parts.iter().filter_map(|part| match part {
            Part::Reference(reference) => Some(reference),
            Part::Text(_) => None,
        })
    }

    /// The fields whose values it takes.
    pub fn values(&self) -> impl Iterator<Item = &Key> {
        self.references().filter_map(|reference| match &reference.target {
            Target::Value(key) => Some(key),
            _ => None,
        })
    }
}

/// The template as it is written in a guide.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => f.write_str(&text.replace("{{", "{{{{"))?,
                Part::Reference(reference) => write!(f, "{reference}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{{ {}", self.target)?;
        for filter in &self.filters {
            match filter {
                Filter::HostLabels(n) => write!(f, " | host_labels({n})")?,
                other => {
                    let name =
                        Filter::NAMES.iter().find(|(_, one)| one == other).map_or("", |(name, _)| *name);
                    write!(f, " | {name}")?;
                }
            }
        }
        f.write_str(" }}")
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn name<T: PartialEq>(names: &[(&'static str, T)], one: &T) -> &'static str {
            names.iter().find(|(_, other)| other == one).map_or("", |(name, _)| *name)
        }
        match self {
            Self::Value(key) => write!(f, "value.{key}"),
            Self::Label(key) => write!(f, "label.{key}"),
            Self::Step(key) => write!(f, "step.{key}"),
            Self::EnvironmentHost => f.write_str("environment.host"),
            Self::EnvironmentLabel => f.write_str("environment.label"),
            Self::EnvironmentValue(key) => write!(f, "environment.{key}"),
            Self::ProviderName => f.write_str("provider.name"),
            Self::ProviderKey => f.write_str("provider.key"),
            Self::MethodLabel => f.write_str("method.label"),
            Self::BrandName => f.write_str("brand.name"),
            Self::BrandHub => f.write_str("brand.hub"),
            Self::BrandSupportUrl => f.write_str("brand.support_url"),
            Self::BrandSiteUrl => f.write_str("brand.site_url"),
            Self::Json(path) => write!(f, "json.{path}"),
            Self::Capture(key) => write!(f, "capture.{key}"),
            Self::Token(key) => write!(f, "token.{key}"),
            Self::Assertion => f.write_str("jwt.assertion"),
            Self::Request(part) => write!(f, "request.{}", name(&RequestPart::NAMES, part)),
            Self::Now(clock) => write!(f, "now.{}", name(&Clock::NAMES, clock)),
            Self::Random(lot) => write!(f, "random.{}", name(&Lot::NAMES, lot)),
            Self::RedirectUri => f.write_str("hub.redirect_uri"),
        }
    }
}
