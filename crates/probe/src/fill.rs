//! Fills in templates, and encodes each value for its slot.
//!
//! **Invariant:** a value cannot change the structure of a request. For example, a value cannot add a label to a host,
//! a segment to a path, a line to a header, or a colon to a user name.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use guide::{
    Derived, Filter, JsonTemplate, Key, Method, Mistake, Part, Reference, Saying, Target, Template,
    is_cookie_value, is_header_value, is_label, is_path_part, is_protected_key,
};
use secret::{Secret, percent_encoded};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::inputs::Filling;

/// The part of a request in which a filled-in template is used. The slot determines how values are encoded and which
/// values are rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// One or more labels in a host name.
    Host,
    /// A path segment. An environment's value can be several segments.
    Path,
    /// A header value.
    Header,
    /// A cookie value.
    Cookie,
    /// The user name in HTTP Basic authentication, which cannot contain a colon.
    BasicUser,
    /// Text that is encoded as a whole later, such as JSON, a form or a query.
    Text,
}

/// Why a request cannot be built from the given values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FillError {
    /// The field whose value causes the problem, or `None` if no field is the cause.
    pub field: Option<Key>,
    /// The problem with the value.
    pub problem: Problem,
}

/// Why a value cannot be used where a template refers to it.
#[derive(Clone, Copy, Debug, derive_more::Display, PartialEq, Eq)]
pub enum Problem {
    /// The value is missing.
    #[display("is missing")]
    Missing,
    /// The value cannot be part of a host name.
    #[display("cannot be part of a host name")]
    NotAHostLabel,
    /// The value cannot be part of a path.
    #[display("cannot be part of a path")]
    NotAPathSegment,
    /// The value contains a character that a header cannot contain.
    #[display("cannot be sent in a header")]
    NotAHeaderValue,
    /// The value contains a character that a cookie cannot contain.
    #[display("cannot be sent in a cookie")]
    NotACookieValue,
    /// The value is not a key that the signing algorithm accepts.
    #[display("is not a valid signing key")]
    NotAKey,
    /// The value is a private key that is protected by a passphrase.
    #[display("is protected by a passphrase")]
    ProtectedKey,
    /// A value derived from this value does not match the pattern that the guide requires.
    #[display("does not have the required form")]
    NotDerivable,
    /// The guide does not allow the resulting host.
    #[display("leads to a host that the guide does not allow")]
    HostNotAllowed,
    /// The credential must be sent in the body, but the request has no body to which a credential can be added.
    #[display("has no body that could carry the credential")]
    NoBody,
}

impl fmt::Display for FillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.field, self.problem) {
            (Some(field), _) => write!(f, "the value of `{field}` ")?,
            (None, Problem::HostNotAllowed | Problem::NoBody) => f.write_str("the request ")?,
            (None, _) => f.write_str("a value in the request ")?,
        }
        self.problem.fmt(f)
    }
}

impl std::error::Error for FillError {}

impl FillError {
    /// The message for the person who entered the value, or `None` if no field causes the problem. The message never
    /// contains the value.
    pub fn says(&self, method: &Method) -> Option<Saying> {
        let label = &method.field(self.field.as_ref()?.as_str())?.label;
        let mistake = match self.problem {
            Problem::Missing => Mistake::Missing,
            Problem::NotAHostLabel | Problem::NotAPathSegment | Problem::HostNotAllowed => Mistake::NoAddress,
            Problem::NotAHeaderValue | Problem::NotACookieValue | Problem::NoBody => Mistake::Unsendable,
            Problem::NotAKey => Mistake::NotSigningKey,
            Problem::ProtectedKey => Mistake::ProtectedKey,
            Problem::NotDerivable => Mistake::Part,
        };
        Some(mistake.in_field(label))
    }
}

/// Returns the filled-in template, with every value encoded for `slot`.
pub(crate) fn fill(template: &Template, slot: Slot, with: &Filling<'_>) -> Result<Secret, FillError> {
    let mut out = Secret::default();
    for part in &template.parts {
        match part {
            Part::Text(text) => out.push(text),
            Part::Reference(reference) => {
                let value = lookup(reference, with)?;
                out.push(encode_value(reference, value, slot)?.expose());
            }
        }
    }
    Ok(out)
}

/// Returns a reference's value in two forms: as looked up, and as encoded by the reference's filters.
pub(crate) fn looked_up(reference: &Reference, with: &Filling<'_>) -> Result<[Secret; 2], FillError> {
    let value = lookup(reference, with)?;
    Ok([value.clone(), encode_value(reference, value, Slot::Text)?])
}

