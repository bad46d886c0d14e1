//! Builds the parts about the form's fields and the environments.
//!
//! **Invariant:** no page shows an example of a secret, not even an invented example, because people copy examples.

use super::builder::PageBuilder;
use crate::clean;
use crate::page::{Content, Environment, Field, Part, StepLink};
use crate::wording;

impl PageBuilder<'_> {
    pub(super) fn fields(&mut self) -> Option<Part> {
        let fields: Vec<Field> = self.own_fields().into_iter().map(|field| self.field(field)).collect();
        (!fields.is_empty()).then(|| self.part("fields", wording::FIELDS, Content::Fields(fields)))
    }

    fn field(&mut self, field: &guide::Field) -> Field {
        let kept = || field.examples.iter().find_map(|one| one.then.as_ref().ok()).cloned();
        let example = if field.secret { None } else { field.placeholder.clone().or_else(kept) };
        Field {
            key: field.key.to_string(),
            anchor: self.anchors.take(&format!("field--{}", field.key)),
            label: clean::line(&field.label),
            field_type: field.kind,
            kind: wording::kind(field.kind),
            required: field.required,
            secret: field.secret,
            description: field
                .description
                .as_ref()
                .map(|prose| self.context.blocks(prose))
                .unwrap_or_default(),
            format: field.pattern_says.as_deref().map(clean::line),
            example: example.as_deref().map(clean::line).filter(|text| !text.is_empty()),
            default: field
                .default
                .as_deref()
                .filter(|_| !field.secret)
                .map(clean::line)
                .filter(|text| !text.is_empty()),
            options: field.options.iter().map(|option| clean::line(&option.label)).collect(),
            only: self.condition(field.when.as_ref()).as_deref().map(clean::line),
            found_at: self.found_at(&field.key),
        }
    }

    /// Returns the step in which the reader obtains the field's value or, if there is no such step, the step in which
    /// the reader enters it. Returns `None` if there is neither.
    fn found_at(&self, field: &guide::Key) -> Option<StepLink> {
        let setup = || {
            let mut steps = self.method.setup.iter().flat_map(guide::Walkthrough::steps);
            steps.find_map(|(_, step)| {
                (step.obtains.contains(field) || step.collects.contains(field)).then_some(step)
            })
        };
        self.method.made_at(field.as_str()).or_else(setup).map(|step| self.step_link(step))
    }

    pub(super) fn step_link(&self, step: &guide::Step) -> StepLink {
        StepLink { title: clean::line(&step.title), anchor: self.context.anchor(step.key.as_str()) }
    }

    pub(super) fn environments(&mut self) -> Option<Part> {
        let one = |environment: &guide::Environment| Environment {
            label: clean::line(&environment.label),
            host: clean::line(&environment.host),
            values: environment
                .values
                .iter()
                .map(|(name, text)| (clean::line(&column(name)), clean::line(text)))
                .collect(),
            description: environment.description.as_deref().map(clean::line),
        };
        let list: Vec<Environment> = self.method.environments.iter().map(one).collect();
        (!list.is_empty()).then(|| {
            let title = wording::environments(&self.method.environment_label);
            self.part("environments", &title, Content::Environments(list))
        })
    }
}

/// Returns a column's name as a heading: `login_host` becomes `Login host`.
fn column(name: &guide::Key) -> String {
    let words = name.as_str().replace(['_', '-'], " ");
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
