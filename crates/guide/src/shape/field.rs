//! Shapes for fields and derived values.

use schemars::JsonSchema;
use serde::Deserialize;

use super::forms::Text;
use super::parts::{AllowShape, ConditionShape};
use crate::choice::{FieldType, Holds, RefusedBy, Spaces};
use crate::spanned::Spanned;

/// A value that people enter.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldShape {
    /// The field's key, in lowercase with underscores between words.
    #[schemars(example = &"api_token")]
    pub(crate) key: Text,
    /// The field's label on pages, in forms and in messages.
    #[schemars(example = &"API Token")]
    pub(crate) label: Text,
    /// The type of the value.
    pub(crate) r#type: Spanned<FieldType>,
    /// Whether a value is required.
    #[serde(default = "yes")]
    pub(crate) required: bool,
    /// Whether the value can be shown (`true`) or is secret (`false`). By default, a field is secret if `auth` uses it
    /// or if its key suggests that it is secret.
    #[serde(default)]
    pub(crate) public: Option<Spanned<bool>>,
    /// A short explanation that appears next to the field, as Markdown.
    pub(crate) description: Option<Text>,
    /// The placeholder shown while the field is empty. It must not look like a real value.
    pub(crate) placeholder: Option<String>,
    /// The value that is used if nothing is entered.
    pub(crate) default: Option<Text>,
    /// The steps that normalize the entered value, in order. A step that finds nothing to extract leaves the value
    /// unchanged.
    #[serde(default)]
    pub(crate) accept: Vec<Spanned<AcceptShape>>,
    /// A regular expression that the whole value must match after `accept` has been applied.
    #[schemars(example = &"[a-z0-9]+(-[a-z0-9]+)*")]
    pub(crate) pattern: Option<Text>,
    /// The pattern in words, such as "lowercase letters and digits". The words complete a sentence such as "Site must
    /// be …".
    pub(crate) pattern_says: Option<Text>,
    /// Common mistakes to reject before any request is sent.
    #[serde(default)]
    pub(crate) refuse: Vec<RefuseShape>,
    /// Examples of entered values and their expected results, which test `accept`, `pattern` and `refuse`.
    #[serde(default)]
    pub(crate) examples: Vec<ExampleShape>,
    /// The options, for `type: select`.
    #[serde(default)]
    pub(crate) options: Vec<OptionShape>,
    /// The condition under which the field is shown. If omitted, the field is always shown.
    pub(crate) when: Option<ConditionShape>,
    /// The maximum length in characters. Default: 4096, and 65,536 for `multiline` and `file`.
    #[schemars(range(min = 1))]
    pub(crate) max_length: Option<u32>,
    /// The minimum value, for `type: number`.
    pub(crate) min: Option<i64>,
    /// The maximum value, for `type: number`.
    pub(crate) max: Option<i64>,
    /// How spaces in the value are handled, for `type: secret`: `refuse` (the default), `keep` for a password, or `remove`
    /// for an app password that is shown in groups.
    pub(crate) spaces: Option<Spanned<Spaces>>,
    /// The format of the contents, for `type: multiline` and `type: file`, such as `pem` for a private key.
    pub(crate) holds: Option<Spanned<Holds>>,
    /// Warnings to allow here, each with a reason.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}

const fn yes() -> bool {
    true
}

/// A normalization step for an entered value.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum AcceptShape {
    /// Removes leading and trailing whitespace and invisible characters.
    Trim,
    /// Converts letters to lowercase. Not allowed for secrets.
    Lowercase,
    /// Converts letters to uppercase. Not allowed for secrets.
    Uppercase,
    /// Removes every character that is not a digit.
    Digits,
    /// Extracts the labels before this host from a URL: with `example.com`, `https://acme.example.com/x` becomes
    /// `acme`. With `environment`, the host of any environment matches.
    HostLabelOf(Text),
    /// Extracts the host from a URL.
    Host,
    /// Extracts the path segment at this position from a URL. Positions are counted from 1.
    PathSegment(u32),
    /// Removes this prefix.
    StripPrefix(Text),
    /// Removes this suffix.
    StripSuffix(Text),
    /// Extracts the part before the first occurrence of this string.
    BeforeFirst(Text),
    /// Extracts the part after the last occurrence of this string: with `-`, `key-us6` becomes `us6`.
    AfterLast(Text),
    /// Extracts the string or number at this path from JSON.
    Json(Text),
}

/// A common mistake.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefuseShape {
    /// A prefix. Values that begin with it are rejected.
    pub(crate) prefix: Option<String>,
    /// A substring. Values that contain it are rejected.
    pub(crate) contains: Option<String>,
    /// The message that explains the mistake.
    pub(crate) says: Text,
}

/// An entered value and its expected result. Exactly one of `becomes` and `refused` is required.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExampleShape {
    /// The entered value.
    pub(crate) typed: Text,
    /// The normalized value.
    pub(crate) becomes: Option<Text>,
    /// The rule that rejects the value.
    pub(crate) refused: Option<Spanned<RefusedBy>>,
    /// The environment that the entered value identifies.
    pub(crate) environment: Option<Text>,
}

/// An option in a `select`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OptionShape {
    /// The value that is stored.
    pub(crate) value: Text,
    /// The label that is shown.
    pub(crate) label: Text,
}

/// A value that is computed instead of entered, such as the data center at the end of a key, or a site id in a
/// response.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DerivedShape {
    /// The value's key. Use `value.KEY` to refer to the value, as with a field.
    #[schemars(example = &"data_center")]
    pub(crate) key: Text,
    /// The value's label in the account's details. Default: the key.
    pub(crate) label: Option<Text>,
    /// The string that the value is derived from.
    #[schemars(example = &"{{ value.api_key }}")]
    pub(crate) from: Text,
    /// The steps that normalize the string, in order.
    #[serde(default)]
    pub(crate) accept: Vec<Spanned<AcceptShape>>,
    /// A regular expression that the whole value must match. If the value does not match, the message refers to the
    /// field that the value is derived from.
    pub(crate) pattern: Option<Text>,
    /// The message to show if the value does not match, as a complete sentence.
    pub(crate) says: Option<String>,
    /// Whether the value can be shown. By default, a value derived from a secret is also secret.
    #[serde(default)]
    pub(crate) public: Option<Spanned<bool>>,
    /// Examples of input strings and their expected results, which test `accept` and `pattern`.
    #[serde(default)]
    pub(crate) examples: Vec<ExampleShape>,
}
