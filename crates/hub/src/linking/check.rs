//! Running a flow's checks: requests, waits, and the transcript of them.
//!
//! **Invariant:** a line of the transcript names what was asked and what came of it, and holds no value that a person
//! typed but in the host: bodies and headers are not in it.

use std::time::{Duration, Instant};

use egress::Egress;
use jiff::Timestamp;
use link::{Effect, Flow, Stage};
use probe::{Answer, Moment};
use serde_json::{Value, json};
use vault::Vault;

use super::values::Held;
use crate::telemetry::metrics;
use crate::wire::error::{ApiError, PROVIDER_FAILED};

/// How long a person waits for all checks together.
const BUDGET: Duration = Duration::from_secs(50);

/// The most lines of a transcript; older ones go.
const MOST_LINES: usize = 200;

/// The moment, with a fresh nonce.
pub fn moment() -> Moment {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).expect("the system has randomness, or nothing here is safe");
    Moment { unix_ms: Timestamp::now().as_millisecond(), lot: nonce }
}

/// Whose flow is run.
pub(crate) enum Whose<'a> {
    /// Nobody's.
    Nobody,
    /// An attempt's: how it stands is kept as it goes on.
    Attempt(&'a str),
    /// An account's: tokens that are renewed are kept as soon as they are there.
    Account(&'a mut Held),
}

/// Runs a flow that belongs to no attempt.
pub(crate) async fn check_only(egress: &Egress, vault: &Vault, flow: &mut Flow) -> Result<(), ApiError> {
    run(egress, vault, flow, &mut Vec::new(), Whose::Nobody).await
}

/// Runs the flow of an account, and keeps tokens that are renewed.
pub(crate) async fn check_and_keep(
    egress: &Egress,
    vault: &Vault,
    flow: &mut Flow,
    held: &mut Held,
) -> Result<(), ApiError> {
    flow.submit_all(&[]);
    run(egress, vault, flow, &mut Vec::new(), Whose::Account(held)).await
}

/// Runs a flow until it needs a person or hands over an account.
pub(crate) async fn run(
    egress: &Egress,
    vault: &Vault,
    flow: &mut Flow,
    transcript: &mut Vec<Value>,
    mut whose: Whose<'_>,
) -> Result<(), ApiError> {
    let began = Instant::now();
    let mut known = Value::Null;
    while let Some(effect) = flow.poll(moment()) {
        match effect {
            Effect::Send { id, request } => {
                vault::crash_point("hub.request-due");
                let (at, asked) = (Timestamp::now(), Instant::now());
                let answer = egress.send(&request).await;
                vault::crash_point("hub.answer-received");
                metrics::asked(flow.guide().provider.key.as_str(), outcome(&answer), asked.elapsed());
                let label = current_label(flow);
                flow.answered(id, &answer, moment().unix());
                if let Whose::Account(held) = &mut whose {
                    Box::pin(held.keep(vault, flow)).await?;
                }
                let line = line(at, &label, &request.to_string(), &answer, asked.elapsed(), flow);
                transcript.push(line);
                if MOST_LINES < transcript.len() {
                    transcript.remove(0);
                }
            }
            Effect::WaitUntil(until) => {
                let seconds = u64::try_from(until.saturating_sub(Timestamp::now().as_second())).unwrap_or(0);
                if BUDGET < began.elapsed() + Duration::from_secs(seconds) {
                    let name = &flow.guide().provider.name;
                    let message =
                        format!("{name} asks to be left alone for {seconds} seconds; try again then");
                    return Err(ApiError::new(&PROVIDER_FAILED, message).retry_after(seconds.max(1)));
                }
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                flow.elapsed(Timestamp::now().as_second().max(until));
            }
            // Only a person confirms, or whoever asked for it all at once.
            Effect::Store(_) => break,
        }
        if let (Whose::Attempt(id), Stage::Checking(reports)) = (&whose, flow.stage()) {
            let now = json!(reports);
            if now != known {
                vault.save_progress(id, &now).await?;
                known = now;
            }
        }
    }
    Ok(())
}

/// What came of a request, for the numbers: a class of status, or that there was none.
fn outcome(answer: &Answer) -> &'static str {
    match answer {
        Answer::Response(response) => match response.status {
            ..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            500.. => "5xx",
        },
        Answer::Failed { .. } => "failed",
    }
}

fn current_label(flow: &Flow) -> String {
    match flow.stage() {
        Stage::Checking(reports) => reports.last().map(|report| report.label.clone()).unwrap_or_default(),
        _ => String::new(),
    }
}

fn line(at: Timestamp, label: &str, request: &str, answer: &Answer, took: Duration, flow: &Flow) -> Value {
    let mut line = json!({
        "at": format!("{at:.3}"),
        "check": label,
        "request": request,
        "milliseconds": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    });
    match answer {
        Answer::Response(response) => {
            line["status"] = json!(response.status);
            line["content_type"] = json!(response.header("content-type"));
            line["bytes"] = json!(response.body.len());
        }
        Answer::Failed { fault, .. } => line["fault"] = json!(fault.to_string()),
    }
    if let Stage::Failed { verdict, .. } = flow.stage() {
        line["outcome"] = json!(verdict.outcome);
        line["rule"] = json!(verdict.rule);
        // Redacted where it was made.
        line["quote"] = json!(verdict.quote);
    }
    line
}
