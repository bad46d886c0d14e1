//! A documented fact without its document.

use guide::{CodePage, Finding, Severity, Standing};

use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0354",
    name: "unsourced-evidence",
    severity: Severity::Warning,
    summary: "A fact is said to be documented, and no page is named",
    why: "who checks the guide in a year would have to search for the page, or believe",
    mend: "name the page in `source`, or say how else it is known: `standing: observed` or `standing: assumed`",
    bad: "- claim: Tokens last for ever.
  checked_on: '2026-11-24'",
    good: "- claim: Tokens last for ever.
  source: https://acme.example/docs/tokens
  checked_on: '2026-11-24'",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for fact in &subject.guide.evidence {
        if fact.standing == Standing::Documented && fact.source.is_none() {
            let message = "no page is named on which this is documented";
            findings.push(Finding::new(&PAGE, subject.guide.source.first_line(fact.span), message));
        }
    }
}
