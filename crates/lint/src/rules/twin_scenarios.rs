//! Two scenarios that the simulator cannot tell apart.

use guide::{CodePage, Finding, Method, Severity};

use crate::conversation::{environment, values};
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0314",
    name: "twin-scenarios",
    severity: Severity::Error,
    summary: "Two scenarios give the same values in the same environment",
    why: "the simulator recognizes a scenario by its values, so it would always play the first scenario",
    help: "give one of the scenarios a different value, such as its own token",
    bad: "- { name: the right token, given: { api_token: token }, … }
- { name: a revoked token, given: { api_token: token }, … }",
    good: "- { name: the right token, given: { api_token: right-token }, … }
- { name: a revoked token, given: { api_token: revoked-token }, … }",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    // Normalized values are compared, because ` Acme ` and `acme` may be the same value.
    let identity = |scenario| {
        let environment = environment(method, scenario).map(|environment| &environment.key);
        (environment, values(method, scenario), &scenario.tokens, &scenario.denied)
    };
    let identities: Vec<_> = method.scenarios.iter().map(identity).collect();
    for (n, second) in method.scenarios.iter().enumerate() {
        let Some(m) = identities[..n].iter().position(|first| *first == identities[n]) else { continue };
        let first = &method.scenarios[m];
        let message = format!("`{}` gives the same values as `{}`", second.name, first.name);
        let mut found = Finding::new(&PAGE, second.span, message).also(first.span, "the first scenario");
        if first.linked_before != second.linked_before || first.agrees != second.agrees {
            found = found.help(
                "give one of the scenarios a different value, because the provider sees neither `linked_before` nor `agrees`",
            );
        }
        findings.push(found);
    }
}
