//! A message that names the problem but no solution.

use guide::{CodePage, Finding, Method, OutcomeRule, Severity};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0356",
    name: "says-without-fix",
    severity: Severity::Warning,
    summary: "A rule's own message says what is wrong but not what to do",
    why: "generic advice does not help next to a specific message, and this problem does not go away on its own",
    help: "explain in `fix` what the person can do and on which of the provider's pages",
    bad: "says: 'Acme did not accept the {{ label.api_token }}.'",
    good: "says: 'Acme did not accept the {{ label.api_token }}.'
fix: Create another token under Settings > Tokens and enter it.",
};

pub(super) fn check(subject: &Subject<'_>, _: &Method, rule: &OutcomeRule, findings: &mut Vec<Finding>) {
    let is_lasting = !rule.is.is_good() && !rule.is.is_transient();
    if let Some(says) = rule.says.as_ref().filter(|_| is_lasting && rule.fix.is_none()) {
        let message = format!("`{}` says what is wrong but not what to do", rule.key);
        findings.push(Finding::new(&PAGE, subject.guide.source.first_line(says.span), message));
    }
}
