//! A condition on a field that has no value yet.

use guide::{CodePage, Condition, Finding, Key, Method, Purpose, Section, Severity, Step};

use crate::conditions::field_of;
use crate::place;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0338",
    name: "early-condition",
    severity: Severity::Error,
    summary: "A step depends on a field that is collected at that step or later",
    why: "the condition is false until the field has a value, so readers who need the step do not see it",
    help: "collect the field at an earlier step",
    bad: "- key: open-settings-in-europe
  when: { field: region, is: eu }
- key: choose-region
  collects: region",
    good: "- key: choose-region
  collects: region
- key: open-settings-in-europe
  when: { field: region, is: eu }",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    let stops: Vec<_> = method.steps().filter(|(section, _)| section.purpose == Purpose::Obtain).collect();
    let mut reported: Vec<&Condition> = Vec::new();
    for (n, (section, step)) in stops.iter().enumerate() {
        let of_section = section.when.iter().map(|when| (when, format!("the section `{}`", section.key)));
        let of_step = step.when.iter().map(|when| (when, format!("the step `{}`", step.key)));
        for (condition, what) in of_section.chain(of_step) {
            let Some(field) = field_of(condition) else { continue };
            let Some(late) = first_collected_from(method, &stops, n, field) else { continue };
            if reported.iter().any(|known| std::ptr::eq(*known, condition)) {
                continue;
            }
            reported.push(condition);
            let span = place::after(source, condition.span, "when:");
            let message = format!("{what} depends on `{field}`, which no earlier step collects");
            let found = Finding::new(&PAGE, span, message);
            findings.push(found.also(source.first_line(late.span), "collected only here"));
        }
    }
}

/// The first step that collects a field. `None` if it comes before step `n`, if there is no such step, or if the field
/// has a default.
fn first_collected_from<'g>(
    method: &'g Method,
    steps: &[(&'g Section, &'g Step)],
    n: usize,
    field: &Key,
) -> Option<&'g Step> {
    // A field with a default has a value from the start, and other rules report a field that no step collects.
    let has_default = method.field(field.as_str()).is_some_and(|field| field.default.is_some());
    let at = steps.iter().position(|(_, step)| step.collects.contains(field))?;
    (n <= at && !has_default).then(|| steps[at].1)
}
