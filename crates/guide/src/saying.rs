//! Messages to the person who links an account: the guide's messages and our own.
//!
//! **Invariant:** each of our own messages keeps its meaning as data, so that pages can show it in the reader's
//! language. No message contains an entered value.

use std::fmt;
use std::ops::{Deref, Range};

use derive_more::Display;
use serde::{Deserialize, Serialize};

use crate::outcome::OutcomeKind;
use crate::product::Product;

/// A message to the person who links an account, in English or in the guide's language.
#[derive(Clone, Debug, Default, Display, PartialEq, Eq, Serialize, Deserialize)]
#[display("{text}")]
pub struct Saying {
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ours: Option<Box<Ours>>,
    /// The byte ranges of the field labels in the text, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Range<usize>>,
}

/// A part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SayingPart<'a> {
    /// Ordinary text.
    Text(&'a str),
    /// A field's label, which pages set in bold so that it is not read as part of the sentence.
    Label(&'a str),
}

impl Saying {
    /// Returns the meaning of one of our own messages, or `None` if the message is from the guide.
    pub fn ours(&self) -> Option<&Ours> {
        self.ours.as_deref()
    }

    /// Returns the parts of the message, without empty parts.
    pub fn parts(&self) -> Vec<SayingPart<'_>> {
        let (mut parts, mut end) = (Vec::new(), 0);
        for label in &self.labels {
            let (Some(before), Some(name)) = (self.text.get(end..label.start), self.text.get(label.clone()))
            else {
                break;
            };
            parts.extend([SayingPart::Text(before), SayingPart::Label(name)]);
            end = label.end;
        }
        parts.push(SayingPart::Text(self.text.get(end..).unwrap_or_default()));
        parts.retain(|(SayingPart::Text(text) | SayingPart::Label(text))| !text.is_empty());
        parts
    }
}

/// Creates a message from the guide's text and from field labels.
impl<'a> FromIterator<SayingPart<'a>> for Saying {
    fn from_iter<I: IntoIterator<Item = SayingPart<'a>>>(parts: I) -> Self {
        let mut saying = Self::default();
        for part in parts {
            let start = saying.text.len();
            match part {
                SayingPart::Text(text) => saying.text.push_str(text),
                SayingPart::Label(label) => {
                    saying.text.push_str(label);
                    saying.labels.push(start..saying.text.len());
                }
            }
        }
        saying
    }
}

