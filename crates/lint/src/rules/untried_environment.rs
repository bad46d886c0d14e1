//! An environment that no scenario is in.

use guide::{CodePage, Finding, Severity};

use crate::rule::{Rule, Subject};
use crate::talk::environment;

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0347",
    name: "untried-environment",
    severity: Severity::Warning,
    summary: "No scenario is in an environment",
    why: "its address was never put together, so a wrong host in it is found by the first person who chooses it",
    mend: "add a scenario with `environment`",
    bad: "environments:
  - { key: production, … }
  - { key: sandbox, … }
scenarios:
  - { name: the right token, … }",
    good: "scenarios:
  - { name: the right token, … }
  - { name: the sandbox, environment: sandbox, … }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in subject.guide.methods.iter().filter(|method| !method.scenarios.is_empty()) {
        let mut tried = Vec::new();
        for scenario in &method.scenarios {
            tried.extend(environment(method, scenario).map(|one| &one.key));
            tried.extend(scenario.talk.iter().filter_map(|turn| turn.environment.as_ref()));
        }
        for one in method.environments.iter().filter(|one| !tried.contains(&&one.key)) {
            let message = format!("no scenario is in the environment `{}`", one.key);
            findings.push(Finding::new(&PAGE, one.span, message));
        }
    }
}
