//! The guide's key is the name of its folder.

use guide::{CodePage, Finding, Severity};

use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0301",
    name: "folder-is-key",
    severity: Severity::Error,
    summary: "The provider's key is not the name of the guide's folder",
    why: "a guide is found by its folder and known by its key; two names would mean two providers",
    mend: "rename the folder, or the key if it has never been published",
    bad: "# guides/acme/guide.yaml\nprovider:\n  key: acme-inc",
    good: "# guides/acme/guide.yaml\nprovider:\n  key: acme",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let (folder, provider) = (&subject.entry.folder, &subject.guide.provider);
    if !folder.is_empty() && provider.key != folder.as_str() {
        let message = format!("the key `{}` is not the folder's name, `{folder}`", provider.key);
        findings.push(Finding::new(&PAGE, provider.span, message));
    }
}
