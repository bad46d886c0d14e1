//! A field of the form: its identity, its state and its hints.
//!
//! **Invariant:** `value` is always empty for a secret.

use guide::{Field, FieldType, Key, Mistake, Ours};
use link::{FieldProblem, Flow};
use minijinja::Value;
use probe::Verdict;
use serde::Serialize;

use super::condition::{only, when};
use super::handed::{HandedStep, Handing};
use crate::pages::shell::{Frame, markup};
use crate::texts::Said;

/// A field of the form, for the template.
#[derive(Serialize)]
pub(in crate::pages) struct FieldView {
    identity: FieldIdentity,
    state: FieldState,
    hints: FieldHints,
}

/// The identity of a field.
#[derive(Serialize)]
struct FieldIdentity {
    key: String,
    /// The name of the input.
    name: String,
    label: String,
    /// The kind of control: `line`, `lines` or `choice`.
    control: &'static str,
    /// The `type` attribute of a single-line input.
    kind: &'static str,
    secret: bool,
    file: bool,
    max_length: usize,
    /// The value and label of each choice.
    options: Vec<(String, String)>,
}

/// The state of a field: its value and its problems.
#[derive(Serialize)]
struct FieldState {
    /// The value; empty for a secret.
    value: String,
    required: bool,
    optional: bool,
    /// Whether a secret is stored.
    kept: bool,
    /// The state of the field's step, if it was handed to another person.
    handed: Option<Handing>,
    error: Option<Said>,
    /// Whether the provider refused the credentials with this value.
    fault: bool,
    /// Whether the field is another possible cause.
    maybe: bool,
    /// The key and label of the environment that the entered address belongs to.
    belongs: Option<(String, String)>,
    /// Whether the field is hidden, because its condition is not met.
    hidden: bool,
}

/// The hints that help to fill in a field.
#[derive(Serialize)]
struct FieldHints {
    description: Option<Value>,
    placeholder: Option<String>,
    /// The key and title of the step that explains where to find the value.
    step: Option<(String, String)>,
    /// The condition, for the script.
    when: Option<String>,
    /// The condition, in words.
    only: Option<String>,
    /// Whether secrets must be entered again if the value changes.
    host: bool,
}

impl FieldView {
    /// The same for a field that is shown right below its step.
    pub(in crate::pages) fn without_step(mut self) -> Self {
        self.hints.step = None;
        self
    }
}

/// The data that all fields of a form share.
#[derive(Default)]
pub(in crate::pages) struct FormState<'a> {
    pub(in crate::pages) typed: &'a [(Key, String)],
    pub(in crate::pages) problems: &'a [&'a FieldProblem],
    pub(in crate::pages) verdict: Option<&'a Verdict>,
    pub(in crate::pages) is_again: bool,
    pub(in crate::pages) handed: &'a [HandedStep<'a>],
}

/// The name of a field's input. It differs from the key, because a field's key may be `csrf`.
pub fn field_name(key: &Key) -> String {
    format!("field.{key}")
}

/// The key of the field whose input has this name.
pub fn field_of(name: &str) -> Option<Key> {
    name.strip_prefix("field.").and_then(Key::parse)
}

/// The fields for the person who links. Fields for the admin, who sets the method up once, are left out.
pub(in crate::pages) fn own_fields(flow: &Flow) -> impl Iterator<Item = &Field> {
    let method = flow.method();
    method.fields.iter().filter(move |field| {
        let mut setup = method.setup.iter().flat_map(guide::Walkthrough::steps);
        method.collected_at(field.key.as_str()).is_some()
            || !setup.any(|(_, step)| step.collects.contains(&field.key))
    })
}

/// Builds a field for the page.
pub(in crate::pages) fn view(
    frame: &Frame<'_>,
    flow: &Flow,
    field: &Field,
    form: &FormState<'_>,
) -> FieldView {
    let texts = frame.texts();
    let identity = FieldIdentity {
        key: field.key.to_string(),
        name: field_name(&field.key),
        label: field.label.clone(),
        control: control(field.kind),
        kind: input_type(field),
        secret: field.secret,
        file: field.kind == FieldType::File,
        // A pasted value may be longer than its normalized form.
        max_length: field.max_length.saturating_mul(2).max(1024),
        options: options(field, texts.yes, texts.no),
    };
    FieldView { identity, state: state(frame, flow, field, form), hints: hints(frame, flow, field, form) }
}

