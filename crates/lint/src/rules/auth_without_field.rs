//! Authentication that sends the same credential for every account.

use guide::{CodePage, Finding, Severity, Span};

use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0308",
    name: "auth-without-field",
    severity: Severity::Error,
    summary: "`auth` uses no field value",
    why: "every account would share one credential, and anyone who reads the guide could see it",
    help: "declare a field for the credential and refer to it here: `'{{ value.api_token }}'`",
    bad: "auth: { bearer: { token: an-api-token } }",
    good: "auth: { bearer: { token: '{{ value.api_token }}' } }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        // People who sign in in a browser enter nothing, yet each of them gets their own tokens.
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
        let found = Finding::new(
            &PAGE,
            span,
            format!("the method `{}` sends the same credential for every account", method.key),
        );
        findings.push(found.label("this uses no field value"));
    }
}
