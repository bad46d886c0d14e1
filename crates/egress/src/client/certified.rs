//! The clients for requests with a client certificate. Building a client takes milliseconds, and each new client has to
//! connect again, so the clients are kept for a while.
//!
//! **Invariant:** a client sends requests only on the route and with the certificate and key that it was built for. It is
//! dropped, and the copy of the key in it with it, when it has been idle for long enough.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use probe::ClientCertificate;
use reqwest::Client;
use sha2::{Digest as _, Sha256};

use super::route::Route;
use crate::fault::Failure;

/// How often an idle client is looked for. A client is kept for up to twice as long after its last use.
pub(super) const IDLE: Duration = Duration::from_mins(1);

/// The maximum number of clients that are kept.
const CAPACITY: usize = 256;

/// The clients, by what they were built for.
pub(super) struct CertifiedClients {
    idle: Duration,
    clients: Mutex<HashMap<Key, Kept>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    route: Route,
    /// The digest of the certificate and its key, so that no other copy of the key stays in memory.
    digest: [u8; 32],
}

struct Kept {
    client: Client,
    last_used: Instant,
}

impl CertifiedClients {
    /// Creates an empty set. `idle` is usually [`IDLE`].
    pub(super) fn new(idle: Duration) -> Arc<Self> {
        Arc::new(Self { idle, clients: Mutex::default() })
    }

    /// Returns the client for a certificate, or builds and keeps it. Must be called in a Tokio runtime.
    pub(super) fn find(
        self: &Arc<Self>,
        route: Route,
        certificate: &ClientCertificate,
        build: impl FnOnce() -> Result<Client, Failure>,
    ) -> Result<Client, Failure> {
        let key = Key { route, digest: digest(certificate) };
        if let Some(kept) = self.lock().get_mut(&key) {
            kept.last_used = Instant::now();
            return Ok(kept.client.clone());
        }
        // Other requests do not wait for the client, so several may build it. Only one of the clients is kept.
        let client = build()?;
        let mut clients = self.lock();
        if clients.len() < CAPACITY
            && let Entry::Vacant(entry) = clients.entry(key)
        {
            entry.insert(Kept { client: client.clone(), last_used: Instant::now() });
            tokio::spawn(drop_when_idle(Arc::downgrade(self), key, self.idle));
        }
        Ok(client)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Kept>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops a client that has not been used for a while.
async fn drop_when_idle(clients: Weak<CertifiedClients>, key: Key, idle: Duration) {
    loop {
        tokio::time::sleep(idle).await;
        let Some(clients) = clients.upgrade() else { return };
        let mut clients = clients.lock();
        if clients.get(&key).is_none_or(|kept| idle <= kept.last_used.elapsed()) {
            clients.remove(&key);
            return;
        }
    }
}

fn digest(certificate: &ClientCertificate) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in [certificate.certificate.expose(), certificate.key.expose()] {
        // The length separates the parts.
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use secret::Secret;

    use super::*;

    #[tokio::test]
    async fn an_idle_client_is_dropped() {
        // This fails if another test has installed it, which then works too.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let idle = Duration::from_millis(50);
        let clients = CertifiedClients::new(idle);
        let certificate =
            ClientCertificate { certificate: Secret::new("certificate"), key: Secret::new("key") };
        for route in [Route::Direct, Route::Mapped] {
            clients.find(route, &certificate, || Ok(Client::new())).unwrap();
            clients.find(route, &certificate, || panic!("the client is not kept")).unwrap();
        }
        assert_eq!(clients.lock().len(), 2);
        tokio::time::sleep(4 * idle).await;
        assert_eq!(clients.lock().len(), 0);
    }
}
