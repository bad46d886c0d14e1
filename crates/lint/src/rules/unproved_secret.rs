//! A secret that no request uses.

use guide::{CodePage, Finding, Method, Severity};

use crate::bindings::requested;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0306",
    name: "unproved-secret",
    severity: Severity::Error,
    summary: "A secret is used neither by `auth` nor by a check",
    why: "the secret would be stored without anyone knowing whether it is right",
    help: "use the secret in `auth` or in a check's request, or remove the field",
    bad: "fields:
  - { key: api_token, label: API Token, type: secret }
  - { key: webhook_secret, label: Webhook Secret, type: secret }
auth: { bearer: { token: '{{ value.api_token }}' } }",
    good: "fields:
  - { key: api_token, label: API Token, type: secret }
auth: { bearer: { token: '{{ value.api_token }}' } }",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    let requested = requested(method);
    for field in method.fields.iter().filter(|field| field.secret && !requested.contains(&field.key)) {
        let message = format!("nothing verifies that the secret `{}` is correct", field.key);
        findings.push(Finding::new(&PAGE, field.span, message).label("no request uses it"));
    }
}
