//! Fields, and the normalization and validation of their values.

use std::borrow::Cow;
use std::fmt;

use regex::Regex;
use serde_json::Value;

use crate::choice::{FieldType, Holds, RefusedBy, Spaces};
use crate::host::is_label;
use crate::key::Key;
use crate::model::accept::Accept;
use crate::model::environment::Environment;
use crate::model::pasted::{
    is_blank, is_blank_char, is_email, is_invisible, is_pem, is_protected_key, is_quoted,
};
use crate::model::walkthrough::Condition;
use crate::prose::Prose;
use crate::saying::{Mistake, Saying, SayingPart};
use crate::source::Span;
use crate::template::Template;

/// A value that people enter.
#[derive(Clone, Debug)]
pub struct Field {
    /// The key, unique within its method.
    pub key: Key,
    /// The label on pages, in forms and in messages.
    pub label: String,
    /// The location of the label.
    pub label_span: Span,
    /// The type of the value.
    pub kind: FieldType,
    /// Whether a value is required.
    pub required: bool,
    /// Whether the value must never be shown.
    pub secret: bool,
    /// A short explanation next to the field.
    pub description: Option<Prose>,
    /// The placeholder shown while the field is empty.
    pub placeholder: Option<String>,
    /// The value that is used if nothing is entered.
    pub default: Option<String>,
    /// The steps that normalize an entered value, in order.
    pub accept: Vec<Accept>,
    /// The pattern that the whole value must match.
    pub pattern: Option<Pattern>,
    /// A description of the pattern that completes a sentence such as "Site must be …".
    pub pattern_says: Option<String>,
    /// Common mistakes to reject.
    pub refuse: Vec<Refuse>,
    /// Tests for the field.
    pub examples: Vec<Example>,
    /// The options in a `select`.
    pub options: Vec<Choice>,
    /// The condition under which the field is shown. `None` if the field is always shown.
    pub when: Option<Condition>,
    /// The maximum length in characters.
    pub max_length: usize,
    /// The minimum and maximum of a `number`.
    pub range: (Option<i64>, Option<i64>),
    /// The format of a `multiline` or `file` value.
    pub holds: Option<Holds>,
    /// How spaces in a `secret` are handled.
    pub spaces: Spaces,
    /// The location in the source.
    pub span: Span,
}

/// The default maximum length of a value, in characters.
pub const MAX_LENGTH: usize = 4096;

/// The default maximum length for a `multiline` or `file` value, in characters.
pub const MAX_FILE_LENGTH: usize = 65_536;

/// A value that is computed instead of entered.
#[derive(Clone, Debug)]
pub struct Derived {
    /// The string from which the value is derived.
    pub from: Template,
    /// A field that has the derived value's key and label, and that normalizes and validates the derived value.
    pub field: Field,
    /// The message that is shown if the value is invalid. If `None`, the field's own message is shown.
    pub says: Option<String>,
    /// The field from which the value is derived. If the value is invalid, the mistake is attributed to this field.
    /// `None` if the value is derived only from a response.
    pub source: Option<Key>,
}

/// A pattern that the whole value must match.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The pattern as written, without anchors.
    pub text: String,
    /// The compiled pattern, with anchors.
    pub regex: Regex,
}

/// A common mistake.
#[derive(Clone, Debug)]
pub struct Refuse {
    /// The prefix of the values to reject.
    pub prefix: Option<String>,
    /// A substring of the values to reject.
    pub contains: Option<String>,
    /// The message that explains the mistake.
    pub says: String,
}

/// An entered value with its expected result.
#[derive(Clone, Debug)]
pub struct Example {
    /// The entered value.
    pub typed: String,
    /// The normalized value, or the rule that rejects it.
    pub then: Result<String, RefusedBy>,
    /// The environment that the entered value identifies.
    pub environment: Option<Key>,
    /// The location in the source.
    pub span: Span,
}

/// An option in a `select`.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The value that is stored.
    pub value: String,
    /// The label that is shown.
    pub label: String,
}

/// The normalized value of a field. The value is empty if an optional field was left empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// The normalized value.
    pub value: String,
    /// The environment that the entered value identifies, if any.
    pub environment: Option<Key>,
}

/// Hides the value, because the value can be secret.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("environment", &self.environment).finish_non_exhaustive()
    }
}

