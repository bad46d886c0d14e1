//! The page tree: the content of a page in order, independent of the medium.
//!
//! [`json()`](crate::json()) writes the tree itself, so names and doc comments here become part of the page's JSON
//! Schema.
//!
//! **Invariant:** references are resolved, text is clean, and no string contains markup. The tree is a writer's only
//! source of content.

mod block;

use std::collections::BTreeMap;

use guide::{FieldType, OutcomeKind, Purpose, Standing};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

pub use self::block::{Block, Break, FormField, Inline};

use crate::color::Color;
use crate::href::{Anchor, Href};

/// The reader a page is written for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The person who connects an account.
    #[default]
    Link,
    /// The administrator who sets the method up once.
    Setup,
}

/// The style of Markdown and MDX.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// The whole page, in the medium's own elements.
    #[default]
    Semantic,
    /// The structure of guide pages as StackOne publishes them: tags with scope attributes, and only the parts that
    /// those pages have.
    Published,
}

/// The page that explains one of a provider's methods to one audience.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Page {
    /// The provider that the page is about.
    pub provider: Provider,
    /// The provider's method that the page explains.
    pub method: Method,
    /// The reader the page is written for.
    pub audience: Audience,
    /// The publisher of the page.
    pub publisher: Publisher,
    /// The lines at the top of the page's Markdown twin.
    #[serde(skip)]
    pub twin_head: Vec<HeadLine>,
    /// The page's title.
    pub title: String,
    /// The page's subject, in one sentence.
    pub description: String,
    /// The warning at the top of the page; empty if there is none.
    pub warning: Vec<Block>,
    /// The provider's actions with the scopes that each needs; empty if no action needs scopes.
    pub actions: Vec<Action>,
    /// The parts of the page, in order.
    pub parts: Vec<Part>,
}

/// The provider that a page is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Provider {
    /// The provider's key, unique among all guides.
    pub key: String,
    /// The provider's name.
    pub name: String,
}

/// A method of connecting to the provider, such as an API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Method {
    /// The method's key, unique within the guide.
    pub key: String,
    /// The method's name.
    pub label: String,
}

/// The publisher of a page.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Publisher {
    /// The name of the product.
    pub name: String,
    /// The name of the part of the product in which people connect accounts.
    pub hub: String,
    /// The product's website.
    pub site: Option<Href>,
    /// The address where users of the product get support.
    pub support: Option<Href>,
    /// The color of links on a light page; `None` uses the default color.
    #[serde(skip)]
    pub accent: Option<Color>,
    /// The color of links on a dark page; `None` uses `accent`, or else the default color.
    #[serde(skip)]
    pub accent_dark: Option<Color>,
}

/// A line at the top of the page's Markdown twin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadLine {
    /// The heading's level, from 1 to 6; `None` for a line of text.
    pub level: Option<u8>,
    /// The line's text.
    pub text: String,
}

/// An action that the account makes possible, and the scopes it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Action {
    /// The action's id, unique among all providers.
    pub id: String,
    /// The action's name.
    pub label: String,
    /// The provider's scopes that the action needs.
    pub scopes: Vec<String>,
}

/// A part of a page, with its own heading.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Part {
    /// The anchor of the part's heading.
    pub anchor: Anchor,
    /// The part's heading.
    pub title: String,
    /// The content below the heading.
    #[serde(flatten)]
    pub content: Content,
}

/// The content of a part.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", content = "content", rename_all = "snake_case")]
pub enum Content {
    /// The prerequisites, one list item each.
    Needs(Vec<Vec<Block>>),
    /// A section from the guide.
    Section(Section),
    /// The steps in the product itself.
    Linking(Section),
    /// The fields to fill in.
    Fields(Vec<Field>),
    /// The provider's environments.
    Environments(Vec<Environment>),
    /// The permissions that the provider can grant to a credential.
    Permissions(Vec<Permission>),
    /// The requests that test a connection.
    Checks {
        /// The sentence before the checks.
        intro: Vec<Inline>,
        /// The checks, in the order in which they run.
        checks: Vec<Check>,
    },
    /// The problems that can occur.
    Troubles(Vec<Trouble>),
    /// Statements of one or more sentences each.
    Facts(Vec<Vec<Inline>>),
    /// Dated events, oldest first.
    Events(Vec<Event>),
    /// The evidence behind the guide's facts.
    Sources(Vec<Source>),
}

/// A section: an introduction, steps, and a conclusion.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Section {
    /// The purpose of the section.
    pub purpose: Purpose,
    /// The scopes that make the section necessary; empty if the section is always necessary.
    pub scopes: Vec<String>,
    /// The introduction before the steps.
    pub intro: Vec<Block>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The conclusion after the steps.
    pub closing: Vec<Block>,
}

