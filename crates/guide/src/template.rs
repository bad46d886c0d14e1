//! References in strings: `{{ path | filter }}`.
//!
//! The grammar is small and fixed: a path, then filters. `{{{{` stands for two literal braces. References are resolved
//! when a guide is read, so names are never looked up later.
//!
//! **Invariant:** every reference in a [`Template`] names something that exists and is available in the template's
//! context.

mod first;
mod read;
mod roots;
mod vocabulary;

use std::fmt;

use schemars::JsonSchema;
use strum::{Display, EnumString, VariantArray, VariantNames};

use crate::json_path::JsonPath;
use crate::key::Key;
use crate::source::Span;

pub(crate) use self::first::first_reference;
pub(crate) use self::read::{TextReader, json_path};
pub use self::vocabulary::{TextKind, Vocabulary, Word, vocabulary};

/// A string with references.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// Literal text and references, in order.
    pub parts: Vec<Part>,
    /// The location in the source.
    pub span: Span,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Literal text.
    Text(String),
    /// A value to insert.
    Reference(Reference),
}

/// A value to insert.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// The value that the reference refers to.
    pub target: Target,
    /// The filters that are applied to the value, in order.
    pub filters: Vec<Filter>,
    /// The location in the source.
    pub span: Span,
}

/// The value that a reference refers to.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
pub enum Target {
    /// The value of a field, or a derived value.
    #[schemars(rename = "value.…")]
    Value(#[schemars(with = "String")] Key),
    /// A field's label.
    #[schemars(rename = "label.…")]
    Label(#[schemars(with = "String")] Key),
    /// A step's title.
    #[schemars(rename = "step.…")]
    Step(#[schemars(with = "String")] Key),
    /// The host of the chosen environment.
    #[schemars(rename = "environment.host")]
    EnvironmentHost,
    /// The label of the chosen environment.
    #[schemars(rename = "environment.label")]
    EnvironmentLabel,
    /// An additional value of the chosen environment, from its `values`.
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
    /// The name of the product to which people connect accounts, from the brand file.
    #[schemars(rename = "brand.name")]
    BrandName,
    /// The name of the area in which people link accounts, from the brand file.
    #[schemars(rename = "brand.hub")]
    BrandHub,
    /// The support URL from the brand file.
    #[schemars(rename = "brand.support_url")]
    BrandSupportUrl,
    /// The URL of the product's site, from the brand file.
    #[schemars(rename = "brand.site_url")]
    BrandSiteUrl,
    /// The product's IP addresses as a noun phrase, from the brand file: "Acme's IP addresses (203.0.113.7)". If the brand
    /// file does not list any, the phrase says whom to ask for them.
    #[schemars(rename = "brand.egress_addresses")]
    BrandEgressAddresses,
    /// A value in the JSON response body, by its path.
    #[schemars(rename = "json.…")]
    Json(#[schemars(with = "String")] JsonPath),
    /// A value that an earlier check captured.
    #[schemars(rename = "capture.…")]
    Capture(#[schemars(with = "String")] Key),
    /// A token obtained by signing in, such as `token.access_token`.
    #[schemars(rename = "token.…")]
    Token(#[schemars(with = "String")] Key),
    /// The signed assertion, a JSON Web Token.
    #[schemars(rename = "jwt.assertion")]
    Assertion,
    /// A part of the request being signed.
    #[schemars(rename = "request.…")]
    Request(RequestPart),
    /// The time at which the request is sent.
    #[schemars(rename = "now.…")]
    Now(Clock),
    /// A nonce that is generated for each request.
    #[schemars(rename = "random.…")]
    Random(Nonce),
    /// The callback URL to which the provider redirects the browser after sign-in. In requests, it is available only in
    /// the parameters of a sign-in with a browser: `authorize_parameters`, `token_parameters`, `token_headers`, and the
    /// `parameters` of `refresh`.
    #[schemars(rename = "hub.redirect_uri")]
    RedirectUri,
    /// The label of the button that submits the form on a linking page, in the reader's language: "Connect", or "Continue
    /// to" and the provider's name if people sign in through a browser.
    #[schemars(rename = "hub.button")]
    HubButton,
}

/// A part of the request being signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Display, EnumString, VariantNames)]
#[schemars(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RequestPart {
    /// The method: `GET`.
    Method,
    /// The host.
    Host,
    /// The path, percent-encoded as it is sent.
    Path,
    /// The query, percent-encoded as it is sent, without the question mark.
    Query,
    /// The query, with its percent-encoded pairs sorted in byte order.
    SortedQuery,
    /// The path and query as they are sent, separated by a question mark if there is a query.
    PathAndQuery,
    /// The body as text. Empty if the request has no body.
    Body,
    /// The signature's `canonical` string.
    Canonical,
    /// The signature.
    Signature,
}

/// The formats for the time at which a request is sent. The time is always in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Display, EnumString, VariantNames)]
#[schemars(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Clock {
    /// Seconds since the Unix epoch: `1440938160`.
    Unix,
    /// Milliseconds since the Unix epoch: `1440938160000`.
    UnixMs,
    /// `2015-08-30T12:36:00Z` ([RFC 3339](https://www.rfc-editor.org/rfc/rfc3339)).
    Iso,
    /// `20150830T123600Z`.
    Compact,
    /// `20150830`.
    Date,
    /// `Sun, 30 Aug 2015 12:36:00 GMT` ([RFC 9110, 5.6.7](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7)).
    Http,
}

/// The formats for a nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Display, EnumString, VariantNames)]
#[schemars(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Nonce {
    /// 32 hexadecimal digits.
    Hex,
    /// A version 4 UUID ([RFC 9562](https://www.rfc-editor.org/rfc/rfc9562)).
    Uuid,
}

/// A transformation of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Display, EnumString, VariantNames)]
#[schemars(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Filter {
    /// Allows dots in a value that is inserted into a host name: `host_labels(2)` accepts up to two labels, such as
    /// `acme.eu`. Without the filter, a value must be a single label.
    #[strum(serialize = "host_labels", to_string = "host_labels({0})")]
    HostLabels(u8),
    /// Converts letters to lowercase.
    Lowercase,
    /// Converts letters to uppercase.
    Uppercase,
    /// Encodes the value as Base64 ([RFC 4648, 4](https://www.rfc-editor.org/rfc/rfc4648#section-4)).
    Base64,
    /// Encodes the value as URL-safe Base64 without padding ([RFC 4648,
    /// 5](https://www.rfc-editor.org/rfc/rfc4648#section-5)).
    Base64url,
    /// Computes the SHA-256 of the bytes, in hexadecimal.
    Sha256Hex,
    /// Computes the SHA-256 of the bytes, in Base64.
    Sha256Base64,
    /// Percent-encodes every character except the unreserved ones
    /// ([RFC 3986, 2.3](https://www.rfc-editor.org/rfc/rfc3986#section-2.3)).
    Urlencode,
}

/// The context of a template, which determines what the template can refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, VariantArray)]
pub(crate) enum Context {
    /// Text that people read on a page: `body`, `intro`, `needs` and `warning`. Entered values are not available.
    Prose,
    /// The `title` of a section or step. The brand's URLs are not available, because a brand can lack them.
    Title,
    /// The `label` of a method, field, option, check, login step, derived value or action. The brand's URLs are not
    /// available here either.
    Label,
    /// `says` and `fix` in an outcome rule. Labels and non-secret values are available.
    Message,
    /// Text that is sent to the provider, and `from` in a derived value. Values, the environment, captures, tokens and
    /// the time are available.
    Request,
    /// The parts of a signature, and the parts of the request that carry it. The request being signed is also
    /// available.
    Signed,
    /// Text in `account`, which is taken from a response.
    Answer,
    /// The wording in a brand file.
    Wording,
}

impl Context {
    /// Returns whether the text is sent to the provider.
    pub(crate) const fn is_request(self) -> bool {
        matches!(self, Self::Request | Self::Signed)
    }

    /// Returns whether the text is part of a page.
    pub(crate) const fn is_page(self) -> bool {
        matches!(self, Self::Prose | Self::Title | Self::Label | Self::Wording)
    }

    /// Returns whether filters can be used. Text that people read cannot contain filters.
    pub(crate) const fn has_filters(self) -> bool {
        !(self.is_page() || matches!(self, Self::Message))
    }
}

impl Template {
    /// Creates a template that consists of literal text without references.
    pub fn literal(text: impl Into<String>) -> Self {
        Self { parts: vec![Part::Text(text.into())], span: Span::default() }
    }

    /// Returns the literal text, or `None` if the template has references.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Returns the references, in order.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.parts.iter().filter_map(|part| match part {
            Part::Reference(reference) => Some(reference),
            Part::Text(_) => None,
        })
    }

    /// Returns the keys of the fields and derived values that the template refers to.
    pub fn values(&self) -> impl Iterator<Item = &Key> {
        self.references().filter_map(|reference| match &reference.target {
            Target::Value(key) => Some(key),
            _ => None,
        })
    }
}

/// Formats the template as it is written in a guide.
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
            write!(f, " | {filter}")?;
        }
        f.write_str(" }}")
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
            Self::BrandEgressAddresses => f.write_str("brand.egress_addresses"),
            Self::Json(path) => write!(f, "json.{path}"),
            Self::Capture(key) => write!(f, "capture.{key}"),
            Self::Token(key) => write!(f, "token.{key}"),
            Self::Assertion => f.write_str("jwt.assertion"),
            Self::Request(part) => write!(f, "request.{part}"),
            Self::Now(clock) => write!(f, "now.{clock}"),
            Self::Random(nonce) => write!(f, "random.{nonce}"),
            Self::RedirectUri => f.write_str("hub.redirect_uri"),
            Self::HubButton => f.write_str("hub.button"),
        }
    }
}
