//! What a person is told: in the guide's words, or in ours.
//!
//! **Invariant:** where the words are ours, what they mean is kept beside them, so that a page can say it in the
//! reader's language; no value that was typed is in either.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::outcome::OutcomeKind;

/// What a person is told, in English or in the guide's language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying {
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ours: Option<Ours>,
}

impl Saying {
    /// What it means, where the words are ours and not the guide's.
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

/// The guide's words.
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

/// Something that is said in our own words. It is displayed in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ours {
    /// What happened.
    Happened {
        /// The outcome.
        outcome: OutcomeKind,
        /// The provider's name.
        provider: String,
    },
    /// What can be done about it.
    Fix {
        /// The outcome.
        outcome: OutcomeKind,
        /// The provider's name.
        provider: String,
    },
    /// The credentials are of another environment.
    AcceptedIn {
        /// The provider's name.
        provider: String,
        /// The environment's label.
        environment: String,
    },
    /// Which environment could be linked instead.
    LinkInstead {
        /// The one that would work.
        works: String,
        /// The one that was asked.
        asked: String,
    },
    /// A value is not what it has to be.
    Field {
        /// The field's label.
        label: String,
        /// What is wrong with the value.
        mistake: Mistake,
    },
    /// A typed address is of another environment than the one chosen.
    AddressOf {
        /// The environment it is of.
        shown: String,
        /// The one that was chosen.
        chosen: String,
    },
    /// A key that signs is not whole.
    AnotherKey,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mistake {
    /// There is none.
    Missing,
    /// Neither yes nor no was chosen.
    Unanswered,
    /// It has more characters than this.
    Longer(usize),
    /// It has line breaks, or other characters that cannot be seen.
    SeveralLines,
    /// It has the character in it that is none.
    Nul,
    /// It is no address of a mailbox.
    NotEmail,
    /// It is no address that begins with `https://`.
    NotHttps,
    /// It is no host name.
    NotHost,
    /// It is neither `true` nor `false`.
    NotBoolean,
    /// It is none of these.
    NotOneOf(Vec<String>),
    /// It has a space in it, and is a secret.
    Space,
    /// It is no JSON object.
    NotJson,
    /// It is no PEM.
    NotPem,
    /// It is no whole number.
    NotWhole,
    /// It is not from the one to the other.
    NotBetween(i64, i64),
    /// It is below this.
    Below(i64),
    /// It is above this.
    Above(i64),
    /// It does not look as it has to.
    Odd,
    /// It does not show which environment it is of; what environments are called here.
    NoEnvironment(String),
    /// It leads to no address of the provider.
    NoAddress,
    /// It has characters that cannot be sent.
    Unsendable,
    /// It is not a key that can sign.
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
                write!(f, "Link {works} instead of {asked}, or make a credential in {asked}.")
            }
            Self::Field { label, mistake } => mistake.of(label, f),
            Self::AddressOf { shown, chosen } => {
                write!(f, "This address belongs to {shown}, and you are linking {chosen}")
            }
            Self::AnotherKey => {
                f.write_str("Make a new key where this one came from, if the whole of it is lost.")
            }
        }
    }
}

impl Mistake {
    /// The mistake in a field's value.
    pub fn in_field(self, label: &str) -> Saying {
        Ours::Field { label: label.to_owned(), mistake: self }.into()
    }

    fn of(&self, label: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(f, "{label} is needed"),
            Self::Unanswered => write!(f, "{label} has to be answered"),
            Self::Longer(most) => write!(f, "{label} has at most {most} characters"),
            Self::SeveralLines => write!(f, "{label} is a single line"),
            Self::Nul => write!(f, "{label} is text without NULs"),
            Self::NotEmail => write!(f, "{label} is an address such as name@example.com"),
            Self::NotHttps => write!(f, "{label} begins with https://"),
            Self::NotHost => write!(f, "{label} is a host name such as acme.example.com"),
            Self::NotBoolean => write!(f, "{label} is true or false"),
            Self::NotOneOf(values) => write!(f, "{label} is one of {}", values.join(", ")),
            Self::Space => write!(f, "{label} has a space in it; copy it again, alone"),
            Self::NotJson => write!(f, "{label} is JSON, from its first `{{` to its last `}}`"),
            Self::NotPem => {
                write!(f, "{label} is text that begins with `-----BEGIN` and ends with `-----`, all of it")
            }
            Self::NotWhole => write!(f, "{label} is a whole number"),
            Self::NotBetween(min, max) => write!(f, "{label} is a number from {min} to {max}"),
            Self::Below(min) => write!(f, "{label} is at least {min}"),
            Self::Above(max) => write!(f, "{label} is at most {max}"),
            Self::Odd => write!(f, "{label} does not look right"),
            Self::NoEnvironment(called) => write!(f, "{label} does not show its {}", called.to_lowercase()),
            Self::NoAddress => write!(f, "{label} does not lead to an address of this provider."),
            Self::Unsendable => {
                write!(f, "{label} has characters that cannot be sent. Copy it again, alone.")
            }
            Self::NotSigningKey => write!(
                f,
                "{label} is not a key that can sign. Copy all of it, from its first line to its last."
            ),
            Self::Part => write!(f, "{label} is not whole."),
        }
    }
}
