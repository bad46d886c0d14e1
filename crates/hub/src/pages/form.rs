//! The form next to the guide: the fields, where to find their values, and what went wrong.
//!
//! **Invariant:** the page shows whether a secret is stored, but never its value or length.

mod condition;
mod field;
mod handed;
mod steps;
mod summary;

use guide::Key;
use link::{FieldProblem, Flow, Purpose, Stage};
use minijinja::context;
use serde::Serialize;

use super::account::Before;
use super::shell::{Frame, Head, data, draw};

pub(super) use self::field::{FieldView, FormState, own_fields, view as field_view};
pub use self::field::{field_name, field_of};
pub use self::handed::{HandedStep, Handing};
pub(super) use self::steps::step_view;

/// The data of the form page.
#[derive(Clone, Copy)]
pub struct FormPage<'a> {
    /// Where linking stands: choosing an environment, following the guide, or failed.
    pub flow: &'a Flow,
    /// The paths of the page and its links.
    pub links: FormLinks<'a>,
    /// The rejected form that the page responds to; `None` if the page is opened.
    pub sent: Option<SentForm<'a>>,
    /// The id under which support finds the failed attempt.
    pub attempt: Option<&'a str>,
    /// The account that is linked again.
    pub before: Option<&'a Before>,
    /// Steps that were handed to another person.
    pub handed: &'a [HandedStep<'a>],
}

/// The paths of the form and its links.
#[derive(Clone, Copy)]
pub struct FormLinks<'a> {
    /// The page's path without a trailing slash: `/session/{session}/{connector}`.
    pub base: &'a str,
    /// The path for choosing another provider; `None` if there is only one.
    pub providers: Option<&'a str>,
    /// The provider's icon.
    pub icon: Option<&'a str>,
}

/// A form that was sent and rejected.
#[derive(Clone, Copy)]
pub struct SentForm<'a> {
    /// The entered values that were rejected. Values of secret fields are ignored.
    pub typed: &'a [(Key, String)],
    /// Problems that are not part of the flow: those that `submit_form` returned.
    pub problems: &'a [FieldProblem],
}

/// An environment to choose. The page shows more than four in a dropdown.
#[derive(Serialize)]
struct EnvironmentView<'a> {
    key: &'a str,
    label: &'a str,
    host: &'a str,
    description: Option<&'a str>,
    chosen: bool,
}

/// Renders the page.
pub fn form(frame: &Frame<'_>, page: &FormPage<'_>) -> String {
    let (flow, texts) = (page.flow, frame.texts());
    let provider = flow.guide().provider.name.as_str();
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
    let fields: Vec<FieldView> =
        own_fields(flow).map(|field| field_view(frame, flow, field, &state)).collect();

    let is_browser = flow.method().auth.needs_browser();
    let environments = environments(flow);
    let environment_missing = page.sent.is_some() && matches!(stage, Stage::Choose(_));
    let failed =
        |verdict, offers| summary::failed(frame, flow, verdict, offers).of_attempt(page.attempt, page.before);
    let summary = match &stage {
        Stage::Failed { verdict, offers, .. } => Some(failed(verdict, offers)),
        _ => summary::problems(frame, flow, &problems, environment_missing)
            .or_else(|| verdict.map(|verdict| failed(verdict, &[]))),
    };
    let title = if is_again {
        frame.say(texts.edit_title, &[("provider", provider)])
    } else {
        frame.say(texts.form_title, &[("provider", provider)])
    };
    let lead = match (page.before.filter(|_| is_again), is_browser && fields.is_empty()) {
        (Some(before), _) => frame.say(texts.edit_lead, &[("account", &before.name)]),
        (None, true) => frame.say(texts.form_lead_browser, &[("provider", provider)]),
        (None, false) => texts.form_lead.to_owned(),
    };
    let button = match (is_browser, is_again) {
        (true, _) => frame.say(texts.continue_to, &[("provider", provider)]),
        (false, true) => texts.connect_again.to_owned(),
        (false, false) => texts.connect.to_owned(),
    };
    // The host would reveal a value that another person entered.
    let is_theirs = |key: &&Key| {
        let step = flow.method().collected_at(key.as_str());
        page.handed.iter().any(|one| step.is_some_and(|step| step.key == *one.step))
    };
    let is_host_theirs = probe::host_fields(flow.method()).iter().any(is_theirs);
    let active = steps::active(flow, verdict, &problems);
    let head = Head { is_problem: summary.is_some(), ..Head::new(&title, Some(2)) };
    draw(
        frame,
        &head,
        "form.html",
        context! {
            lead,
            provider,
            icon => page.links.icon,
            base => page.links.base,
            providers => page.links.providers,
            environment_label => flow.method().environment_label.as_str(),
            environments => data(&environments),
            environment_missing,
            fields => data(&fields),
            summary => data(&summary),
            button,
            host => flow.host().filter(|_| !is_host_theirs),
            guide => steps::guide(frame, flow, active.as_ref()),
            hand => steps::to_hand_over(flow),
            is_again,
        },
    )
}

/// The environments to choose from; empty if there is only one.
fn environments(flow: &Flow) -> Vec<EnvironmentView<'_>> {
    let method = flow.method();
    if method.environments.len() < 2 || method.tells_environment() {
        return Vec::new();
    }
    let chosen = flow.environment().map(|one| &one.key);
    method.environments.iter().map(|one| environment_view(one, chosen)).collect()
}

fn environment_view<'a>(one: &'a guide::Environment, chosen: Option<&Key>) -> EnvironmentView<'a> {
    EnvironmentView {
        key: one.key.as_str(),
        label: &one.label,
        host: &one.host,
        description: one.description.as_deref(),
        chosen: chosen == Some(&one.key),
    }
}
