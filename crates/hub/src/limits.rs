//! Rate limits for wrong keys and tokens, API calls, changes in a session, and link attempts.
//!
//! **Invariant:** wrong guesses and link attempts are counted in the database, so that the counts include all replicas
//! and survive restarts. Calls with a valid key or token, which are frequent, are counted per process. A valid key or
//! token is never refused because of wrong ones. What one project does never uses up a limit that all projects share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use vault::{ApiKey, Limit, Refusal, Session, Vault};

use crate::client::Client;
use crate::settings::Limits;
use crate::wire::error::{ApiError, TOO_MANY_REQUESTS};

/// The number of wrong keys and tokens allowed from one address per period, and the length of the period in seconds.
const GUESSES: (i64, i64) = (60, 600);
/// One project can use up at most this fraction of a provider host's limit: a half.
const PROJECT_SHARE: usize = 2;

/// Enforces the rate limits.
pub(crate) struct Limiter {
    vault: Arc<Vault>,
    limits: Limits,
    calls: PerMinute<String>,
    /// The changes in each session, by the session's number.
    writes: PerMinute<i64>,
}

impl Limiter {
    pub(crate) fn new(vault: Arc<Vault>, limits: Limits) -> Self {
        Self { vault, limits, calls: PerMinute::default(), writes: PerMinute::default() }
    }

    /// Counts an unknown key or token, and records it in the audit trail. Returns an error if the address has sent too many. Call this only after looking
    /// the key or token up, so that a valid one is never refused.
    /// `what` was sent, such as `API key`.
    pub(crate) async fn guessed_wrong(&self, client: &Client, what: &str) -> Result<(), ApiError> {
        let (now, network) = (Timestamp::now(), client.network());
        let bucket = format!("guesses/{network}");
        // The counter is read first, so that guesses beyond the limit cause no database writes.
        let (hits, ends) = self.vault.counted(&bucket, GUESSES.1, now).await?;
        if GUESSES.0 <= hits {
            return Err(too_many("wrong keys or tokens from this address", ends, now));
        }
        let limit = Limit { bucket, seconds: GUESSES.1, most: GUESSES.0 };
        let refusal = Refusal { what, address: &client.address.to_string() };
        let (hits, ends) = self.vault.count_refusal(refusal, &limit, now).await?;
        if hits == GUESSES.0 {
            let seconds = ends - now.as_second();
            tracing::warn!(%network, seconds, "too many wrong keys or tokens; refusing further ones");
        }
        Ok(())
    }

    /// Counts a call with a key if calls are limited. Returns an error if the key has exceeded its limit.
    pub(crate) fn call(&self, key: &ApiKey) -> Result<(), ApiError> {
        let Some(most) = self.limits.key_calls.value else { return Ok(()) };
        self.calls.hit(key.id.clone(), most, "calls with this key")
    }

    /// Counts a change that a browser or program with a session's token makes. Returns an error if the session has
    /// exceeded its limit.
    pub(crate) fn write(&self, session: &Session) -> Result<(), ApiError> {
        self.writes.hit(session.seq, self.limits.session_writes.value, "changes in this session")
    }

    /// Counts a link attempt toward the limits per session, per address, and per host within the project and in total.
    /// Returns an error if a limit has been exceeded. An attempt that exceeds one limit does not count toward those
    /// after it, so that a project beyond its share takes nothing from the other projects.
    pub(crate) async fn attempt(
        &self,
        session: &Session,
        client: &Client,
        host: Option<&str>,
    ) -> Result<(), ApiError> {
        let limit = |bucket: String, seconds, most: usize| Limit {
            bucket: format!("attempts/{bucket}"),
            seconds,
            most: i64::try_from(most).unwrap_or(i64::MAX),
        };
        let limits = &self.limits;
        let mut all = vec![
            limit(format!("session/{}", session.seq), 600, limits.session_attempts.value),
            limit(format!("address/{}", client.network()), 600, limits.address_attempts.value),
        ];
        if let Some(host) = host {
            let (project, most) = (&session.parameters.project, limits.host_attempts.value);
            all.push(limit(format!("project/{project}/{host}"), 60, most.div_ceil(PROJECT_SHARE)));
            all.push(limit(format!("host/{host}"), 60, most));
        }
        let now = Timestamp::now();
        let Some((which, ends)) = self.vault.count_within(&all, now).await? else { return Ok(()) };
        let scopes = [
            "in this session",
            "from this address",
            "for this host in this project",
            "for this host across all customers",
        ];
        Err(too_many(&format!("link attempts {}", scopes[which]), ends, now))
    }
}

/// Counts hits in the current minute, in this process.
#[derive(Debug)]
struct PerMinute<K>(Mutex<(i64, BTreeMap<K, usize>)>);

impl<K> Default for PerMinute<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord> PerMinute<K> {
    /// Counts a hit. Returns an error if there have been more than `most` in this minute.
    fn hit(&self, key: K, most: usize, what: &str) -> Result<(), ApiError> {
        let now = Timestamp::now();
        let minute = now.as_second().div_euclid(60);
        let mut hits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if hits.0 != minute {
            *hits = (minute, BTreeMap::new());
        }
        let count = hits.1.entry(key).or_insert(0);
        *count += 1;
        if *count <= most { Ok(()) } else { Err(too_many(what, (minute + 1) * 60, now)) }
    }
}

fn too_many(what: &str, ends: i64, now: Timestamp) -> ApiError {
    let seconds = u64::try_from(ends.saturating_sub(now.as_second())).unwrap_or(1).max(1);
    let message = format!("Too many {what}; try again in {seconds} seconds");
    ApiError::new(&TOO_MANY_REQUESTS, message).retry_after(seconds)
}

#[cfg(test)]
mod tests;
