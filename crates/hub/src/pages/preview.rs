//! What would become of what is being typed: kept spellings, problems, and the host that will be connected to.
//!
//! **Invariant:** nothing of the flow is changed, and a secret is neither asked for nor looked at.

use std::collections::BTreeMap;

use guide::{Environment, Key};
use link::Flow;
use probe::{Inputs, Values};
use secret::Secret;
use serde::Serialize;

use crate::texts::{Language, Said};

/// What would become of what is being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// The host that will be connected to, once the values say so.
    pub host: Option<String>,
    /// By field.
    pub fields: BTreeMap<String, PreviewedField>,
}

/// What would become of what is typed into a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PreviewedField {
    /// What is kept, if anything is.
    pub kept: Option<String>,
    /// What is wrong.
    pub problem: Option<Said>,
    /// The environment to which the typed address belongs, if that is another than the one chosen: key and label.
    pub belongs_to: Option<(String, String)>,
}

/// What would become of these public values. Those of other fields are left out.
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
            // What is not on the form, the admin's part say, is as the flow has it.
            if let Some(value) = flow.values().get(&field.key) {
                values.insert(field.key.clone(), value.clone());
            }
            continue;
        };
        if text.trim().is_empty() {
            continue;
        }
        let one = match field.keep(text, &method.environments) {
            Err(refused) => {
                PreviewedField { problem: Some(language.say(&refused.says)), ..PreviewedField::default() }
            }
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
