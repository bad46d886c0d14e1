//! Two fields that people cannot tell apart.

use guide::{CodePage, Finding, Severity};

use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0321",
    name: "twin-labels",
    severity: Severity::Warning,
    summary: "The labels of two fields are the same, or nearly so",
    why: "people fill in the first one that fits, and the other stays wrong",
    mend: "name each field by what sets it apart",
    bad: "- { key: client_token, label: API token, type: secret }
- { key: user_token, label: API Tokens, type: secret }",
    good: "- { key: client_token, label: Client Token, type: secret }
- { key: user_token, label: User Token, type: secret }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        for (n, second) in method.fields.iter().enumerate() {
            let twin = method.fields[..n].iter().find(|first| sound(&first.label) == sound(&second.label));
            if let Some(first) = twin {
                let how = if first.label == second.label {
                    "is also the label"
                } else {
                    "is hardly another label than that"
                };
                let message = format!("`{}` {how} of `{}`", second.label, first.key);
                findings.push(
                    Finding::new(&PAGE, second.label_span, message).also(first.label_span, "the first one"),
                );
            }
        }
    }
}

/// What is left of a label in a hurried reader's mind: its words in any order, small, in the singular.
fn sound(label: &str) -> Vec<String> {
    let words = label.split(|ch: char| !ch.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<String> =
        words.map(|word| word.to_lowercase().trim_end_matches('s').to_owned()).collect();
    words.sort();
    words
}
