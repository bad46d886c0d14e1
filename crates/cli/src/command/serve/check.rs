//! `waystone serve --check`: shows the effective settings with their sources, and checks the settings.
//!
//! **Invariant:** the Hub is not started, and no secret is shown.

use std::fmt::Write as _;

use hub::serve::{Check, Verdict};
use hub::settings::{Line, Outcome, Problem, Settings};
use serde_json::{Value, json};

use crate::failure::{FOUND, Failure, USAGE};
use crate::findings;
use crate::hub_settings::usable;
use crate::out::{Ink, Out};

/// Shows and checks the settings. Returns the exit code: 1 if a check fails, 2 if the settings are not valid.
pub(super) fn run(outcome: Outcome<Settings>, json: bool, out: &Out) -> Result<u8, Failure> {
    if json {
        let (document, code) = document(&outcome);
        out.json(&document);
        return Ok(code);
    }
    let settings = usable(outcome, out)?;
    let (lines, checks) = (hub::settings::explain(&settings), hub::serve::check(&settings));
    out.data(&table(&lines, out));
    out.line("");
    for check in &checks {
        report(check, out);
    }
    Ok(verdict(&checks))
}

fn verdict(checks: &[Check]) -> u8 {
    if hub::serve::is_good(checks) { 0 } else { FOUND }
}

/// Formats the settings' keys, values and sources in columns.
fn table(lines: &[Line], out: &Out) -> String {
    let width =
        |text: fn(&Line) -> &str| lines.iter().map(|line| text(line).chars().count()).max().unwrap_or(0);
    let (keys, values) = (width(|line| line.key), width(|line| &line.value).min(48));
    let mut text = String::new();
    for line in lines {
        let set_by = line.set_by.to_string();
        let ink = if set_by == "default" { Ink::Dim } else { Ink::Note };
        let _ = writeln!(text, "{:<keys$}  {:<values$}  {}", line.key, line.value, out.ink(ink, &set_by));
    }
    text
}

fn report(check: &Check, out: &Out) {
    let ink = match check.verdict {
        Verdict::Good => Ink::Good,
        Verdict::Note => Ink::Note,
        Verdict::NotChecked => Ink::Dim,
        Verdict::Bad => Ink::Bad,
    };
    out.line(&format!("{} {}: {}", out.ink(ink, check.verdict.as_ref()), check.key, check.message));
    if let Some(help) = &check.help {
        out.line(&format!("  help: {help}"));
    }
    for (source, finding) in &check.findings {
        out.line(findings::text(source, finding, out.color).trim_end());
        out.line("");
    }
}

fn document(outcome: &Outcome<Settings>) -> (Value, u8) {
    let found = outcome.file.iter().flat_map(|file| {
        let data = |finding| findings::data(&file.source, finding);
        file.findings.iter().map(data)
    });
    let found: Vec<Value> = found.collect();
    let problems: Vec<Value> = outcome.problems.iter().map(problem).collect();
    let (lines, checks, code) = match &outcome.settings {
        Some(settings) => checked(settings),
        None => (Vec::new(), Vec::new(), USAGE),
    };
    let document = json!({
        "ok": code == 0, "settings": lines, "checks": checks, "findings": found, "problems": problems,
    });
    (document, code)
}

/// Returns the settings and the checks as JSON, and the exit code.
fn checked(settings: &Settings) -> (Vec<Value>, Vec<Value>, u8) {
    let checks = hub::serve::check(settings);
    let code = verdict(&checks);
    let lines = hub::settings::explain(settings).iter().map(Line::to_json).collect();
    let results = checks.iter().map(|check| {
        let found = check.findings.iter().map(|(source, finding)| findings::data(source, finding));
        json!({
            "key": check.key, "verdict": check.verdict.as_ref(), "says": check.message, "help": check.help,
            "findings": found.collect::<Value>(),
        })
    });
    (lines, results.collect(), code)
}

fn problem(problem: &Problem) -> Value {
    json!({ "from": problem.set_by.to_string(), "message": problem.message, "help": problem.help })
}
