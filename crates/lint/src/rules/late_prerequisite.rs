//! A prerequisite that readers discover halfway through.

use guide::{CodePage, Finding, Method, Purpose, Severity};

use crate::place;
use crate::rule::Subject;
use crate::wording::{bare, sentences};

pub(super) static PAGE: CodePage = CodePage {
    code: "W0358",
    name: "late-prerequisite",
    severity: Severity::Warning,
    summary: "A step requires an administrator, but the guide has no `needs`",
    why: "readers who are not administrators find out halfway, wait for an administrator and start over",
    help: "explain in `needs` who is needed and for what",
    bad: "link:
  sections: (a step says: Sign in as an administrator.)",
    good: "link:
  needs:
    - An administrator of your Acme account, to create the token.",
};

/// The words for an administrator, in lowercase.
const ADMINISTRATOR: &[&str] = &["admin", "admins", "administrator", "administrators"];

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    if !method.link.needs.is_empty() {
        return;
    }
    let steps = method.steps().filter(|(section, _)| section.purpose == Purpose::Obtain);
    let found = steps.map(|(_, step)| &step.body).find_map(|body| {
        let sentences = sentences(body);
        let mut words = sentences.iter().flat_map(|sentence| sentence.text.split_whitespace());
        let word = words.find(|word| ADMINISTRATOR.contains(&bare(word).as_str()))?;
        Some((body, word.trim_matches(|ch: char| !ch.is_alphanumeric()).to_owned()))
    });
    if let Some((body, word)) = found {
        let span = place::nth(&subject.guide.source, body.span, &word, 0);
        let message =
            format!("the method `{}` requires an administrator but does not say so up front", method.key);
        findings.push(Finding::new(&PAGE, span, message));
    }
}
