//! Two outcome rules with different meanings and the same message.

use guide::{CodePage, Finding, Severity};

use crate::rule::{Rule, Subject};
use crate::wording::literal;

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0357",
    name: "twin-says",
    severity: Severity::Warning,
    summary: "Two outcome rules with different meanings have the same message",
    why: "neither the person linking nor anyone helping them can tell which of the two happened",
    help: "write a specific message for each, or merge the rules",
    bad: "- { key: refused, when: { status: 401 }, is: wrong_secret, says: Acme refused., … }
- { key: forbidden, when: { status: 403 }, is: missing_permission, says: Acme refused., … }",
    good:
        "- { key: refused, when: { status: 401 }, is: wrong_secret, says: Acme does not recognize the token., … }
- { key: forbidden, when: { status: 403 }, is: missing_permission, says: The token cannot read tickets., … }",
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
                let message = format!("`{}` has the same message as `{}`", second.key, first.key);
                findings.push(
                    Finding::new(&PAGE, source.first_line(says.span), message)
                        .also(source.first_line(span), "the same message"),
                );
            }
        }
    }
}
