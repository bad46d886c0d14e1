//! Walkthroughs: the sections and steps that people read, and the conditions under which they apply.

use crate::choice::Purpose;
use crate::key::Key;
use crate::prose::Prose;
use crate::source::Span;

/// A walkthrough for one audience.
#[derive(Clone, Debug)]
pub struct Walkthrough {
    /// An important note that is shown first.
    pub warning: Option<Prose>,
    /// What people need before they begin.
    pub needs: Vec<Prose>,
    /// The sections, in order.
    pub sections: Vec<Section>,
    /// The location in the source.
    pub span: Span,
}

/// A section in a walkthrough.
#[derive(Clone, Debug)]
pub struct Section {
    /// The key, unique within its method.
    pub key: Key,
    /// The section's heading.
    pub title: String,
    /// The location of the heading.
    pub title_span: Span,
    /// The section's purpose.
    pub purpose: Purpose,
    /// The introduction before the steps.
    pub intro: Option<Prose>,
    /// The steps.
    pub steps: Vec<Step>,
    /// The scopes that require the section. If the list is empty, the section is always shown.
    pub scopes: Vec<String>,
    /// The condition under which the section applies. `None` if the section always applies.
    pub when: Option<Condition>,
    /// The location in the source.
    pub span: Span,
}

/// A step in a section.
#[derive(Clone, Debug)]
pub struct Step {
    /// The key, unique within its method.
    pub key: Key,
    /// What to do, in a few words.
    pub title: String,
    /// The location of the title.
    pub title_span: Span,
    /// How to do it.
    pub body: Prose,
    /// The keys of the fields that people fill in during this step.
    pub collects: Vec<Key>,
    /// The keys of the fields whose values people obtain in this step.
    pub obtains: Vec<Key>,
    /// The scopes that require the step. If the list is empty, the step is always shown.
    pub scopes: Vec<String>,
    /// The condition under which the step applies. `None` if the step always applies.
    pub when: Option<Condition>,
    /// The location in the source.
    pub span: Span,
}

/// A condition for a section, step or field. Both the environment and the field must match.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    /// The environments in which the condition holds. If the list is empty, the condition holds in any environment.
    pub environments: Vec<Key>,
    /// A field and the values that satisfy the condition.
    pub field: Option<(Key, Vec<String>)>,
    /// The location in the source.
    pub span: Span,
}

impl Walkthrough {
    /// Returns the steps in order, each with its section.
    pub fn steps(&self) -> impl Iterator<Item = (&Section, &Step)> {
        self.sections.iter().flat_map(|section| section.steps.iter().map(move |step| (section, step)))
    }
}
