//! Formats the conditions of fields and steps for the script and for people.

use guide::{Condition, Key};
use link::Flow;
use serde_json::json;

/// Formats a condition for the script.
pub(super) fn when(condition: &Condition) -> String {
    let (field, values) = condition.field.clone().unzip();
    json!({ "environments": condition.environments, "field": field, "values": values.unwrap_or_default() })
        .to_string()
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
