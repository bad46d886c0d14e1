//! Two fields that people cannot tell apart by their labels.

use guide::{CodePage, Finding, Severity};

use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0321",
    name: "twin-labels",
    severity: Severity::Warning,
    summary: "Two fields have the same or nearly the same label",
    why: "people enter a value in the first field that fits, and the other stays wrong",
    help: "label each field with what distinguishes it",
    bad: "- { key: client_token, label: API token, type: secret }
- { key: user_token, label: API Tokens, type: secret }",
    good: "- { key: client_token, label: Client Token, type: secret }
- { key: user_token, label: User Token, type: secret }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        for (n, second) in method.fields.iter().enumerate() {
            let twin =
                method.fields[..n].iter().find(|first| normalized(&first.label) == normalized(&second.label));
            if let Some(first) = twin {
                let how = if first.label == second.label {
                    "is also the label"
                } else {
                    "is nearly the same as the label"
                };
                let message = format!("`{}` {how} of `{}`", second.label, first.key);
                findings.push(
                    Finding::new(&PAGE, second.label_span, message).also(first.label_span, "the other label"),
                );
            }
        }
    }
}

/// The words of a label in lowercase, without a plural `s`, in alphabetical order.
fn normalized(label: &str) -> Vec<String> {
    let words = label.split(|ch: char| !ch.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<String> =
        words.map(|word| word.to_lowercase().trim_end_matches('s').to_owned()).collect();
    words.sort();
    words
}
