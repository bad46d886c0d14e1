//! A field in the form: its input, its state and its hints.
//!
//! **Invariant:** `value` is always empty for a secret.

use guide::{Field, FieldType, Key, Mistake, Ours};
use link::Flow;
use minijinja::{Value, context};

use super::condition::{only, when};
use super::rules::Rules;
use super::shown::{FormState, HandoffState, handed_step, shown_value};
use crate::pages::shell::{Frame, data, markup};
use crate::texts::Localized;

/// Returns the name of a field's input. The name is not just the key, because a field's key could be `csrf`, which is
/// the name of another input.
pub fn field_name(key: &Key) -> String {
    format!("field.{key}")
}

/// Returns the key of the field whose input has this name. `None` if the name is not a field's.
pub fn field_of(name: &str) -> Option<Key> {
    name.strip_prefix("field.").and_then(Key::parse)
}

/// Builds a field for the template.
pub(in crate::pages) fn view(frame: &Frame<'_>, flow: &Flow, field: &Field, form: &FormState<'_>) -> Value {
    let (method, texts) = (flow.method(), frame.texts());
    let problem = form.problems.iter().find(|problem| problem.field == field.key);
    let verdict = form.verdict.filter(|verdict| !verdict.outcome.is_transient());
    let is_kept = flow.has_value(&field.key);
    let has_default = field.default.as_ref().is_some_and(|default| !default.is_empty());
    let handed = handed_step(flow, field, form);
    // The host has changed since a helper entered the secret.
    let is_dropped = field.secret
        && !flow.has_value(&field.key)
        && handed.is_some_and(|handed| handed.state == HandoffState::Received);
    let handed = handed.filter(|_| !is_dropped);
    let error = problem.map(|problem| {
        let is_missing = matches!(problem.says.ours(), Some(Ours::Field { mistake: Mistake::Missing, .. }));
        if is_missing && !is_kept && field.secret && (form.is_again || is_dropped) {
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
        value => shown_value(flow, field, form),
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
        when => when(flow, form, &field.when),
        only => field.when.as_ref().map(|when| only(flow, when)),
        // Whether secrets must be entered again if the value changes.
        host => flow.has_secrets_of_others() && probe::host_fields(method).contains(&&field.key),
    }
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
