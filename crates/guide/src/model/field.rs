//! Fields, and what becomes of what is typed into them.

use std::borrow::Cow;
use std::fmt;

use regex::Regex;
use serde_json::Value;

use crate::choice::{FieldType, Holds, RefusedBy};
use crate::host::is_label;
use crate::json_path::JsonPath;
use crate::key::Key;
use crate::model::environment::Environment;
use crate::model::walkthrough::Condition;
use crate::prose::Prose;
use crate::saying::{Mistake, Saying};
use crate::source::Span;
use crate::template::Template;

/// Something that is typed in.
#[derive(Clone, Debug)]
pub struct Field {
    /// The key.
    pub key: Key,
    /// The label.
    pub label: String,
    /// Where the label stands.
    pub label_span: Span,
    /// What kind of value it is.
    pub kind: FieldType,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether its value must not be seen.
    pub secret: bool,
    /// One sentence beside it.
    pub description: Option<Prose>,
    /// What stands in it while it is empty.
    pub placeholder: Option<String>,
    /// The value if nothing is typed.
    pub default: Option<String>,
    /// What is done with what was typed.
    pub accept: Vec<Accept>,
    /// What the whole value must look like.
    pub pattern: Option<Pattern>,
    /// The pattern in words.
    pub pattern_says: Option<String>,
    /// Usual mistakes.
    pub refuse: Vec<Refuse>,
    /// Tests.
    pub examples: Vec<Example>,
    /// What can be chosen.
    pub options: Vec<Choice>,
    /// When it is asked.
    pub when: Option<Condition>,
    /// The longest value, in characters.
    pub max_length: usize,
    /// The smallest and the largest number.
    pub range: (Option<i64>, Option<i64>),
    /// What several lines or a file must hold.
    pub holds: Option<Holds>,
    /// Where it stands.
    pub span: Span,
}

/// The longest value of a field that says nothing about it, in characters.
pub const MAX_LENGTH: usize = 4096;

/// The longest text of a file whose field says nothing about it, in characters.
pub const MAX_FILE_LENGTH: usize = 65_536;

/// A value that is computed and never asked.
#[derive(Clone, Debug)]
pub struct Derived {
    /// What it is made from.
    pub from: Template,
    /// The value as a field: its key, its label, what is done with what it is made from, what it must look like.
    pub field: Field,
    /// What the person is told where it does not look like that.
    pub says: Option<String>,
    /// The field it is made from, which is at fault then; none, where it is made from an answer alone.
    pub source: Option<Key>,
}

/// A pattern that the whole value must match.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As it is written, without anchors.
    pub text: String,
    /// Ready to run, anchored.
    pub regex: Regex,
}

/// One step from what was typed to what is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accept {
    /// Drops white space at both ends.
    Trim,
    /// Makes letters small.
    Lowercase,
    /// Makes letters capital.
    Uppercase,
    /// Keeps digits only.
    Digits,
    /// Of an address, the labels before the host of whichever environment fits.
    LabelOfEnvironment,
    /// Of an address, the labels before this host.
    LabelOf(String),
    /// Of an address, the host.
    Host,
    /// Of an address, the path segment with this number, from 1.
    PathSegment(usize),
    /// Drops a text from the front.
    StripPrefix(String),
    /// Drops a text from the end.
    StripSuffix(String),
    /// What stands before the first place of a text.
    BeforeFirst(String),
    /// What stands after the last place of a text.
    AfterLast(String),
    /// Of JSON, what stands at a path.
    Json(JsonPath),
}

/// A usual mistake.
#[derive(Clone, Debug)]
pub struct Refuse {
    /// A value that begins so …
    pub prefix: Option<String>,
    /// … or holds this.
    pub contains: Option<String>,
    /// What the person is told.
    pub says: String,
}

/// A typed text, and what must become of it.
#[derive(Clone, Debug)]
pub struct Example {
    /// What is typed.
    pub typed: String,
    /// What is kept, or why nothing is.
    pub then: Result<String, RefusedBy>,
    /// The environment the typed address belongs to.
    pub environment: Option<Key>,
    /// Where it stands.
    pub span: Span,
}

/// Something that can be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is kept.
    pub value: String,
    /// What is shown.
    pub label: String,
}

/// What is kept of what was typed. Empty if nothing was typed into an optional field.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// The value.
    pub value: String,
    /// The environment that the typed address belongs to, where it shows.
    pub environment: Option<Key>,
}

/// Hides the value: it may be a secret.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("environment", &self.environment).finish_non_exhaustive()
    }
}

