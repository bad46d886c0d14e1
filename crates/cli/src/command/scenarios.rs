//! `waystone test`: runs guides' scenarios through the real flow and the real network code.
//!
//! A simulator on loopback acts as the provider. If the provider is unreachable in a turn, the request actually fails:
//! it is sent to a host name that does not resolve, a port without a listener, or a port that does not use TLS.

mod route;

use std::sync::Arc;

use guide::{Guide, Key, Method, OutcomeKind, OutcomeRule, Product, Scenario};
use link::{CheckState, Flow, Purpose, Stage, Start};
use secret::Secret;
use serde_json::{Value, json};

use crate::args::{Common, TestArgs};
use crate::failure::{FOUND, Failure};
use crate::guides;
use crate::linking::run;
use crate::out::{Ink, Out, count};

use self::route::Route;

pub(crate) async fn run(common: &Common, args: &TestArgs, out: &Out) -> Result<u8, Failure> {
    let mut tally = Tally::default();
    for place in guides::places(common, &args.paths)? {
        let entry = place.read()?;
        let name = &entry.reading.source.name;
        let Some(guide) = entry.guide() else {
            let help = format!("fix what `waystone check {name}` reports");
            return Err(Failure::found(format!("`{name}` has errors")).help(help));
        };
        let guide = Arc::new(guide.clone());
        for (at, method) in guide.methods.iter().enumerate() {
            if !args.json {
                out.line(&out.ink(Ink::Strong, &format!("{} · {}", guide.provider.name, method.label)));
            }
            tally.examples += examples(method);
            // Many scenarios spend most of their time waiting, so a method's scenarios run concurrently. Their results
            // are reported in order.
            let play = |n| tokio::spawn(play(Arc::clone(&guide), at, n));
            let plays: Vec<_> = (0..method.scenarios.len()).map(play).collect();
            for (scenario, play) in method.scenarios.iter().zip(plays) {
                let problems = play.await.expect("a scenario does not panic")?;
                if !args.json {
                    report(&guide, scenario, &problems, out);
                }
                tally.add(json!({
                    "guide": name, "method": method.key, "scenario": scenario.name,
                    "passed": problems.is_empty(), "problems": problems,
                }));
            }
            for rule in unreached(method) {
                if !args.json {
                    let mark = out.ink(Ink::Bad, "✗");
                    out.line(&format!("  {mark} no scenario reaches the outcome `{rule}`"));
                }
                tally.failed += 1;
                tally.unreached.push(json!({ "guide": name, "method": method.key, "rule": rule }));
            }
        }
    }
    if args.json {
        out.json(&tally.json());
    } else {
        out.line(&tally.text());
    }
    Ok(if tally.failed == 0 { 0 } else { FOUND })
}

