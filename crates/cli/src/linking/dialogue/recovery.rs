//! After a failure: the person chooses how to continue.

use guide::Key;
use link::{FieldProblem, Flow, Offer, Stage};

use super::prompt::{self, Prompted};
use crate::failure::Failure;
use crate::linking::report::verdict_lines;
use crate::out::Out;

/// Shows the failure and applies what the person chooses.
pub(crate) fn choose(flow: &mut Flow, out: &Out) -> Result<Prompted<()>, Failure> {
    let Stage::Failed { verdict, offers, .. } = flow.stage() else { return Ok(Prompted::Stop) };
    out.line(verdict_lines(verdict, out).trim_end());
    out.line("");
    let mut lines: Vec<String> =
        offers.iter().map(|offer| line(flow, verdict.at_field.as_ref(), offer)).collect();
    lines.push("Stop".to_owned());
    let offer = match prompt::one_of("What do you want to do?", lines)? {
        Prompted::Value(at) => offers.get(at).cloned(),
        Prompted::Back | Prompted::Stop => None,
    };
    match offer {
        Some(Offer::GoTo(step)) => flow.go_to(step.as_str()),
        Some(Offer::Retry) => flow.retry(),
        Some(Offer::AskElsewhere) => flow.ask_elsewhere(),
        Some(Offer::SwitchTo(_)) => flow.switch_environment(),
        None => return Ok(Prompted::Stop),
    }
    Ok(Prompted::Value(()))
}

/// Asks which environment is meant if a value belongs to another one.
pub(crate) fn other_environment(flow: &Flow, problem: &FieldProblem) -> Result<Prompted<Key>, Failure> {
    let Some(key) = &problem.belongs_to else { return Ok(Prompted::Back) };
    let label = flow.method().environment(key.as_str()).map_or(key.as_str(), |one| &one.label);
    let lines = vec![format!("Link {label}"), "Enter another address".to_owned()];
    Ok(match prompt::one_of("Which one is right?", lines)? {
        Prompted::Value(0) => Prompted::Value(key.clone()),
        Prompted::Value(_) | Prompted::Back => Prompted::Back,
        Prompted::Stop => Prompted::Stop,
    })
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
            let here = flow.environment().map(|one| &one.key);
            let others: Vec<&str> = method
                .environments
                .iter()
                .filter(|one| Some(&one.key) != here)
                .map(|one| one.label.as_str())
                .collect();
            format!("Try the same credentials in {} (they will be sent there)", others.join(" or "))
        }
        Offer::SwitchTo(environment) => {
            let label = method.environment(environment.as_str()).map_or("", |one| &one.label);
            format!("Link {label} instead, with what you entered")
        }
    }
}