/// Why nothing is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The rule that turned the value away.
    pub by: RefusedBy,
    /// What the person is told. It never holds the value.
    pub says: Saying,
}

impl Field {
    /// What is kept of what was typed. The same code runs for terminal, browser and tests.
    pub fn keep(&self, typed: &str, environments: &[Environment]) -> Result<Kept, Refused> {
        let mut value = Cow::Borrowed(typed);
        let mut environment = None;
        for accept in &self.accept {
            value = accept.apply(value, environments, &mut environment);
        }
        if value.trim().is_empty() {
            let default = self.default.clone().unwrap_or_default();
            if default.is_empty() && self.required {
                return Err(self.refused(RefusedBy::Required, Mistake::Missing));
            }
            return Ok(Kept { value: default, environment: None });
        }
        self.judge(&value)?;
        let told =
            || environments.iter().find(|one| one.is_told_by(&self.key, &value)).map(|one| one.key.clone());
        let environment = environment.or_else(told);
        Ok(Kept { value: value.into_owned(), environment })
    }

    pub(crate) fn judge(&self, value: &str) -> Result<(), Refused> {
        if value.chars().count() > self.max_length {
            return Err(self.refused(RefusedBy::Length, Mistake::Longer(self.max_length)));
        }
        let mistake = self.refuse.iter().find(|mistake| {
            mistake.prefix.as_ref().is_some_and(|prefix| value.starts_with(prefix))
                || mistake.contains.as_ref().is_some_and(|part| value.contains(part))
        });
        if let Some(mistake) = mistake {
            return Err(Refused { by: RefusedBy::Refuse, says: mistake.says.clone().into() });
        }
        if let Some(mistake) = self.not_of_type(value) {
            return Err(self.refused(RefusedBy::Type, mistake));
        }
        if self.pattern.as_ref().is_some_and(|pattern| !pattern.regex.is_match(value)) {
            return Err(match &self.pattern_says {
                Some(says) => {
                    Refused { by: RefusedBy::Pattern, says: format!("{} takes {says}", self.label).into() }
                }
                None => self.refused(RefusedBy::Pattern, Mistake::Odd),
            });
        }
        Ok(())
    }

    fn refused(&self, by: RefusedBy, mistake: Mistake) -> Refused {
        Refused { by, says: mistake.in_field(&self.label) }
    }

    fn not_of_type(&self, value: &str) -> Option<Mistake> {
        let is_line = !matches!(self.kind, FieldType::Multiline | FieldType::File);
        if value.chars().any(|ch| ch == '\0' || is_line && ch.is_control()) {
            return Some(if is_line { Mistake::SeveralLines } else { Mistake::Nul });
        }
        match self.kind {
            FieldType::Email => (!is_email(value)).then_some(Mistake::NotEmail),
            FieldType::Url => {
                let sound = url::Url::parse(value).is_ok_and(|url| {
                    url.scheme() == "https"
                        && url.has_host()
                        && url.username().is_empty()
                        && url.password().is_none()
                });
                (!sound).then_some(Mistake::NotHttps)
            }
            FieldType::Host => {
                let sound = value.contains('.') && value.to_ascii_lowercase().split('.').all(is_label);
                (!sound).then_some(Mistake::NotHost)
            }
            FieldType::Number => self.not_in_range(value),
            FieldType::Boolean => (!matches!(value, "true" | "false")).then_some(Mistake::NotBoolean),
            FieldType::Select => {
                let known = self.options.iter().any(|option| option.value == value);
                (!known).then(|| {
                    Mistake::NotOneOf(self.options.iter().map(|option| option.value.clone()).collect())
                })
            }
            FieldType::Text | FieldType::Secret => {
                let inner_space = self.kind == FieldType::Secret && value.chars().any(char::is_whitespace);
                inner_space.then_some(Mistake::Space)
            }
            FieldType::Multiline | FieldType::File => match self.holds? {
                Holds::Json => {
                    let sound = serde_json::from_str::<Value>(value).is_ok_and(|json| json.is_object());
                    (!sound).then_some(Mistake::NotJson)
                }
                Holds::Pem => (!is_pem(value)).then_some(Mistake::NotPem),
            },
        }
    }

    fn not_in_range(&self, value: &str) -> Option<Mistake> {
        let Some(number) = value.parse::<i64>().ok().filter(|_| !value.starts_with('+')) else {
            return Some(Mistake::NotWhole);
        };
        match self.range {
            (Some(min), Some(max)) if !(min..=max).contains(&number) => Some(Mistake::NotBetween(min, max)),
            (Some(min), _) if number < min => Some(Mistake::Below(min)),
            (_, Some(max)) if max < number => Some(Mistake::Above(max)),
            _ => None,
        }
    }
}

