//! Builds the API error that explains why an attempt cannot continue.
//!
//! **Invariant:** the status codes 401 and 403 are never used, because StackOne's widget treats them as an expired
//! session or, while an account is being edited, even as a success. The provider's response appears only in
//! `provider_response`, which clients show as a quote. It never appears in a message, because clients render messages
//! as Markdown.

use guide::OutcomeKind;
use link::{FieldProblem, Flow, Stage};
use probe::Verdict;
use serde_json::{Value, json};

use crate::wire::error::{ApiError, CONFLICT, INVALID_VALUE, LINK_REFUSED, PROVIDER_FAILED};

/// Returns the error that explains why the flow cannot continue; `None` if it can continue.
pub(crate) fn refusal(flow: &Flow, attempt: &str) -> Option<ApiError> {
    let error = match flow.stage() {
        Stage::Choose(environments) => {
            let names = guide::listed(environments.iter().map(|one| one.key.as_str()));
            let label = &flow.method().environment_label;
            ApiError::new(&INVALID_VALUE, format!("Choose a value for {label}: {names}")).with(
                "fields",
                json!([{ "field": "environment", "message": format!("{label} is required.") }]),
            )
        }
        Stage::Step(view) => of_problems(flow, view.problems),
        Stage::Failed { verdict, .. } => of_verdict(flow, verdict),
        _ => return None,
    };
    Some(error.with("attempt_id", attempt))
}

fn of_problems(flow: &Flow, problems: &[FieldProblem]) -> ApiError {
    let messages: Vec<&str> = problems.iter().map(|problem| &*problem.says).collect();
    let message = if messages.is_empty() { "A value is missing.".to_owned() } else { messages.join(" ") };
    let step = |problem: &FieldProblem| {
        flow.method().collected_at(problem.field.as_str()).map(|step| step.key.to_string())
    };
    let fields: Vec<Value> = problems
        .iter()
        .map(|problem| json!({ "field": problem.field, "message": &*problem.says, "step": step(problem) }))
        .collect();
    ApiError::new(&INVALID_VALUE, message).with("fields", fields)
}

fn of_verdict(flow: &Flow, verdict: &Verdict) -> ApiError {
    let code = match verdict.outcome {
        OutcomeKind::Throttled
        | OutcomeKind::ProviderDown
        | OutcomeKind::Unreachable
        | OutcomeKind::Tls
        | OutcomeKind::ProtocolMismatch
        | OutcomeKind::Unknown => &PROVIDER_FAILED,
        OutcomeKind::DifferentAccount => &CONFLICT,
        _ => &LINK_REFUSED,
    };
    let message = format!("{} {}", verdict.says, verdict.fix);
    let mut error = ApiError::new(code, message.trim());
    if let Some(quote) = &verdict.quote {
        error = error.provider_response(quote.clone());
    }
    if let Some(wait) = verdict.retry_after.filter(|_| verdict.outcome.is_transient()) {
        let wait = wait.as_secs().max(1);
        error = error.retry_after(wait).with("retry_after", wait);
    }
    let mut error = error.with("outcome", json!(verdict.outcome));
    if let Some(field) = &verdict.at_field {
        error = error.with("field", field.as_str());
    }
    if let Some((_, step)) = verdict.return_to.as_ref().and_then(|key| flow.method().step(key.as_str())) {
        error = error.with("step", json!({ "key": step.key, "title": step.title }));
    }
    error
}
