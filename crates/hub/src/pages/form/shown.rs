//! The fields that the form shows, and the values in their inputs.
//!
//! **Invariant:** the value of a secret is never shown.

use guide::{Field, Key};
use link::{FieldProblem, Flow};
use probe::Verdict;
use serde::Serialize;

/// A step that was handed to another person.
#[derive(Clone, Copy, Debug)]
pub struct HandedStep<'a> {
    /// The step's key.
    pub step: &'a str,
    /// The state of the handoff.
    pub state: HandoffState,
}

/// The state of a step that was handed to another person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffState {
    /// No values have arrived yet.
    Waiting,
    /// All values have arrived.
    Received,
    /// The link has expired.
    Expired,
}

/// The data that all fields in a form share.
#[derive(Default)]
pub(in crate::pages) struct FormState<'a> {
    pub(in crate::pages) typed: &'a [(Key, String)],
    pub(in crate::pages) problems: &'a [&'a FieldProblem],
    pub(in crate::pages) verdict: Option<&'a Verdict>,
    /// Whether an account is being linked again.
    pub(in crate::pages) is_again: bool,
    pub(in crate::pages) handed: &'a [HandedStep<'a>],
}

/// Returns the fields for the person linking the account. Fields for the admin, who sets up the method once, are omitted.
pub(in crate::pages) fn own_fields(flow: &Flow) -> impl Iterator<Item = &Field> {
    let method = flow.method();
    method.fields.iter().filter(move |field| {
        let mut setup = method.setup.iter().flat_map(guide::Walkthrough::steps);
        method.collected_at(field.key.as_str()).is_some()
            || !setup.any(|(_, step)| step.collects.contains(&field.key))
    })
}

/// Returns the input's value: the typed value if there is one, then the stored value, then the default. The value is
/// always empty for a secret, and for a value that a helper entered, which the person who asked for help does not see.
pub(super) fn shown_value(flow: &Flow, field: &Field, form: &FormState<'_>) -> String {
    if field.secret || handed_step(flow, field, form).is_some() {
        return String::new();
    }
    let typed = form.typed.iter().find(|(key, _)| *key == field.key).map(|(_, text)| text.clone());
    let kept = || flow.values().get(&field.key).map(|value| value.expose().to_owned());
    typed.or_else(kept).or_else(|| field.default.clone()).unwrap_or_default()
}

/// Returns the step in which the field's value is entered, if the step was handed to another person.
pub(super) fn handed_step<'f>(
    flow: &Flow,
    field: &Field,
    form: &'f FormState<'_>,
) -> Option<&'f HandedStep<'f>> {
    let step = flow.method().collected_at(field.key.as_str())?;
    form.handed.iter().rev().find(|one| step.key == *one.step)
}
