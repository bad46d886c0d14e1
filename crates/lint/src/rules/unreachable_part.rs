//! A section, step or field that is never shown.

use guide::{CodePage, Condition, Finding, Method, Severity};

use crate::bindings::collecting;
use crate::conditions::{clash, field_of};
use crate::place;
use crate::rule::Subject;
use crate::texts;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0337",
    name: "unreachable-part",
    severity: Severity::Error,
    summary: "Conditions that must hold together contradict each other",
    why: "the part under these conditions is never shown, and its fields are never collected",
    help: "correct one of the conditions, or remove the part that depends on them",
    bad: "- key: sandbox
  when: { environment: sandbox }
  steps:
    - key: create-token
      when: { environment: production }",
    good: "- key: sandbox
  when: { environment: sandbox }
  steps:
    - key: create-token",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    let mut report = |what: String, (first, second): (&Condition, &Condition)| {
        let at = |condition: &Condition| place::after(source, condition.span, "when:");
        let found = Finding::new(&PAGE, at(second), what);
        findings.push(found.label("if this holds …").also(at(first), "… this does not"));
    };
    for section in texts::sections(method) {
        if let Some(pair) = clash(method, section.when.as_ref()) {
            report(format!("the section `{}` is never shown", section.key), pair);
            continue;
        }
        for step in &section.steps {
            let key = &step.key;
            let conditions = section.when.iter().chain(&step.when);
            if let Some(pair) = clash(method, conditions.clone()) {
                report(format!("the step `{key}` is never shown"), pair);
                continue;
            }
            if let Some(pair) = unanswered(method, &conditions) {
                let reason = "because the field it depends on is collected only under other conditions";
                report(format!("the step `{key}` is never shown, {reason}"), pair);
                continue;
            }
            for field in step.collects.iter().filter_map(|key| method.field(key.as_str())) {
                if let Some(pair) = clash(method, conditions.clone().chain(&field.when)) {
                    report(format!("the step `{key}` never collects `{}`", field.key), pair);
                }
            }
        }
    }
}

/// Returns two contradictory conditions if `conditions` test a field that cannot be collected while they hold, because
/// they contradict the conditions of every step that collects it. `None` if there is no such field. A field
/// does not need to be collected if its default meets the condition.
fn unanswered<'g>(
    method: &'g Method,
    conditions: &(impl Iterator<Item = &'g Condition> + Clone),
) -> Option<(&'g Condition, &'g Condition)> {
    let is_met_by_default = |condition: &Condition| {
        let test = condition.field.as_ref();
        test.is_some_and(|(field, values)| {
            method.default_of(field).is_some_and(|value| values.contains(&value))
        })
    };
    let depend = conditions.clone().filter(|condition| !is_met_by_default(condition));
    depend.filter_map(field_of).find_map(|field| {
        let stops = collecting(method, field).into_iter();
        let pairs = stops.map(|stop| clash(method, conditions.clone().chain(stop.conditions())));
        pairs.collect::<Option<Vec<_>>>()?.first().copied()
    })
}
