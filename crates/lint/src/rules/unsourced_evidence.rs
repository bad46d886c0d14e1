//! A documented fact that names no page.

use guide::{CodePage, Finding, Severity, Standing};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0354",
    name: "unsourced-evidence",
    severity: Severity::Warning,
    summary: "A fact counts as documented but names no page",
    why: "anyone who checks the guide in a year would have to search for the page or take the claim on trust",
    help: "name the page in `source`, or set `standing: observed` or `standing: assumed`",
    bad: "- claim: Tokens never expire.
  checked_on: '2026-11-24'",
    good: "- claim: Tokens never expire.
  source: https://acme.example/docs/tokens
  checked_on: '2026-11-24'",
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for fact in &subject.guide.evidence {
        if fact.standing == Standing::Documented && fact.source.is_none() {
            let message = "this fact counts as documented but names no page";
            findings.push(Finding::new(&PAGE, subject.guide.source.first_line(fact.span), message));
        }
    }
}
