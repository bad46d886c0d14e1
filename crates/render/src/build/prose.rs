//! Builds the guide's own sections and steps.
//!
//! **Invariant:** the page omits sections and steps that none of the chosen scopes needs, and sections in which no step
//! remains.

use guide::{Condition, Walkthrough};

use super::builder::PageBuilder;
use crate::clean;
use crate::href::Anchor;
use crate::page::{Block, Inline, Section, Step};
use crate::wording;

/// A section, and the steps in it that are on the page.
pub(super) struct Chosen<'a> {
    pub(super) section: &'a guide::Section,
    pub(super) steps: Vec<&'a guide::Step>,
}

/// Returns the sections that these scopes need. `None` means all scopes.
pub(super) fn chosen<'a>(walkthrough: &'a Walkthrough, scopes: Option<&[String]>) -> Vec<Chosen<'a>> {
    let needed = |of: &[String]| {
        of.is_empty() || scopes.is_none_or(|scopes| of.iter().any(|scope| scopes.contains(scope)))
    };
    let sections = walkthrough.sections.iter().filter(|section| needed(&section.scopes));
    let chosen = sections.map(|section| Chosen {
        section,
        steps: section.steps.iter().filter(|step| needed(&step.scopes)).collect(),
    });
    chosen.filter(|one| !one.steps.is_empty() || one.section.steps.is_empty()).collect()
}

impl PageBuilder<'_> {
    pub(super) fn section(&self, chosen: &Chosen<'_>, anchors: Vec<Anchor>) -> Section {
        let section = chosen.section;
        let mut intro = self.only_when(section.when.as_ref());
        intro.extend(section.intro.iter().flat_map(|prose| self.context.blocks(prose)));
        let steps = chosen.steps.iter().zip(anchors).map(|(step, anchor)| self.step(step, anchor)).collect();
        Section {
            purpose: section.purpose,
            scopes: scope_names(&section.scopes),
            intro,
            steps,
            closing: Vec::new(),
        }
    }

    fn step(&self, step: &guide::Step, anchor: Anchor) -> Step {
        let mut body = self.enables(&step.scopes);
        body.extend(self.only_when(step.when.as_ref()));
        body.extend(self.context.blocks(&step.body));
        Step { anchor, title: clean::line(&step.title), scopes: scope_names(&step.scopes), body }
    }

    /// Returns a paragraph with the names of the actions that a step's scopes make possible, or no blocks if there are
    /// no such actions.
    fn enables(&self, scopes: &[String]) -> Vec<Block> {
        let needs = |action: &&guide::Action| action.scopes.iter().any(|scope| scopes.contains(scope));
        let mut labels: Vec<&str> =
            self.guide.actions.iter().filter(needs).map(|one| one.label.as_str()).collect();
        if labels.is_empty() {
            return Vec::new();
        }
        labels.sort_unstable();
        vec![paragraph(&wording::enables(&labels))]
    }

    fn only_when(&self, when: Option<&Condition>) -> Vec<Block> {
        self.condition(when).map(|text| paragraph(&text)).into_iter().collect()
    }

    /// Describes a condition in words. Returns `None` if there is no condition.
    pub(super) fn condition(&self, when: Option<&Condition>) -> Option<String> {
        let when = when?;
        let environments: Vec<&str> = when
            .environments
            .iter()
            .map(|key| self.method.environment(key.as_str()).map_or(key.as_str(), |one| one.label.as_str()))
            .collect();
        let field = when.field.as_ref().map(|(key, values)| {
            let field = self.method.field(key.as_str());
            let values = values.iter().map(|value| {
                let mut options = field.iter().flat_map(|field| &field.options);
                let option = options.find(|option| option.value == *value);
                option.map_or(value.as_str(), |option| option.label.as_str())
            });
            (field.map_or(key.as_str(), |field| field.label.as_str()), values.collect::<Vec<_>>())
        });
        wording::only(&environments, field.as_ref().map(|(label, values)| (*label, values.as_slice())))
    }
}

/// Creates a paragraph of plain text.
pub(super) fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![Inline::Text(clean::line(text))])
}

fn scope_names(scopes: &[String]) -> Vec<String> {
    scopes.iter().map(|scope| clean::line(scope)).collect()
}
