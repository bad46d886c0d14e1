//! What an answer means for the person linking, as a value.

use std::time::Duration;

use guide::{Key, Ours, OutcomeKind, Saying};

use crate::fill::Values;

/// What an answer means for the person linking.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Verdict {
    /// The outcome.
    pub outcome: OutcomeKind,
    /// The guide's rule that says so; none, where the answer was as expected or a default decided.
    pub rule: Option<Key>,
    /// What happened, in the provider's terms.
    pub says: Saying,
    /// What to do about it.
    pub fix: Saying,
    /// The field to change.
    pub at_field: Option<Key>,
    /// Other fields that may be the cause.
    pub or_fields: Vec<Key>,
    /// The step to go back to.
    pub return_to: Option<Key>,
    /// Whether other environments may be asked, if the person agrees.
    pub ask_elsewhere: bool,
    /// Who was found.
    pub identity: Option<Identity>,
    /// What is kept for later requests. Never written down with the rest.
    #[serde(skip)]
    pub captures: Values,
    /// How long the provider asks to be left alone.
    #[serde(skip)]
    pub retry_after: Option<Duration>,
    /// The scopes of the credential, where the answer lists them.
    #[serde(skip)]
    pub granted: Option<Vec<String>>,
    /// What the provider said, without secrets, for support.
    pub quote: Option<String>,
}

impl Verdict {
    /// A verdict in the taxonomy's own words.
    pub fn plain(outcome: OutcomeKind, provider: &str) -> Self {
        let provider = || provider.to_owned();
        Self {
            says: Ours::Happened { outcome, provider: provider() }.into(),
            fix: Ours::Fix { outcome, provider: provider() }.into(),
            ..Self::of_kind(outcome)
        }
    }

    /// A verdict that says nothing but its kind.
    pub fn of_kind(outcome: OutcomeKind) -> Self {
        Self {
            outcome,
            rule: None,
            says: Saying::default(),
            fix: Saying::default(),
            return_to: None,
            at_field: None,
            or_fields: Vec::new(),
            ask_elsewhere: false,
            identity: None,
            captures: Values::new(),
            retry_after: None,
            granted: None,
            quote: None,
        }
    }
}

/// Who was found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Identity {
    /// What identifies the account at the provider.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// More to show: label and text.
    pub details: Vec<(String, String)>,
}
