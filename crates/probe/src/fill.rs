//! Putting values into templates, each encoded for the place it lands in.
//!
//! **Invariant:** a value can never become structure: it cannot add a label to a host, a segment to a path, a
//! line to a header or a colon to a user name.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use guide::{
    Assertion, Derived, Environment, Filter, Key, Method, Mistake, Part, Reference, RequestPart, Saying,
    Target, Template, is_label,
};
use secret::Secret;
use sha2::{Digest as _, Sha256};

use crate::assertion::assertion;
use crate::encode;
use crate::moment::Moment;
use crate::sign::{to_base64, to_hex};

/// What was kept of what was typed, by field. Every value is treated as a secret.
pub type Values = BTreeMap<Key, Secret>;

/// What there is to put in.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The environment chosen.
    pub environment: Option<&'a Environment>,
    /// The values of fields.
    pub values: &'a Values,
    /// What is computed from them.
    pub derived: &'a [Derived],
    /// What earlier answers gave.
    pub captures: &'a Values,
    /// What signing in gave.
    pub tokens: &'a Values,
    /// When the request is sent.
    pub moment: Moment,
}

/// No values at all.
static NOTHING: Values = Values::new();

impl<'a> Inputs<'a> {
    /// Values and environment of a method; nothing was captured yet.
    pub fn new(method: &'a Method, environment: Option<&'a Environment>, values: &'a Values) -> Self {
        Self {
            environment,
            values,
            derived: &method.derived,
            captures: &NOTHING,
            tokens: &NOTHING,
            moment: Moment::default(),
        }
    }
}

/// What is put into one request: the inputs, and what is made for this request alone.
#[derive(Clone, Copy)]
pub(crate) struct Filling<'a> {
    pub(crate) inputs: &'a Inputs<'a>,
    pub(crate) assertion: Option<&'a Assertion>,
    pub(crate) signing: Option<&'a Signing>,
}

/// The parts of a request that is being signed, as far as they are known.
#[derive(Clone, Default)]
pub(crate) struct Signing(pub(crate) Vec<(RequestPart, Secret)>);

impl<'a> Filling<'a> {
    /// The inputs alone.
    pub(crate) fn plain(inputs: &'a Inputs<'a>) -> Self {
        Self { inputs, assertion: None, signing: None }
    }
}

/// Where a value lands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Landing {
    /// Labels of a host.
    Host,
    /// A segment of a path.
    Path,
    /// The value of a header.
    Header,
    /// The value of a cookie.
    Cookie,
    /// The user half of HTTP Basic.
    BasicUser,
    /// A text that is encoded as a whole later: JSON, a form, a query.
    Text,
}

/// Why a request cannot be made from these values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FillError {
    /// The field whose value is at fault, if it is a field's.
    pub field: Option<Key>,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a value in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is no value.
    Missing,
    /// It cannot be part of a host name.
    NotAHostLabel,
    /// It cannot be part of a path.
    NotAPathSegment,
    /// It cannot stand in a header.
    NotAHeaderValue,
    /// It cannot stand in a cookie.
    NotACookieValue,
    /// It is not a key of the kind that is needed.
    NotAKey,
    /// Something that is computed from it does not look as it must.
    NotDerivable,
    /// The guide does not allow the host that results.
    HostNotAllowed,
    /// The request has no body in which it could stand.
    NoBody,
}

impl fmt::Display for FillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "the value of `{field}` ")?,
            None => f.write_str("the request ")?,
        }
        f.write_str(match self.problem {
            Problem::Missing => "is missing",
            Problem::NotAHostLabel => "cannot be part of a host name",
            Problem::NotAPathSegment => "cannot be part of a path",
            Problem::NotAHeaderValue => "cannot stand in a header",
            Problem::NotACookieValue => "cannot stand in a cookie",
            Problem::NotAKey => "is not a key of the kind that is needed",
            Problem::NotDerivable => "does not look as it must",
            Problem::HostNotAllowed => "leads to a host that the guide does not allow",
            Problem::NoBody => "has no body in which the credential could stand",
        })
    }
}

impl std::error::Error for FillError {}

impl FillError {
    /// What the person is told. It never holds the value.
    pub fn says(&self, method: &Method) -> Option<Saying> {
        let label = &method.field(self.field.as_ref()?.as_str())?.label;
        let mistake = match self.problem {
            Problem::Missing => Mistake::Missing,
            Problem::NotAHostLabel | Problem::NotAPathSegment | Problem::HostNotAllowed => Mistake::NoAddress,
            Problem::NotAHeaderValue | Problem::NotACookieValue | Problem::NoBody => Mistake::Unsendable,
            Problem::NotAKey => Mistake::NotSigningKey,
            Problem::NotDerivable => Mistake::Part,
        };
        Some(mistake.in_field(label))
    }
}

