//! Asks the person how to continue after a failure.

use guide::Key;
use link::{FieldProblem, Flow, Offer, Stage};

use super::prompt::{self, Halt};
use crate::linking::report::verdict_lines;
use crate::out::Out;

/// Shows the failure and performs the action that the person chooses.
pub(crate) fn choose(flow: &mut Flow, out: &Out) -> Result<(), Halt> {
    let Stage::Failed { verdict, offers, .. } = flow.stage() else { return Err(Halt::Stopped) };
    out.line(&verdict_lines(verdict, out));
    let at_field = verdict.at_field.as_ref();
    let mut lines: Vec<String> = offers.iter().map(|offer| line(flow, at_field, offer)).collect();
    lines.push("Stop".to_owned());
    let chosen = prompt::one_of("What do you want to do?", &lines)?;
    match chosen.and_then(|at| offers.get(at).cloned()).ok_or(Halt::Stopped)? {
        Offer::GoTo(step) => flow.go_to(step.as_str()),
        Offer::Retry => flow.retry(),
        Offer::AskElsewhere => flow.ask_elsewhere(),
        Offer::SwitchTo(_) => flow.switch_environment(),
    }
    Ok(())
}

/// If a value belongs to another environment, asks whether to link that environment. Returns `None` if the person wants
/// to enter a different value.
pub(crate) fn other_environment(flow: &Flow, problem: &FieldProblem) -> Result<Option<Key>, Halt> {
    let Some(key) = &problem.belongs_to else { return Ok(None) };
    let label = flow.method().environment(key.as_str()).map_or(key.as_str(), |one| &one.label);
    let lines = vec![format!("Link {label}"), "Enter another address".to_owned()];
    let chosen = prompt::one_of("What do you want to do?", &lines)?;
    Ok(chosen.filter(|at| *at == 0).map(|_| key.clone()))
}

fn line(flow: &Flow, at_field: Option<&Key>, offer: &Offer) -> String {
    let method = flow.method();
    match offer {
        Offer::GoTo(step) => {
            let title = method.step(step.as_str()).map_or(step.as_str(), |(_, step)| &step.title);
            match at_field.and_then(|field| method.field(field.as_str())) {
                Some(field) => format!("Go back to “{title}” and enter the {} again", field.label),
                None => format!("Go back to “{title}”"),
            }
        }
        Offer::Retry => "Try again without changes".to_owned(),
        Offer::AskElsewhere => {
            let current = flow.environment().map(|one| &one.key);
            let others = method.environments.iter().filter(|one| Some(&one.key) != current);
            let others: Vec<&str> = others.map(|one| one.label.as_str()).collect();
            format!("Try the same credentials in {} (they will be sent there)", others.join(" or "))
        }
        Offer::SwitchTo(environment) => {
            let label = method.environment(environment.as_str()).map_or("", |one| &one.label);
            format!("Link {label} instead, with the values you entered")
        }
    }
}
