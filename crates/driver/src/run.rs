//! The loop that sends a flow's requests, waits, and returns the account to store.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use link::{Effect, Flow, Linked, Stage};

use crate::observer::{Exchange, Observer};
use crate::transport::{Transport, moment};

/// Runs a flow until it has an account to store or cannot continue on its own. Returns the account, or `None` if the
/// flow has failed or is waiting for a person.
///
/// # Errors
///
/// Returns the observer's reason for ending the run early. The flow can be run again afterwards.
pub async fn run<O: Observer>(
    flow: &mut Flow,
    transport: &mut impl Transport,
    observer: &mut O,
) -> Result<Option<Box<Linked>>, O::Stop> {
    while let Some(effect) = flow.poll(transport.moment()) {
        match effect {
            Effect::Send { id, request } => {
                let check = check_label(flow);
                observer.sending();
                let at = Timestamp::from_millisecond(transport.moment().unix_ms).unwrap_or_default();
                let sent = Instant::now();
                let answer = tokio::select! {
                    answer = transport.send(&request) => answer,
                    stop = observer.interrupted() => return Err(stop),
                };
                let exchange = Exchange { check, at, request, answer, took: sent.elapsed() };
                observer.received();
                flow.answered(id, &exchange.answer, transport.moment().unix());
                observer.answered(flow, &exchange).await?;
            }
            Effect::WaitUntil(until) => {
                let seconds = until.saturating_sub(transport.moment().unix());
                observer.waiting(flow, Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))?;
                let now = tokio::select! {
                    now = transport.wait_until(until) => now,
                    stop = observer.interrupted() => return Err(stop),
                };
                flow.elapsed(now);
            }
            Effect::Store(linked) => return Ok(Some(linked)),
        }
        observer.changed(flow).await?;
    }
    Ok(None)
}

/// Confirms the account that a flow found and returns the account to store. Returns `None` if there is no account to
/// confirm.
pub fn confirm(flow: &mut Flow) -> Option<Box<Linked>> {
    if !matches!(flow.stage(), Stage::Confirm { .. }) {
        return None;
    }
    flow.confirm(true);
    match flow.poll(moment()) {
        Some(Effect::Store(linked)) => Some(linked),
        Some(Effect::Send { .. } | Effect::WaitUntil(_)) | None => None,
    }
}

/// Returns the label of the check in progress, or an empty string if there is none.
fn check_label(flow: &Flow) -> String {
    match flow.stage() {
        Stage::Checking(reports) => reports.last().map(|report| report.label.clone()).unwrap_or_default(),
        _ => String::new(),
    }
}