impl Derived {
    /// What becomes of what it is made from.
    pub fn keep(&self, source: &str) -> Result<String, Refused> {
        let kept = self.field.keep(source, &[]).map_err(|refused| Refused {
            says: self.says.clone().map_or(refused.says, Saying::from),
            ..refused
        })?;
        Ok(kept.value)
    }
}

/// The shape of PEM, not what is in it: a line that begins it and one that ends it, of the same name
/// ([RFC 7468, 2](https://www.rfc-editor.org/rfc/rfc7468#section-2)).
fn is_pem(text: &str) -> bool {
    let name = text
        .trim()
        .strip_prefix("-----BEGIN ")
        .and_then(|rest| rest.split_once("-----"))
        .map(|(name, _)| name);
    name.is_some_and(|name| !name.is_empty() && text.contains(&format!("-----END {name}-----")))
}

impl Accept {
    fn apply<'v>(
        &self,
        value: Cow<'v, str>,
        environments: &[Environment],
        environment: &mut Option<Key>,
    ) -> Cow<'v, str> {
        match self {
            Self::Trim => cut(value, |text| Some(text.trim())),
            Self::Lowercase => Cow::Owned(value.to_lowercase()),
            Self::Uppercase => Cow::Owned(value.to_uppercase()),
            Self::Digits => Cow::Owned(value.chars().filter(char::is_ascii_digit).collect()),
            Self::LabelOf(host) => cut(value, |text| label_before(host_of(text), host)),
            Self::LabelOfEnvironment => {
                let found =
                    environments.iter().find(|one| label_before(host_of(&value), &one.host).is_some());
                match found {
                    Some(one) => {
                        *environment = Some(one.key.clone());
                        cut(value, |text| label_before(host_of(text), &one.host))
                    }
                    None => value,
                }
            }
            Self::Host => cut(value, |text| Some(host_of(text)).filter(|host| host.contains('.'))),
            Self::PathSegment(n) => cut(value, |text| {
                let path = text.split_once("://").map(|(_, rest)| rest)?.split(['?', '#']).next()?;
                path.split('/').nth(*n).filter(|segment| !segment.is_empty())
            }),
            Self::StripPrefix(prefix) => cut(value, |text| text.strip_prefix(prefix.as_str())),
            Self::StripSuffix(suffix) => cut(value, |text| text.strip_suffix(suffix.as_str())),
            Self::BeforeFirst(mark) => {
                cut(value, |text| text.split_once(mark.as_str()).map(|(front, _)| front))
            }
            Self::AfterLast(mark) => cut(value, |text| text.rsplit_once(mark.as_str()).map(|(_, back)| back)),
            Self::Json(path) => {
                let json = serde_json::from_str::<Value>(&value).ok();
                let text = json.as_ref().and_then(|json| path.find(json)).and_then(|found| match found {
                    Value::String(text) => Some(text.clone()),
                    Value::Number(number) => Some(number.to_string()),
                    _ => None,
                });
                text.map_or(value, Cow::Owned)
            }
        }
    }
}

/// Applies an extractor; what it does not find leaves the value as it was.
fn cut(value: Cow<'_, str>, extract: impl Fn(&str) -> Option<&str>) -> Cow<'_, str> {
    match value {
        Cow::Borrowed(text) => Cow::Borrowed(extract(text).unwrap_or(text)),
        Cow::Owned(text) => match extract(&text) {
            Some(part) => Cow::Owned(part.to_owned()),
            None => Cow::Owned(text),
        },
    }
}

/// The host of an address, or of something that begins like one.
fn host_of(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next().unwrap_or(host);
    host.strip_suffix('.').unwrap_or(host)
}

fn label_before<'t>(host: &'t str, end: &str) -> Option<&'t str> {
    let cut = host.len().checked_sub(end.len())?;
    let (front, tail) = (host.get(..cut)?, host.get(cut..)?);
    tail.eq_ignore_ascii_case(end).then_some(front)?.strip_suffix('.').filter(|front| !front.is_empty())
}

/// The shape of an address, not its existence: one `@`, a host of two labels, no spaces.
fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    !local.is_empty()
        && local.len() <= 64
        && local.chars().all(|ch| ch.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(ch))
        && host.contains('.')
        && host.to_ascii_lowercase().split('.').all(is_label)
}
