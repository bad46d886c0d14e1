//! The shape of a field: what is typed in, and which spellings are taken.

use schemars::JsonSchema;
use serde::Deserialize;

use super::common::{AllowShape, ConditionShape, Text};
use crate::choice::{FieldType, Holds, RefusedBy};
use crate::spanned::Spanned;

/// Something that is typed in.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldShape {
    /// The field's key: lower case with underscores.
    #[schemars(example = &"api_token")]
    pub(crate) key: Text,
    /// The label, as every page, form and message shows it.
    #[schemars(example = &"API Token")]
    pub(crate) label: Text,
    /// What kind of value it is.
    pub(crate) r#type: Spanned<FieldType>,
    /// Whether it must be filled in.
    #[serde(default = "yes")]
    pub(crate) required: bool,
    /// A field that `auth` uses is secret unless this says that it may be seen.
    #[serde(default)]
    pub(crate) public: Option<Spanned<bool>>,
    /// One sentence beside the field.
    pub(crate) description: Option<Text>,
    /// What stands in the empty field: an example that nobody could take for a real value.
    pub(crate) placeholder: Option<Text>,
    /// The value if nothing is typed.
    pub(crate) default: Option<Text>,
    /// What is done with what was typed, in order. An extractor that finds nothing passes its input on.
    #[serde(default)]
    pub(crate) accept: Vec<Spanned<AcceptShape>>,
    /// What the whole value must look like, after `accept`.
    #[schemars(example = &"[a-z0-9]+(-[a-z0-9]+)*")]
    pub(crate) pattern: Option<Text>,
    /// The pattern in words: "lowercase letters and digits".
    pub(crate) pattern_says: Option<Text>,
    /// Usual mistakes, named before anything is sent.
    #[serde(default)]
    pub(crate) refuse: Vec<RefuseShape>,
    /// Typed texts and what must become of them: tests of `accept`, `pattern` and `refuse`.
    #[serde(default)]
    pub(crate) examples: Vec<ExampleShape>,
    /// What can be chosen, for `type: select`.
    #[serde(default)]
    pub(crate) options: Vec<OptionShape>,
    /// When the field is asked at all.
    pub(crate) when: Option<ConditionShape>,
    /// The longest value taken, in characters.
    #[schemars(range(min = 1))]
    pub(crate) max_length: Option<u32>,
    /// The smallest number taken, for `type: number`.
    pub(crate) min: Option<i64>,
    /// The largest number taken, for `type: number`.
    pub(crate) max: Option<i64>,
    /// What the text is, for `type: multiline` and `type: file`: a service account's JSON, a key's PEM.
    pub(crate) holds: Option<Spanned<Holds>>,
    /// Warnings that are as they should be here.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}

const fn yes() -> bool {
    true
}

/// One step from what was typed to what is kept.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum AcceptShape {
    /// Drops white space at both ends.
    Trim,
    /// Makes letters small. Never for a secret.
    Lowercase,
    /// Makes letters capital. Never for a secret.
    Uppercase,
    /// Drops every character that is not a digit.
    Digits,
    /// Of an address, the labels before the host named here: of `https://acme.example.com/x` with `example.com`,
    /// `acme`. With `environment`, before the host of whichever environment fits.
    HostLabelOf(Text),
    /// Of an address, the host.
    Host,
    /// Of an address, the path segment with this number, from 1.
    PathSegment(u32),
    /// Drops this text from the front.
    StripPrefix(Text),
    /// Drops this text from the end.
    StripSuffix(Text),
    /// What stands before the first place of this text.
    BeforeFirst(Text),
    /// What stands after the last place of this text: of `key-us6` with `-`, `us6`.
    AfterLast(Text),
    /// Of JSON, the text or number at this path.
    Json(Text),
}

/// A usual mistake.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefuseShape {
    /// A value that begins so.
    pub(crate) prefix: Option<Text>,
    /// A value that holds this.
    pub(crate) contains: Option<Text>,
    /// What the person is told.
    pub(crate) says: Text,
}

/// A typed text, and what must become of it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExampleShape {
    /// What somebody types.
    pub(crate) typed: Text,
    /// What is kept.
    pub(crate) becomes: Option<Text>,
    /// Why nothing is kept.
    pub(crate) refused: Option<Spanned<RefusedBy>>,
    /// The environment to which the typed address belongs, where that shows.
    pub(crate) environment: Option<Text>,
}

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OptionShape {
    /// What is kept.
    pub(crate) value: Text,
    /// What is shown.
    pub(crate) label: Text,
}

/// A value that is computed and never asked: the data center at the end of a key, the id of a site that an answer
/// names.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DerivedShape {
    /// The value's key; it is referred to as `value.key`, like a field.
    #[schemars(example = &"data_center")]
    pub(crate) key: Text,
    /// What it is called where an account is shown; its key, if left out.
    pub(crate) label: Option<Text>,
    /// What it is made from.
    #[schemars(example = &"{{ value.api_key }}")]
    pub(crate) from: Text,
    /// What is done with that, in order.
    #[serde(default)]
    pub(crate) accept: Vec<Spanned<AcceptShape>>,
    /// What it must look like. Where it does not, the field it is made from is at fault.
    pub(crate) pattern: Option<Text>,
    /// What the person is told then, in a sentence.
    pub(crate) says: Option<Text>,
    /// A value made from a secret is secret unless this says that it may be seen.
    #[serde(default)]
    pub(crate) public: Option<Spanned<bool>>,
    /// What it is made from, and what must become of that.
    #[serde(default)]
    pub(crate) examples: Vec<ExampleShape>,
}
