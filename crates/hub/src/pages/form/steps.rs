//! The guide next to the form: its sections and steps, each step with the fields for its values.
//!
//! **Invariant:** a step's id on the page is its key, so that links within the guide work. The page's own ids contain
//! two hyphens or start with `_`. Keys never do.

use guide::{Key, Section, Step};
use link::{FieldProblem, Flow};
use minijinja::{Value, context};
use probe::Verdict;
use render::Context;

use super::condition::{only, when};
use super::shown::FormState;
use crate::pages::shell::{Frame, markup};

/// Builds the guide for the template.
pub(super) fn guide(frame: &Frame<'_>, flow: &Flow, active: Option<&Key>, form: &FormState<'_>) -> Value {
    let context = frame.context(flow);
    let walkthrough = &flow.method().link;
    let prose = |prose: &guide::Prose| markup(render::html_prose(prose, &context));
    let shown = flow.steps();
    let view = |(section, step): &(&Section, &Step)| {
        let applies = shown.iter().any(|(_, one)| one.key == step.key);
        let condition = step.when.as_ref().or(section.when.as_ref());
        context! {
            is_active => active == Some(&step.key),
            when => when(flow, form, section.when.iter().chain(&step.when)),
            only => condition.map(|condition| only(flow, condition)),
            hidden => !applies && flow.environment().is_some(),
            ..step_view(flow, step, &context)
        }
    };
    let steps = flow.all_steps();
    let sections = steps.chunk_by(|(a, _), (b, _)| a.key == b.key).map(|steps| {
        let section = steps[0].0;
        context! {
            title => &section.title,
            intro => section.intro.as_ref().map(prose),
            steps => steps.iter().map(view).collect::<Value>(),
        }
    });
    context! {
        warning => walkthrough.warning.as_ref().map(prose),
        needs => walkthrough.needs.iter().map(prose).collect::<Value>(),
        sections => sections.collect::<Value>(),
    }
}

/// Builds a step for the template: its text, and the fields whose values are produced or entered in it.
pub(in crate::pages) fn step_view(flow: &Flow, step: &Step, context: &Context<'_>) -> Value {
    let entered = step.collects.iter().filter(|key| !step.obtains.contains(key));
    let fields = step.obtains.iter().chain(entered).filter_map(|key| flow.method().field(key.as_str()));
    context! {
        key => step.key.as_str(),
        title => &step.title,
        body => markup(render::html_prose(&step.body, context)),
        fields => fields.map(|field| context! { key => field.key.as_str(), label => &field.label }).collect::<Value>(),
    }
}

/// Returns the key of the step to highlight: the step with the first problem, or the step to return to after a failed
/// check. `None` if no step needs attention.
pub(super) fn active(flow: &Flow, verdict: Option<&Verdict>, problems: &[&FieldProblem]) -> Option<Key> {
    let of_field = |key: &Key| flow.method().made_at(key.as_str()).map(|step| step.key.clone());
    if let Some(problem) = problems.first() {
        return of_field(&problem.field);
    }
    let verdict = verdict.filter(|verdict| !verdict.outcome.is_transient())?;
    verdict.return_to.clone().or_else(|| verdict.at_field.as_ref().and_then(of_field))
}

/// Builds the list of steps that can be handed to another person, which are the steps in which values are entered.
pub(super) fn to_hand_over(flow: &Flow) -> Vec<Value> {
    let with_fields = flow.all_steps().into_iter().filter(|(_, step)| !step.collects.is_empty());
    let view = |(_, step): (&Section, &Step)| {
        let fields = step.collects.iter().filter_map(|key| flow.method().field(key.as_str()));
        let labels: Vec<&str> = fields.map(|field| field.label.as_str()).collect();
        context! { key => step.key.as_str(), title => &step.title, labels => labels.join(", ") }
    };
    with_fields.map(view).collect()
}
