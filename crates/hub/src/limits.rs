//! How often: guesses, calls, sessions and attempts.
//!
//! **Invariant:** what costs or tells something (a guess at a token, a request to a provider) is counted in the
//! database, for all replicas and across restarts; calls with a good key, which are many, are counted in the process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use vault::{ApiKey, Limit, Session, Vault};

use crate::client::Client;
use crate::settings::{Limits, Set};
use crate::wire::error::{ApiError, TOO_MANY_REQUESTS, log_failure};

/// Wrong keys and tokens from one address, in ten minutes.
const GUESSES: (i64, i64) = (60, 600);
/// Calls with one key, in a minute, in one process.
const CALLS: u32 = 6000;

/// Counts what is limited, and refuses what is too much.
pub(crate) struct Limiter {
    vault: Arc<Vault>,
    limits: Limits,
    /// The minute, and the calls in it by API key.
    calls: Mutex<(i64, BTreeMap<String, u32>)>,
}

impl Limiter {
    pub(crate) fn new(vault: Arc<Vault>, limits: Limits) -> Self {
        Self { vault, limits, calls: Mutex::default() }
    }

    /// Goes on unless the address has guessed wrong too often.
    pub(crate) async fn may_guess(&self, client: &Client) -> Result<(), ApiError> {
        // Read only: a client with a good key costs no write.
        let now = Timestamp::now();
        let (hits, ends) = self.vault.counted(&guesses(client), GUESSES.1, now).await?;
        if hits < GUESSES.0 {
            Ok(())
        } else {
            Err(too_many("wrong keys or tokens from this address", ends, now))
        }
    }

    /// Counts a request with an unknown key or token.
    pub(crate) async fn guessed_wrong(&self, client: &Client) {
        if let Err(error) = self.vault.count(&guesses(client), GUESSES.1, Timestamp::now()).await {
            // The guess is refused all the same.
            log_failure(&error);
        }
    }

    /// Counts a call with a key.
    pub(crate) fn call(&self, key: &ApiKey) -> Result<(), ApiError> {
        let now = Timestamp::now();
        let minute = now.as_second().div_euclid(60);
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.0 != minute {
            *calls = (minute, BTreeMap::new());
        }
        let hits = calls.1.entry(key.id.clone()).or_insert(0);
        *hits += 1;
        if *hits <= CALLS { Ok(()) } else { Err(too_many("calls with this key", (minute + 1) * 60, now)) }
    }

    /// Counts an attempt: in its session, from its address, at a provider's host.
    pub(crate) async fn attempt(
        &self,
        session: &Session,
        client: &Client,
        host: Option<&str>,
    ) -> Result<(), ApiError> {
        let limit = |bucket: String, seconds, most: &Set<usize>| Limit {
            bucket: format!("attempts/{bucket}"),
            seconds,
            most: i64::try_from(most.value).unwrap_or(i64::MAX),
        };
        let limits = &self.limits;
        let mut all = vec![
            limit(format!("session/{}", session.seq), 600, &limits.session_attempts),
            limit(format!("address/{}", client.address), 600, &limits.address_attempts),
        ];
        all.extend(host.map(|host| limit(format!("host/{host}"), 60, &limits.host_attempts)));
        let now = Timestamp::now();
        let Some((which, ends)) = self.vault.count_within(&all, now).await? else { return Ok(()) };
        let whose = ["in this session", "from this address", "at this host, by everybody"];
        Err(too_many(&format!("attempts {}", whose[which]), ends, now))
    }
}

fn guesses(client: &Client) -> String {
    format!("guesses/{}", client.address)
}

fn too_many(what: &str, ends: i64, now: Timestamp) -> ApiError {
    let seconds = u64::try_from(ends.saturating_sub(now.as_second())).unwrap_or(1).max(1);
    let message = format!("Too many {what}; try again in {seconds} seconds");
    ApiError::new(&TOO_MANY_REQUESTS, message).retry_after(seconds)
}
