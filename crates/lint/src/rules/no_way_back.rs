//! A credential that never expires, in a guide that does not explain how to replace or revoke it.

use guide::{CodePage, Expiry, Finding, Method, Purpose, Severity};

use crate::place;
use crate::rule::Subject;
use crate::texts;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0333",
    name: "no-way-back",
    severity: Severity::Warning,
    summary: "A credential never expires, but the guide does not explain how to replace or revoke it",
    why: "a credential that never expires has to be revoked by hand when someone who has it leaves",
    help: "add a section with `purpose: rotate` and one with `purpose: revoke`",
    bad: "credential: { expires: never }
link:
  sections:
    - key: token",
    good: "credential: { expires: never }
link:
  sections:
    - key: token
    - key: replace-token
      purpose: rotate
    - key: revoke-token
      purpose: revoke",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    if method.credential.as_ref().is_none_or(|credential| credential.expires != Expiry::Never) {
        return;
    }
    let has = |purpose| texts::sections(method).any(|section| section.purpose == purpose);
    let (what, help) = match (has(Purpose::Rotate), has(Purpose::Revoke)) {
        (true, true) => return,
        (true, false) => ("revoke it", "add a section with `purpose: revoke`"),
        (false, true) => ("replace it", "add a section with `purpose: rotate`"),
        (false, false) => ("replace or revoke it", PAGE.help),
    };
    let span = place::after(&subject.guide.source, method.span, "expires: never");
    let message =
        format!("the credential of `{}` never expires, but no section explains how to {what}", method.key);
    findings.push(Finding::new(&PAGE, span, message).help(help));
}
