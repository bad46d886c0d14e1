//! The page: everything it says, in order, before any medium is chosen.
//!
//! **Invariant:** references are resolved and texts are clean; there is no markup in any string. What a writer
//! cannot find here it cannot write.

use guide::{FieldType, OutcomeKind, Purpose, Standing};

use crate::color::Color;
use crate::href::{Anchor, Href, Picture};

/// For whom a page is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// The end user who links an account.
    #[default]
    Link,
    /// The admin who sets the method up once.
    Setup,
}

/// What kind of Markdown or MDX is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Everything, with the means of the medium.
    #[default]
    Semantic,
    /// The anatomy of the guide pages published by others: tags with scope attributes, and no more than they say.
    Published,
}

/// A page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The provider.
    pub provider: Named,
    /// The method.
    pub method: Named,
    /// For whom it is.
    pub audience: Audience,
    /// Who publishes it.
    pub publisher: Publisher,
    /// The lines above the Markdown twin.
    pub twin_head: Vec<HeadLine>,
    /// The title.
    pub title: String,
    /// What the page is about, in a sentence.
    pub description: String,
    /// What must be known before anything else.
    pub warning: Vec<Block>,
    /// What can be done with the account, as far as it needs scopes.
    pub actions: Vec<Action>,
    /// The parts, in order.
    pub parts: Vec<Part>,
}

/// A key and a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The key.
    pub key: String,
    /// The name.
    pub name: String,
}

/// Who publishes a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Publisher {
    /// The product's name.
    pub name: String,
    /// What the place is called in which accounts are linked.
    pub hub: String,
    /// The product's site.
    pub site: Option<Href>,
    /// Where to go for help.
    pub support: Option<Href>,
    /// The color of links on a light page.
    pub accent: Option<Color>,
    /// The color of links on a dark page.
    pub accent_dark: Option<Color>,
}

/// A line above the Markdown twin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadLine {
    /// The level, if it is a heading.
    pub level: Option<u8>,
    /// The text.
    pub text: String,
}

/// Something that can be done with an account, and what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// One of a kind among all providers.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// The scopes it needs.
    pub scopes: Vec<String>,
}

/// A part of a page, with a heading of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Where links to it lead.
    pub anchor: Anchor,
    /// The heading.
    pub title: String,
    /// What stands below it.
    pub content: Content,
}

/// What stands below a heading.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// What is needed before one begins.
    Needs(Vec<Vec<Block>>),
    /// A section of the guide.
    Section(Section),
    /// What is done in the product itself.
    Linking(Section),
    /// What is typed in.
    Fields(Vec<Field>),
    /// Deployments of the provider.
    Environments(Vec<Environment>),
    /// What the provider lets a credential do, and what that is needed for.
    Permissions(Vec<Permission>),
    /// What is asked of the provider.
    Checks {
        /// What stands before them.
        intro: Vec<Inline>,
        /// The checks, in order.
        checks: Vec<Check>,
    },
    /// What can go wrong.
    Troubles(Vec<Trouble>),
    /// Sentences.
    Facts(Vec<Vec<Inline>>),
    /// Dated events.
    Events(Vec<Event>),
    /// Where facts come from.
    Sources(Vec<Source>),
}

/// A section of the guide.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// What it is for.
    pub purpose: Purpose,
    /// The scopes for which it is needed; always, if empty.
    pub scopes: Vec<String>,
    /// What stands before the steps.
    pub intro: Vec<Block>,
    /// The steps.
    pub steps: Vec<Step>,
    /// What stands after them.
    pub closing: Vec<Block>,
}

/// A step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Where links to it lead.
    pub anchor: Anchor,
    /// What to do.
    pub title: String,
    /// The scopes for which it is needed; always, if empty.
    pub scopes: Vec<String>,
    /// How to do it.
    pub body: Vec<Block>,
}

/// Something that is typed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The key.
    pub key: String,
    /// Where links to it lead.
    pub anchor: Anchor,
    /// The label.
    pub label: String,
    /// What kind of value it is.
    pub kind: FieldType,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether its value is kept from view.
    pub secret: bool,
    /// A sentence about it.
    pub description: Vec<Block>,
    /// What the value looks like, in words.
    pub format: Option<String>,
    /// A value such as it could be.
    pub example: Option<String>,
    /// The value if nothing is typed.
    pub default: Option<String>,
    /// What can be chosen.
    pub options: Vec<String>,
    /// When it is asked.
    pub only: Option<String>,
    /// The step in which the value is found.
    pub found_at: Option<StepLink>,
}

