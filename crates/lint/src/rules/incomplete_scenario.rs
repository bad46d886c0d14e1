//! A scenario that leaves a required field empty.

use guide::{CodePage, Field, Finding, Key, Method, Scenario, Severity, listed};

use crate::bindings::{collecting, obtaining};
use crate::conversation::environment;
use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0315",
    name: "incomplete-scenario",
    severity: Severity::Error,
    summary: "A scenario gives no value for a required field",
    why: "the form would not accept it, so the conversation could never take place",
    help: "add the field to `given`",
    bad: "fields:
  - { key: agent_email, label: Agent Email, type: email }
  - { key: api_token, label: API Token, type: secret }
scenarios:
  - given: { api_token: right-token }",
    good: "scenarios:
  - given: { agent_email: api@acme.example, api_token: right-token }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        for scenario in &method.scenarios {
            let missing: Vec<&str> = method
                .fields
                .iter()
                .filter(|field| !scenario.given.iter().any(|(key, _)| *key == field.key))
                .filter(|field| is_asked(method, scenario, field))
                .map(|field| field.key.as_str())
                .collect();
            if !missing.is_empty() {
                let message = format!(
                    "the scenario `{}` gives no value for {}",
                    scenario.name,
                    listed(missing.iter().copied())
                );
                let found = Finding::new(&PAGE, scenario.span, message);
                findings.push(found.help(format!("add {} to `given`", listed(missing))));
            }
        }
    }
}

/// Whether a scenario must fill in the field. Other rules report a field that no step collects or obtains.
fn is_asked(method: &Method, scenario: &Scenario, field: &Field) -> bool {
    let value =
        |key: &Key| scenario.given.iter().find(|(given, _)| given == key).map(|(_, value)| value.as_str());
    let here = environment(method, scenario).map(|one| &one.key);
    let known = !collecting(method, &field.key).is_empty() || !obtaining(method, &field.key).is_empty();
    let applies = field.when.as_ref().is_none_or(|when| when.holds(here, value));
    known && applies && field.required && field.default.is_none()
}
