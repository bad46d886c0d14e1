//! Putting values into templates, each encoded for the place it lands in.
//!
//! **Invariant:** a value can never become structure: it cannot add a label to a host, a segment to a path, a
//! line to a header or a colon to a user name.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guide::{Environment, Filter, Key, Part, Reference, Target, Template, is_label};
use secret::Secret;

use crate::encode;

/// What was kept of what was typed, by field. Every value is treated as a secret.
pub type Values = BTreeMap<Key, Secret>;

/// What there is to put in.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The environment chosen.
    pub environment: Option<&'a Environment>,
    /// The values of fields.
    pub values: &'a Values,
    /// What earlier answers gave.
    pub captures: &'a Values,
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
    /// The guide does not allow the host that results.
    HostNotAllowed,
    /// The scheme cannot be run yet.
    NotRunnable,
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
            Problem::HostNotAllowed => "leads to a host that the guide does not allow",
            Problem::NotRunnable => "needs an authentication scheme that cannot be run yet",
        })
    }
}

impl std::error::Error for FillError {}

/// The text of a template, with every value encoded for its place.
pub(crate) fn fill(template: &Template, landing: Landing, inputs: &Inputs<'_>) -> Result<Secret, FillError> {
    let mut out = String::new();
    for part in &template.parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Reference(reference) => {
                let value = lookup(reference, inputs)?;
                out.push_str(land(reference, value.expose(), landing)?.expose());
            }
        }
    }
    Ok(Secret::new(out))
}

fn lookup(reference: &Reference, inputs: &Inputs<'_>) -> Result<Secret, FillError> {
    let missing = |field: Option<&Key>| FillError { field: field.cloned(), problem: Problem::Missing };
    match &reference.target {
        Target::Value(key) => inputs.values.get(key).cloned().ok_or_else(|| missing(Some(key))),
        Target::Capture(key) => inputs.captures.get(key).cloned().ok_or_else(|| missing(None)),
        Target::EnvironmentHost => {
            inputs.environment.map(|one| Secret::from(one.host.as_str())).ok_or(missing(None))
        }
        Target::EnvironmentLabel => {
            inputs.environment.map(|one| Secret::from(one.label.as_str())).ok_or(missing(None))
        }
        _ => Err(missing(None)),
    }
}

fn land(reference: &Reference, value: &str, landing: Landing) -> Result<Secret, FillError> {
    let mut value = Secret::new(value);
    let mut labels = 1;
    for filter in &reference.filters {
        value = match filter {
            Filter::HostLabels(n) => {
                labels = usize::from(*n);
                value
            }
            Filter::Lowercase => Secret::new(value.expose().to_lowercase()),
            Filter::Uppercase => Secret::new(value.expose().to_uppercase()),
            Filter::Base64 => Secret::new(STANDARD.encode(value.expose())),
        };
    }
    let field = match &reference.target {
        Target::Value(key) => Some(key.clone()),
        _ => None,
    };
    let text = value.expose();
    let problem = match landing {
        // The environment's host is the guide's own text, and may have all its labels.
        Landing::Host if reference.target == Target::EnvironmentHost => None,
        Landing::Host => {
            let sound = text.split('.').count() <= labels && text.split('.').all(is_label);
            (!sound).then_some(Problem::NotAHostLabel)
        }
        // `.` and `..` mean something to servers even when nothing else does.
        Landing::Path if text.is_empty() || text == "." || text == ".." => Some(Problem::NotAPathSegment),
        Landing::Path => return Ok(Secret::new(encode::percent(text))),
        Landing::Header => (!encode::is_header_value(text)).then_some(Problem::NotAHeaderValue),
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
