//! References in texts: `{{ path | filter }}`.
//!
//! A small closed grammar: a path, filters, nothing else. `{{{{` is two literal braces. References are found with
//! their places when a guide is read, so that nothing is looked up by name later.
//!
//! **Invariant:** every reference in a [`Template`] names something that exists and means something where the
//! template stands.

mod read;

use crate::json_path::JsonPath;
use crate::key::Key;
use crate::source::Span;

pub(crate) use self::read::{parse, parse_next, suggest};

/// A text with references in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// Literal texts and references, in order.
    pub parts: Vec<Part>,
    /// Where it stands.
    pub span: Span,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text as it is.
    Text(String),
    /// Something to be put in.
    Reference(Reference),
}

/// Something to be put in.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// What.
    pub target: Target,
    /// What is done with it, in order.
    pub filters: Vec<Filter>,
    /// Where it stands.
    pub span: Span,
}

/// What a reference stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// What was typed into a field.
    Value(Key),
    /// A field's label.
    Label(Key),
    /// A step's title.
    Step(Key),
    /// The environment's host.
    EnvironmentHost,
    /// The environment's label.
    EnvironmentLabel,
    /// The provider's name.
    ProviderName,
    /// The provider's key.
    ProviderKey,
    /// The method's label.
    MethodLabel,
    /// The product's name.
    BrandName,
    /// The name of the place where accounts are linked.
    BrandHub,
    /// Where to go for help.
    BrandSupportUrl,
    /// The address of the product's site.
    BrandSiteUrl,
    /// A place in the answer's JSON body.
    Json(JsonPath),
    /// What an earlier check kept.
    Capture(Key),
    /// The address to which the provider sends the browser back.
    RedirectUri,
}

/// What is done with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Lets dots through, so that the value may be up to so many labels of a host.
    HostLabels(u8),
    /// Makes letters small.
    Lowercase,
    /// Makes letters capital.
    Uppercase,
    /// Encodes as Base64.
    Base64,
}

/// What kind of text a template is in, which decides what may be referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    /// Something a reader sees on a page: no values.
    Prose,
    /// A message about an attempt: values that are not secret, and labels.
    Message,
    /// A part of a request: values, environment, captures.
    Request,
    /// What is taken from an answer.
    Answer,
    /// A brand's wording.
    Wording,
}

impl Template {
    /// A template of literal text only.
    pub fn literal(text: impl Into<String>) -> Self {
        Self { parts: vec![Part::Text(text.into())], span: Span::default() }
    }

    /// The text, if there is no reference in it.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The references in it.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.parts.iter().filter_map(|part| match part {
            Part::Reference(reference) => Some(reference),
            Part::Text(_) => None,
        })
    }

    /// The fields whose values it takes.
    pub fn values(&self) -> impl Iterator<Item = &Key> {
        self.references().filter_map(|reference| match &reference.target {
            Target::Value(key) => Some(key),
            _ => None,
        })
    }
}
