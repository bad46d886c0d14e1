//! One step in somebody else's hands: the link for it, and the page it leads to.
//!
//! **Invariant:** whoever asked is told that something came, and never what.

use guide::{Key, Step};
use jiff::Timestamp;
use link::{FieldProblem, Flow};
use minijinja::{Value, context};

use super::form::{FieldView, FormState, field_view, own_fields, step_view};
use super::shell::{Frame, Head, data, draw};
use crate::texts::fill;

/// What the page with the new link is made from.
#[derive(Clone, Copy)]
pub struct HandoffPage<'a> {
    /// The provider's name.
    pub provider: &'a str,
    /// The provider's icon.
    pub icon: Option<&'a str>,
    /// The step's title.
    pub step: &'a str,
    /// The link, whole.
    pub link: &'a str,
    /// Until when it works.
    pub until: Timestamp,
    /// Where linking is: `/session/{session}/{connector}`.
    pub base: &'a str,
}

/// What the page of whoever was asked is made from.
#[derive(Clone, Copy)]
pub struct HelpPage<'a> {
    /// A flow of their own: nothing of what was typed by whoever asked is in it but the environment.
    pub flow: &'a Flow,
    /// The step.
    pub step: &'a Step,
    /// The provider's icon.
    pub icon: Option<&'a str>,
    /// Where the form is sent.
    pub action: &'a str,
    /// What was typed and could not be kept. Values of secrets are not looked at.
    pub typed: &'a [(Key, String)],
    /// What is wrong with it.
    pub problems: &'a [FieldProblem],
}

/// The link that was made.
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

/// The step, for whoever was asked.
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

/// Thanks.
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

/// The step, and before it those that make the values that are typed in at it.
fn leading_to<'f>(flow: &'f Flow, step: &'f Step) -> Vec<&'f Step> {
    let all = flow.all_steps();
    let makes = |one: &Step| one.obtains.iter().any(|key| step.collects.contains(key));
    let before = all.into_iter().map(|(_, one)| one).filter(|one| one.key != step.key && makes(one));
    before.chain([step]).collect()
}
