//! The clients for requests with a client certificate. Building a client takes milliseconds, and each new client has to
//! connect again, so the clients are kept for a while.
//!
//! **Invariant:** a client sends requests only on the route and with the certificate and key that it was built for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use probe::ClientCertificate;
use reqwest::Client;
use sha2::{Digest as _, Sha256};

use super::route::Route;
use crate::fault::Failure;

/// How long a client is kept after its last use.
const IDLE: Duration = Duration::from_mins(1);

/// The maximum number of clients that are kept.
const CAPACITY: usize = 256;

/// The clients, by what they were built for.
#[derive(Default)]
pub(super) struct CertifiedClients(Mutex<HashMap<Key, Kept>>);

#[derive(PartialEq, Eq, Hash)]
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
    /// Returns the client for a certificate, or builds and keeps it.
    pub(super) fn find(
        &self,
        route: Route,
        certificate: &ClientCertificate,
        build: impl FnOnce() -> Result<Client, Failure>,
    ) -> Result<Client, Failure> {
        let (key, now) = (Key { route, digest: digest(certificate) }, Instant::now());
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = clients.get_mut(&key) {
            kept.last_used = now;
            return Ok(kept.client.clone());
        }
        clients.retain(|_, kept| now.duration_since(kept.last_used) < IDLE);
        let client = build()?;
        if clients.len() < CAPACITY {
            clients.insert(key, Kept { client: client.clone(), last_used: now });
        }
        Ok(client)
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
