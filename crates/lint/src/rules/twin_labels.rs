//! Two fields that people cannot tell apart by their labels.

use guide::{CodePage, Finding, Method, Severity};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0321",
    name: "twin-labels",
    severity: Severity::Warning,
    summary: "Two fields have the same or nearly the same label",
    why: "people enter a value in the first field that fits, and the other field gets the wrong value",
    help: "give each field a label that distinguishes it from the other",
    bad: "- { key: client_token, label: API token, type: secret }
- { key: user_token, label: API Tokens, type: secret }",
    good: "- { key: client_token, label: Client Token, type: secret }
- { key: user_token, label: User Token, type: secret }",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    for (n, second) in method.fields.iter().enumerate() {
        let label = normalized(&second.label);
        let Some(first) = method.fields[..n].iter().find(|first| normalized(&first.label) == label) else {
            continue;
        };
        let is_same = first.label == second.label;
        let how = if is_same { "is also the label" } else { "is nearly the same as the label" };
        let message = format!("`{}` {how} of `{}`", second.label, first.key);
        let found = Finding::new(&PAGE, second.label_span, message);
        findings.push(found.also(first.label_span, "the other label"));
    }
}

/// The words of a label in lowercase, without a plural `s`, in alphabetical order.
fn normalized(label: &str) -> Vec<String> {
    let words = label.split(|ch: char| !ch.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<_> = words.map(|word| word.to_lowercase().trim_end_matches('s').to_owned()).collect();
    words.sort();
    words
}
