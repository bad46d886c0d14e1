//! The pages for handing a step to another person: the link, and the page it opens.
//!
//! **Invariant:** the person who asked learns that the values arrived, but never sees them.

use guide::{Key, Step};
use jiff::Timestamp;
use link::{FieldProblem, Flow};
use minijinja::{Value, context};

use super::form::{FieldView, FormState, field_view, own_fields, step_view};
use super::shell::{Frame, Head, data, draw};
use crate::texts::fill;

/// The data of the page with the new link.
#[derive(Clone, Copy)]
pub struct HandoffPage<'a> {
    /// The provider's name.
    pub provider: &'a str,
    /// The provider's icon.
    pub icon: Option<&'a str>,
    /// The step's title.
    pub step: &'a str,
    /// The complete link.
    pub link: &'a str,
    /// When the link expires.
    pub until: Timestamp,
    /// Where linking is: `/session/{session}/{connector}`.
    pub base: &'a str,
}

/// The data of the helper's page.
#[derive(Clone, Copy)]
pub struct HelpPage<'a> {
    /// The helper's own flow. Of what the asking person entered, it contains only the environment.
    pub flow: &'a Flow,
    /// The step that was handed off.
    pub step: &'a Step,
    /// The provider's icon.
    pub icon: Option<&'a str>,
    /// The path that the form is sent to.
    pub action: &'a str,
    /// The entered values that were rejected. Values of secret fields are ignored.
    pub typed: &'a [(Key, String)],
    /// The problems with the entered values.
    pub problems: &'a [FieldProblem],
}

/// Renders the page with the new link.
pub fn handoff_made(frame: &Frame<'_>, page: &HandoffPage<'_>) -> String {
    let texts = frame.texts();
    let values = [("provider", page.provider), ("step", page.step), ("link", page.link)];
    draw(
        frame,
        &Head::new(texts.hand_made_title, Some(2)),
        "handoff.html",
        context! {
            lead => frame.say(texts.hand_made_lead, &values),
            provider => page.provider,
            icon => page.icon,
            base => page.base,
            link => page.link,
            message => frame.say(texts.hand_message_text, &values),
            until => texts.hand_until.split("{until}").collect::<Vec<_>>(),
            until_at => page.until.to_string(),
            until_says => page.until.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        },
    )
}

/// Renders the step for the helper.
pub fn help(frame: &Frame<'_>, page: &HelpPage<'_>) -> String {
    let (flow, texts) = (page.flow, frame.texts());
    let provider = flow.guide().provider.name.as_str();
    let problems: Vec<&FieldProblem> = page.problems.iter().collect();
    let state = FormState { typed: page.typed, problems: &problems, ..FormState::default() };
    let own = own_fields(flow).filter(|field| page.step.collects.contains(&field.key));
    let fields: Vec<FieldView> =
        own.map(|field| field_view(frame, flow, field, &state).without_step()).collect();
    let links: Vec<(String, &str)> = problems
        .iter()
        .filter_map(|problem| flow.method().field(problem.field.as_str()))
        .map(|field| (field.key.to_string(), field.label.as_str()))
        .collect();
    let title = frame.say(texts.help_title, &[("provider", provider)]);
    let steps: Vec<Value> =
        leading_to(flow, page.step).into_iter().map(|step| step_view(frame, flow, step)).collect();
    let head = Head { is_problem: !problems.is_empty(), ..Head::new(&title, None) };
    draw(
        frame,
        &head,
        "help.html",
        context! {
            lead => frame.say(texts.help_lead, &[("provider", provider)]),
            provider,
            icon => page.icon,
            action => page.action,
            steps,
            fields => data(&fields),
            problems => data(links),
        },
    )
}

/// Renders the page that thanks the helper.
pub fn help_thanks(frame: &Frame<'_>) -> String {
    let texts = frame.texts();
    draw(
        frame,
        &Head::new(texts.help_thanks_title, None),
        "notice.html",
        context! {
            lead => fill(texts.help_thanks_lead, &[]),
            mark => "done",
            note => texts.help_close,
            ..super::trouble::nothing_more()
        },
    )
}

/// The step, preceded by the steps that produce the values entered in it.
fn leading_to<'f>(flow: &'f Flow, step: &'f Step) -> Vec<&'f Step> {
    let all = flow.all_steps();
    let makes = |one: &Step| one.obtains.iter().any(|key| step.collects.contains(key));
    let before = all.into_iter().map(|(_, one)| one).filter(|one| one.key != step.key && makes(one));
    before.chain([step]).collect()
}
