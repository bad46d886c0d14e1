//! The preview of values while they are typed: their normalized form, problems, and the host to connect to.
//!
//! **Invariant:** the flow is not changed, and secrets are neither requested nor read.

use std::collections::BTreeMap;

use guide::{Environment, Key};
use link::Flow;
use probe::{Inputs, Values};
use secret::Secret;
use serde::Serialize;

use crate::texts::{Language, Localized};

/// The preview of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// The host to connect to; `None` until the values determine it.
    pub host: Option<String>,
    /// The preview of each field, by field key.
    pub fields: BTreeMap<String, PreviewedField>,
}

/// The preview of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PreviewedField {
    /// The normalized value; `None` if it would be rejected.
    pub kept: Option<String>,
    /// The problem with the value.
    pub problem: Option<Localized>,
    /// The key and label of the environment that the entered address belongs to, if it differs from the chosen
    /// environment.
    pub belongs_to: Option<(String, String)>,
}

/// Previews typed values. Values of secret fields are ignored.
pub fn preview(
    language: Language,
    flow: &Flow,
    environment: Option<&str>,
    typed: &[(Key, String)],
) -> Preview {
    let method = flow.method();
    let chosen = environment.and_then(|key| method.environment(key)).or_else(|| flow.environment());
    // The environment that a value implies, if the method derives the environment from field values.
    let mut implied: Option<&Environment> = None;
    let is_derived = method.tells_environment();
    let mut values = Values::new();
    let mut fields = BTreeMap::new();
    for field in method.fields.iter().filter(|field| !field.secret) {
        let Some((_, text)) = typed.iter().find(|(key, _)| *key == field.key) else {
            // Values that are not on the form, such as the admin's values, come from the flow.
            if let Some(value) = flow.values().get(&field.key) {
                values.insert(field.key.clone(), value.clone());
            }
            continue;
        };
        if text.trim().is_empty() {
            continue;
        }
        let preview = match field.keep(text, &method.environments) {
            Err(refused) => PreviewedField {
                problem: Some(language.localize(&refused.says)),
                ..PreviewedField::default()
            },
            Ok(kept) => {
                let shown = kept.environment.and_then(|key| method.environment(key.as_str()));
                implied = implied.or(shown.filter(|_| is_derived));
                let is_chosen = |one: &Environment| chosen.is_some_and(|chosen| chosen.key == one.key);
                let other = shown.filter(|one| !is_derived && !is_chosen(one));
                values.insert(field.key.clone(), Secret::from(kept.value.as_str()));
                PreviewedField {
                    kept: Some(kept.value),
                    belongs_to: other.map(|one| (one.key.to_string(), one.label.clone())),
                    ..PreviewedField::default()
                }
            }
        };
        fields.insert(field.key.to_string(), preview);
    }
    let host = probe::host(method, &Inputs::new(method, implied.or(chosen), &values)).ok();
    Preview { host, fields }
}