impl Deref for Saying {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// Creates a message from a string in the guide.
impl From<String> for Saying {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl From<Ours> for Saying {
    fn from(ours: Ours) -> Self {
        let text = ours.to_string();
        let labels = ours.label_in(&text).into_iter().collect();
        Self { text, ours: Some(Box::new(ours)), labels }
    }
}

impl Ours {
    /// Returns the byte range of the field's label in this message's text, in any language. `None` if the message names
    /// no field.
    pub fn label_in(&self, text: &str) -> Option<Range<usize>> {
        let Self::Field { label, .. } = self else { return None };
        let start = text.find(label.as_str()).filter(|_| !label.is_empty())?;
        Some(start..start + label.len())
    }
}

/// The meaning of one of our own messages. `Display` writes the message in English.
#[derive(Clone, Debug, Display, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ours {
    /// What happened: an outcome's default message.
    #[display("{}", outcome.says().replace("{provider}", provider))]
    Happened {
        /// The outcome.
        outcome: OutcomeKind,
        /// The provider's name.
        provider: String,
    },
    /// What the person can do: an outcome's default advice.
    #[display("{}", outcome.advice(provider, product))]
    Fix {
        /// The outcome.
        outcome: OutcomeKind,
        /// The provider's name.
        provider: String,
        /// The product, whose addresses an administrator may have to allow.
        product: Product,
    },
    /// The provider accepts the credentials, but in another environment.
    #[display("{provider} accepts these credentials in {environment}.")]
    AcceptedIn {
        /// The provider's name.
        provider: String,
        /// The label of the environment that accepts the credentials.
        environment: String,
    },
    /// Advice to link another environment instead.
    #[display("Connect {works} instead of {chosen}, or create a credential in {chosen}.")]
    LinkInstead {
        /// The label of the environment that accepts the credentials.
        works: String,
        /// The label of the environment that was chosen.
        chosen: String,
    },
    /// A field's value is invalid.
    #[display("{}", mistake.message(label))]
    Field {
        /// The field's label.
        label: String,
        /// What is wrong with the value.
        mistake: Mistake,
    },
    /// An entered URL belongs to an environment other than the chosen one.
    #[display("This address belongs to {shown}, but you are connecting {chosen}.")]
    AddressOf {
        /// The label of the environment to which the URL belongs.
        shown: String,
        /// The label of the chosen environment.
        chosen: String,
    },
    /// The response to a sign-in request contains no token.
    #[display("{provider} sent a response without a token.")]
    NoToken {
        /// The provider's name.
        provider: String,
    },
    /// The response is a web page, so it does not come from the provider's API.
    #[display("We received a web page instead of a response from {provider}'s API.")]
    WebPage {
        /// The provider's name.
        provider: String,
    },
    /// The provider rejects the tokens from a sign-in in a browser. The person entered no credentials.
    #[display("{provider} did not accept your sign-in.")]
    SignInRejected {
        /// The provider's name.
        provider: String,
    },
    /// The tokens from a sign-in in a browser have expired or were revoked. The person entered no credentials.
    #[display("Your sign-in to {provider} has expired or was revoked.")]
    SignInEnded {
        /// The provider's name.
        provider: String,
    },
    /// Advice to try again after the time that the provider asks clients to wait.
    #[display("Your details look fine. Try again in {}.", About(*seconds))]
    TryLater {
        /// The time to wait, in seconds.
        seconds: u64,
    },
    /// Advice to sign in again in a browser.
    #[display("Sign in to {provider} again.")]
    SignInAgain {
        /// The provider's name.
        provider: String,
    },
    /// The account can only be linked in a browser, and there is none.
    #[display("Connecting {provider} with {method} requires a browser.")]
    BrowserNeeded {
        /// The provider's name.
        provider: String,
        /// The method's label.
        method: String,
    },
    /// Advice to link the account in a browser.
    #[display("Connect it on one of the Hub's linking pages.")]
    OnLinkingPages,
    /// Advice to create a new signing key, because part of the entered key is missing.
    #[display("If you no longer have the complete key, create a new one.")]
    AnotherKey,
    /// Advice to create a new key, because nobody knows the passphrase of the entered one.
    #[display("If you don't know the passphrase, create a new key.")]
    KeyWithoutPassphrase,
}

/// A time to wait, rounded for people: `about 5 minutes`, `about an hour`.
struct About(u64);

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Wait::rounded(self.0) {
            Wait::Minutes(1) => f.write_str("about a minute"),
            Wait::Minutes(minutes) => write!(f, "about {minutes} minutes"),
            Wait::Hours(1) => f.write_str("about an hour"),
            Wait::Hours(hours) => write!(f, "about {hours} hours"),
            Wait::Days(1) => f.write_str("about a day"),
            Wait::Days(days) => write!(f, "about {days} days"),
        }
    }
}

/// A rounded time to wait, for a message. The number is at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Minutes, if the wait is shorter than 55 minutes.
    Minutes(u64),
    /// Hours, if the wait is shorter than 36 hours.
    Hours(u64),
    /// Days.
    Days(u64),
}

impl Wait {
    /// Rounds a number of seconds. Minutes are rounded up, so that people do not try again too early; hours and days are
    /// rounded to the nearest number.
    pub fn rounded(seconds: u64) -> Self {
        const HOUR: u64 = 3600;
        const DAY: u64 = 24 * HOUR;
        let nearest = |unit: u64| (seconds.saturating_add(unit / 2) / unit).max(1);
        if seconds < 55 * 60 {
            Self::Minutes(seconds.div_ceil(60).max(1))
        } else if seconds < 36 * HOUR {
            Self::Hours(nearest(HOUR))
        } else {
            Self::Days(nearest(DAY))
        }
    }
}

