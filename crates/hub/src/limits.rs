//! How often: guesses, calls, sessions and attempts.
//!
//! **Invariant:** what costs or tells something (a guess at a token, a request to a provider) is counted in the
//! database, for all replicas and across restarts; calls with a good key, which are many, are counted in the process.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use vault::{ApiKey, Limit, Session};

use crate::app::App;
use crate::layers::client::Client;
use crate::settings::Set;
use crate::wire::error::{ApiError, TOO_MANY_REQUESTS};

/// Wrong keys and tokens from one address, in ten minutes.
const GUESSES: (i64, i64) = (60, 600);
/// Calls with one key, in a minute, in one process.
const CALLS: u32 = 6000;
/// Calls of this minute, by key.
#[derive(Default)]
pub(crate) struct Calls(Mutex<(i64, BTreeMap<String, u32>)>);

/// Goes on unless the address has guessed wrong too often.
pub(crate) async fn may_guess(app: &App, client: &Client) -> Result<(), ApiError> {
    // Read only: whoever guesses right costs no write.
    let now = Timestamp::now();
    let (hits, ends) = app
        .vault
        .counted(&guesses(client), GUESSES.1, now)
        .await
        .map_err(|error| ApiError::internal(&error))?;
    if hits < GUESSES.0 { Ok(()) } else { Err(too_many("wrong keys or tokens from this address", ends, now)) }
}

/// Somebody showed a key or token that is none.
pub(crate) async fn guessed_wrong(app: &App, client: &Client) {
    if let Err(error) = app.vault.count(&guesses(client), GUESSES.1, Timestamp::now()).await {
        // The guess is refused all the same.
        let _ = ApiError::internal(&error);
    }
}

/// One more call with a key.
pub(crate) fn call(app: &App, key: &ApiKey) -> Result<(), ApiError> {
    let now = Timestamp::now();
    let minute = now.as_second().div_euclid(60);
    let mut calls = app.calls.0.lock().unwrap_or_else(PoisonError::into_inner);
    if calls.0 != minute {
        *calls = (minute, BTreeMap::new());
    }
    let hits = calls.1.entry(key.id.clone()).or_insert(0);
    *hits += 1;
    if *hits <= CALLS { Ok(()) } else { Err(too_many("calls with this key", (minute + 1) * 60, now)) }
}

/// One more attempt in a session, from an address, at a host.
pub(crate) async fn attempt(
    app: &App,
    session: &Session,
    client: &Client,
    host: Option<&str>,
) -> Result<(), ApiError> {
    let limits = &app.settings.limits;
    let limit = |bucket: String, seconds, most: &Set<usize>| Limit {
        bucket: format!("attempts/{bucket}"),
        seconds,
        most: i64::try_from(most.value).unwrap_or(i64::MAX),
    };
    let mut all = vec![
        limit(format!("session/{}", session.seq), 600, &limits.session_attempts),
        limit(format!("address/{}", client.address), 600, &limits.address_attempts),
    ];
    all.extend(host.map(|host| limit(format!("host/{host}"), 60, &limits.host_attempts)));
    let now = Timestamp::now();
    let full = app.vault.count_within(&all, now).await.map_err(|error| ApiError::internal(&error))?;
    let Some((which, ends)) = full else { return Ok(()) };
    let whose = ["in this session", "from this address", "at this host, by everybody"];
    Err(too_many(&format!("attempts {}", whose[which]), ends, now))
}

fn guesses(client: &Client) -> String {
    format!("guesses/{}", client.address)
}

fn too_many(what: &str, ends: i64, now: Timestamp) -> ApiError {
    let seconds = u64::try_from(ends.saturating_sub(now.as_second())).unwrap_or(1).max(1);
    let message = format!("Too many {what}; try again in {seconds} seconds");
    ApiError::new(&TOO_MANY_REQUESTS, message).retry_after(seconds)
}
