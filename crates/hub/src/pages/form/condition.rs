//! Formats the conditions of fields and steps for the script and for people.

use guide::{Condition, Key};
use link::Flow;
use secret::Secret;
use serde_json::{Value, json};

use super::shown::{FormState, own_fields, shown_value};

/// Formats conditions for the script, as a list that also contains the conditions of the fields that they test. `None`
/// if there are no conditions.
pub(super) fn when<'g>(
    flow: &'g Flow,
    form: &FormState<'_>,
    conditions: impl IntoIterator<Item = &'g Condition>,
) -> Option<String> {
    let all = flow.method().with_conditions_of_fields(conditions);
    let view = |condition: &&Condition| {
        let (field, values) = condition.field.as_ref().map(|(field, values)| (field, values)).unzip();
        json!({
            "environments": condition.environments,
            "field": field,
            "values": values.map(Vec::as_slice).unwrap_or_default(),
            "empty": field.zip(values).is_some_and(|(field, values)| is_met_if_empty(flow, form, field, values)),
        })
    };
    (!all.is_empty()).then(|| all.iter().map(view).collect::<Value>().to_string())
}

/// Returns whether a field has one of these values if its input is empty or missing: the value that the flow has but
/// the page does not show, or otherwise the default.
fn is_met_if_empty(flow: &Flow, form: &FormState<'_>, key: &Key, values: &[String]) -> bool {
    let is_shown =
        own_fields(flow).any(|field| field.key == *key && !shown_value(flow, field, form).is_empty());
    let hidden = flow.values().get(key).filter(|_| !is_shown).map(Secret::expose);
    let value = hidden.map(str::to_owned).or_else(|| flow.method().default_of(key));
    value.is_some_and(|value| values.contains(&value))
}

/// Formats a condition for people, as a list of the environments and options that meet it.
pub(super) fn only(flow: &Flow, condition: &Condition) -> String {
    let method = flow.method();
    let environment =
        |key: &Key| method.environment(key.as_str()).map_or_else(|| key.to_string(), |one| one.label.clone());
    let mut words: Vec<String> = condition.environments.iter().map(environment).collect();
    if let Some((key, values)) = &condition.field {
        let options = method.field(key.as_str()).map(|field| field.options.as_slice()).unwrap_or_default();
        words.extend(values.iter().map(|value| {
            options.iter().find(|option| option.value == *value).map_or(value, |option| &option.label).clone()
        }));
    }
    words.join(", ")
}
