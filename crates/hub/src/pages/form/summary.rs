//! The summary at the top of the form: what went wrong, where to fix it, and what else to do.
//!
//! **Invariant:** failures of the provider or the network are never attributed to a field.

use guide::{Key, Ours, OutcomeKind, Saying};
use link::{FieldProblem, Flow, Offer};
use probe::{Identity, Verdict};
use serde::Serialize;

use super::field::own_fields;
use crate::pages::account::Before;
use crate::pages::shell::Frame;
use crate::texts::{Said, fill};

/// A summary of what went wrong.
#[derive(Default, Serialize)]
pub(super) struct Summary<'a> {
    headline: &'a str,
    says: Option<Said>,
    fix: Option<Said>,
    /// The Hub's own texts.
    lead: Option<&'static str>,
    /// Whether the failure is transient, so waiting is all that helps.
    is_passing: bool,
    /// The keys and labels of the fields to check.
    fields: Vec<(String, String)>,
    /// The key and title of the step to go back to.
    step: Option<(String, String)>,
    offers: Vec<OfferView>,
    attempt: Option<&'a str>,
    before: Option<&'a Before>,
    now: Option<&'a Identity>,
    /// Whether the found account differs from the one linked before.
    #[serde(skip)]
    is_other: bool,
}

impl<'a> Summary<'a> {
    /// Adds the id of the attempt for support and, if a different account was found, the account linked before.
    pub(super) fn of_attempt(self, attempt: Option<&'a str>, before: Option<&'a Before>) -> Self {
        Self { attempt, before: before.filter(|_| self.is_other), ..self }
    }
}

/// A button.
#[derive(Serialize)]
struct OfferView {
    value: &'static str,
    label: String,
    hint: Option<String>,
}

/// Summarizes the problems with the entered values.
pub(super) fn problems<'a>(
    frame: &Frame<'_>,
    flow: &Flow,
    problems: &[&FieldProblem],
    environment_missing: bool,
) -> Option<Summary<'a>> {
    if problems.is_empty() && !environment_missing {
        return None;
    }
    let texts = frame.texts();
    let environment = ("-environment".to_owned(), flow.method().environment_label.clone());
    let of_problem = |problem: &&FieldProblem| {
        let field = own_fields(flow).find(|field| field.key == problem.field)?;
        Some((field.key.to_string(), field.label.clone()))
    };
    let own: Vec<(String, String)> = problems.iter().filter_map(of_problem).collect();
    if own.is_empty() && !environment_missing {
        // The admin's setup is incomplete, which the person cannot fix.
        let outcome = OutcomeKind::Misconfigured;
        let headline = frame.language.outcome(outcome);
        let fix = Ours::Fix { outcome, provider: flow.guide().provider.name.clone() };
        return Some(Summary { headline, fix: said(frame, &fix.into()), ..Summary::default() });
    }
    let fields = Some(environment).filter(|_| environment_missing).into_iter();
    Some(Summary {
        headline: texts.problems_title,
        lead: Some(texts.problems_lead),
        fields: fields.chain(own).collect(),
        ..Summary::default()
    })
}

/// Summarizes a failed check: the provider refused the credentials, or could not be reached.
pub(super) fn failed<'a>(
    frame: &Frame<'_>,
    flow: &Flow,
    verdict: &'a Verdict,
    offers: &[Offer],
) -> Summary<'a> {
    let is_passing = verdict.outcome.is_transient();
    let is_other = verdict.outcome == OutcomeKind::DifferentAccount;
    let to_fix = |key: &Key| {
        let field = own_fields(flow).find(|field| field.key == *key && !is_passing)?;
        Some((key.to_string(), field.label.clone()))
    };
    let step = verdict.return_to.as_ref().filter(|_| !is_passing).and_then(|key| {
        let steps = flow.all_steps();
        let (_, step) = steps.iter().find(|(_, step)| step.key == *key)?;
        Some((step.key.to_string(), step.title.clone()))
    });
    Summary {
        headline: frame.language.outcome(verdict.outcome),
        says: said(frame, &verdict.says),
        fix: said(frame, &verdict.fix),
        lead: None,
        is_passing,
        fields: verdict.at_field.iter().chain(&verdict.or_fields).filter_map(to_fix).collect(),
        step,
        offers: offers.iter().filter_map(|offer| offered(frame, flow, offer)).collect(),
        attempt: None,
        before: None,
        now: verdict.identity.as_ref().filter(|_| is_other),
        is_other,
    }
}

/// Renders a sentence, if there is one.
fn said(frame: &Frame<'_>, saying: &Saying) -> Option<Said> {
    (!saying.is_empty()).then(|| frame.language.say(saying))
}

/// Returns the buttons that offer a fix. Going back to a step needs none, because the page shows the step.
fn offered(frame: &Frame<'_>, flow: &Flow, offer: &Offer) -> Option<OfferView> {
    let texts = frame.texts();
    match offer {
        Offer::GoTo(_) => None,
        Offer::Retry => Some(OfferView { value: "retry", label: texts.retry.to_owned(), hint: None }),
        Offer::AskElsewhere => {
            let here = flow.environment().map(|one| &one.key);
            let others = flow.method().environments.iter().filter(|one| Some(&one.key) != here);
            let names: Vec<&str> = others.map(|one| one.label.as_str()).collect();
            let hint = fill(texts.ask_elsewhere_hint, &[("environments", &names.join(", "))]);
            Some(OfferView { value: "elsewhere", label: texts.ask_elsewhere.to_owned(), hint: Some(hint) })
        }
        Offer::SwitchTo(key) => {
            let label = flow.method().environment(key.as_str()).map_or(key.as_str(), |one| &one.label);
            let label = fill(texts.switch_environment, &[("environment", label)]);
            Some(OfferView { value: "switch", label, hint: None })
        }
    }
}
