//! The guide next to the form: its sections and steps, each with the fields it is about.
//!
//! **Invariant:** a step's id in the page is its key, so that links within the guide work. The page's own ids contain two
//! hyphens or start with `_`, which keys never do.

use guide::{Key, Section, Step};
use link::{FieldProblem, Flow};
use minijinja::{Value, context};
use probe::Verdict;

use super::condition::{only, when};
use crate::pages::shell::{Frame, markup};

/// The guide, for the template.
pub(super) fn guide(frame: &Frame<'_>, flow: &Flow, active: Option<&Key>) -> Value {
    let context = frame.context(flow);
    let walkthrough = &flow.method().link;
    let prose = |prose: &guide::Prose| markup(render::html_prose(prose, &context));
    let mut sections: Vec<(&Section, Vec<Value>)> = Vec::new();
    let shown = flow.steps();
    for (section, step) in flow.all_steps() {
        let applies = shown.iter().any(|(_, one)| one.key == step.key);
        let condition = step.when.as_ref().or(section.when.as_ref());
        let view = context! {
            is_active => active == Some(&step.key),
            when => condition.map(when),
            only => condition.map(|condition| only(flow, condition)),
            hidden => !applies && flow.environment().is_some(),
            ..step_view(frame, flow, step)
        };
        match sections.last_mut() {
            Some((last, steps)) if last.key == section.key => steps.push(view),
            _ => sections.push((section, vec![view])),
        }
    }
    let section_view = |(section, steps): (&Section, Vec<Value>)| {
        context! { title => section.title.as_str(), intro => section.intro.as_ref().map(prose), steps }
    };
    context! {
        warning => walkthrough.warning.as_ref().map(prose),
        needs => walkthrough.needs.iter().map(prose).collect::<Vec<_>>(),
        sections => sections.into_iter().map(section_view).collect::<Vec<_>>(),
    }
}

/// A step: its text, and the fields for the values it produces.
pub(in crate::pages) fn step_view(frame: &Frame<'_>, flow: &Flow, step: &Step) -> Value {
    let method = flow.method();
    let mut keys: Vec<&Key> = Vec::new();
    for key in step.obtains.iter().chain(&step.collects) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let fields = keys.into_iter().filter_map(|key| method.field(key.as_str()));
    let fields: Vec<Value> =
        fields.map(|field| context! { key => field.key.as_str(), label => field.label.as_str() }).collect();
    context! {
        key => step.key.as_str(),
        title => step.title.as_str(),
        body => markup(render::html_prose(&step.body, &frame.context(flow))),
        fields,
    }
}

/// The step that is shown first: the step that a failure leads back to, or the step of the first problem.
pub(super) fn active(flow: &Flow, verdict: Option<&Verdict>, problems: &[&FieldProblem]) -> Option<Key> {
    let of_field = |key: &Key| flow.method().made_at(key.as_str()).map(|step| step.key.clone());
    if let Some(problem) = problems.first() {
        return of_field(&problem.field);
    }
    let verdict = verdict.filter(|verdict| !verdict.outcome.is_transient())?;
    verdict.return_to.clone().or_else(|| verdict.at_field.as_ref().and_then(of_field))
}

/// The steps that can be handed to another person: those in which values are entered.
pub(super) fn to_hand_over(flow: &Flow) -> Vec<Value> {
    let with_fields = flow.all_steps().into_iter().filter(|(_, step)| !step.collects.is_empty());
    let view = |(_, step): (&Section, &Step)| {
        let fields = step.collects.iter().filter_map(|key| flow.method().field(key.as_str()));
        let labels: Vec<&str> = fields.map(|field| field.label.as_str()).collect();
        context! { key => step.key.as_str(), title => step.title.as_str(), labels => labels.join(", ") }
    };
    with_fields.map(view).collect()
}