/// Why a value is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The rule that rejected the value.
    pub by: RefusedBy,
    /// The message to the person. The message never contains the value.
    pub says: Saying,
}

impl Field {
    /// Normalizes and validates an entered value, or the default if the entered value is blank. The terminal, the browser
    /// and tests all use this function.
    pub fn keep(&self, typed: &str, environments: &[Environment]) -> Result<Kept, Refused> {
        let (mut value, mut environment) = self.normalized(typed, environments);
        if is_blank(&value) {
            let default = self.default.as_deref().unwrap_or_default();
            (value, environment) = self.normalized(default, environments);
        }
        if is_blank(&value) {
            if self.required {
                return Err(self.refused(RefusedBy::Required, Mistake::Missing));
            }
            return Ok(Kept { value: String::new(), environment: None });
        }
        self.judge(&value)?;
        let identified =
            || environments.iter().find(|one| one.is_told_by(&self.key, &value)).map(|one| one.key.clone());
        let environment = environment.or_else(identified);
        Ok(Kept { value: value.into_owned(), environment })
    }

    /// Applies the normalization steps. Also returns the environment that the value identifies by its host, if any.
    fn normalized<'v>(&self, text: &'v str, environments: &[Environment]) -> (Cow<'v, str>, Option<Key>) {
        let is_file = matches!(self.kind, FieldType::Multiline | FieldType::File);
        // Some editors begin a file with a byte order mark.
        let mut value = Cow::Borrowed(if is_file { text.trim_start_matches('\u{feff}') } else { text });
        let mut environment = None;
        for accept in &self.accept {
            value = accept.apply(value, environments, &mut environment);
        }
        (self.cleaned(value), environment)
    }

    /// Removes the spaces from a secret that is shown in groups of characters, and replaces each `\n` in PEM that was
    /// copied from a JSON file with a line break.
    fn cleaned<'v>(&self, value: Cow<'v, str>) -> Cow<'v, str> {
        if self.kind == FieldType::Secret && self.spaces == Spaces::Remove {
            return Cow::Owned(value.chars().filter(|ch| !is_blank_char(*ch)).collect());
        }
        if self.holds == Some(Holds::Pem) && !value.trim().contains('\n') && value.contains("\\n") {
            return Cow::Owned(value.replace("\\r", "").replace("\\n", "\n"));
        }
        value
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
            return Err(Refused { by: RefusedBy::Pattern, says: self.not_matching() });
        }
        Ok(())
    }

    /// Returns the message for a value that does not match the pattern.
    pub fn not_matching(&self) -> Saying {
        use SayingPart::{Label, Text};
        match &self.pattern_says {
            Some(says) => {
                [Label(&self.label), Text(" must be "), Text(says), Text(".")].into_iter().collect()
            }
            None => Mistake::Odd.in_field(&self.label),
        }
    }

    fn refused(&self, by: RefusedBy, mistake: Mistake) -> Refused {
        Refused { by, says: mistake.in_field(&self.label) }
    }

    fn not_of_type(&self, value: &str) -> Option<Mistake> {
        let is_line = !matches!(self.kind, FieldType::Multiline | FieldType::File);
        if value.chars().any(|ch| ch == '\0' || is_line && ch.is_control()) {
            return Some(if is_line { Mistake::SeveralLines } else { Mistake::Nul });
        }
        if is_line && value.contains(is_invisible) {
            return Some(Mistake::Invisible);
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
                if self.kind == FieldType::Text || self.spaces == Spaces::Keep {
                    return None;
                }
                let has_space = value.contains(char::is_whitespace);
                has_space.then_some(Mistake::Space).or_else(|| is_quoted(value).then_some(Mistake::Quoted))
            }
            FieldType::Multiline | FieldType::File => match self.holds? {
                Holds::Json => {
                    let sound = serde_json::from_str::<Value>(value).is_ok_and(|json| json.is_object());
                    (!sound).then_some(Mistake::NotJson)
                }
                // A request has no place for the passphrase.
                Holds::Pem if is_protected_key(value) => Some(Mistake::ProtectedKey),
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
    /// Normalizes and validates the string from which the value is derived.
    pub fn keep(&self, source: &str) -> Result<String, Refused> {
        let kept = self.field.keep(source, &[]).map_err(|refused| Refused {
            says: self.says.clone().map_or(refused.says, Saying::from),
            ..refused
        })?;
        Ok(kept.value)
    }
}
