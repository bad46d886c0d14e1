//! Two scenarios that the simulator cannot tell apart.

use guide::{CodePage, Finding, Severity};

use crate::rule::{Rule, Subject};
use crate::talk::{environment, values};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0314",
    name: "twin-scenarios",
    severity: Severity::Error,
    summary: "Two scenarios are given the same values in the same environment",
    why: "the values are how the simulator knows which conversation it is in; it would always answer as the first says",
    mend: "give one of them another value, such as a token of its own",
    bad: "- { name: the right token, given: { api_token: token }, … }
- { name: a revoked token, given: { api_token: token }, … }",
    good: "- { name: the right token, given: { api_token: right-token }, … }
- { name: a revoked token, given: { api_token: revoked-token }, … }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        // What is kept counts, not what is typed: ` Acme ` and `acme` may be one value.
        let kept: Vec<_> = method
            .scenarios
            .iter()
            .map(|scenario| {
                (
                    environment(method, scenario).map(|one| &one.key),
                    values(method, scenario),
                    &scenario.tokens,
                )
            })
            .collect();
        for (n, second) in method.scenarios.iter().enumerate() {
            let Some(m) = kept[..n].iter().position(|first| *first == kept[n]) else { continue };
            let first = &method.scenarios[m];
            let message = format!("`{}` is given the same as `{}`", second.name, first.name);
            let mut found = Finding::new(&PAGE, second.span, message).also(first.span, "the first one");
            if first.linked_before != second.linked_before || first.agrees != second.agrees {
                found = found.mend(
                    "give one of them another value; the provider sees neither `linked_before` nor `agrees`",
                );
            }
            findings.push(found);
        }
    }
}
