//! A path that finds nothing in any response of a scenario.

use guide::{CodePage, Finding, JsonPath, Method, Severity, Span, Target};

use crate::conversation::bodies;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0365",
    name: "unseen-path",
    severity: Severity::Warning,
    summary: "No scenario's response contains a value that the check reads",
    why: "a path that finds nothing in any scenario may be misspelled, and nobody would notice that the value is missing",
    help: "add the value to a response in a scenario, copied from the provider's documentation, or correct the path",
    bad: "account: { id: '{{ json.id }}', name: '{{ json.name }}', details: { Plan: '{{ json.plan }}' } }
response: { status: 200, json: { id: a1, name: Acme One } }",
    good: "account: { id: '{{ json.id }}', name: '{{ json.name }}', details: { Plan: '{{ json.plan }}' } }
response: { status: 200, json: { id: a1, name: Acme One, plan: Gold } }",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    let bodies = bodies(method);
    for check in &method.checks {
        let responses: Vec<_> =
            bodies.iter().filter(|(key, _)| *key == check.key).map(|(_, body)| body).collect();
        // Without a successful response, every path would be reported. Other rules report the missing scenario.
        if responses.is_empty() {
            continue;
        }
        let mut report = |path: &JsonPath, span: Span, what: &str| {
            if responses.iter().all(|body| path.find(body).is_none()) {
                let message = format!("no scenario's response to `{}` has {what} at `{path}`", check.key);
                findings.push(Finding::new(&PAGE, subject.guide.source.first_line(span), message));
            }
        };
        if let Some(account) = &check.account {
            let details = account.details.iter().map(|(label, text)| (text, format!("the detail `{label}`")));
            let own = [(&account.id, "the id".to_owned()), (&account.name, "the name".to_owned())];
            for (text, what) in own.into_iter().chain(details) {
                for reference in text.references() {
                    if let Target::Json(path) = &reference.target {
                        report(path, reference.span, &what);
                    }
                }
            }
        }
        for capture in &check.captures {
            report(&capture.path, check.span, &format!("the value of `{}`", capture.name));
        }
        if let Some(path) = &check.granted {
            report(path, check.span, "the granted scopes");
        }
    }
}
