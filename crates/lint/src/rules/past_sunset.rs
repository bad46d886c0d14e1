//! A sunset that has passed.

use guide::{CodePage, Finding, LifecycleEvent, Severity};

use crate::calendar::day;
use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0332",
    name: "past-sunset",
    severity: Severity::Warning,
    summary: "A sunset date has passed",
    why: "after that date the provider no longer answers as the guide says, and every link fails",
    help: "remove the method or guide that has ended, or correct the date",
    bad: "lifecycle: [{ event: sunset, on: '2020-01-01', … }]",
    good: "lifecycle: [{ event: sunset, on: '2031-01-01', … }]",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let Some(today) = subject.today.and_then(day) else { return };
    let guide = subject.guide;
    let of_provider = guide.provider.lifecycle.iter().map(|event| (event, guide.provider.name.clone()));
    let of_methods = guide.methods.iter().flat_map(|method| {
        method.lifecycle.iter().map(move |event| (event, format!("the method `{}`", method.key)))
    });
    for (event, what) in of_provider.chain(of_methods) {
        let is_past = day(&event.on).is_some_and(|on| on < today);
        if event.event == LifecycleEvent::Sunset && is_past {
            let message = format!("the sunset of {what} was on {}", event.on);
            findings.push(Finding::new(&PAGE, event.span, message));
        }
    }
}
