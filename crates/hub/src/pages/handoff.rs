//! The pages for handing a step to another person: the page with the link, and the page that the link opens.
//!
//! **Invariant:** the person who asked for help learns that the values arrived, but never sees the values.

use guide::{Key, Step};
use jiff::Timestamp;
use link::{FieldProblem, Flow};
use minijinja::{Value, context};

use super::form::{FormState, field_view, own_fields, step_view};
use super::shell::{Event, Frame, Head, PageProvider, data, render_page};

/// The data for the page with the new link.
#[derive(Clone, Copy)]
pub struct HandoffPage<'a> {
    /// The provider.
    pub provider: PageProvider<'a>,
    /// The step's title.
    pub step: &'a str,
    /// The complete link.
    pub link: &'a str,
    /// When the link expires.
    pub until: Timestamp,
    /// The path of the form: `/session/{session}/{connector}`.
    pub base: &'a str,
}

/// The data for the helper's page.
#[derive(Clone, Copy)]
pub struct HelpPage<'a> {
    /// The helper's own flow. It has the chosen environment, but no other value entered by the person who asked for
    /// help, except that the page shows the host.
    pub flow: &'a Flow,
    /// The step that was handed off.
    pub step: &'a Step,
    /// The host that the values will be sent to. `None` if it is unknown, or if the values determine it.
    pub host: Option<&'a str>,
    /// Whether the values were not saved because the host has changed since the helper opened the page.
    pub host_changed: bool,
    /// The name of the customer for whom the account is linked.
    pub customer: &'a str,
    /// The name of the person who asked for help; `None` if it is unknown.
    pub person: Option<&'a str>,
    /// The path that the form is submitted to.
    pub action: &'a str,
    /// The entered values that were rejected. Values of secret fields are ignored.
    pub typed: &'a [(Key, String)],
    /// The problems with the entered values.
    pub problems: &'a [FieldProblem],
}

/// Renders the page with the new link.
pub fn handoff_created(frame: &Frame<'_>, page: &HandoffPage<'_>) -> String {
    let texts = frame.texts();
    let values = [("provider", page.provider.name), ("step", page.step), ("link", page.link)];
    let lead = frame.fill(texts.hand_created_lead, &values);
    let head =
        Head { stage: Some(2), provider: Some(page.provider), ..Head::new(texts.hand_created_title, lead) };
    let page = context! {
        base => page.base,
        link => page.link,
        message => frame.fill(texts.hand_message_text, &values),
        until => texts.hand_until.split("{until}").collect::<Vec<_>>(),
        until_at => page.until.to_string(),
        until_text => page.until.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    };
    render_page(frame, &head, "handoff.html", page)
}

/// Renders the step for the helper.
pub fn help(frame: &Frame<'_>, page: &HelpPage<'_>) -> String {
    let (flow, texts) = (page.flow, frame.texts());
    let provider = PageProvider::from(flow.guide());
    let person = page.person.unwrap_or_default();
    let names = [("provider", provider.name), ("customer", page.customer), ("person", person)];
    let fill = |message| frame.fill(message, &names);
    let lead = if page.person.is_some() { texts.help_lead_named } else { texts.help_lead };
    let problems: Vec<&FieldProblem> = page.problems.iter().collect();
    let state = FormState { typed: page.typed, problems: &problems, ..FormState::default() };
    let fields = own_fields(flow).filter(|field| page.step.collects.contains(&field.key));
    // The step is shown right above its fields, so the fields do not link to it.
    let fields = fields.map(|field| context! { step => (), ..field_view(frame, flow, field, &state) });
    let links: Vec<(&str, &str)> = problems
        .iter()
        .filter_map(|problem| flow.method().field(problem.field.as_str()))
        .map(|field| (field.key.as_str(), field.label.as_str()))
        .collect();
    let head = Head {
        provider: Some(provider),
        is_problem: !problems.is_empty() || page.host_changed,
        ..Head::new(fill(texts.help_title), fill(lead))
    };
    // The helper's form has a button of its own.
    let context = frame.context(flow).with_button(texts.help_send);
    let page = context! {
        action => page.action,
        steps => leading_to(flow, page.step).map(|step| step_view(flow, step, &context)).collect::<Value>(),
        fields => fields.collect::<Value>(),
        problems => data(links),
        for_customer => (!problems.is_empty() || page.host_changed).then(|| fill(lead)),
        host => page.host,
        host_changed => page.host_changed,
    };
    render_page(frame, &head, "help.html", page)
}

/// Renders the page that thanks the helper.
pub fn help_thanks(frame: &Frame<'_>) -> String {
    let texts = frame.texts();
    let head = Head {
        event: Some(Event { name: "helped", ..Event::default() }),
        ..Head::new(texts.help_thanks_title, texts.help_thanks_lead)
    };
    render_page(frame, &head, "notice.html", context! { mark => "done", note => texts.help_close })
}

/// Renders the page for a person whose values were not stored, because someone else had already submitted theirs.
pub fn help_too_late(frame: &Frame<'_>) -> String {
    let texts = frame.texts();
    let head = Head { is_problem: true, ..Head::new(texts.help_late_title, texts.help_late_lead) };
    render_page(frame, &head, "notice.html", context! { mark => "link", note => texts.help_close })
}

/// Returns the step, preceded by the steps that produce its values.
fn leading_to<'f>(flow: &'f Flow, step: &'f Step) -> impl Iterator<Item = &'f Step> {
    let produces = |one: &Step| one.obtains.iter().any(|key| step.collects.contains(key));
    let before = flow.all_steps().into_iter().map(|(_, one)| one);
    before.filter(move |one| one.key != step.key && produces(one)).chain([step])
}
