//! The finding about a scenario that fails.
//!
//! Running a scenario requires a network, so this crate only words the result. `waystone check --test` runs the scenarios.

use guide::{CodePage, Finding, Scenario, Severity};

pub(crate) static PAGE: CodePage = CodePage {
    code: "W0401",
    name: "failing-scenario",
    severity: Severity::Error,
    summary: "A scenario does not end as it says",
    why: "either the guide treats the response differently than intended, or the expected result is wrong",
    help: "correct the response, the outcome rules or the expected result; `waystone test --verbose` shows the requests",
    bad: "outcomes:
  - { key: token-refused, when: { status: 401 }, is: wrong_secret }
scenarios:
  - name: a wrong token
    given: { api_token: wrong-token }
    talk:
      - { request: GET /me, response: { status: 401 } }
    then: { outcome: expired, rule: token-refused }",
    good: "scenarios:
  - name: a wrong token
    given: { api_token: wrong-token }
    talk:
      - { request: GET /me, response: { status: 401 } }
    then: { outcome: wrong_secret, rule: token-refused }",
};

/// Returns the finding about a scenario that failed. `problems` are the differences between the expected and the actual
/// result, the most important first. There is at least one.
pub fn failing_scenario(scenario: &Scenario, problems: &[String]) -> Finding {
    let (first, others) =
        problems.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let message = format!("the scenario `{}` fails: {first}", scenario.name);
    Finding::new(&PAGE, scenario.span, message).label(others.join("; "))
}
