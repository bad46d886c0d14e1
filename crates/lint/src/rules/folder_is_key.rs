//! A provider's key that differs from the name of its folder.

use guide::{CodePage, Finding, Severity};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0301",
    name: "folder-is-key",
    severity: Severity::Error,
    summary: "The provider's key differs from the folder name",
    why: "a guide is found by its folder and identified by its key, so two names would look like two providers",
    help: "rename the folder, or change the key if it has never been published",
    bad: "# guides/acme/guide.yaml\nprovider:\n  key: acme-inc",
    good: "# guides/acme/guide.yaml\nprovider:\n  key: acme",
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let (folder, provider) = (&subject.entry.folder, &subject.guide.provider);
    if !folder.is_empty() && provider.key != folder.as_str() {
        let message = format!("the key `{}` differs from the folder name, `{folder}`", provider.key);
        findings.push(Finding::new(&PAGE, provider.span, message));
    }
}
