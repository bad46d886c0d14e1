//! A credential that the prose describes as shown only once, but that is not marked as such.

use guide::{CodePage, Finding, Method, Severity};

use crate::place;
use crate::rule::Subject;
use crate::texts;
use crate::wording::sentences;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0360",
    name: "unmarked-once",
    severity: Severity::Warning,
    summary: "The prose says that the credential is shown only once, but `credential` does not",
    why: "only structured data appears with every step and in every medium, even for readers who skip the prose",
    help: "add `shown_once: true` to `credential`",
    bad: "credential: { expires: unknown }
body: Copy the token. It is shown only once.",
    good: "credential: { expires: unknown, shown_once: true }
body: Copy the token. It is shown only once.",
};

/// Phrases that guides use to warn that a credential is shown only once.
const ONCE: &[&str] = &[
    "displayed only once",
    "not be able to see it again",
    "not be shown again",
    "not see it again",
    "not show it again",
    "not shown again",
    "only displayed once",
    "only shown once",
    "shown only once",
];

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    if method.credential.as_ref().is_some_and(|credential| credential.shown_once) {
        return;
    }
    let found = texts::steps(method).find_map(|step| {
        let text: String = sentences(&step.body).into_iter().map(|sentence| sentence.text + " ").collect();
        let once = ONCE.iter().find(|once| text.contains(**once))?;
        Some((step, *once))
    });
    if let Some((step, once)) = found {
        let span = place::nth(&subject.guide.source, step.body.span, once, 0);
        let message = format!("only the prose says that the credential of `{}` is shown once", method.key);
        findings.push(Finding::new(&PAGE, span, message));
    }
}
