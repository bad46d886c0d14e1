//! A section, step or field that is never shown.

use guide::{CodePage, Condition, Finding, Method, Section, Severity, Step};

use crate::bindings::collecting;
use crate::conditions::{clash, field_of};
use crate::place;
use crate::rule::{Rule, Subject};
use crate::texts;

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0337",
    name: "unreachable-part",
    severity: Severity::Error,
    summary: "Conditions that must hold together contradict each other",
    why: "the part under these conditions is never shown, and its fields are never collected",
    help: "correct one of the conditions, or remove the part under them",
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

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        for section in texts::parts(method).flat_map(|part| &part.sections) {
            let own: Vec<_> = section.when.iter().collect();
            if let Some(pair) = clash(method, &own) {
                findings.push(never(subject, &format!("the section `{}` is never shown", section.key), pair));
                continue;
            }
            for step in &section.steps {
                check_step(subject, method, section, step, findings);
            }
        }
    }
}

fn check_step(
    subject: &Subject<'_>,
    method: &Method,
    section: &Section,
    step: &Step,
    findings: &mut Vec<Finding>,
) {
    let conditions: Vec<_> = section.when.iter().chain(&step.when).collect();
    if let Some(pair) = clash(method, &conditions) {
        findings.push(never(subject, &format!("the step `{}` is never shown", step.key), pair));
        return;
    }
    if let Some(pair) = unanswered(method, &conditions) {
        let what = format!(
            "the step `{}` is never shown, because the field it depends on is collected only elsewhere",
            step.key
        );
        findings.push(never(subject, &what, pair));
        return;
    }
    for field in step.collects.iter().filter_map(|key| method.field(key.as_str())) {
        let all: Vec<_> = conditions.iter().copied().chain(&field.when).collect();
        if let Some(pair) = clash(method, &all) {
            let what = format!("the step `{}` never collects `{}`", step.key, field.key);
            findings.push(never(subject, &what, pair));
        }
    }
}

/// Two contradicting conditions, if they hide every step that collects a field these conditions depend on.
fn unanswered<'g>(
    method: &'g Method,
    conditions: &[&'g Condition],
) -> Option<(&'g Condition, &'g Condition)> {
    conditions.iter().filter_map(|condition| field_of(condition)).find_map(|field| {
        let stops = collecting(method, field);
        let pairs: Option<Vec<_>> = stops
            .iter()
            .map(|stop| {
                let collected_when = stop.section.when.iter().chain(&stop.step.when);
                clash(method, &conditions.iter().copied().chain(collected_when).collect::<Vec<_>>())
            })
            .collect();
        pairs?.first().copied()
    })
}

fn never(subject: &Subject<'_>, what: &str, (first, second): (&Condition, &Condition)) -> Finding {
    let source = &subject.guide.source;
    let at = |condition: &Condition| place::after(source, condition.span, "when:");
    Finding::new(&PAGE, at(second), what).label("if this holds …").also(at(first), "… this does not")
}
