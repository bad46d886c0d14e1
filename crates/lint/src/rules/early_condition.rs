//! A condition on a value that nobody has typed in yet.

use guide::{CodePage, Condition, Finding, Key, Method, Purpose, Section, Severity, Step};

use crate::conditions::field_of;
use crate::place;
use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0338",
    name: "early-condition",
    severity: Severity::Error,
    summary: "A step depends on a field that is typed in at this step or a later one",
    why: "until the field has a value the condition is not true, so the step is passed over by whoever needs it",
    mend: "collect the field at an earlier step",
    bad: "- key: open-settings-in-europe
  when: { field: region, is: eu }
- key: choose-region
  collects: region",
    good: "- key: choose-region
  collects: region
- key: open-settings-in-europe
  when: { field: region, is: eu }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    for method in &subject.guide.methods {
        let steps: Vec<_> =
            method.steps().filter(|(section, _)| section.purpose == Purpose::Obtain).collect();
        let mut told: Vec<&Condition> = Vec::new();
        for (n, (section, step)) in steps.iter().enumerate() {
            for condition in section.when.iter().chain(&step.when) {
                let Some(field) = field_of(condition) else { continue };
                let Some(late) = typed_in_from(method, &steps, n, field) else { continue };
                if told.iter().any(|known| std::ptr::eq(*known, condition)) {
                    continue;
                }
                told.push(condition);
                let what = if section.when.as_ref().is_some_and(|when| std::ptr::eq(when, condition)) {
                    format!("the section `{}`", section.key)
                } else {
                    format!("the step `{}`", step.key)
                };
                let span = place::after(source, condition.span, "when:");
                let message = format!("{what} depends on `{field}`, which is not typed in before it");
                findings.push(
                    Finding::new(&PAGE, span, message)
                        .also(place::head(source, late.span), "typed in only here"),
                );
            }
        }
    }
}

/// The step at which a field is first typed in, if that is this one or a later one.
fn typed_in_from<'g>(
    method: &'g Method,
    steps: &[(&'g Section, &'g Step)],
    n: usize,
    field: &Key,
) -> Option<&'g Step> {
    // What is known by another way than a step is another rule's, or known from the beginning.
    let known = method.field(field.as_str()).is_some_and(|field| field.default.is_some());
    let at = steps.iter().position(|(_, step)| step.collects.contains(field))?;
    (n <= at && !known).then(|| steps[at].1)
}
