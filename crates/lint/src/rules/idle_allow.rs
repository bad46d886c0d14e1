//! A permission to warn that nothing asks for.

use guide::{Allow, CodePage, Finding, Severity};

use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0335",
    name: "idle-allow",
    severity: Severity::Warning,
    summary: "A finding is allowed that is not there",
    why: "it would hide the finding on the day it comes, for a reason that was meant for something else",
    mend: "remove it",
    bad: "- key: open-settings
  allow: [{ code: W0325, reason: it used to be longer }]",
    good: "- key: open-settings",
};

/// Looks at nothing by itself: what is allowed can be judged only when every other rule has spoken, and that is
/// when [`judge`] is called.
fn check(_: &Subject<'_>, _: &mut Vec<Finding>) {}

/// Judges an `allow`. `page`: the page of the code that it allows, if there is one. `found`: everything that was found.
pub(super) fn judge(allow: &Allow, page: Option<&CodePage>, found: &[Finding]) -> Option<Finding> {
    // The language has a page for what can never be allowed; it does not know the codes of the rules.
    let bad = guide::pages().find(|page| page.name == "bad-allow").unwrap_or(&PAGE);
    let Some(page) = page else {
        let message = format!("there is no finding with the code `{}`", allow.code);
        return Some(Finding::new(bad, allow.span, message).mend("correct the code, or remove the line"));
    };
    if page.severity == Severity::Error {
        let message = format!("`{}` ({}) is an error, and errors cannot be allowed", page.code, page.name);
        return Some(Finding::new(bad, allow.span, message).mend("mend the error, and remove the line"));
    }
    let is_idle = !found.iter().any(|finding| allow.covers(finding.code, finding.span));
    is_idle.then(|| {
        let message = format!("`{}` ({}) is allowed here, and does not occur", page.code, page.name);
        Finding::new(&PAGE, allow.span, message)
    })
}
