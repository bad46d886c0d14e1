//! Authentication that is the same for everybody.

use guide::{CodePage, Finding, Severity, Span};

use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0308",
    name: "auth-without-field",
    severity: Severity::Error,
    summary: "`auth` takes no value from a field",
    why: "every account would be the same one, and its credential would stand in the guide for all to read",
    mend: "put the credential into a field, and its value here: `'{{ value.api_token }}'`",
    bad: "auth: { bearer: { token: an-api-token } }",
    good: "auth: { bearer: { token: '{{ value.api_token }}' } }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        // Whoever signs in in a browser types nothing, and is told apart all the same.
        if method.auth.needs_browser() {
            continue;
        }
        let mut templates = method.auth.templates();
        templates.extend(
            method
                .auth
                .sign_in
                .iter()
                .flat_map(|sign_in| &sign_in.steps)
                .flat_map(|step| step.check.request.contents()),
        );
        if templates.iter().any(|template| template.values().next().is_some()) {
            continue;
        }
        let written =
            templates.iter().rev().map(|template| template.span).find(|span| *span != Span::default());
        let span = written.unwrap_or(method.auth.span);
        let found =
            Finding::new(&PAGE, span, format!("the method `{}` sends the same for everybody", method.key));
        findings.push(found.label("no field's value stands here"));
    }
}
