//! Records when API keys are used, and requests with keys that no longer work.
//!
//! **Invariant:** a request with a valid key never waits for the database to store the key's use, and a key's use is
//! stored at most once a minute. The limiter counts and records unknown keys, so that they cannot fill the audit trail.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use vault::{ApiKey, KEY_USE_INTERVAL, KeyState, Vault};

use crate::client::Client;
use crate::tasks::Tasks;
use crate::telemetry::metrics;
use crate::wire::error::log_failure;

/// Records the uses of API keys.
pub(crate) struct KeyUses {
    vault: Arc<Vault>,
    tasks: Arc<Tasks>,
    /// When this process last began to store a use, by the key's id. Without this, every request that arrives before
    /// the use is stored would also store it.
    stored: Mutex<BTreeMap<String, Timestamp>>,
}

impl KeyUses {
    pub(crate) fn new(vault: Arc<Vault>, tasks: Arc<Tasks>) -> Self {
        Self { vault, tasks, stored: Mutex::default() }
    }

    /// Returns the key if it works, and records its use. Otherwise, counts the refusal. If the key is known but has been
    /// revoked or has expired, the refusal is also recorded in the project's audit trail, with the client's address.
    pub(crate) async fn working(&self, found: Option<Arc<ApiKey>>, client: &Client) -> Option<Arc<ApiKey>> {
        let now = Timestamp::now();
        let Some(key) = found else {
            metrics::key_refused("unknown");
            return None;
        };
        let state = key.state(now);
        if state == KeyState::Active {
            self.used(&key, now);
            return Some(key);
        }
        let state: &str = state.into();
        metrics::key_refused(state);
        let detail = format!("{state}, from {}", client.address);
        if let Err(error) = self.vault.record_refused_key(&key, &detail, now).await {
            // Errors are ignored, because the request is refused anyway.
            log_failure(&error);
        }
        None
    }

    /// Stores the use in the background, unless a recent use is already stored.
    fn used(&self, key: &ApiKey, now: Timestamp) {
        let is_recent = |at: Timestamp| now.duration_since(at) < KEY_USE_INTERVAL;
        if key.last_used_at.is_some_and(is_recent) {
            return;
        }
        {
            let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
            if stored.get(&key.id).copied().is_some_and(is_recent) {
                return;
            }
            stored.insert(key.id.clone(), now);
        }
        let (vault, id) = (Arc::clone(&self.vault), key.id.clone());
        self.tasks.spawn(|_| async move {
            if let Err(error) = vault.record_key_use(&id, now).await {
                log_failure(&error);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use jiff::ToSpan as _;
    use vault::{AuditQuery, By, KeySource, Kind, NewKey, Scope};

    use super::*;

    #[tokio::test]
    async fn concurrent_requests_store_one_use_and_do_not_wait_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path(), KeySource::File(folder.path().join("key"))).await.unwrap();
        let vault = Arc::new(vault);
        let by = By::new("test", Timestamp::now());
        let project = vault.add_project("Shop", by).await.unwrap().id;
        let new = NewKey {
            project: &project,
            name: "k",
            scopes: &[Scope::PlatformRead],
            kind: Kind::Production,
            expires_at: None,
        };
        let (key, _) = vault.add_key(&new, by).await.unwrap();
        let key = Arc::new(key);
        let tasks = Arc::<Tasks>::default();
        let uses = KeyUses::new(Arc::clone(&vault), Arc::clone(&tasks));
        let client = Client { address: Ipv4Addr::LOCALHOST.into(), is_secure: false };
        for _ in 0..20 {
            assert!(uses.working(Some(Arc::clone(&key)), &client).await.is_some());
        }
        // The task is still running, so no request has waited for it.
        assert_eq!(tasks.count(), 1);
        tasks.ended().await;
        let used = vault.keys_of(&project).await.unwrap().remove(0);
        assert!(used.last_used_at.is_some());

        let expired = ApiKey { expires_at: Some(Timestamp::now() - 1.second()), ..used };
        assert!(uses.working(Some(Arc::new(expired)), &client).await.is_none());
        let trail =
            vault.audit_of_project(&AuditQuery { project, limit: 1, ..AuditQuery::default() }).await.unwrap();
        assert_eq!(
            (trail[0].action.as_str(), trail[0].detail.as_deref()),
            ("api_key.refused", Some("expired, from 127.0.0.1"))
        );
    }
}