/// Why a field's value is invalid. `Display` writes the message in English, with `{label}` for the field's label.
#[derive(Clone, Debug, Display, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mistake {
    /// A required value is missing.
    #[display("{{label}} is required.")]
    Missing,
    /// A yes-or-no question was not answered.
    #[display("Answer yes or no for {{label}}.")]
    Unanswered,
    /// The value has more than this many characters.
    #[display("{{label}} must have at most {_0} characters.")]
    Longer(usize),
    /// The value contains line breaks or other control characters.
    #[display("{{label}} must be a single line.")]
    SeveralLines,
    /// The value contains a NUL character.
    #[display("{{label}} must not contain NUL characters.")]
    Nul,
    /// The value is not an email address.
    #[display("{{label}} must be a full email address, such as name@example.com.")]
    NotEmail,
    /// The value is not an `https://` URL.
    #[display("{{label}} must be an https:// URL.")]
    NotHttps,
    /// The value is not a host name.
    #[display("{{label}} must be a host name, such as acme.example.com.")]
    NotHost,
    /// The value is neither `true` nor `false`.
    #[display("{{label}} must be true or false.")]
    NotBoolean,
    /// The value is not one of the listed values.
    #[display("{{label}} must be one of {}.", _0.join(", "))]
    NotOneOf(Vec<String>),
    /// The value is a secret that contains a space.
    #[display("{{label}} can't contain spaces. Copy only the value itself.")]
    Space,
    /// The value contains a character that cannot be seen, such as a zero-width space.
    #[display("{{label}} contains an invisible character. Copy the value again, or type it.")]
    Invisible,
    /// The value is a secret in quotation marks.
    #[display("{{label}} can't be in quotation marks. Copy only the value itself.")]
    Quoted,
    /// The value is not a JSON object.
    #[display("{{label}} must be JSON, from the first `{{` to the last `}}`.")]
    NotJson,
    /// The value is not PEM.
    #[display("{{label}} must be complete PEM text: it begins with `-----BEGIN` and ends with `-----`.")]
    NotPem,
    /// The value is not a whole number.
    #[display("{{label}} must be a whole number.")]
    NotWhole,
    /// The value is less than the first number or greater than the second number.
    #[display("{{label}} must be a number from {_0} to {_1}.")]
    NotBetween(i64, i64),
    /// The value is less than this number.
    #[display("{{label}} must be at least {_0}.")]
    Below(i64),
    /// The value is greater than this number.
    #[display("{{label}} must be at most {_0}.")]
    Above(i64),
    /// The value does not match the field's pattern.
    #[display("{{label}} has the wrong format.")]
    Odd,
    /// The value does not identify its environment. The string is the provider's term for an environment.
    #[display("{{label}} doesn't identify the {}.", _0.to_lowercase())]
    NoEnvironment(String),
    /// The URL that contains the value is not one of the provider's URLs.
    #[display("{{label}} doesn't lead to one of this provider's addresses.")]
    NoAddress,
    /// The value contains characters that cannot be sent in a request.
    #[display("{{label}} contains characters that can't be sent. Copy only the value itself.")]
    Unsendable,
    /// The value is not a key that can be used for signing.
    #[display("{{label}} is not a valid signing key. Copy all of it, from the first line to the last.")]
    NotSigningKey,
    /// The value is a private key that is protected by a passphrase.
    #[display(
        "{{label}} is protected by a passphrase. Enter the unencrypted key, which `openssl pkey -in FILE` prints."
    )]
    ProtectedKey,
    /// Part of the value is missing.
    #[display("Part of {{label}} is missing. Copy all of it.")]
    Part,
}

impl Mistake {
    /// Creates the message about this mistake in the field with this label.
    pub fn in_field(self, label: &str) -> Saying {
        Ours::Field { label: label.to_owned(), mistake: self }.into()
    }

    fn message(&self, label: &str) -> String {
        self.to_string().replacen("{label}", label, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_knows_where_its_labels_are() {
        use SayingPart::{Label, Text};
        let missing = Mistake::Missing.in_field("Site");
        assert_eq!(missing.parts(), [Label("Site"), Text(" is required.")]);
        assert_eq!(Mistake::Part.in_field("Site").parts()[1], Label("Site"));
        let given = [Text("Use "), Label("Key"), Text(""), Label("Site")];
        let saying: Saying = given.into_iter().collect();
        assert_eq!((&*saying, saying.parts().len()), ("Use KeySite", 3));
        let json = serde_json::to_string(&saying).expect("JSON");
        assert_eq!(serde_json::from_str::<Saying>(&json).expect("a message"), saying);
        // Snapshots from earlier versions have no labels.
        let plain: Saying = serde_json::from_str(r#"{"text":"Use Key."}"#).expect("a message");
        assert_eq!(plain.parts(), [Text("Use Key.")]);
    }

    #[test]
    fn a_wait_is_rounded_for_people() {
        let check = |seconds: u64, expected: &str| assert_eq!(About(seconds).to_string(), expected);
        check(0, "about a minute");
        check(60, "about a minute");
        check(61, "about 2 minutes");
        check(3299, "about 55 minutes");
        check(3300, "about an hour");
        check(3600, "about an hour");
        check(2 * 3600, "about 2 hours");
        check(24 * 3600, "about 24 hours");
        check(36 * 3600, "about 2 days");
        check(7 * 24 * 3600, "about 7 days");
    }
}
