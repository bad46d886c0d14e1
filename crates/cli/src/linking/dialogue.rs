//! The dialogue with a person at a terminal: it shows the guide step by step and asks for each field in the step that
//! collects it.

mod prompt;
mod recovery;
mod screen;
mod text;

use driver::Transport;
use guide::Key;
use link::{FieldProblem, Flow, Linked, Stage};
use secret::Secret;

use crate::linking::run;
use crate::linking::store::Drafts;
use crate::out::Out;

pub(crate) use self::prompt::Halt;
pub(crate) use self::screen::Screen;
pub(crate) use self::text::bullet;

/// Asks a yes-or-no question. Esc means no.
pub(crate) fn confirm(question: &str) -> Result<bool, Halt> {
    Ok(prompt::yes(question)?.unwrap_or(false))
}

/// Leads a person through a flow. Returns the account that the person confirmed. The caller must store this account.
pub(crate) async fn run(
    flow: &mut Flow,
    transport: &mut impl Transport,
    drafts: Option<&Drafts<'_>>,
    out: &Out,
) -> Result<Box<Linked>, Halt> {
    let mut screen = Screen::new(out);
    let mut last_typed: Vec<(Key, Secret)> = Vec::new();
    loop {
        if let Some(drafts) = drafts {
            drafts.save(flow).await?;
        }
        match flow.stage() {
            Stage::Choose(environments) => {
                let key = prompt::environment(flow.method(), environments)?.ok_or(Halt::Stopped)?;
                flow.choose_environment(key.as_str());
            }
            Stage::Step(view) => {
                screen.step(flow, &view);
                let step = view.step.key.clone();
                let fields: Vec<Key> = view.fields.iter().map(|field| field.key.clone()).collect();
                let problems = view.problems.to_vec();
                if let Some(problem) = problems.iter().find(|problem| problem.belongs_to.is_some()) {
                    out.problem(&problem.says);
                    if let Some(key) = recovery::other_environment(flow, problem)? {
                        // The values that the person just entered belong to this environment, so they are submitted
                        // again.
                        flow.choose_environment(key.as_str());
                        flow.submit(&last_typed);
                        screen.host(flow, &fields, None);
                        continue;
                    }
                }
                match values(flow, &fields, &problems, out)? {
                    Some(typed) => {
                        let host = flow.host();
                        flow.submit(&typed);
                        screen.host(flow, &fields, host.as_deref());
                        last_typed = typed;
                    }
                    None => {
                        flow.back();
                        // From the first step, there is nothing to go back to.
                        if matches!(flow.stage(), Stage::Step(now) if now.step.key == step) {
                            return Err(Halt::Stopped);
                        }
                    }
                }
            }
            Stage::Checking(_) | Stage::Storing => {
                match run::run(flow, transport, |flow| screen.checks(flow)).await {
                    Ok(Some(linked)) => return Ok(linked),
                    Ok(None) => {}
                    Err(_) => {
                        screen.interrupted();
                        return Err(Halt::Stopped);
                    }
                }
            }
            Stage::Failed { .. } => recovery::choose(flow, out)?,
            Stage::Confirm { identity, limited, reports } => {
                screen.found(identity, reports, limited);
                let yes = confirm("Link this account?")?;
                flow.confirm(yes);
            }
            Stage::Linked | Stage::Closed => return Err(Halt::Stopped),
        }
    }
}

/// Asks for the values that a step collects. If there are problems, asks only for the fields with problems. Returns
/// `None` if the person wants to go back.
fn values(
    flow: &Flow,
    fields: &[Key],
    problems: &[FieldProblem],
    out: &Out,
) -> Result<Option<Vec<(Key, Secret)>>, Halt> {
    if fields.is_empty() {
        return Ok(prompt::step_done()?.then(Vec::new));
    }
    let mut typed = Vec::new();
    for key in fields {
        let Some(field) = flow.method().field(key.as_str()) else { continue };
        let problem = problems.iter().find(|problem| problem.field == *key);
        if problem.is_none() && !problems.is_empty() {
            continue;
        }
        if let Some(problem) = problem.filter(|problem| problem.belongs_to.is_none()) {
            out.problem(&problem.says);
        }
        let kept = flow.values().get(key);
        let Some(value) = prompt::field(field, kept)? else { return Ok(None) };
        // An empty answer keeps a value that cannot be shown for editing.
        if kept.is_none() || !value.is_empty() || prompt::can_be_edited(field) {
            typed.push((key.clone(), value));
        }
    }
    Ok(Some(typed))
}
