//! A scenario turn whose request no check makes.

use guide::{CodePage, Finding, Part, Severity, listed};

use crate::conversation::unasked;
use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0317",
    name: "unasked-turn",
    severity: Severity::Error,
    summary: "A scenario answers a request that no check makes",
    why: "the answer would never be used, so the scenario would test nothing",
    help: "use the method and path of a check",
    bad: "checks:
  - { key: me, request: GET /me, … }
scenarios:
  - talk:
      - { request: GET /users/me, response: { status: 200 } }",
    good: "scenarios:
  - talk:
      - { request: GET /me, response: { status: 200 } }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in subject.guide.methods.iter().filter(|method| !method.checks.is_empty()) {
        let requests: Vec<String> = method
            .asks()
            .map(|check| {
                let path = check.request.path.parts.iter().map(|part| match part {
                    Part::Text(text) => text.as_str(),
                    Part::Reference(_) => "…",
                });
                format!("{} {}", check.request.verb, path.collect::<String>())
            })
            .collect();
        for scenario in &method.scenarios {
            for turn in unasked(method, scenario) {
                let message = format!("no check requests `{} {}`", turn.verb, turn.path);
                let found = Finding::new(&PAGE, turn.span, message);
                findings.push(
                    found.help(format!("the checks request {}", listed(requests.iter().map(String::as_str)))),
                );
            }
        }
    }
}