/// The text of a template, with every value encoded for its place.
pub(crate) fn fill(template: &Template, landing: Landing, with: &Filling<'_>) -> Result<Secret, FillError> {
    let mut out = Secret::default();
    for part in &template.parts {
        match part {
            Part::Text(text) => out.push(text),
            Part::Reference(reference) => {
                let value = lookup(reference, with)?;
                out.push(land(reference, value, landing)?.expose());
            }
        }
    }
    Ok(out)
}

fn lookup(reference: &Reference, with: &Filling<'_>) -> Result<Secret, FillError> {
    let inputs = with.inputs;
    let missing = |field: Option<&Key>| FillError { field: field.cloned(), problem: Problem::Missing };
    let environment = |text: Option<&str>| text.map(Secret::from).ok_or(missing(None));
    match &reference.target {
        Target::Value(key) => match inputs.derived.iter().find(|one| one.field.key == *key) {
            Some(derived) => self::derived(derived, with).or_else(|error| match error.problem {
                // What an answer gave before is still known, where that answer has not come yet.
                Problem::Missing => inputs.values.get(key).cloned().ok_or(error),
                _ => Err(error),
            }),
            None => inputs.values.get(key).cloned().ok_or_else(|| missing(Some(key))),
        },
        Target::Capture(key) => inputs.captures.get(key).cloned().ok_or_else(|| missing(None)),
        Target::Token(key) => inputs.tokens.get(key).cloned().ok_or_else(|| missing(None)),
        Target::EnvironmentHost => environment(inputs.environment.map(|one| one.host.as_str())),
        Target::EnvironmentLabel => environment(inputs.environment.map(|one| one.label.as_str())),
        Target::EnvironmentValue(name) => {
            environment(inputs.environment.and_then(|one| one.value(name.as_str())))
        }
        Target::Now(clock) => Ok(Secret::new(inputs.moment.written(*clock))),
        Target::Random(lot) => Ok(Secret::new(inputs.moment.drawn(*lot))),
        Target::Assertion => with.assertion.ok_or(missing(None)).and_then(|one| assertion(one, with)),
        Target::Request(part) => {
            let known = with.signing.and_then(|signing| signing.0.iter().find(|(one, _)| one == part));
            known.map(|(_, text)| text.clone()).ok_or(missing(None))
        }
        _ => Err(missing(None)),
    }
}

/// A computed value.
pub(crate) fn derived(derived: &Derived, with: &Filling<'_>) -> Result<Secret, FillError> {
    let source = fill(&derived.from, Landing::Text, with)?;
    let kept = derived.keep(source.expose());
    kept.map(Secret::new)
        .map_err(|_| FillError { field: derived.source.clone(), problem: Problem::NotDerivable })
}

fn land(reference: &Reference, mut value: Secret, landing: Landing) -> Result<Secret, FillError> {
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
            Filter::Base64Url => Secret::new(URL_SAFE_NO_PAD.encode(bytes)),
            Filter::Sha256Hex => Secret::new(to_hex(&Sha256::digest(bytes))),
            Filter::Sha256Base64 => Secret::new(to_base64(&Sha256::digest(bytes))),
            Filter::UrlEncode => Secret::new(encode::percent(value.expose())),
        };
    }
    let field = match &reference.target {
        Target::Value(key) => Some(key.clone()),
        _ => None,
    };
    let text = value.expose();
    let problem = match landing {
        // The table of environments is the guide's own text, and may have all its labels.
        Landing::Host
            if matches!(reference.target, Target::EnvironmentHost | Target::EnvironmentValue(_)) =>
        {
            None
        }
        Landing::Host => {
            let sound = text.split('.').count() <= labels && text.split('.').all(is_label);
            (!sound).then_some(Problem::NotAHostLabel)
        }
        // `.` and `..` mean something to servers even when nothing else does.
        Landing::Path if text.is_empty() || text == "." || text == ".." => Some(Problem::NotAPathSegment),
        Landing::Path => return Ok(Secret::new(encode::percent(text))),
        Landing::Header => (!encode::is_header_value(text)).then_some(Problem::NotAHeaderValue),
        Landing::Cookie => (!encode::is_cookie_value(text)).then_some(Problem::NotACookieValue),
        Landing::BasicUser => {
            (text.contains(':') || text.contains(char::is_control)).then_some(Problem::NotAHeaderValue)
        }
        Landing::Text => None,
    };
    match problem {
        Some(problem) => Err(FillError { field, problem }),
        None => Ok(value),
    }
}
