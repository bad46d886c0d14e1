//! Authentication that is the same for everybody.

use guide::{Auth, CodePage, Finding, Severity};

use crate::{Rule, Subject};

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
        if matches!(method.auth, Auth::NotRunnable { .. }) {
            continue;
        }
        let templates = method.auth.templates();
        if templates.iter().any(|template| template.references().next().is_some()) {
            continue;
        }
        let span = templates.last().map_or(method.span, |template| template.span);
        let found =
            Finding::new(&PAGE, span, format!("the method `{}` sends the same for everybody", method.key));
        findings.push(found.label("no field's value stands here"));
    }
}
