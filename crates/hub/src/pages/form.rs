//! The form next to the guide: the fields, where to find their values, and any problems.
//!
//! **Invariant:** the page shows whether a secret is stored, but never its value or length.

mod condition;
mod field;
mod rules;
mod shown;
mod steps;
mod summary;

use guide::Key;
use link::{FieldProblem, Flow, Purpose, Stage};
use minijinja::{Value, context};

use super::account::PreviousAccount;
use super::shell::{Frame, Head, PageProvider, data, render_page};

pub(super) use self::field::view as field_view;
pub use self::field::{field_name, field_of};
pub(super) use self::shown::{FormState, own_fields};
pub use self::shown::{HandedStep, HandoffState};
pub(super) use self::steps::step_view;
pub(super) use self::summary::{advice, happened};

/// The data for the form page.
#[derive(Clone, Copy)]
pub struct FormPage<'a> {
    /// The flow, in which the person is choosing an environment or following the guide, or which has failed.
    pub flow: &'a Flow,
    /// The page's path without a trailing slash: `/session/{session}/{connector}`.
    pub base: &'a str,
    /// The name of the customer for whom the account is linked.
    pub customer: &'a str,
    /// The path for choosing another provider; `None` if there is only one provider.
    pub providers: Option<&'a str>,
    /// The rejected form that the page shows again; `None` if no form was submitted.
    pub sent: Option<SentForm<'a>>,
    /// The id that support needs to find the failed attempt.
    pub attempt: Option<&'a str>,
    /// The account that is being linked again; `None` if no account was chosen.
    pub previous: Option<&'a PreviousAccount>,
    /// Steps that were handed to another person.
    pub handed: &'a [HandedStep<'a>],
}

/// A form that was submitted and rejected.
#[derive(Clone, Copy)]
pub struct SentForm<'a> {
    /// The entered values that were rejected. Values of secret fields are ignored.
    pub typed: &'a [(Key, String)],
    /// The problems that `submit_form` returned. The flow does not store them.
    pub problems: &'a [FieldProblem],
}

/// Renders the page.
pub fn form(frame: &Frame<'_>, page: &FormPage<'_>) -> String {
    let (flow, texts) = (page.flow, frame.texts());
    let provider = PageProvider::from(flow.guide());
    let fill = |message| frame.fill(message, &[("provider", provider.name)]);
    let stage = flow.stage();
    let (stage_problems, verdict) = match &stage {
        Stage::Step(view) => (view.problems, view.failure),
        Stage::Failed { verdict, .. } => (&[][..], Some(*verdict)),
        _ => (&[][..], None),
    };
    let (typed, sent_problems) = page.sent.map_or((&[][..], &[][..]), |sent| (sent.typed, sent.problems));
    let problems: Vec<&FieldProblem> = stage_problems.iter().chain(sent_problems).collect();
    let is_again = matches!(flow.purpose(), Purpose::Relink { .. });
    let state = FormState { typed, problems: &problems, verdict, is_again, handed: page.handed };
    let fields: Vec<Value> = own_fields(flow).map(|field| field_view(frame, flow, field, &state)).collect();

    let is_browser = flow.method().auth.needs_browser();
    let environment_missing = page.sent.is_some() && matches!(stage, Stage::Choose(_));
    let summary = match &stage {
        Stage::Failed { verdict, offers, .. } => Some(summary::failed(frame, flow, verdict, offers)),
        _ => summary::problems(frame, flow, &problems, environment_missing)
            .or_else(|| verdict.map(|verdict| summary::failed(frame, flow, verdict, &[]))),
    };
    let title = fill(if is_again { texts.edit_title } else { texts.form_title });
    let lead = match page.previous.filter(|_| is_again) {
        Some(previous) => frame.fill(texts.edit_lead, &[("account", &previous.name)]),
        None if is_browser && fields.is_empty() => fill(texts.form_lead_browser),
        None => texts.form_lead.to_owned(),
    };
    // The host is hidden if it would reveal a value that another person entered.
    let is_theirs = |key: &&Key| {
        let step = flow.method().collected_at(key.as_str());
        page.handed.iter().any(|handed| step.is_some_and(|step| step.key == *handed.step))
    };
    let is_host_theirs = probe::host_fields(flow.method()).iter().any(is_theirs);
    let active = steps::active(flow, verdict, &problems);
    let head = Head {
        stage: Some(2),
        provider: Some(provider),
        is_problem: summary.is_some(),
        ..Head::new(title, lead)
    };
    let page = context! {
        base => page.base,
        providers => page.providers,
        environment_label => &flow.method().environment_label,
        environments => environments(flow),
        environment_missing,
        fields,
        summary => data(&summary),
        attempt => page.attempt,
        previous => data(page.previous),
        button => fill(frame.button(flow)),
        for_customer => frame.fill(texts.browser_for, &[("provider", provider.name), ("customer", page.customer)]),
        host => flow.host().filter(|_| !is_host_theirs),
        guide => steps::guide(frame, flow, active.as_ref(), &state),
        hand => steps::to_hand_over(flow),
    };
    render_page(frame, &head, "form.html", page)
}

/// Returns the environments that a person can choose from; empty if there is no choice. If there are more than four,
/// the page shows a drop-down list.
fn environments(flow: &Flow) -> Vec<Value> {
    let method = flow.method();
    if method.environments.len() < 2 || method.tells_environment() {
        return Vec::new();
    }
    let chosen = flow.environment().map(|environment| &environment.key);
    let view = |environment: &guide::Environment| {
        context! {
            key => environment.key.as_str(),
            label => &environment.label,
            host => &environment.host,
            description => &environment.description,
            chosen => chosen == Some(&environment.key),
        }
    };
    method.environments.iter().map(view).collect()
}
