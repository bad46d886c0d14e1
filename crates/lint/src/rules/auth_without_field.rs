//! Authentication that sends the same credential for every account.

use guide::{CodePage, Finding, Key, Method, Severity, Span};

use crate::bindings::origins;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0308",
    name: "auth-without-field",
    severity: Severity::Error,
    summary: "`auth` does not use any field",
    why: "every account would share one credential, and anyone who reads the guide could see it",
    help: "declare a field for the credential and refer to it here: `'{{ value.api_token }}'`",
    bad: "auth: { bearer: { token: an-api-token } }",
    good: "auth: { bearer: { token: '{{ value.api_token }}' } }",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    // People who sign in with a browser enter nothing, yet each of them gets separate tokens.
    if method.auth.needs_browser() {
        return;
    }
    let mut templates = method.auth.templates();
    let steps = method.auth.sign_in.iter().flat_map(|sign_in| &sign_in.steps);
    templates.extend(steps.flat_map(|step| step.check.request.contents()));
    // Some providers expect the credential in the path, as in `/bot{{ value.token }}/me`.
    let is_secret = |key: &Key| method.field(key.as_str()).is_some_and(|field| field.secret);
    let mut paths = method.asks().map(|check| &check.request.path).chain([&method.base_url.path]);
    if paths.any(|path| path.values().flat_map(|key| origins(method, key)).any(is_secret)) {
        return;
    }
    if templates.iter().all(|template| template.values().next().is_none()) {
        let mut spans = templates.iter().rev().map(|template| template.span);
        let span = spans.find(|span| *span != Span::default()).unwrap_or(method.auth.span);
        let message = format!("the method `{}` sends the same credential for every account", method.key);
        findings.push(Finding::new(&PAGE, span, message).label("this does not use any field"));
    }
}
