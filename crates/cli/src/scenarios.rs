//! Runs guides' scenarios through the real flow and the real network code.
//!
//! A simulator on loopback acts as the provider. If the provider is unreachable in a turn, the request actually fails:
//! it is sent to a host name that does not resolve, a port without a listener, or a port that does not use TLS.

mod compare;
mod curl;
mod route;

use std::convert::Infallible;
use std::sync::Arc;

use driver::Observer;
use guide::{Finding, Guide, Key};
use link::{Flow, Purpose, Start};
use secret::Secret;

use crate::failure::Failure;
use crate::guides;
use crate::out::count;

pub(crate) use self::route::Exchange;
use self::route::Route;

/// The result of running a scenario.
pub(crate) struct Played {
    /// The differences between the expected and the actual result, the most important first. Empty if the scenario
    /// passed.
    pub(crate) problems: Vec<String>,
    /// The requests that were sent, in order.
    pub(crate) exchanges: Vec<Exchange>,
}

/// Runs all scenarios of a method, which is given by its index. Returns the results in the order of the scenarios.
pub(crate) async fn play_all(guide: &Arc<Guide>, method: usize) -> Result<Vec<Played>, Failure> {
    // Many scenarios spend most of their time waiting, so they run concurrently.
    let scenarios = 0..guide.methods[method].scenarios.len();
    let plays: Vec<_> = scenarios.map(|n| tokio::spawn(play(Arc::clone(guide), method, n))).collect();
    let mut results = Vec::new();
    for play in plays {
        results.push(play.await.expect("a scenario does not panic")?);
    }
    Ok(results)
}

/// Runs all scenarios of a guide without errors, and returns a finding about each scenario that fails. Blocks until they
/// have ended.
pub(crate) fn findings(guide: &Arc<Guide>) -> Result<Vec<Finding>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::io("cannot start", &error))?.block_on(async {
        let mut findings = Vec::new();
        for (at, method) in guide.methods.iter().enumerate() {
            let results = play_all(guide, at).await?;
            let results = method.scenarios.iter().zip(&results);
            let failing = results.filter(|(_, played)| !played.problems.is_empty());
            findings.extend(failing.map(|(one, played)| lint::failing_scenario(one, &played.problems)));
        }
        Ok(findings)
    })
}

/// Runs a scenario. `method` and `scenario` are indexes.
async fn play(guide: Arc<Guide>, method: usize, scenario: usize) -> Result<Played, Failure> {
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
        product: guides::brand().product(),
        // The simulator accepts any callback URL.
        redirect_uri: Some("https://hub.example/callback".to_owned()),
        ..Start::default()
    };
    let Some(mut flow) = Flow::new(Arc::clone(&guide), method.key.as_str(), start) else {
        return Ok(Played { problems: vec!["the flow cannot start".to_owned()], exchanges: Vec::new() });
    };
    let mut route = Route::new(method, scenario).await?;
    if scenario.denied.is_empty() {
        flow.submit_all(&secrets(&scenario.given));
    } else {
        flow.prefill(&secrets(&scenario.given));
        flow.sign_in_failed(&scenario.denied);
    }
    run(&mut flow, &mut route).await;
    if scenario.agrees {
        flow.ask_elsewhere();
        run(&mut flow, &mut route).await;
    }
    let mut problems = compare::compare(&flow, scenario);
    problems.extend(route.differences());
    let (sent, turns) = (route.exchanges.len(), scenario.talk.len());
    if sent != turns {
        let verb = if sent == 1 { "was" } else { "were" };
        let requests = count(sent, "request");
        problems.push(format!("{requests} {verb} sent, but the scenario expects {turns}"));
    }
    Ok(Played { problems, exchanges: route.exchanges })
}

/// Runs a flow until it has a result. Listens for no signal: a handler for Ctrl-C would remain for the rest of the
/// process, and `check --watch` could no longer be stopped.
async fn run(flow: &mut Flow, route: &mut Route) {
    let Ok(_) = driver::run(flow, route, &mut Unobserved).await;
}

/// An observer that does nothing.
struct Unobserved;

impl Observer for Unobserved {
    type Stop = Infallible;
}
