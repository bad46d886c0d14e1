//! A value that is asked for before it is made.

use guide::{CodePage, Finding, Severity};

use crate::bindings::stops;
use crate::place;
use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0305",
    name: "collected-too-early",
    severity: Severity::Warning,
    summary: "A field is typed in at a step before the one that obtains it",
    why: "at the first of the two steps nobody has the value yet",
    mend: "collect the field at the step that makes it, or at a later one",
    bad: "- key: enter-token
  collects: api_token
- key: create-token
  obtains: api_token",
    good: "- key: create-token
  obtains: api_token
- key: enter-token
  collects: api_token",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    for method in &subject.guide.methods {
        for field in &method.fields {
            let mut stops = stops(method);
            let Some(first) = stops.find(|stop| stop.step.collects.contains(&field.key)) else { continue };
            if first.step.obtains.contains(&field.key) {
                continue;
            }
            let later = stops.find(|stop| stop.step.obtains.contains(&field.key) && stop.can_meet(&first));
            if let Some(later) = later {
                let message = format!("`{}` is typed in before the step that makes it", field.key);
                let found = Finding::new(&PAGE, place::head(source, first.step.span), message)
                    .label("typed in here")
                    .also(place::head(source, later.step.span), "made only here");
                findings.push(found);
            }
        }
    }
}
