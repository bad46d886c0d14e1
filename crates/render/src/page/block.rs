//! The text of a page: blocks, running text and the form.

use guide::FieldType;
use schemars::JsonSchema;
use serde::Serialize;

use crate::href::{Href, Picture};

/// A block of text.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// The form, with its fields in the order in which they are filled in.
    Form(Vec<FormField>),
    /// A list.
    #[serde(untagged)]
    List {
        /// The list's items.
        #[serde(rename = "list")]
        items: Vec<Vec<Self>>,
        /// The number of the first item; `null` if the list has bullets.
        first: Option<u64>,
    },
    /// A block of code.
    #[serde(untagged)]
    Code {
        /// The code. Every line ends with a line break.
        #[serde(rename = "code")]
        text: String,
        /// The code's language; `null` if unknown.
        language: Option<String>,
    },
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// Code.
    Code(String),
    /// Strong text.
    Strong(Vec<Self>),
    /// A path through menus, such as Settings > Users, with at least two names.
    Path(Vec<String>),
    /// Emphasized text.
    Emphasis(Vec<Self>),
    /// The name of a value that differs between readers.
    Placeholder(String),
    /// A line break.
    Break(Break),
    /// A link.
    #[serde(untagged)]
    Link {
        /// The link's target.
        #[serde(rename = "link")]
        href: Href,
        /// The link's text.
        content: Vec<Self>,
    },
    /// An image.
    #[serde(untagged)]
    Image {
        /// The image's location.
        #[serde(flatten)]
        source: Picture,
        /// The text to show in place of the image.
        text: String,
    },
}

/// A line break in running text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Break {
    /// A line break in the source only. Readers see a space.
    Soft,
    /// A line break that readers see.
    Hard,
}

/// A field as the form shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FormField {
    /// The field's key, unique within the method.
    pub key: String,
    /// The field's label.
    pub label: String,
    /// The note after the label of an optional field.
    pub suffix: Option<String>,
    /// The type of the field's value.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// Whether the field's value is a secret.
    pub secret: bool,
    /// The field's placeholder.
    pub placeholder: Option<String>,
    /// The labels of the values to choose from; empty if the value is typed.
    pub options: Vec<String>,
    /// Whether this field is for choosing the environment, which is not one of the guide's fields.
    pub environment: bool,
}
