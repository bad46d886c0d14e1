//! How often: guesses, calls, sessions and attempts.
//!
//! **Invariant:** what costs or tells something (a guess at a token, a request to a provider) is counted in the
//! database, for all replicas and across restarts; calls with a good key, which are many, are counted in the process.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use vault::{ApiKey, Session};

use crate::app::App;
use crate::layers::client::Client;
use crate::wire::error::{ApiError, TOO_MANY_REQUESTS};

/// Wrong keys and tokens from one address, in ten minutes.
const GUESSES: (i64, i64) = (60, 600);
/// Calls with one key, in a minute, in one process.
const CALLS: u32 = 6000;
/// Attempts in one session, in ten minutes: each sends requests to a provider.
const ATTEMPTS_OF_SESSION: (i64, i64) = (20, 600);
/// Attempts from one address, in ten minutes.
const ATTEMPTS_OF_ADDRESS: (i64, i64) = (200, 600);
/// Attempts at one host of a provider, in a minute.
const ATTEMPTS_AT_HOST: (i64, i64) = (300, 60);

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
    let session =
        (format!("attempts/session/{}", session.seq), ATTEMPTS_OF_SESSION, "attempts in this session");
    let address =
        (format!("attempts/address/{}", client.address), ATTEMPTS_OF_ADDRESS, "attempts from this address");
    let host = host.map(|host| {
        (
            format!("attempts/host/{host}"),
            ATTEMPTS_AT_HOST,
            "attempts at this host; others are linking as well",
        )
    });
    for (bucket, (most, seconds), what) in [Some(session), Some(address), host].into_iter().flatten() {
        let now = Timestamp::now();
        let counted = app.vault.count(&bucket, seconds, now).await;
        let (hits, ends) = counted.map_err(|error| ApiError::internal(&error))?;
        if most < hits {
            return Err(too_many(what, ends, now));
        }
    }
    Ok(())
}

fn guesses(client: &Client) -> String {
    format!("guesses/{}", client.address)
}

fn too_many(what: &str, ends: i64, now: Timestamp) -> ApiError {
    let seconds = u64::try_from(ends.saturating_sub(now.as_second())).unwrap_or(1).max(1);
    let message = format!("Too many {what}; try again in {seconds} seconds");
    ApiError::new(&TOO_MANY_REQUESTS, message).retry_after(seconds)
}
