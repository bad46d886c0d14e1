//! What a response means for the person who links an account.

use std::time::Duration;

use guide::{Key, Ours, OutcomeKind, Product, Saying};

use crate::inputs::Values;

/// The result of judging a response.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Verdict {
    /// The kind of outcome.
    pub outcome: OutcomeKind,
    /// The guide's rule that determined the verdict, or `None` if the check's expectation or a default determined it.
    pub rule: Option<Key>,
    /// A message for the person about what happened.
    pub says: Saying,
    /// A message for the person about what to do.
    pub fix: Saying,
    /// The field that the person must correct, or `None` if no single field is at fault.
    pub at_field: Option<Key>,
    /// Other fields that could be at fault.
    pub or_fields: Vec<Key>,
    /// The step to which the person should return, or `None` if returning to a step does not help.
    pub return_to: Option<Key>,
    /// Whether to offer trying the same credentials in the other environments.
    pub ask_elsewhere: bool,
    /// The account that the response identifies, or `None` if it identifies no account.
    pub identity: Option<Identity>,
    /// Captured values for later requests. The values can be secret, so they are not serialized.
    #[serde(skip)]
    pub captures: Values,
    /// How long the provider asks clients to wait, at most one week. `None` if the provider does not specify this.
    #[serde(default)]
    pub retry_after: Option<Duration>,
    /// The scopes that the credential has, or `None` if the response does not list them.
    #[serde(skip)]
    pub granted: Option<Vec<String>>,
    /// An excerpt from the response for support, without secrets. `None` if the check succeeded.
    pub quote: Option<String>,
}

impl Verdict {
    /// A verdict with the standard wording for its outcome.
    pub fn standard(outcome: OutcomeKind, provider: &str, product: &Product) -> Self {
        let provider = provider.to_owned();
        Self {
            outcome,
            rule: None,
            says: Ours::Happened { outcome, provider: provider.clone() }.into(),
            fix: Ours::Fix { outcome, provider, product: product.clone() }.into(),
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

/// An account at the provider.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Identity {
    /// The provider's id for the account: 1 to 500 characters, without control characters.
    pub id: String,
    /// The account's display name, on one line and at most 200 characters. Empty if the response contains no name.
    pub name: String,
    /// Additional labels and values to show, such as a plan or a region.
    pub details: Vec<(String, String)>,
}
