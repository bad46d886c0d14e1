//! A guide without evidence.

use guide::{CodePage, Finding, Severity};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0331",
    name: "no-evidence",
    severity: Severity::Warning,
    summary: "The guide has no evidence",
    why: "the guide's maintainers cannot tell what is documented, what was observed and what was guessed",
    help: "add `evidence` at the end of the guide: a claim, the provider's page that supports it, and the date it was read",
    bad: "waystone: 1
provider: …
methods: …",
    good: "evidence:
  - claim: Requests carry the token as a bearer token.
    source: https://acme.example/docs/authentication
    checked_on: '2026-11-24'",
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if subject.guide.evidence.is_empty() {
        let message =
            format!("the guide gives no sources for its facts about {}", subject.guide.provider.name);
        findings.push(Finding::new(&PAGE, subject.guide.provider.span, message));
    }
}
