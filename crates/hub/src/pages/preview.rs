//! The preview of values that are being typed: their normalized form, problems, and the host to connect to.
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
    /// The previews by field key.
    pub fields: BTreeMap<String, PreviewedField>,
}

/// The preview of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PreviewedField {
    /// The normalized value; `None` if it would be rejected.
    pub kept: Option<String>,
    /// The problem with the value.
    pub problem: Option<Localized>,
    /// The key and label of the environment that the entered address belongs to, if it is not the chosen one.
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
    let mut told: Option<&Environment> = None;
    let mut values = Values::new();
    let mut fields = BTreeMap::new();
    for field in method.fields.iter().filter(|field| !field.secret) {
        let Some((_, text)) = typed.iter().find(|(key, _)| *key == field.key) else {
            // Values that are not on the form, such as the admin's, come from the flow.
            if let Some(value) = flow.values().get(&field.key) {
                values.insert(field.key.clone(), value.clone());
            }
            continue;
        };
        if text.trim().is_empty() {
            continue;
        }
        let one = match field.keep(text, &method.environments) {
            Err(refused) => PreviewedField {
                problem: Some(language.localize(&refused.says)),
                ..PreviewedField::default()
            },
            Ok(kept) => {
                let shown = kept.environment.and_then(|key| method.environment(key.as_str()));
                let tells = method.tells_environment();
                told = told.or(shown.filter(|_| tells));
                let other = shown.filter(|one| !tells && chosen.is_none_or(|chosen| chosen.key != one.key));
                values.insert(field.key.clone(), Secret::from(kept.value.as_str()));
                PreviewedField {
                    kept: Some(kept.value),
                    problem: None,
                    belongs_to: other.map(|one| (one.key.to_string(), one.label.clone())),
                }
            }
        };
        fields.insert(field.key.to_string(), one);
    }
    let host = probe::host(method, &Inputs::new(method, told.or(chosen), &values)).ok();
    Preview { host, fields }
}
