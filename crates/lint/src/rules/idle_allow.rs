//! An `allow` for a finding that does not occur.

use guide::{Allow, CodePage, Finding, Severity};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0335",
    name: "idle-allow",
    severity: Severity::Warning,
    summary: "An `allow` names a finding that does not occur",
    why: "if the finding occurs later, the `allow` hides it for a reason that was meant for something else",
    help: "remove the `allow`",
    bad: "- key: open-settings
  allow: [{ code: W0325, reason: it used to be longer }]",
    good: "- key: open-settings",
};

/// Does nothing. An `allow` can be judged only after every other rule has run, so [`judge`] does the work then.
pub(super) fn check(_: &Subject<'_>, _: &mut Vec<Finding>) {}

/// Judges an `allow`. `page` is the page of the allowed code, if the code exists; `found` holds the other rules' findings.
pub(super) fn judge(allow: &Allow, page: Option<&CodePage>, found: &[Finding]) -> Option<Finding> {
    // The guide crate defines the page for invalid `allow` entries, but it does not know the rules' codes.
    let bad = guide::pages().find(|page| page.name == "bad-allow").unwrap_or(&PAGE);
    let Some(page) = page else {
        let message = format!("no finding has the code `{}`", allow.code);
        return Some(Finding::new(bad, allow.span, message).help("correct the code, or remove the entry"));
    };
    if page.severity == Severity::Error {
        let message = format!("`{}` ({}) is an error, so it cannot be allowed", page.code, page.name);
        return Some(Finding::new(bad, allow.span, message).help("fix the error, and remove the entry"));
    }
    let is_idle = !found.iter().any(|finding| allow.covers(finding.code, finding.span));
    is_idle.then(|| {
        let message = format!("`{}` ({}) is allowed here but does not occur", page.code, page.name);
        Finding::new(&PAGE, allow.span, message)
    })
}
