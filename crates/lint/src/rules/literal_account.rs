//! An account described by literal text, which is the same for every account.

use guide::{CodePage, Finding, JsonPath, Method, Severity, Target, Template};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0362",
    name: "literal-account",
    severity: Severity::Error,
    summary: "The account's id, name or a detail is literal text",
    why: "every account would have the same value, so accounts could not be told apart and a reconnected account could not be recognized",
    help: "refer to a value in the response, such as `'{{ json.id }}'`",
    bad: "account: { id: json.id, name: '{{ json.name }}' }",
    good: "account: { id: '{{ json.id }}', name: '{{ json.name }}' }",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    for account in method.checks.iter().filter_map(|check| check.account.as_ref()) {
        if !identifies(&account.id) {
            findings.push(finding(subject, &account.id, "the account's id"));
        }
        let details = account.details.iter().map(|(label, text)| (text, format!("the detail `{label}`")));
        for (text, what) in std::iter::once((&account.name, "the account's name".to_owned())).chain(details) {
            if text.references().next().is_none() {
                findings.push(finding(subject, text, &what));
            }
        }
    }
}

/// Whether the text can differ between the accounts in an environment.
fn identifies(text: &Template) -> bool {
    text.references().any(|reference| matches!(reference.target, Target::Json(_) | Target::Value(_)))
}

fn finding(subject: &Subject<'_>, text: &Template, what: &str) -> Finding {
    let span = subject.guide.source.first_line(text.span);
    let found = Finding::new(&PAGE, span, format!("{what} is the same for every account"));
    let Some(literal) = text.as_literal().map(str::trim) else {
        return found.label("an environment can have several accounts");
    };
    let found = found.label("this text is literal");
    // Text that begins with `json.` is a reference without its braces. Other text that has the form of a path might be
    // one without the word `json`.
    match literal.strip_prefix("json.") {
        Some(path) if JsonPath::parse(path).is_some() => {
            let reference = format!("'{{{{ {literal} }}}}'");
            found.help(format!("write {reference}")).fix(text.span, reference)
        }
        _ if is_like_a_path(literal) => {
            let reference = format!("'{{{{ json.{literal} }}}}'");
            found
                .help(format!("to use the value at `{literal}` in the response, write {reference}"))
                .unsafe_fix(text.span, reference)
        }
        _ => found,
    }
}

/// Whether literal text looks like the path of a value in the response, such as `data.id`, rather than a name.
fn is_like_a_path(literal: &str) -> bool {
    let is_member = |ch: char| ch.is_ascii_lowercase() || ch.is_ascii_digit() || "._[]".contains(ch);
    literal.chars().all(is_member) && JsonPath::parse(literal).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_text_in_the_form_of_a_path_is_taken_for_one() {
        for path in ["id", "data.id", "items[0].user_id"] {
            assert!(is_like_a_path(path), "{path}");
        }
        for name in ["Acme", "Acme Inc.", "a b", ""] {
            assert!(!is_like_a_path(name), "{name}");
        }
    }
}