/// A field as it is seen in the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// The key.
    pub key: String,
    /// The label.
    pub label: String,
    /// What follows the label of a field that may stay empty.
    pub suffix: Option<String>,
    /// What kind of value it is.
    pub kind: FieldType,
    /// Whether its value is kept from view.
    pub secret: bool,
    /// What stands in it while it is empty.
    pub placeholder: Option<String>,
    /// What can be chosen.
    pub options: Vec<String>,
    /// Whether it is the choice of the environment, which is no field of the guide.
    pub environment: bool,
}

/// A step, named elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepLink {
    /// Its title.
    pub title: String,
    /// Where it is, if it is on this page.
    pub anchor: Option<Anchor>,
}

/// A deployment of the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// What it is called.
    pub label: String,
    /// The end of its host names.
    pub host: String,
    /// Further columns: a name and a text, the same names in every environment.
    pub values: Vec<(String, String)>,
    /// A sentence that helps to recognize it.
    pub description: Option<String>,
}

/// A permission of the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// As the provider writes it.
    pub name: String,
    /// What it lets somebody do.
    pub description: Option<String>,
    /// The labels of the actions that need it.
    pub needed_for: Vec<String>,
    /// Whether an account can be linked without it, in words; nothing, where no check tries it.
    pub without: Option<&'static str>,
    /// The label of the check that tries it.
    pub tried_by: Option<String>,
}

/// A request that proves something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What is shown while it runs.
    pub label: String,
    /// What it proves.
    pub proves: String,
    /// The request, as it is in each environment.
    pub requests: Vec<Request>,
}

/// A request as it is in one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The environment, where there are several.
    pub environment: Option<String>,
    /// Method and address; what is filled in stands in braces.
    pub line: String,
}

/// Something that can go wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// Where links to it lead.
    pub anchor: Anchor,
    /// What kind of outcome it is.
    pub kind: OutcomeKind,
    /// What the person is told.
    pub message: Vec<Inline>,
    /// How it shows.
    pub seen: String,
    /// What they can do.
    pub fix: Vec<Inline>,
    /// The labels of the fields to look at.
    pub fields: Vec<String>,
    /// The step to go back to.
    pub step: Option<StepLink>,
}

/// A dated event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When: `YYYY-MM-DD`.
    pub on: String,
    /// What happens, in a word.
    pub what: &'static str,
    /// What it means.
    pub says: String,
    /// Where the provider says so.
    pub source: Option<Href>,
}

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The fact.
    pub claim: String,
    /// The page that says so.
    pub source: Option<Href>,
    /// When somebody last looked: `YYYY-MM-DD`.
    pub checked_on: String,
    /// How sure it is.
    pub standing: Standing,
}

/// A block of text.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A list; a numbered one begins with its first number.
    List {
        /// The first number, if the list is numbered.
        first: Option<u64>,
        /// The items.
        items: Vec<Vec<Self>>,
    },
    /// Lines of code.
    Code {
        /// The language, if it is named.
        language: Option<String>,
        /// The code, each line ended by a line break.
        text: String,
    },
    /// The form, in the order in which it is filled in.
    Form(Vec<FormField>),
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// Text.
    Text(String),
    /// Code, letter for letter.
    Code(String),
    /// What stands out.
    Strong(Vec<Self>),
    /// A way through menus: two names or more.
    Path(Vec<String>),
    /// Emphasis.
    Emphasis(Vec<Self>),
    /// The name of something that differs from reader to reader.
    Placeholder(String),
    /// A link.
    Link {
        /// Where it leads.
        href: Href,
        /// Its text.
        content: Vec<Self>,
    },
    /// An image.
    Image {
        /// Where it comes from.
        source: Picture,
        /// What stands in its place for who does not see it.
        text: String,
    },
    /// The end of a line in the source.
    SoftBreak,
    /// The end of a line on the page.
    HardBreak,
}

impl Page {
    /// The steps of the page, in order, those in the product itself included.
    pub fn steps(&self) -> impl Iterator<Item = (&Part, &Step)> {
        self.parts.iter().flat_map(|part| {
            let section = match &part.content {
                Content::Section(section) | Content::Linking(section) => Some(section),
                _ => None,
            };
            section.into_iter().flat_map(move |section| section.steps.iter().map(move |step| (part, step)))
        })
    }
}
