//! Formats the result of linking as text and as JSON.

use link::{CheckReport, CheckState, FieldProblem, Flow, Stage};
use probe::{Identity, Verdict};
use serde_json::{Value, json};
use vault::{Account, AccountState};

use crate::out::{Ink, Out, width};
use crate::prose;

/// Formats the line that shows a check's state.
pub(crate) fn check_line(report: &CheckReport, out: &Out, now: i64) -> String {
    match &report.state {
        CheckState::Running => format!("{} {} …", out.ink(Ink::Note, "·"), report.label),
        CheckState::WaitingUntil(moment) => {
            let seconds = moment.saturating_sub(now).max(1);
            let wait = format!("the provider asked us to wait; trying again in {seconds} s …");
            format!("{} {}: {wait}", out.ink(Ink::Note, "·"), report.label)
        }
        CheckState::Passed => format!("{} {}", out.ink(Ink::Good, "✓"), report.label),
        CheckState::Missed => {
            format!("{} {}: not available, but not required", out.ink(Ink::Note, "–"), report.label)
        }
        CheckState::Failed => format!("{} {}", out.ink(Ink::Bad, "✗"), report.label),
    }
}

/// Formats the account that the checks found, and the access that it lacks.
pub(crate) fn found_lines(
    identity: Option<&Identity>,
    reports: &[CheckReport],
    limited: bool,
    out: &Out,
) -> String {
    let mut text = identity.map(|identity| identity_lines(identity, out)).unwrap_or_default();
    if limited {
        text.push_str(&limited_lines(reports));
    }
    text
}

fn identity_lines(identity: &Identity, out: &Out) -> String {
    let found = format!("Found: {} ({})", out.ink(Ink::Strong, &identity.name), identity.id);
    let mut text = out.wrapped(&found) + "\n";
    let width = identity.details.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    for (label, value) in &identity.details {
        let row = format!("  {}  {value}", out.ink(Ink::Dim, &format!("{label:<width$}")));
        text.push_str(&format!("{}\n", out.row(&row, width + 4)));
    }
    text
}

/// Lists the optional checks that failed, with advice on each.
pub(crate) fn limited_lines(reports: &[CheckReport]) -> String {
    let missed = reports.iter().filter(|report| report.state == CheckState::Missed);
    let missed: Vec<&str> = missed.map(|report| report.label.as_str()).collect();
    if missed.is_empty() {
        return "It works, but with fewer permissions than Waystone can use.\n".to_owned();
    }
    let (all, good) = (reports.len(), reports.len() - missed.len());
    let mut text = wrapped(
        &format!("It works: {good} of {all} checks passed. Not available: {}.", missed.join(", ")),
        0,
    );
    for report in reports {
        if let Some(advice) = &report.advice {
            let says = format!("{}: {} {}", report.label, advice.says, advice.fix);
            text.push_str(&wrapped(says.trim_end(), 2));
        }
    }
    text
}

/// Describes why linking failed, and how to fix the problem.
pub(crate) fn verdict_lines(verdict: &Verdict, out: &Out) -> String {
    let says = wrapped(&verdict.says, 2);
    format!("{} {}{}", out.ink(Ink::Bad, "✗"), says.trim_start(), wrapped(&verdict.fix, 2))
}

/// Wraps a string to the terminal's width and indents every line.
pub(crate) fn wrapped(text: &str, indent: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        return String::new();
    }
    let line = " ".repeat(indent) + &words.join(" ");
    prose::hung(&line, indent, width()) + "\n"
}

/// Formats the result of a flow that ran without prompts as JSON. A flow whose account is stored no longer has its
/// result, so the result of a flow that is about to be confirmed must be formatted before.
pub(crate) fn json(flow: &Flow) -> Value {
    let mut value = json!({
        "provider": flow.guide().provider.key,
        "method": flow.method().key,
        "environment": flow.environment().map(|one| one.key.as_str()),
        "guide_digest": flow.guide().digest,
    });
    let result = match flow.stage() {
        Stage::Failed { verdict, reports, .. } => json!({
            "outcome": verdict.outcome,
            "rule": verdict.rule,
            "says": &*verdict.says,
            "fix": &*verdict.fix,
            "at_field": verdict.at_field,
            "or_fields": verdict.or_fields,
            "return_to": verdict.return_to,
            "ask_elsewhere": verdict.ask_elsewhere,
            "retry_after": verdict.retry_after.map(|wait| wait.as_secs()),
            "provider_said": verdict.quote,
            "checks": checks(reports),
        }),
        Stage::Step(view) => json!({ "outcome": "incomplete", "problems": problems(view.problems) }),
        Stage::Confirm { identity, reports, limited } => json!({
            "outcome": if limited { "ok_limited" } else { "ok" },
            "identity": identity,
            "checks": checks(reports),
        }),
        _ => json!({ "outcome": "incomplete" }),
    };
    if let (Value::Object(value), Value::Object(result)) = (&mut value, result) {
        value.extend(result);
    }
    value
}

/// Formats an account as JSON, with the names of its secrets but without their values.
pub(crate) fn account(account: &Account) -> Value {
    let (state, reason) = match &account.state {
        AccountState::Active => ("active", None),
        AccountState::Error { reason } => ("error", Some(reason)),
    };
    json!({
        "id": account.id.as_str(),
        "provider": account.provider,
        "method": account.method,
        "environment": account.environment,
        "external_id": account.external_id,
        "name": account.name,
        "label": account.label,
        "state": state,
        "state_reason": reason,
        "outcome": account.outcome,
        "values": account.values,
        "secrets": account.secret_fields,
        "identity": account.identity,
        "proved": account.proved,
        "guide_digest": account.guide_digest,
        "version": account.version,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
        "checked_at": account.checked_at,
    })
}

fn checks(reports: &[CheckReport]) -> Value {
    let entry = |report: &CheckReport| {
        let mut value = json!({ "check": report.check, "label": report.label, "state": report.state });
        if let Some(advice) = &report.advice {
            value["rule"] = json!(advice.rule);
            value["says"] = json!(&*advice.says);
            value["fix"] = json!(&*advice.fix);
            value["return_to"] = json!(advice.return_to);
        }
        value
    };
    reports.iter().map(entry).collect()
}

fn problems(problems: &[FieldProblem]) -> Value {
    let json = |problem: &FieldProblem| json!({ "field": problem.field, "says": &*problem.says, "environment": problem.belongs_to });
    problems.iter().map(json).collect()
}
