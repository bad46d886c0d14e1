//! A field in the form: its input, its state and its hints.
//!
//! **Invariant:** `value` is always empty for a secret.

use guide::{Field, FieldType, Key, Mistake, Ours};
use link::{FieldProblem, Flow};
use minijinja::{Value, context};
use probe::Verdict;
use serde::Serialize;

use super::condition::{only, when};
use super::rules::Rules;
use crate::pages::shell::{Frame, data, markup};
use crate::texts::Localized;

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

/// Returns the name of a field's input. The name is not just the key, because a field's key could be `csrf`, which is
/// the name of another input.
pub fn field_name(key: &Key) -> String {
    format!("field.{key}")
}

/// Returns the key of the field whose input has this name. `None` if the name is not a field's.
pub fn field_of(name: &str) -> Option<Key> {
    name.strip_prefix("field.").and_then(Key::parse)
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

/// Builds a field for the template.
pub(in crate::pages) fn view(frame: &Frame<'_>, flow: &Flow, field: &Field, form: &FormState<'_>) -> Value {
    let (method, texts) = (flow.method(), frame.texts());
    let problem = form.problems.iter().find(|problem| problem.field == field.key);
    let verdict = form.verdict.filter(|verdict| !verdict.outcome.is_transient());
    let is_kept = flow.has_value(&field.key);
    let has_kept_secret = || method.fields.iter().any(|one| one.secret && flow.has_value(&one.key));
    let has_default = field.default.as_ref().is_some_and(|default| !default.is_empty());
    let collected_at = method.collected_at(field.key.as_str());
    let handed = form.handed.iter().rev().find(|one| collected_at.is_some_and(|step| step.key == *one.step));
    let error = problem.map(|problem| {
        let is_missing = matches!(problem.says.ours(), Some(Ours::Field { mistake: Mistake::Missing, .. }));
        if is_missing && !is_kept && form.is_again && field.secret {
            return Localized::plain(texts.again_because_host, texts.lang);
        }
        frame.language.localize(&problem.says)
    });
    let belongs = problem.and_then(|problem| problem.belongs_to.as_ref()).map(|key| {
        let label = method.environment(key.as_str()).map_or(key.as_str(), |one| &one.label);
        (key.as_str(), label)
    });
    // The step that produces the value; if there is none, the step in which the value is entered.
    let step = method.made_at(field.key.as_str());
    let step = step.filter(|step| flow.all_steps().iter().any(|(_, shown)| shown.key == step.key));
    let description = field.description.as_ref();
    let is_required = field.required && !has_default && !is_kept && handed.is_none();
    context! {
        key => field.key.as_str(),
        // The name of the input.
        name => field_name(&field.key),
        label => &field.label,
        control => control(field.kind),
        // The `type` attribute of a single-line input. With types such as `url` and `number`, browsers would reject
        // values that the server accepts and normalizes, such as a pasted URL or a number with a space.
        kind => if field.kind == FieldType::Email { "email" } else { "text" },
        secret => field.secret,
        // An account's email address is often the person's own, which browsers can fill in.
        autocomplete => if field.kind == FieldType::Email && !field.secret { "email" } else { "off" },
        file => field.kind == FieldType::File,
        // A pasted value may be longer than its normalized form.
        max_length => field.max_length.saturating_mul(2).max(1024),
        options => data(options(field, texts.yes, texts.no)),
        // A value that a helper entered is not shown to the person who asked for help, even if it is not secret.
        value => if handed.is_some() { String::new() } else { value(flow, field, form.typed) },
        // Without a script, a field that does not apply is shown, so it cannot be required.
        required => is_required && field.when.is_none(),
        rules => serde_json::to_string(&Rules::of(frame.language, field, is_required)).expect("rules are JSON"),
        optional => !field.required || has_default,
        // Whether a secret is stored.
        kept => field.secret && is_kept && handed.is_none(),
        handed => data(handed.map(|handed| handed.state)),
        error => data(error),
        // Whether the provider refused the credentials because of this value.
        fault => verdict.is_some_and(|verdict| verdict.at_field.as_ref() == Some(&field.key)),
        // Whether this field's value could also have caused the refusal.
        maybe => verdict.is_some_and(|verdict| verdict.or_fields.contains(&field.key)),
        // The environment that the entered address belongs to.
        belongs => data(belongs),
        hidden => !flow.applies(field) && flow.environment().is_some(),
        description => description.map(|prose| markup(render::html_prose(prose, &frame.context(flow)))),
        placeholder => field.placeholder.as_ref().filter(|_| !field.secret),
        step => data(step.map(|step| (step.key.as_str(), &step.title))),
        when => field.when.as_ref().map(when),
        only => field.when.as_ref().map(|when| only(flow, when)),
        // Whether secrets must be entered again if the value changes.
        host => form.is_again && probe::host_fields(method).contains(&&field.key) && has_kept_secret(),
    }
}

/// Returns the input's value: the typed value if there is one, then the stored value, then the default. The value is
/// always empty for a secret.
fn value(flow: &Flow, field: &Field, typed: &[(Key, String)]) -> String {
    if field.secret {
        return String::new();
    }
    let typed = typed.iter().find(|(key, _)| *key == field.key).map(|(_, text)| text.clone());
    let kept = || flow.values().get(&field.key).map(|value| value.expose().to_owned());
    typed.or_else(kept).or_else(|| field.default.clone()).unwrap_or_default()
}

/// Returns the control for a field type: a drop-down list, a multi-line input or a single-line input.
fn control(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Select | FieldType::Boolean => "choice",
        FieldType::Multiline | FieldType::File => "lines",
        _ => "line",
    }
}

/// Returns the value and the label of each option.
fn options<'a>(field: &'a Field, yes: &'a str, no: &'a str) -> Vec<(&'a str, &'a str)> {
    if field.kind == FieldType::Boolean {
        return vec![("true", yes), ("false", no)];
    }
    field.options.iter().map(|option| (option.value.as_str(), option.label.as_str())).collect()
}