fn state(frame: &Frame<'_>, flow: &Flow, field: &Field, form: &FormState<'_>) -> FieldState {
    let (method, texts) = (flow.method(), frame.texts());
    let problem = form.problems.iter().find(|problem| problem.field == field.key);
    let is_kept = flow.values().contains_key(&field.key);
    let handed = handed(flow, field, form.handed);
    let verdict = form.verdict.filter(|verdict| !verdict.outcome.is_transient());
    let error = problem.map(|problem| {
        let is_missing = matches!(problem.says.ours(), Some(Ours::Field { mistake: Mistake::Missing, .. }));
        if is_missing && !is_kept && form.is_again && field.secret {
            return Said { text: texts.again_because_host.to_owned(), lang: texts.lang };
        }
        frame.language.say(&problem.says)
    });
    let has_default = field.default.as_ref().is_some_and(|default| !default.is_empty());
    FieldState {
        // A value that a helper entered is not shown to the person who asked, even if it is not secret.
        value: if handed.is_some() { String::new() } else { value(flow, field, form.typed) },
        required: field.required && !has_default && !is_kept && field.when.is_none() && handed.is_none(),
        optional: !field.required || has_default,
        kept: field.secret && is_kept && handed.is_none(),
        handed,
        error,
        fault: verdict.is_some_and(|verdict| verdict.at_field.as_ref() == Some(&field.key)),
        maybe: verdict.is_some_and(|verdict| verdict.or_fields.contains(&field.key)),
        belongs: problem.and_then(|problem| problem.belongs_to.as_ref()).map(|key| {
            let label = method.environment(key.as_str()).map_or(key.as_str(), |one| &one.label);
            (key.to_string(), label.to_owned())
        }),
        hidden: !flow.applies(field) && flow.environment().is_some(),
    }
}

fn hints(frame: &Frame<'_>, flow: &Flow, field: &Field, form: &FormState<'_>) -> FieldHints {
    let method = flow.method();
    let has_kept_secret =
        || method.fields.iter().any(|one| one.secret && flow.values().contains_key(&one.key));
    let description = field.description.as_ref();
    FieldHints {
        description: description.map(|prose| markup(render::html_prose(prose, &frame.context(flow)))),
        placeholder: field.placeholder.clone().filter(|_| !field.secret),
        step: found_at(flow, &field.key),
        when: field.when.as_ref().map(when),
        only: field.when.as_ref().map(|when| only(flow, when)),
        host: form.is_again && probe::host_fields(method).contains(&&field.key) && has_kept_secret(),
    }
}

/// The state of a field that was handed to another person.
fn handed(flow: &Flow, field: &Field, handed: &[HandedStep<'_>]) -> Option<Handing> {
    let step = flow.method().collected_at(field.key.as_str())?;
    handed.iter().rev().find(|one| step.key == *one.step).map(|one| one.state)
}

/// The value of the input: the typed value, else the stored value, else the default. Always empty for a secret.
fn value(flow: &Flow, field: &Field, typed: &[(Key, String)]) -> String {
    if field.secret {
        return String::new();
    }
    let typed = typed.iter().find(|(key, _)| *key == field.key).map(|(_, text)| text.clone());
    let kept = || flow.values().get(&field.key).map(|value| value.expose().to_owned());
    typed.or_else(kept).or_else(|| field.default.clone()).unwrap_or_default()
}

/// The step that produces a value, or else the step in which it is entered.
fn found_at(flow: &Flow, field: &Key) -> Option<(String, String)> {
    let step = flow.method().made_at(field.as_str())?;
    let is_shown = flow.all_steps().iter().any(|(_, one)| one.key == step.key);
    is_shown.then(|| (step.key.to_string(), step.title.clone()))
}

fn control(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Select | FieldType::Boolean => "choice",
        FieldType::Multiline | FieldType::File => "lines",
        FieldType::Text
        | FieldType::Email
        | FieldType::Url
        | FieldType::Host
        | FieldType::Secret
        | FieldType::Number => "line",
    }
}

fn input_type(field: &Field) -> &'static str {
    match field.kind {
        _ if field.secret => "password",
        FieldType::Email => "email",
        // The browser would reject a pasted URL or a number with a space, but the server accepts and normalizes both.
        _ => "text",
    }
}

fn options(field: &Field, yes: &str, no: &str) -> Vec<(String, String)> {
    if field.kind == FieldType::Boolean {
        return vec![("true".to_owned(), yes.to_owned()), ("false".to_owned(), no.to_owned())];
    }
    field.options.iter().map(|option| (option.value.clone(), option.label.clone())).collect()
}