fn lookup(reference: &Reference, with: &Filling<'_>) -> Result<Secret, FillError> {
    let inputs = with.inputs;
    let missing = |field: Option<&Key>| FillError { field: field.cloned(), problem: Problem::Missing };
    let environment = |text: Option<&str>| text.map(Secret::from).ok_or(missing(None));
    match &reference.target {
        Target::Value(key) => match inputs.method.derived(key.as_str()) {
            Some(derived) => self::derived(derived, with).or_else(|error| match error.problem {
                // When an existing account is linked again, uses the stored derived value until a response provides a
                // new one.
                Problem::Missing => inputs.values.get(key).cloned().ok_or(error),
                _ => Err(error),
            }),
            None => inputs.value(key).ok_or_else(|| missing(Some(key))),
        },
        Target::Capture(key) => inputs.captures.get(key).cloned().ok_or_else(|| missing(None)),
        Target::Token(key) => inputs.tokens.get(key).cloned().ok_or_else(|| missing(None)),
        Target::EnvironmentHost => environment(inputs.environment.map(|one| one.host.as_str())),
        Target::EnvironmentLabel => environment(inputs.environment.map(|one| one.label.as_str())),
        Target::EnvironmentValue(name) => {
            environment(inputs.environment.and_then(|one| one.value(name.as_str())))
        }
        Target::RedirectUri => inputs.redirect_uri.map(Secret::from).ok_or(missing(None)),
        Target::Now(clock) => Ok(Secret::new(inputs.moment.format(*clock))),
        Target::Random(format) => Ok(Secret::new(inputs.moment.format_nonce(*format))),
        Target::Assertion => with.assertion.cloned().ok_or(missing(None)),
        Target::Request(part) => {
            let known = with.parts.iter().find(|(name, _)| name == part);
            known.map(|(_, text)| text.clone()).ok_or(missing(None))
        }
        // The contexts of requests do not allow the remaining references.
        Target::Label(_)
        | Target::Step(_)
        | Target::ProviderName
        | Target::ProviderKey
        | Target::MethodLabel
        | Target::BrandName
        | Target::BrandHub
        | Target::BrandSupportUrl
        | Target::BrandSiteUrl
        | Target::BrandEgressAddresses
        | Target::HubButton
        | Target::Json(_) => Err(missing(None)),
    }
}

/// Computes a derived value.
pub(crate) fn derived(derived: &Derived, with: &Filling<'_>) -> Result<Secret, FillError> {
    let source = fill(&derived.from, Slot::Text, with)?;
    let invalid = |_| FillError { field: derived.source.clone(), problem: Problem::NotDerivable };
    derived.keep(source.expose()).map(Secret::new).map_err(invalid)
}

/// Returns whether a value can be inserted into a host in place of a reference.
pub fn fits_host(reference: &Reference, value: &str) -> bool {
    encode_value(reference, Secret::from(value), Slot::Host).is_ok()
}

fn encode_value(reference: &Reference, mut value: Secret, slot: Slot) -> Result<Secret, FillError> {
    let mut labels = 1;
    for filter in &reference.filters {
        let bytes = value.expose().as_bytes();
        value = match filter {
            Filter::HostLabels(n) => {
                labels = usize::from(*n);
                value
            }
            Filter::Lowercase => Secret::new(value.expose().to_lowercase()),
            Filter::Uppercase => Secret::new(value.expose().to_uppercase()),
            Filter::Base64 => Secret::new(STANDARD.encode(bytes)),
            Filter::Base64url => Secret::new(URL_SAFE_NO_PAD.encode(bytes)),
            Filter::Sha256Hex => Secret::new(hex::encode(Sha256::digest(bytes))),
            Filter::Sha256Base64 => Secret::new(STANDARD.encode(Sha256::digest(bytes))),
            Filter::Urlencode => Secret::new(percent_encoded(value.expose())),
        };
    }
    let text = value.expose();
    let problem = match slot {
        // Environment hosts come from the guide, so they can have any number of labels.
        Slot::Host if matches!(reference.target, Target::EnvironmentHost | Target::EnvironmentValue(_)) => {
            None
        }
        Slot::Host => {
            let is_valid = text.split('.').count() <= labels && text.split('.').all(is_label);
            (!is_valid).then_some(Problem::NotAHostLabel)
        }
        // An environment's value comes from the guide, so it can have several segments.
        Slot::Path if matches!(reference.target, Target::EnvironmentValue(_)) && is_path_part(text) => {
            return Ok(Secret::new(text.split('/').map(percent_encoded).collect::<Vec<_>>().join("/")));
        }
        // Servers resolve `.` and `..` even when they are encoded.
        Slot::Path if text.is_empty() || text == "." || text == ".." => Some(Problem::NotAPathSegment),
        Slot::Path => return Ok(Secret::new(percent_encoded(text))),
        Slot::Header => (!is_header_value(text)).then_some(Problem::NotAHeaderValue),
        Slot::Cookie => (!is_cookie_value(text)).then_some(Problem::NotACookieValue),
        Slot::BasicUser => {
            (text.contains(':') || text.contains(char::is_control)).then_some(Problem::NotAHeaderValue)
        }
        Slot::Text => None,
    };
    let Some(problem) = problem else { return Ok(value) };
    let field = match &reference.target {
        Target::Value(key) => Some(key.clone()),
        _ => None,
    };
    Err(FillError { field, problem })
}

/// Fills in the strings in a JSON template.
pub(crate) fn json(template: &JsonTemplate, with: &Filling<'_>) -> Result<Value, FillError> {
    Ok(match template {
        JsonTemplate::Text(text) => Value::String(fill(text, Slot::Text, with)?.expose().to_owned()),
        JsonTemplate::Array(list) => {
            Value::Array(list.iter().map(|item| json(item, with)).collect::<Result<_, _>>()?)
        }
        JsonTemplate::Object(members) => {
            let filled: Result<Map<_, _>, FillError> =
                members.iter().map(|(name, value)| Ok((name.clone(), json(value, with)?))).collect();
            Value::Object(filled?)
        }
        JsonTemplate::Plain(value) => value.clone(),
    })
}

/// The error for a template that does not produce a valid signing key. The error names the field that the key comes
/// from.
pub(crate) fn invalid_key(template: &Template, with: &Filling<'_>) -> FillError {
    let field = template.values().find_map(|key| {
        let derived = with.inputs.method.derived(key.as_str());
        derived.map_or_else(|| Some(key.clone()), |one| one.source.clone())
    });
    let is_protected = fill(template, Slot::Text, with).is_ok_and(|key| is_protected_key(key.expose()));
    FillError { field, problem: if is_protected { Problem::ProtectedKey } else { Problem::NotAKey } }
}
