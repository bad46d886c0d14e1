//! A scenario that leaves a required field empty.

use guide::{CodePage, Field, Finding, Method, Scenario, Severity, listed};
use secret::Secret;

use crate::bindings::{collecting, obtaining};
use crate::conversation::{environment, values};
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0315",
    name: "incomplete-scenario",
    severity: Severity::Error,
    summary: "A scenario gives no value for a required field",
    why: "the form would not accept these values, so the conversation could never take place",
    help: "add the field to `given`",
    bad: "fields:
  - { key: agent_email, label: Agent Email, type: email }
  - { key: api_token, label: API Token, type: secret }
scenarios:
  - given: { api_token: right-token }",
    good: "scenarios:
  - given: { agent_email: api@acme.example, api_token: right-token }",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    for scenario in &method.scenarios {
        let fields = method.fields.iter().filter(|field| is_missing(method, scenario, field));
        let missing: Vec<&str> = fields.map(|field| field.key.as_str()).collect();
        if !missing.is_empty() {
            let missing = listed(missing);
            let message = format!("the scenario `{}` gives no value for {missing}", scenario.name);
            let found = Finding::new(&PAGE, scenario.span, message);
            findings.push(found.help(format!("add {missing} to `given`")));
        }
    }
}

/// Whether a scenario should specify a value for the field but does not. Other rules report a field that no step
/// collects or obtains.
fn is_missing(method: &Method, scenario: &Scenario, field: &Field) -> bool {
    let values = values(method, scenario);
    let here = environment(method, scenario).map(|environment| &environment.key);
    let is_shown = !collecting(method, &field.key).is_empty() || !obtaining(method, &field.key).is_empty();
    let applies = method.meets(&field.when, here, |key| values.get(key).map(Secret::expose));
    let is_given = scenario.given.iter().any(|(given, _)| *given == field.key);
    is_shown && applies && field.required && field.default.is_none() && !is_given
}
