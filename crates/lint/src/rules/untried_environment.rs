//! An environment that no scenario uses.

use guide::{CodePage, Finding, Method, Severity};

use crate::conversation::environment;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0347",
    name: "untried-environment",
    severity: Severity::Warning,
    summary: "An environment is not used by any scenario",
    why: "its address is never tested, so the first person who chooses the environment finds any mistake in it",
    help: "add a scenario with this `environment`",
    bad: "environments:
  - { key: production, … }
  - { key: sandbox, … }
scenarios:
  - { name: the right token, … }",
    good: "scenarios:
  - { name: the right token, … }
  - { name: the sandbox, environment: sandbox, … }",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    if method.scenarios.is_empty() {
        return;
    }
    let mut tried = Vec::new();
    for scenario in &method.scenarios {
        tried.extend(environment(method, scenario).map(|one| &one.key));
        tried.extend(scenario.talk.iter().filter_map(|turn| turn.environment.as_ref()));
    }
    for one in method.environments.iter().filter(|one| !tried.contains(&&one.key)) {
        let message = format!("no scenario uses the environment `{}`", one.key);
        findings.push(Finding::new(&PAGE, one.span, message));
    }
}
