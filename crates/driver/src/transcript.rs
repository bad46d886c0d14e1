//! Transcripts for support: the requests that a flow sent and the responses that it received.

use jiff::Timestamp;
use link::{Flow, Stage};
use probe::Answer;
use serde_json::{Value, json};

use crate::observer::Exchange;

/// The maximum number of lines in a transcript. When a transcript is full, its oldest line is dropped.
const MAX_LINES: usize = 200;

/// Appends an exchange to a transcript, with the verdict if this exchange made the flow fail.
pub fn record(transcript: &mut Vec<Value>, exchange: &Exchange, flow: &Flow) {
    let mut line = json!({
        "at": format!("{:.3}", exchange.at),
        "check": exchange.check,
        "request": exchange.request.to_string(),
        "milliseconds": u64::try_from(exchange.took.as_millis()).unwrap_or(u64::MAX),
    });
    match &exchange.answer {
        Answer::Response(response) => {
            line["status"] = json!(response.status);
            // The provider controls the header, so it can contain a secret. The header is redacted before it is split,
            // because the redactor would not find a part of a secret. Support needs only the type, so the parameters
            // are dropped.
            let kind = response.header("content-type").map(|value| flow.redactor().redact(value));
            line["content_type"] = json!(kind.as_deref().and_then(media_type));
            line["bytes"] = json!(response.body.len());
        }
        Answer::Failed { fault, .. } => line["fault"] = json!(fault.to_string()),
    }
    push(transcript, line, flow);
}

/// Returns the type and subtype in a content type. `None` if they contain a character that neither registered media
/// types nor the redactor's mark contain, because the header then contains something else.
fn media_type(text: &str) -> Option<&str> {
    let essence = text.split(';').next().unwrap_or_default().trim();
    let (kind, subtype) = essence.split_once('/')?;
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.+()".contains(&byte))
    };
    (is_name(kind) && is_name(subtype)).then_some(essence)
}

/// Records a sign-in that the provider or the person denied. Such a sign-in involves no request to the provider.
pub fn record_denial(transcript: &mut Vec<Value>, at: Timestamp, flow: &Flow) {
    let line = json!({
        "at": format!("{at:.3}"),
        "check": "Signing in",
        "request": "the browser's return from the provider",
    });
    push(transcript, line, flow);
}

/// Adds the verdict to a line if the flow has failed, and appends the line.
fn push(transcript: &mut Vec<Value>, mut line: Value, flow: &Flow) {
    if let Stage::Failed { verdict, .. } = flow.stage() {
        line["outcome"] = json!(verdict.outcome);
        line["rule"] = json!(verdict.rule);
        line["retry_after"] = json!(verdict.retry_after.map(|wait| wait.as_secs()));
        // The quoted excerpt was redacted when the response was judged.
        line["quote"] = json!(verdict.quote);
    }
    transcript.push(line);
    if MAX_LINES < transcript.len() {
        transcript.remove(0);
    }
}
