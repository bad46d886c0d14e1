//! Messages to the person who links: the guide's text, or one of our own.
//!
//! **Invariant:** a message of our own keeps its meaning as data, so that pages can show it in the reader's language. No
//! message contains an entered value.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::outcome::OutcomeKind;

/// A message to the person who links, in English or in the guide's language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying {
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ours: Option<Ours>,
}

impl Saying {
    /// The meaning of a message of our own. `None` if the text is the guide's.
    pub fn ours(&self) -> Option<&Ours> {
        self.ours.as_ref()
    }
}

impl Deref for Saying {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Makes a message of the guide's text.
impl From<String> for Saying {
    fn from(text: String) -> Self {
        Self { text, ours: None }
    }
}

impl From<Ours> for Saying {
    fn from(ours: Ours) -> Self {
        Self { text: ours.to_string(), ours: Some(ours) }
    }
}

/// The meaning of one of our own messages. `Display` writes it in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ours {
    /// What happened: an outcome's default text.
    Happened {
        /// The outcome.
        outcome: OutcomeKind,
        /// The provider's name.
        provider: String,
    },
    /// What the person can do: an outcome's default advice.
    Fix {
        /// The outcome.
        outcome: OutcomeKind,
        /// The provider's name.
        provider: String,
    },
    /// The provider accepts the credentials, but in another environment.
    AcceptedIn {
        /// The provider's name.
        provider: String,
        /// The label of the environment that accepts them.
        environment: String,
    },
    /// Advice to link another environment instead.
    LinkInstead {
        /// The label of the environment that accepts the credentials.
        works: String,
        /// The label of the environment that was chosen.
        asked: String,
    },
    /// A field's value is invalid.
    Field {
        /// The field's label.
        label: String,
        /// What is wrong with the value.
        mistake: Mistake,
    },
    /// An entered URL belongs to another environment than the chosen one.
    AddressOf {
        /// The label of the environment that the URL belongs to.
        shown: String,
        /// The label of the chosen environment.
        chosen: String,
    },
    /// Advice to create a new signing key, because part of the entered one is missing.
    AnotherKey,
}

/// Why a field's value is invalid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mistake {
    /// A required value is missing.
    Missing,
    /// A yes-or-no question is not answered.
    Unanswered,
    /// It is longer than this number of characters.
    Longer(usize),
    /// It contains line breaks or other control characters.
    SeveralLines,
    /// It contains a NUL character.
    Nul,
    /// It is not an email address.
    NotEmail,
    /// It is not an `https://` URL.
    NotHttps,
    /// It is not a host name.
    NotHost,
    /// It is neither `true` nor `false`.
    NotBoolean,
    /// It is not one of these values.
    NotOneOf(Vec<String>),
    /// It is a secret that contains a space.
    Space,
    /// It is not a JSON object.
    NotJson,
    /// It is not PEM.
    NotPem,
    /// It is not a whole number.
    NotWhole,
    /// It is less than the first number or greater than the second.
    NotBetween(i64, i64),
    /// It is less than this number.
    Below(i64),
    /// It is greater than this number.
    Above(i64),
    /// It does not match the field's pattern.
    Odd,
    /// It does not tell which environment it belongs to. Holds what the provider calls an environment.
    NoEnvironment(String),
    /// It does not result in one of the provider's addresses.
    NoAddress,
    /// It contains characters that cannot be sent in a request.
    Unsendable,
    /// It is not a key that can be used for signing.
    NotSigningKey,
    /// A part of it is missing.
    Part,
}

impl fmt::Display for Ours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Happened { outcome, provider } => {
                f.write_str(&outcome.says().replace("{provider}", provider))
            }
            Self::Fix { outcome, provider } => f.write_str(&outcome.fix().replace("{provider}", provider)),
            Self::AcceptedIn { provider, environment } => {
                write!(f, "{provider} accepts these credentials in {environment}.")
            }
            Self::LinkInstead { works, asked } => {
                write!(f, "Connect {works} instead of {asked}, or create a credential in {asked}.")
            }
            Self::Field { label, mistake } => mistake.of(label, f),
            Self::AddressOf { shown, chosen } => {
                write!(f, "This address belongs to {shown}, but you are connecting {chosen}.")
            }
            Self::AnotherKey => f.write_str("If you no longer have the complete key, create a new one."),
        }
    }
}

impl Mistake {
    /// The message about this mistake in the field with this label.
    pub fn in_field(self, label: &str) -> Saying {
        Ours::Field { label: label.to_owned(), mistake: self }.into()
    }

    fn of(&self, label: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(f, "{label} is required."),
            Self::Unanswered => write!(f, "Answer yes or no for {label}."),
            Self::Longer(most) => write!(f, "{label} must have at most {most} characters."),
            Self::SeveralLines => write!(f, "{label} must be a single line."),
            Self::Nul => write!(f, "{label} must not contain NUL characters."),
            Self::NotEmail => write!(f, "{label} must be a full email address, such as name@example.com."),
            Self::NotHttps => write!(f, "{label} must be an https:// URL."),
            Self::NotHost => write!(f, "{label} must be a host name, such as acme.example.com."),
            Self::NotBoolean => write!(f, "{label} must be true or false."),
            Self::NotOneOf(values) => write!(f, "{label} must be one of {}.", values.join(", ")),
            Self::Space => write!(f, "{label} can't contain spaces. Copy only the value itself."),
            Self::NotJson => write!(f, "{label} must be JSON, from the first `{{` to the last `}}`."),
            Self::NotPem => {
                write!(
                    f,
                    "{label} must be complete PEM text: it begins with `-----BEGIN` and ends with `-----`."
                )
            }
            Self::NotWhole => write!(f, "{label} must be a whole number."),
            Self::NotBetween(min, max) => write!(f, "{label} must be a number from {min} to {max}."),
            Self::Below(min) => write!(f, "{label} must be at least {min}."),
            Self::Above(max) => write!(f, "{label} must be at most {max}."),
            Self::Odd => write!(f, "{label} has the wrong format."),
            Self::NoEnvironment(called) => write!(f, "{label} doesn't tell the {}.", called.to_lowercase()),
            Self::NoAddress => write!(f, "{label} doesn't lead to one of this provider's addresses."),
            Self::Unsendable => {
                write!(f, "{label} contains characters that can't be sent. Copy only the value itself.")
            }
            Self::NotSigningKey => write!(
                f,
                "{label} is not a valid signing key. Copy all of it, from the first line to the last."
            ),
            Self::Part => write!(f, "Part of {label} is missing. Copy all of it."),
        }
    }
}
