//! A turn in a scenario whose request no check makes.

use guide::{Check, CodePage, Finding, Method, Part, Severity, listed};

use crate::conversation::unasked;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0317",
    name: "unasked-turn",
    severity: Severity::Error,
    summary: "A scenario contains a request that no check makes",
    why: "the response would never be used, so the scenario would test nothing",
    help: "use the method and path of a check's request",
    bad: "checks:
  - { key: me, request: GET /me, … }
scenarios:
  - talk:
      - { request: GET /users/me, response: { status: 200 } }",
    good: "scenarios:
  - talk:
      - { request: GET /me, response: { status: 200 } }",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    if method.checks.is_empty() {
        return;
    }
    let request = |check: &Check| {
        let path = check.request.path.parts.iter().map(|part| match part {
            Part::Text(text) => text.as_str(),
            Part::Reference(_) => "…",
        });
        format!("{} {}", check.request.verb, path.collect::<String>())
    };
    let requests: Vec<String> = method.asks().map(request).collect();
    for turn in method.scenarios.iter().flat_map(|scenario| unasked(method, scenario)) {
        let found =
            Finding::new(&PAGE, turn.span, format!("no check requests `{} {}`", turn.verb, turn.path));
        let requests = listed(requests.iter().map(String::as_str));
        findings.push(found.help(format!("the checks request {requests}")));
    }
}
