//! The secrets that must not appear in what a provider returns.

use guide::{Key, Method};
use secret::{Redactor, Secret};

use crate::derived::derived_values;
use crate::inputs::Inputs;

/// The minimum length, in bytes, of a secret that an account's id, name or details cannot contain. Shorter secrets also
/// occur in ids for other reasons.
const SHORTEST: usize = 8;

/// Returns the redactor for excerpts from responses. It hides all values, even those that are not secret, because support
/// does not need them to understand an excerpt. It also hides tokens and captures: for example, a response can repeat a
/// session or a code from an earlier response. The secrets that an edited account had before still work, so they are hidden
/// too.
pub fn redactor(method: &Method, inputs: &Inputs<'_>) -> Redactor {
    let (derived, _) = derived_values(method, inputs);
    let received = inputs.tokens.values().chain(inputs.captures.values());
    let values = inputs.values.values().chain(derived.values());
    Redactor::new(values.chain(received).chain(inputs.former))
}

/// Returns the redactor for the data that is shown and stored as plain text: an account's id, name, details and public
/// derived values. It hides secret fields, secret derived values, the tokens that are credentials and former secrets, but
/// not values that can identify an account.
pub fn identity_redactor(method: &Method, inputs: &Inputs<'_>) -> Redactor {
    let (derived, _) = derived_values(method, inputs);
    let is_secret_field = |key: &Key| method.field(key.as_str()).is_some_and(|field| field.secret);
    let is_secret_derived = |key: &Key| method.derived(key.as_str()).is_some_and(|one| one.field.secret);
    let fields = inputs.values.iter().filter(|(key, _)| is_secret_field(key));
    let derived = derived.iter().filter(|(key, _)| is_secret_derived(key));
    let tokens = inputs.tokens.iter().filter(|(key, _)| method.auth.is_credential(key));
    // Some people use their user name as their password. It is shown anyway.
    let is_shown =
        |secret: &&Secret| inputs.values.iter().any(|(key, value)| !is_secret_field(key) && value == *secret);
    let secrets = fields.chain(derived).chain(tokens).map(|(_, secret)| secret).chain(inputs.former);
    Redactor::new(secrets.filter(|secret| SHORTEST <= secret.expose().len() && !is_shown(secret)))
}
