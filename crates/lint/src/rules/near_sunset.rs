//! A sunset that is less than 90 days away.

use guide::{CodePage, Finding, LifecycleEvent, Severity};

use crate::calendar::day;
use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0346",
    name: "near-sunset",
    severity: Severity::Warning,
    summary: "A sunset is less than 90 days away",
    why: "accounts linked now stop working on that day, and their owners need time to switch",
    help: "add the method that replaces it and notify the owners of linked accounts, then allow the finding",
    bad: "# on 2031-01-10
lifecycle: [{ event: sunset, on: '2031-02-01', … }]",
    good: "# on 2031-01-10
lifecycle: [{ event: sunset, on: '2032-02-01', … }]",
};

/// Enough notice to plan the change, in days.
const NEAR: i64 = 90;

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let Some(today) = subject.today.and_then(day) else { return };
    let guide = subject.guide;
    let of_provider = guide.provider.lifecycle.iter().map(|event| (event, guide.provider.name.clone()));
    let of_methods = guide.methods.iter().flat_map(|method| {
        method.lifecycle.iter().map(move |event| (event, format!("the method `{}`", method.key)))
    });
    for (event, what) in of_provider.chain(of_methods) {
        let left = day(&event.on).map(|on| on - today).filter(|left| (0..NEAR).contains(left));
        if let Some(left) = left.filter(|_| event.event == LifecycleEvent::Sunset) {
            let when = match left {
                0 => "today".to_owned(),
                1 => "tomorrow".to_owned(),
                _ => format!("in {left} days"),
            };
            findings.push(Finding::new(&PAGE, event.span, format!("the sunset of {what} is {when}")));
        }
    }
}
