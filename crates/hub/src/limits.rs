//! Rate limits for wrong keys and tokens, API calls, and link attempts.
//!
//! **Invariant:** wrong guesses and link attempts are counted in the database, so that the counts include all replicas
//! and survive restarts. Calls with a valid key, which are frequent, are counted per process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use vault::{ApiKey, Limit, Session, Vault};

use crate::client::Client;
use crate::settings::{Limits, Set};
use crate::wire::error::{ApiError, TOO_MANY_REQUESTS, log_failure};

/// The number of wrong keys and tokens allowed from one address per period, and the length of the period in seconds.
const GUESSES: (i64, i64) = (60, 600);
/// The number of calls allowed with one key, per minute and process.
const CALLS: u32 = 6000;

/// Enforces the rate limits.
pub(crate) struct Limiter {
    vault: Arc<Vault>,
    limits: Limits,
    /// The current minute (Unix time in minutes), and the number of calls in that minute by API key.
    calls: Mutex<(i64, BTreeMap<String, u32>)>,
}

impl Limiter {
    pub(crate) fn new(vault: Arc<Vault>, limits: Limits) -> Self {
        Self { vault, limits, calls: Mutex::default() }
    }

    /// Returns an error if the address has sent too many wrong keys or tokens.
    pub(crate) async fn may_guess(&self, client: &Client) -> Result<(), ApiError> {
        // The counter is read but not written, so that requests with a valid key cause no database writes.
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
            // Errors are ignored, because the request is refused anyway.
            log_failure(&error);
        }
    }

    /// Counts a call with a key. Returns an error if the key has exceeded its limit.
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

    /// Counts a link attempt toward the limits per session, per address and per host. Returns an error if a limit has
    /// been exceeded.
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
        let scopes = ["in this session", "from this address", "for this host across all customers"];
        Err(too_many(&format!("link attempts {}", scopes[which]), ends, now))
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
