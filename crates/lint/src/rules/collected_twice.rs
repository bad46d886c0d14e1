//! A field that the same person is asked for twice.

use guide::{CodePage, Finding, Severity};

use crate::bindings::collecting;
use crate::place;
use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0303",
    name: "collected-twice",
    severity: Severity::Error,
    summary: "Two steps that the same person sees collect the same field",
    why: "the person would be asked twice, and the second answer would replace the first",
    help: "keep the field in one `collects`, or give the steps `when` conditions that exclude each other",
    bad: "- key: create-token
  collects: api_token
- key: enter-token
  collects: api_token",
    good: "- key: create-token
  obtains: api_token
- key: enter-token
  collects: api_token",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    for method in &subject.guide.methods {
        for field in &method.fields {
            let stops = collecting(method, &field.key);
            for (n, second) in stops.iter().enumerate() {
                let Some(first) = stops[..n].iter().find(|first| first.can_meet(second)) else { continue };
                let message =
                    format!("the step `{}` collects `{}` a second time", second.step.key, field.key);
                let found = Finding::new(&PAGE, place::head(source, second.step.span), message)
                    .label("collected again here")
                    .also(place::head(source, first.step.span), "first collected here");
                findings.push(found);
            }
            for stop in stops
                .iter()
                .filter(|stop| stop.step.collects.iter().filter(|key| **key == field.key).count() > 1)
            {
                let message =
                    format!("the step `{}` lists `{}` twice in `collects`", stop.step.key, field.key);
                findings.push(
                    Finding::new(&PAGE, place::head(source, stop.step.span), message).help("list it once"),
                );
            }
        }
    }
}