/// A step in a section.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Step {
    /// The step's anchor.
    pub anchor: Anchor,
    /// The step's title: what to do.
    pub title: String,
    /// The scopes that make the step necessary; empty if the step is always necessary.
    pub scopes: Vec<String>,
    /// The step's instructions.
    pub body: Vec<Block>,
}

/// A field to fill in, with everything that the page says about it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Field {
    /// The field's key, unique within the method.
    pub key: String,
    /// The anchor of the field's description.
    pub anchor: Anchor,
    /// The field's label in the form.
    pub label: String,
    /// The type of the field's value.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// The type of the field's value, in words.
    pub kind: &'static str,
    /// Whether the field must be filled in.
    pub required: bool,
    /// Whether the field's value is a secret.
    pub secret: bool,
    /// The guide's description of the field.
    pub description: Vec<Block>,
    /// The format of the value, in words.
    pub format: Option<String>,
    /// An example of a value. A secret field never has an example.
    pub example: Option<String>,
    /// The value that is used if the field is left empty. A secret field never has a default.
    pub default: Option<String>,
    /// The labels of the values to choose from; empty if the value is typed.
    pub options: Vec<String>,
    /// The condition under which the form shows the field, in words; `null` if the field is always shown.
    pub only: Option<String>,
    /// The step that explains where to find the value.
    pub found_at: Option<StepLink>,
}

/// A reference to a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StepLink {
    /// The step's title.
    pub title: String,
    /// The step's anchor; `null` if the step is not on this page.
    pub anchor: Option<Anchor>,
}

/// An environment of the provider, such as a region or a sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Environment {
    /// The environment's name.
    pub label: String,
    /// The domain at the end of the environment's host names.
    pub host: String,
    /// The environment's other properties, by name. All environments in a method have the same property names.
    #[serde(serialize_with = "map")]
    #[schemars(with = "BTreeMap<String, String>")]
    pub values: Vec<(String, String)>,
    /// A sentence that helps a reader recognize the environment.
    pub description: Option<String>,
}

/// A permission that the provider defines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Permission {
    /// The permission's name, as the provider spells it.
    pub name: String,
    /// The access that the permission grants.
    pub description: Option<String>,
    /// The labels of the actions that need the permission.
    pub needed_for: Vec<String>,
    /// The label of the check that tests the permission.
    pub tried_by: Option<String>,
    /// The consequence of a missing permission, in words; `null` if no check tests the permission.
    pub without: Option<&'static str>,
}

/// A request that tests the connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Check {
    /// The message that a person sees while the check runs.
    pub label: String,
    /// The fact that the check proves, in a sentence.
    pub proves: String,
    /// The request. It is listed once for each environment, or only once if it is the same in every environment or if
    /// there are many environments.
    pub requests: Vec<Request>,
}

/// A request in one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Request {
    /// The environment's label; `null` if the request applies to all environments.
    pub environment: Option<String>,
    /// The request's method and URL. A name in braces marks a value to fill in.
    #[serde(rename = "request")]
    pub line: String,
}

/// A problem that can occur while connecting an account.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Trouble {
    /// The problem's anchor.
    pub anchor: Anchor,
    /// The kind of outcome.
    pub outcome: OutcomeKind,
    /// The message that the person sees.
    pub message: Vec<Inline>,
    /// How the person can fix the problem.
    pub fix: Vec<Inline>,
    /// The labels of the fields to check.
    pub fields: Vec<String>,
    /// The step to return to.
    pub step: Option<StepLink>,
    /// The provider's response that indicates the problem, in words.
    pub seen: String,
}

/// A dated event in the lifecycle of the provider's API or of the method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Event {
    /// The event's date: `YYYY-MM-DD`.
    pub on: String,
    /// The kind of event, in words.
    pub what: &'static str,
    /// The event's meaning for the reader.
    pub says: String,
    /// The page where the provider announces the event.
    pub source: Option<Href>,
}

/// The evidence for a fact in the guide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Source {
    /// The fact.
    pub claim: String,
    /// The page that states the fact.
    pub source: Option<Href>,
    /// The date on which the fact was last checked: `YYYY-MM-DD`.
    pub checked_on: String,
    /// How well the fact is established.
    pub standing: Standing,
}

impl Content {
    /// Returns the section, or `None` if the content is not a section.
    pub fn section(&self) -> Option<&Section> {
        match self {
            Self::Section(section) | Self::Linking(section) => Some(section),
            _ => None,
        }
    }
}

/// Serializes pairs as an object. If several pairs have the same name, the last pair is used.
fn map<S: Serializer>(pairs: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    let object: serde_json::Map<_, _> =
        pairs.iter().map(|(name, text)| (name.clone(), text.as_str().into())).collect();
    object.serialize(serializer)
}
