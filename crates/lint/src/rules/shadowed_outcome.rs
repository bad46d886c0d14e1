//! An outcome rule that can never match.

use guide::{CodePage, Finding, HeaderTest, JsonPath, JsonTest, Method, OutcomeRule, Severity, When};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0310",
    name: "shadowed-outcome",
    severity: Severity::Error,
    summary: "An earlier outcome rule matches everything that a later rule matches",
    why: "the first matching rule decides, so the later rule is never used",
    help: "move the narrower rule up, or remove it",
    bad: "- { key: refused, when: { status: [401, 403] }, is: wrong_secret }
- { key: no-permission, when: { status: 403 }, is: missing_permission }",
    good: "- { key: refused, when: { status: 401 }, is: wrong_secret }
- { key: no-permission, when: { status: 403 }, is: missing_permission }",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    for list in method.asks().map(|check| &check.outcomes).chain([&method.outcomes]) {
        for (n, rule) in list.iter().enumerate() {
            let Some(earlier) = shadow(&list[..n], rule) else { continue };
            let message = format!("`{}` can never match, because `{}` comes first", rule.key, earlier.key);
            let found = Finding::new(&PAGE, rule.span, message);
            findings.push(found.also(earlier.span, "this rule matches all the same responses"));
        }
    }
}

/// The earlier rule that matches every response that this rule matches. `None` if there is no such rule.
pub(super) fn shadow<'r>(earlier: &'r [OutcomeRule], rule: &OutcomeRule) -> Option<&'r OutcomeRule> {
    let when = rule.when.as_ref()?;
    earlier.iter().find(|earlier| earlier.when.as_ref().is_some_and(|earlier| covers(earlier, when)))
}

/// Whether `wide` matches every response that `narrow` matches; `false` if this is uncertain.
fn covers(wide: &When, narrow: &When) -> bool {
    if !narrow.fails.is_empty() || !wide.fails.is_empty() {
        return !narrow.fails.is_empty() && narrow.fails.iter().all(|fault| wide.fails.contains(fault));
    }
    let status = wide.status.is_empty()
        || (!narrow.status.is_empty() && narrow.status.iter().all(|status| wide.status.contains(status)));
    let excluded = |status: &u16| {
        narrow.status_not.contains(status) || (!narrow.status.is_empty() && !narrow.status.contains(status))
    };
    status
        && wide.status_not.iter().all(excluded)
        && wide.is_json.is_none_or(|is_json| narrow.is_json == Some(is_json))
        && wide
            .headers
            .iter()
            .all(|(name, test)| narrow.headers.iter().any(|(n, t)| n == name && same_header(test, t)))
        && wide
            .json
            .iter()
            .all(|(path, test)| narrow.json.iter().any(|(p, t)| same_json((path, test), (p, t))))
}

fn same_header(wide: &HeaderTest, narrow: &HeaderTest) -> bool {
    wide.exists.is_none_or(|exists| narrow.exists == Some(exists))
        && (wide.equals.is_none() || wide.equals == narrow.equals)
        && (wide.contains.is_none() || wide.contains == narrow.contains)
}

fn same_json(wide: (&JsonPath, &JsonTest), narrow: (&JsonPath, &JsonTest)) -> bool {
    let (w, n) = (wide.1, narrow.1);
    wide.0 == narrow.0
        && w.exists.is_none_or(|exists| n.exists == Some(exists))
        && (w.kind.is_none() || w.kind == n.kind)
        && (w.one_of.is_empty()
            || (!n.one_of.is_empty() && n.one_of.iter().all(|value| w.one_of.contains(value))))
        && (w.contains.is_none() || w.contains == n.contains)
        && w.host_differs_from.is_none()
}
