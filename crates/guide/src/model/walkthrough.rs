//! What a person reads: sections, steps, and when they apply.

use crate::choice::Purpose;
use crate::key::Key;
use crate::prose::Prose;
use crate::source::Span;

/// A guide for one audience.
#[derive(Clone, Debug)]
pub struct Walkthrough {
    /// What must be known before anything else.
    pub warning: Option<Prose>,
    /// What is needed before one begins.
    pub needs: Vec<Prose>,
    /// The sections, in order.
    pub sections: Vec<Section>,
    /// Where it stands.
    pub span: Span,
}

/// A section.
#[derive(Clone, Debug)]
pub struct Section {
    /// The key.
    pub key: Key,
    /// The heading.
    pub title: String,
    /// Where the heading stands.
    pub title_span: Span,
    /// What it is for.
    pub purpose: Purpose,
    /// What stands before the steps.
    pub intro: Option<Prose>,
    /// The steps.
    pub steps: Vec<Step>,
    /// The scopes for which it is needed.
    pub scopes: Vec<String>,
    /// When it applies.
    pub when: Option<Condition>,
    /// Where it stands.
    pub span: Span,
}

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// The key, one of a kind in its method.
    pub key: Key,
    /// What to do.
    pub title: String,
    /// Where the title stands.
    pub title_span: Span,
    /// How to do it.
    pub body: Prose,
    /// The fields typed in here.
    pub collects: Vec<Key>,
    /// The fields whose values are made here.
    pub obtains: Vec<Key>,
    /// The scopes for which it is needed.
    pub scopes: Vec<String>,
    /// When it applies.
    pub when: Option<Condition>,
    /// Where it stands.
    pub span: Span,
}

/// When something applies: every part must be true.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    /// The environment is one of these; any, if empty.
    pub environments: Vec<Key>,
    /// A field has one of these values.
    pub field: Option<(Key, Vec<String>)>,
    /// Where it stands.
    pub span: Span,
}

impl Condition {
    /// Whether it is true in this environment, with these values.
    pub fn holds<'v>(&self, environment: Option<&Key>, value: impl Fn(&Key) -> Option<&'v str>) -> bool {
        let here =
            self.environments.is_empty() || environment.is_some_and(|key| self.environments.contains(key));
        here && self
            .field
            .as_ref()
            .is_none_or(|(key, wanted)| value(key).is_some_and(|value| wanted.iter().any(|w| w == value)))
    }
}

impl Walkthrough {
    /// The steps, in order, each with its section.
    pub fn steps(&self) -> impl Iterator<Item = (&Section, &Step)> {
        self.sections.iter().flat_map(|section| section.steps.iter().map(move |step| (section, step)))
    }
}
