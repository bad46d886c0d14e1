//! The summary at the top of the form: the problem, where to fix it, and other options.
//!
//! **Invariant:** provider and network failures are never attributed to a field.

use guide::{Key, Ours, OutcomeKind, Saying};
use link::{FieldProblem, Flow, Offer};
use minijinja::{Value, context};
use probe::{Identity, Verdict};
use serde::Serialize;

use super::shown::own_fields;
use crate::pages::shell::Frame;
use crate::texts::{Localized, fill};

/// A summary of a problem.
#[derive(Default, Serialize)]
pub(super) struct Summary<'a> {
    headline: String,
    says: Option<Localized>,
    fix: Option<Localized>,
    /// The Hub's own paragraph below the headline.
    lead: Option<&'static str>,
    /// Whether the failure is transient. If it is, the person can only wait and try again.
    is_passing: bool,
    /// The keys and labels of the fields to check.
    fields: Vec<(&'a str, &'a str)>,
    /// The key and title of the step to go back to.
    step: Option<(&'a str, &'a str)>,
    /// The buttons that offer a fix.
    offers: Vec<Value>,
    /// The account that was found, if it differs from the previously linked account.
    now: Option<&'a Identity>,
}

/// Summarizes the problems with the entered values.
pub(super) fn problems<'a>(
    frame: &Frame<'_>,
    flow: &'a Flow,
    problems: &[&FieldProblem],
    environment_missing: bool,
) -> Option<Summary<'a>> {
    if problems.is_empty() && !environment_missing {
        return None;
    }
    let texts = frame.texts();
    let environment = ("-environment", flow.method().environment_label.as_str());
    let mut fields = Vec::from_iter(Some(environment).filter(|_| environment_missing));
    fields.extend(problems.iter().filter_map(|problem| labeled(flow, &problem.field)));
    if fields.is_empty() {
        // The admin's setup is incomplete, which the person cannot fix.
        let outcome = OutcomeKind::Misconfigured;
        let provider = flow.guide().provider.name.clone();
        let headline = headline(frame, outcome, &provider);
        let fix = Ours::Fix { outcome, provider, product: frame.brand.product() };
        return Some(Summary { headline, fix: localized(frame, &fix.into()), ..Summary::default() });
    }
    let (headline, lead) = (texts.problems_title.to_owned(), Some(texts.problems_lead));
    Some(Summary { headline, lead, fields, ..Summary::default() })
}

/// Summarizes a failed check: the provider refused the credentials, or could not be reached.
pub(super) fn failed<'a>(
    frame: &Frame<'_>,
    flow: &'a Flow,
    verdict: &'a Verdict,
    offers: &[Offer],
) -> Summary<'a> {
    let is_passing = verdict.outcome.is_transient();
    let is_other = verdict.outcome == OutcomeKind::DifferentAccount;
    let at_fault = verdict.at_field.iter().chain(&verdict.or_fields).filter(|_| !is_passing);
    let step = verdict.return_to.as_ref().filter(|_| !is_passing).and_then(|key| {
        let (_, step) = flow.all_steps().into_iter().find(|(_, step)| step.key == *key)?;
        Some((step.key.as_str(), step.title.as_str()))
    });
    let (headline, says) = happened(frame, verdict, &flow.guide().provider.name);
    Summary {
        headline,
        says,
        fix: advice(frame, verdict, &flow.guide().provider.name),
        is_passing,
        fields: at_fault.filter_map(|key| labeled(flow, key)).collect(),
        step,
        offers: offers.iter().filter_map(|offer| button(frame, flow, offer)).collect(),
        now: verdict.identity.as_ref().filter(|_| is_other),
        ..Summary::default()
    }
}

/// Returns the headline for an outcome.
fn headline(frame: &Frame<'_>, outcome: OutcomeKind, provider: &str) -> String {
    frame.fill(frame.language.outcome(outcome), &[("provider", provider)])
}

/// Returns the headline for a verdict, and what happened unless the headline already says it. The Hub's own message for
/// an outcome says nothing more than the headline. A guide's message about a transient failure, such as the host that we
/// couldn't reach, says the same more precisely, so it becomes the headline if it is in the reader's language, and is left
/// out otherwise.
pub(in crate::pages) fn happened(
    frame: &Frame<'_>,
    verdict: &Verdict,
    provider: &str,
) -> (String, Option<Localized>) {
    let headline = headline(frame, verdict.outcome, provider);
    let is_default = matches!(verdict.says.ours(), Some(Ours::Happened { .. }));
    let Some(says) = localized(frame, &verdict.says).filter(|_| !is_default) else { return (headline, None) };
    let text = says.text();
    let sentence = text.trim_end_matches('.');
    let is_transient = verdict.outcome.is_transient();
    if is_transient && says.lang != frame.texts().lang {
        return (headline, None);
    }
    let is_precise = is_transient && !sentence.contains(". ");
    if is_precise || sentence == headline { (sentence.to_owned(), None) } else { (headline, Some(says)) }
}

/// Returns the advice for a verdict. `None` if there is none. A guide's advice about a transient failure is to try again, as
/// is the Hub's own, which is in the reader's language.
pub(in crate::pages) fn advice(frame: &Frame<'_>, verdict: &Verdict, provider: &str) -> Option<Localized> {
    let fix = localized(frame, &verdict.fix)?;
    if !verdict.outcome.is_transient() || fix.lang == frame.texts().lang {
        return Some(fix);
    }
    let own = Verdict::standard(verdict.outcome, provider, &frame.brand.product());
    localized(frame, &own.fix)
}

/// Returns a field's key and label. `None` if the person cannot fill in the field.
fn labeled<'a>(flow: &'a Flow, key: &Key) -> Option<(&'a str, &'a str)> {
    let field = own_fields(flow).find(|field| field.key == *key)?;
    Some((field.key.as_str(), &field.label))
}

/// Translates a message. Returns `None` if the message is empty.
fn localized(frame: &Frame<'_>, saying: &Saying) -> Option<Localized> {
    (!saying.is_empty()).then(|| frame.language.localize(saying))
}

/// Builds the button for an offer. Returns `None` for going back to a step, because the page already shows the step.
fn button(frame: &Frame<'_>, flow: &Flow, offer: &Offer) -> Option<Value> {
    let texts = frame.texts();
    match offer {
        Offer::GoTo(_) => None,
        Offer::Retry => Some(context! { value => "retry", label => texts.retry, hint => () }),
        Offer::AskElsewhere => {
            let here = flow.environment().map(|environment| &environment.key);
            let others = flow.method().environments.iter().filter(|one| Some(&one.key) != here);
            let names: Vec<&str> = others.map(|one| one.label.as_str()).collect();
            // The guide decides what its environments are called, so the label contains no word for them.
            let label = if let [_] = names[..] { texts.ask_elsewhere } else { texts.ask_elsewhere_many };
            let named = |text| fill(text, &[("environments", &names.join(", "))]);
            let (label, hint) = (named(label), named(texts.ask_elsewhere_hint));
            Some(context! { value => "elsewhere", label, hint })
        }
        Offer::SwitchTo(key) => {
            let label = flow.method().environment(key.as_str()).map_or(key.as_str(), |one| &one.label);
            let label = fill(texts.switch_environment, &[("environment", label)]);
            Some(context! { value => "switch", label, hint => () })
        }
    }
}
