//! Two causes, and the same words for both.

use guide::{CodePage, Finding, Severity};

use crate::rule::{Rule, Subject};
use crate::wording::literal;

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0357",
    name: "twin-says",
    severity: Severity::Warning,
    summary: "Two outcome rules that mean different things say the same",
    why: "people, and those whom they ask for help, cannot tell which of the two happened",
    mend: "say in each what it means, or make one rule of them",
    bad: "- { key: refused, when: { status: 401 }, is: wrong_secret, says: Acme said no., … }
- { key: forbidden, when: { status: 403 }, is: missing_permission, says: Acme said no., … }",
    good:
        "- { key: refused, when: { status: 401 }, is: wrong_secret, says: Acme does not know the token., … }
- { key: forbidden, when: { status: 403 }, is: missing_permission, says: The token may not read tickets., … }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    for method in &subject.guide.methods {
        let rules: Vec<_> = method.all_outcomes().collect();
        for (n, second) in rules.iter().enumerate() {
            let Some(says) = &second.says else { continue };
            let twin = rules[..n].iter().find_map(|first| {
                let words = first.says.as_ref().filter(|words| {
                    source.slice(words.span) == source.slice(says.span) && literal(words) == literal(says)
                })?;
                let differs = first.is != second.is || first.at_field != second.at_field;
                differs.then_some((*first, words.span))
            });
            if let Some((first, span)) = twin {
                let message = format!("`{}` says the same as `{}`", second.key, first.key);
                findings.push(
                    Finding::new(&PAGE, source.first_line(says.span), message)
                        .also(source.first_line(span), "the same words"),
                );
            }
        }
    }
}
