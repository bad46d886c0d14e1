//! `waystone test`: runs guides' scenarios and reports each result.
//!
//! A guide is refused for the same errors that `waystone check` reports.

use std::sync::Arc;

use catalog::Entry;
use guide::{Finding, Guide, Method, Scenario, Severity};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::args::{Common, TestArgs};
use crate::failure::{FOUND, Failure};
use crate::findings;
use crate::guides;
use crate::out::{Ink, Out};
use crate::scenarios::{self, Exchange, Played};

pub(crate) async fn run(common: &Common, args: &TestArgs, out: &Out) -> Result<u8, Failure> {
    let today = Timestamp::now().to_string()[..10].to_owned();
    let mut run = Run { out, is_json: args.json, is_verbose: args.verbose, tally: Tally::default() };
    for place in guides::places(common, &args.paths)? {
        let entry = place.read()?;
        let findings = lint::check(&entry, Some(&today));
        let (errors, warnings): (Vec<Finding>, Vec<Finding>) =
            findings.into_iter().partition(|finding| finding.severity() == Severity::Error);
        match entry.guide().filter(|_| errors.is_empty()) {
            Some(guide) => run.guide(&Arc::new(guide.clone()), &warnings).await?,
            None => run.refuse(&entry, &errors),
        }
    }
    let tally = run.tally;
    if args.json {
        out.json(&tally.json());
    } else {
        out.line(&tally.text());
    }
    Ok(if tally.failed == 0 && tally.refused.is_empty() { 0 } else { FOUND })
}

/// A run of the command, with its results so far.
struct Run<'o> {
    out: &'o Out,
    /// Whether only the final JSON document is written to standard output.
    is_json: bool,
    /// Whether the requests are shown.
    is_verbose: bool,
    tally: Tally,
}

impl Run<'_> {
    fn line(&self, text: &str) {
        if !self.is_json {
            self.out.line(text);
        }
    }

    /// Reports that a guide has errors, and that its scenarios are therefore not run.
    fn refuse(&mut self, entry: &Entry, errors: &[Finding]) {
        let source = &entry.reading.source;
        findings::report(source, errors, self.out);
        let mark = self.out.ink(Ink::Bad, "✗");
        self.line(&format!("{mark} {} has errors, so its scenarios were not run", source.name));
        self.tally.refused.push(source.name.clone());
    }

    /// Runs a guide's scenarios. `warnings` are those that `waystone check` reports.
    async fn guide(&mut self, guide: &Arc<Guide>, warnings: &[Finding]) -> Result<(), Failure> {
        let name = &guide.source.name;
        for (at, method) in guide.methods.iter().enumerate() {
            let title = format!("{} · {}", guide.provider.name, method.label);
            self.line(&self.out.ink(Ink::Strong, &title));
            self.tally.examples += examples(method);
            let results = scenarios::play_all(guide, at).await?;
            for (scenario, played) in method.scenarios.iter().zip(&results) {
                self.scenario(guide, scenario, played);
                self.tally.add(json!({
                    "guide": name, "method": method.key, "scenario": scenario.name,
                    "passed": played.problems.is_empty(), "problems": played.problems,
                    "requests": played.exchanges.iter().map(request).collect::<Value>(),
                }));
            }
            for rule in unreached(method, warnings) {
                let mark = self.out.ink(Ink::Note, "!");
                self.line(&format!("  {mark} no scenario reaches the outcome `{rule}`"));
                self.tally.unreached.push(json!({ "guide": name, "method": method.key, "rule": rule }));
            }
        }
        Ok(())
    }

    /// Reports a scenario's result.
    fn scenario(&self, guide: &Guide, scenario: &Scenario, played: &Played) {
        let passes = played.problems.is_empty();
        let mark = if passes { self.out.ink(Ink::Good, "✓") } else { self.out.ink(Ink::Bad, "✗") };
        let outcome = self.out.ink(Ink::Dim, scenario.then.outcome.as_str());
        self.line(&format!("  {mark} {}  {outcome}", scenario.name));
        for exchange in played.exchanges.iter().filter(|_| self.is_verbose) {
            for line in exchange.command.lines() {
                self.line(&format!("      {line}"));
            }
            self.line(&self.out.ink(Ink::Dim, &format!("      → {}", exchange.answer)));
        }
        for problem in &played.problems {
            self.line(&format!("      {problem}"));
        }
        if !passes {
            let place = guide.source.place(scenario.span.start);
            self.line(&format!("      at {}:{}:{}", guide.source.name, place.line, place.column));
        }
    }
}

/// The results of a run.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    /// The number of valid field examples.
    examples: usize,
    scenarios: Vec<Value>,
    /// The outcome rules that no scenario reaches, which is a warning.
    unreached: Vec<Value>,
    /// The names of the guides that have errors.
    refused: Vec<String>,
}

impl Tally {
    fn add(&mut self, scenario: Value) {
        let count = if scenario["passed"] == true { &mut self.passed } else { &mut self.failed };
        *count += 1;
        self.scenarios.push(scenario);
    }

    fn json(&self) -> Value {
        json!({
            "passed": self.passed, "failed": self.failed, "examples": self.examples,
            "scenarios": self.scenarios, "unreached": self.unreached, "refused": self.refused,
        })
    }

    fn text(&self) -> String {
        let hold = match self.examples {
            0 => String::new(),
            1 => ", 1 example valid".to_owned(),
            n => format!(", {n} examples valid"),
        };
        format!("{} passed, {} failed{hold}", self.passed, self.failed)
    }
}

/// Formats a request.
fn request(exchange: &Exchange) -> Value {
    json!({ "curl": exchange.command, "response": exchange.answer })
}

/// Returns the number of examples in a method's fields. All examples are valid, because reading a guide checks them.
fn examples(method: &Method) -> usize {
    let computed = method.derived.iter().map(|one| &one.field);
    method.fields.iter().chain(computed).map(|field| field.examples.len()).sum()
}

/// Returns the method's outcome rules about which there is a warning that no scenario reaches them.
fn unreached(method: &Method, warnings: &[Finding]) -> Vec<String> {
    let is_reported = |at| {
        warnings.iter().any(|finding| finding.code.name == lint::UNREACHED_OUTCOME && finding.span == at)
    };
    let rules = method.all_outcomes().filter(|rule| is_reported(rule.span));
    rules.map(|rule| rule.key.to_string()).collect()
}
