//! Saves a flow as a string, and restores it.
//!
//! The string contains the person's input, including secrets, so the whole string is one [`Secret`], which the vault
//! seals. It does not contain stored secrets (`supply.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guide::{Guide, Key, Product};
use probe::Values;
use secret::Secret;
use serde::{Deserialize, Serialize};

use crate::flow::{Flow, Purpose, Start};
use crate::state::{CheckReport, Elsewhere, Proof, State};

/// The version of the format. Any other version is rejected.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Snapshot {
    version: u32,
    provider: Key,
    method: Key,
    guide_digest: String,
    product: Product,
    /// Set for a relink: the provider's id for the account, and whether a different account is allowed.
    relink: Option<(Option<String>, bool)>,
    scopes: Option<Vec<String>>,
    environment: Option<Key>,
    values: BTreeMap<Key, String>,
    from_store: BTreeSet<Key>,
    #[serde(default)]
    from_helper: BTreeSet<Key>,
    stored_version: Option<i64>,
    tokens: BTreeMap<Key, String>,
    tokens_expire_at: Option<i64>,
    #[serde(default)]
    redirect_uri: Option<String>,
    /// The derived values that cannot be computed again from the other values. Empty unless the checks have succeeded.
    derived: BTreeMap<Key, String>,
    /// Checks that were running start over after a restore, because the response to the earlier request can no longer
    /// arrive.
    state: State,
    /// The environment in which the checks start over, the ones left to try, and the earlier reports. `None` unless the
    /// checks are trying the same credentials in other environments.
    elsewhere: Option<(Elsewhere, Vec<CheckReport>)>,
}

/// Why a flow cannot be restored from a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// The string is not a snapshot, or its format has a different version.
    #[error("the draft was saved by a different version of the program")]
    NotUnderstood,
    /// The snapshot belongs to another guide, or to a method that no longer exists.
    #[error("the draft belongs to another guide")]
    OtherGuide,
}

impl Flow {
    /// Saves the flow as a string. The string contains secrets and must be sealed before it is stored.
    pub fn snapshot(&self) -> Secret {
        let snapshot = Snapshot {
            version: VERSION,
            provider: self.guide().provider.key.clone(),
            method: self.method().key.clone(),
            guide_digest: self.guide().digest.clone(),
            product: self.product.clone(),
            relink: match &self.purpose {
                Purpose::Link => None,
                Purpose::Relink { external_id, allow_different } => {
                    Some((external_id.clone(), *allow_different))
                }
            },
            scopes: self.scopes.clone(),
            environment: self.environment.clone(),
            values: exposed(self.own_values()),
            tokens: exposed(&self.tokens),
            tokens_expire_at: self.tokens_expire_at,
            redirect_uri: self.redirect_uri.clone(),
            derived: match &self.state {
                State::Confirming(proof) | State::Storing(proof) => self.underivable(proof),
                _ => BTreeMap::new(),
            },
            from_store: self.from_store.clone(),
            from_helper: self.from_helper.clone(),
            stored_version: self.stored_version,
            state: self.state.clone(),
            elsewhere: match &self.state {
                State::Checking(run) => {
                    run.elsewhere.clone().map(|elsewhere| (elsewhere, run.reports.clone()))
                }
                _ => None,
            },
        };
        Secret::new(serde_json::to_string(&snapshot).unwrap_or_default())
    }

    /// Restores a flow. If the guide has changed since the snapshot was saved, the flow starts at the first step and
    /// keeps the values that are still valid.
    pub fn restore(guide: Arc<Guide>, snapshot: &Secret) -> Result<Self, RestoreError> {
        let saved: Snapshot =
            serde_json::from_str(snapshot.expose()).map_err(|_| RestoreError::NotUnderstood)?;
        if saved.version != VERSION {
            return Err(RestoreError::NotUnderstood);
        }
        if saved.provider != guide.provider.key {
            return Err(RestoreError::OtherGuide);
        }
        let changed = saved.guide_digest != guide.digest;
        let start = Start {
            purpose: match saved.relink {
                None => Purpose::Link,
                Some((external_id, allow_different)) => Purpose::Relink { external_id, allow_different },
            },
            environment: saved.environment,
            stored: Values::new(),
            stored_secrets: BTreeSet::new(),
            former: None,
            tokens: hidden(saved.tokens),
            tokens_expire_at: saved.tokens_expire_at,
            redirect_uri: saved.redirect_uri,
            scopes: saved.scopes,
            product: saved.product,
        };
        let mut flow = Self::new(guide, saved.method.as_str(), start).ok_or(RestoreError::OtherGuide)?;
        for (key, value) in saved.values {
            let Some(field) = flow.method().field(key.as_str()) else { continue };
            if field.keep(&value, &flow.method().environments).is_ok() {
                flow.values.insert(key, Secret::new(value));
            }
        }
        flow.from_store = saved.from_store;
        flow.from_helper = saved.from_helper;
        flow.stored_version = saved.stored_version;
        if changed {
            return Ok(flow);
        }
        flow.state = saved.state;
        match &mut flow.state {
            State::Checking(_) => flow.resume_checks(saved.elsewhere),
            State::Confirming(proof) => proof.derived = hidden(saved.derived),
            _ => {}
        }
        Ok(flow)
    }

    /// Returns the proof's derived values that cannot be computed again from the flow's values.
    fn underivable(&self, proof: &Proof) -> BTreeMap<Key, String> {
        let (again, _) = probe::derived_values(self.method(), &self.inputs(self.environment()));
        exposed(proof.derived.iter().filter(|(key, value)| again.get(*key) != Some(*value)))
    }
}

fn exposed<'v>(values: impl IntoIterator<Item = (&'v Key, &'v Secret)>) -> BTreeMap<Key, String> {
    values.into_iter().map(|(key, value)| (key.clone(), value.expose().to_owned())).collect()
}

fn hidden(values: BTreeMap<Key, String>) -> Values {
    values.into_iter().map(|(key, value)| (key, Secret::new(value))).collect()
}
