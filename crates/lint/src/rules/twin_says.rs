//! Two outcome rules with different meanings and the same message.

use guide::{CodePage, Finding, Method, Severity};

use crate::rule::Subject;
use crate::wording::literal;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0357",
    name: "twin-says",
    severity: Severity::Warning,
    summary: "Two outcome rules with different meanings have the same message",
    why: "neither the person linking nor anyone helping them can tell which of the two problems occurred",
    help: "write a specific message for each rule, or merge the rules",
    bad: "- { key: refused, when: { status: 401 }, is: wrong_secret, says: Acme refused., … }
- { key: forbidden, when: { status: 403 }, is: missing_permission, says: Acme refused., … }",
    good:
        "- { key: refused, when: { status: 401 }, is: wrong_secret, says: Acme does not recognize the token., … }
- { key: forbidden, when: { status: 403 }, is: missing_permission, says: The token cannot read tickets., … }",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    let says = method.all_outcomes().filter_map(|rule| Some((rule, rule.says.as_ref()?)));
    let rules: Vec<_> = says.collect();
    for (n, (second, says)) in rules.iter().enumerate() {
        let twin = rules[..n].iter().find(|(first, words)| {
            source.slice(words.span) == source.slice(says.span)
                && literal(words) == literal(says)
                && (first.is != second.is || first.at_field != second.at_field)
        });
        if let Some((first, words)) = twin {
            let message = format!("`{}` has the same message as `{}`", second.key, first.key);
            let found = Finding::new(&PAGE, source.first_line(says.span), message);
            findings.push(found.also(source.first_line(words.span), "the same message"));
        }
    }
}
