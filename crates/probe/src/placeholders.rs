//! Shows requests with a placeholder instead of each secret.
//!
//! **Invariant:** a shown text contains no secret, in any encoding that the [`Redactor`] finds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guide::{Key, Method};
use secret::{Redactor, Secret};

use crate::derived::derived_values;
use crate::inputs::Inputs;

/// The minimum length, in bytes, of a secret that is replaced. The redactor has the same limit.
const SHORTEST: usize = 4;

/// The secrets of a flow, each with its placeholder.
#[derive(Default)]
pub struct Placeholders {
    /// The longest secret comes first, because it can contain others.
    secrets: Vec<(Secret, String)>,
    redactor: Redactor,
}

impl Placeholders {
    /// Creates placeholders for the secret fields, the secret derived values, the captures and the tokens. `name`
    /// returns the placeholder for a kind of value (`value`, `capture` or `token`) and a key.
    pub fn new(method: &Method, inputs: &Inputs<'_>, name: impl Fn(&str, &Key) -> String) -> Self {
        let (derived, _) = derived_values(method, inputs);
        let is_secret = |key: &Key| {
            let field = method.field(key.as_str()).or_else(|| Some(&method.derived(key.as_str())?.field));
            field.is_some_and(|field| field.secret)
        };
        let values = inputs.values.iter().chain(&derived).filter(|(key, _)| is_secret(key));
        let kinds = values
            .map(|pair| ("value", pair))
            .chain(inputs.captures.iter().map(|pair| ("capture", pair)))
            .chain(inputs.tokens.iter().map(|pair| ("token", pair)));
        let mut secrets: Vec<(Secret, String)> = kinds
            .filter(|(_, (_, secret))| SHORTEST <= secret.expose().len())
            .map(|(kind, (key, secret))| (secret.clone(), name(kind, key)))
            .collect();
        secrets.sort_by_key(|(secret, _)| std::cmp::Reverse(secret.expose().len()));
        let redactor = Redactor::new(secrets.iter().map(|(secret, _)| secret));
        Self { secrets, redactor }
    }

    /// Replaces every secret with its placeholder, and every encoded secret with `(hidden)`.
    pub fn show(&self, text: &Secret) -> String {
        let mut shown = text.expose().to_owned();
        for (secret, name) in &self.secrets {
            shown = shown.replace(secret.expose(), name);
        }
        self.redactor.redact(&shown)
    }

    /// Shows the user name and the password of a header value for Basic authentication, separated by a colon. Returns
    /// `None` for any other value.
    pub fn show_basic(&self, value: &Secret) -> Option<String> {
        let bytes = STANDARD.decode(value.expose().strip_prefix("Basic ")?).ok()?;
        Some(self.show(&Secret::new(String::from_utf8(bytes).ok()?)))
    }
}