/// The results of a run.
#[derive(Default)]
struct Tally {
    passed: usize,
    /// The number of failed scenarios plus the number of outcome rules that no scenario expects.
    failed: usize,
    /// The number of valid field examples.
    examples: usize,
    scenarios: Vec<Value>,
    unreached: Vec<Value>,
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
            "scenarios": self.scenarios, "unreached": self.unreached,
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

/// Returns the number of examples in a method's fields. All examples are valid, because reading a guide checks them.
fn examples(method: &Method) -> usize {
    let computed = method.derived.iter().map(|one| &one.field);
    method.fields.iter().chain(computed).map(|field| field.examples.len()).sum()
}

/// Reports a scenario's result.
fn report(guide: &Guide, scenario: &Scenario, problems: &[String], out: &Out) {
    let mark = if problems.is_empty() { out.ink(Ink::Good, "✓") } else { out.ink(Ink::Bad, "✗") };
    let outcome = out.ink(Ink::Dim, scenario.then.outcome.as_str());
    out.line(&format!("  {mark} {}  {outcome}", scenario.name));
    for problem in problems {
        out.line(&format!("      {problem}"));
    }
    if !problems.is_empty() {
        let place = guide.source.place(scenario.span.start);
        out.line(&format!("      at {}:{}:{}", guide.source.name, place.line, place.column));
    }
}

/// Returns the outcome rules that no scenario expects.
fn unreached(method: &Method) -> Vec<String> {
    let is_reached = |rule: &OutcomeRule| {
        method.scenarios.iter().any(|scenario| match &scenario.then.rule {
            Some(named) => *named == rule.key,
            None => scenario.then.outcome == rule.is,
        })
    };
    let unreached = method.all_outcomes().filter(|rule| !is_reached(rule));
    unreached.map(|rule| rule.key.to_string()).collect()
}

/// Runs a scenario and returns the differences between the actual and expected results. `method` and `scenario` are
/// indexes.
async fn play(guide: Arc<Guide>, method: usize, scenario: usize) -> Result<Vec<String>, Failure> {
    let method = &guide.methods[method];
    let scenario = &method.scenarios[scenario];
    let secrets = |pairs: &[(Key, String)]| -> Vec<(Key, Secret)> {
        pairs.iter().map(|(key, text)| (key.clone(), Secret::from(text.as_str()))).collect()
    };
    let start = Start {
        purpose: match &scenario.linked_before {
            None => Purpose::Link,
            Some(id) => Purpose::Relink { external_id: Some(id.clone()), allow_different: false },
        },
        environment: scenario
            .environment
            .clone()
            .or_else(|| method.environments.first().map(|one| one.key.clone()))
            .filter(|_| !method.tells_environment()),
        tokens: secrets(&scenario.tokens).into_iter().collect(),
        scopes: (!scenario.scopes.is_empty()).then(|| scenario.scopes.clone()),
        product: Product::named("Waystone"),
        // The simulator accepts any callback URL.
        redirect_uri: Some("https://hub.example/callback".to_owned()),
        ..Start::default()
    };
    let Some(mut flow) = Flow::new(Arc::clone(&guide), method.key.as_str(), start) else {
        return Ok(vec!["the flow cannot start".to_owned()]);
    };
    let mut route = Route::new(method, scenario).await?;
    if scenario.denied.is_empty() {
        flow.submit_all(&secrets(&scenario.given));
    } else {
        flow.prefill(&secrets(&scenario.given));
        flow.sign_in_failed(&scenario.denied);
    }
    run::run(&mut flow, &mut route, |_| {}).await?;
    if scenario.agrees {
        flow.ask_elsewhere();
        run::run(&mut flow, &mut route, |_| {}).await?;
    }
    let mut problems = compare(&flow, scenario);
    let (sent, turns) = (route.sent, scenario.talk.len());
    if sent != turns {
        let verb = if sent == 1 { "was" } else { "were" };
        let requests = count(sent, "request");
        problems.push(format!("{requests} {verb} sent, but the scenario expects {turns}"));
    }
    Ok(problems)
}

fn compare(flow: &Flow, scenario: &Scenario) -> Vec<String> {
    let then = &scenario.then;
    let mut problems = Vec::new();
    let mut check = |what: &str, expected: Option<&str>, actual: Option<&str>| {
        if expected.is_some() && expected != actual {
            let show = |text: Option<&str>| text.map_or("none".to_owned(), |text| format!("`{text}`"));
            problems.push(format!("{what}: expected {}, got {}", show(expected), show(actual)));
        }
    };
    let outcome = Some(then.outcome.as_str());
    let account_id = then.account.as_ref().map(|(id, _)| id.as_str());
    match flow.stage() {
        Stage::Confirm { identity, limited, reports } => {
            let missed = reports.iter().filter(|report| report.state == CheckState::Missed);
            let missed: Vec<&str> = missed.map(|report| report.check.as_str()).collect();
            let expected: Vec<&str> = then.missed.iter().map(Key::as_str).collect();
            if !expected.is_empty() {
                check("missed", Some(&expected.join(", ")), Some(&missed.join(", ")));
            }
            let kind = if limited { OutcomeKind::OkLimited } else { OutcomeKind::Ok };
            check("outcome", outcome, Some(kind.as_str()));
            check("account id", account_id, identity.map(|found| found.id.as_str()));
            let name = then.account.as_ref().and_then(|(_, name)| name.as_deref());
            check("account name", name, identity.map(|found| found.name.as_str()));
        }
        Stage::Failed { verdict, offers, .. } => {
            check("outcome", outcome, Some(verdict.outcome.as_str()));
            let key = Key::as_str;
            check("rule", then.rule.as_ref().map(key), verdict.rule.as_ref().map(key));
            check("at_field", then.at_field.as_ref().map(key), verdict.at_field.as_ref().map(key));
            check("return_to", then.return_to.as_ref().map(key), verdict.return_to.as_ref().map(key));
            check("account id", account_id, verdict.identity.as_ref().map(|found| found.id.as_str()));
            let belongs_to = offers.iter().find_map(|offer| match offer {
                link::Offer::SwitchTo(environment) => Some(environment.as_str()),
                _ => None,
            });
            check("environment", then.environment.as_ref().map(key), belongs_to);
            if outcome != Some(verdict.outcome.as_str()) {
                let cause = verdict.rule.as_ref().map_or_else(
                    || {
                        "no rule matches the response, and the response is not what the check expects"
                            .to_owned()
                    },
                    |rule| format!("the rule `{rule}` matches the response"),
                );
                problems.push(format!("why: {cause}"));
                // If no request was sent or no response was received, the excerpt says so.
                if let Some(answer) = verdict.quote.as_ref().and_then(|quote| quote.lines().next()) {
                    problems.push(format!("response: {answer}"));
                }
            }
        }
        Stage::Step(view) => {
            let says = view.problems.iter().map(|problem| &*problem.says).collect::<Vec<_>>().join("; ");
            problems.push(format!("no request was sent, because the given values are not valid: {says}"));
        }
        _ => problems.push("the flow did not finish".to_owned()),
    }
    problems
}
