//! The flow with a person at a terminal: the guide step by step, each field where the guide collects it.

mod failed;
mod prompt;
mod screen;

use driver::Transport;
use guide::Key;
use link::{Flow, Linked, Stage};
use render::{Context, TerminalOptions};
use secret::Secret;

use crate::failure::Failure;
use crate::guides;
use crate::linking::keep::Drafts;
use crate::linking::run::{Interrupted, run};
use crate::out::{Ink, Out, width};

use self::prompt::Said;
pub(crate) use self::screen::Screen;

/// Prose as the terminal shows it.
pub(crate) fn prose(flow: &Flow, prose: &guide::Prose, out: &Out) -> String {
    let context = Context::new(flow.guide(), flow.method(), guides::brand());
    let context = match flow.environment() {
        Some(environment) => context.in_environment(environment),
        None => context,
    };
    let options = TerminalOptions { width: width(), color: out.color };
    render::terminal_prose(prose, &context, options, 0)
}

/// One line of prose with a bullet before it.
pub(crate) fn bullet(
    guide: &guide::Guide,
    method: &guide::Method,
    prose: &guide::Prose,
    out: &Out,
) -> String {
    let context = Context::new(guide, method, guides::brand());
    let options = TerminalOptions { width: width(), color: out.color };
    let text = render::terminal_prose(prose, &context, options, 4);
    format!("  • {}", text.trim_start())
}

/// Yes or no; nothing, if the person stopped.
pub(crate) fn resume(question: &str) -> Result<Option<bool>, Failure> {
    Ok(match prompt::yes(question)? {
        Said::This(yes) => Some(yes),
        Said::Back => Some(false),
        Said::Stop => None,
    })
}

/// How a talk ended.
pub(crate) enum End {
    /// The account is to be kept.
    Keep(Box<Linked>),
    /// The person stopped.
    Stopped,
}

/// Leads a person through the flow.
pub(crate) async fn lead(
    flow: &mut Flow,
    transport: &mut impl Transport,
    drafts: Option<&Drafts<'_>>,
    out: &Out,
) -> Result<End, Failure> {
    let mut screen = Screen::new(out);
    let mut before: Vec<(Key, Secret)> = Vec::new();
    loop {
        if let Some(drafts) = drafts {
            drafts.save(flow).await?;
        }
        match flow.stage() {
            Stage::Choose(environments) => match prompt::environment(flow.method(), environments)? {
                Said::This(key) => flow.choose_environment(key.as_str()),
                Said::Back | Said::Stop => return Ok(End::Stopped),
            },
            Stage::Step(view) => {
                screen.step(flow, &view);
                let fields: Vec<Key> = view.fields.iter().map(|field| field.key.clone()).collect();
                let problems = view.problems.to_vec();
                if let Some(problem) = problems.iter().find(|problem| problem.belongs_to.is_some()) {
                    out.line(&format!("{} {}", out.ink(Ink::Bad, "✗"), problem.says));
                    match failed::other_environment(flow, problem)? {
                        Said::This(key) => {
                            // What was typed was right, for the environment that is linked now.
                            flow.choose_environment(key.as_str());
                            flow.submit(&before);
                            screen.kept(flow, &fields, None);
                            continue;
                        }
                        Said::Back => {}
                        Said::Stop => return Ok(End::Stopped),
                    }
                }
                // After a problem only the fields that have one are asked again.
                let again =
                    |key: &Key| problems.is_empty() || problems.iter().any(|problem| problem.field == *key);
                let mut typed: Vec<(Key, Secret)> = Vec::new();
                let mut said = Said::This(());
                if fields.is_empty() {
                    said = prompt::go_on()?;
                }
                for key in fields.iter().filter(|key| again(key)) {
                    let Some(field) = flow.method().field(key.as_str()) else { continue };
                    if let Some(problem) = problems.iter().find(|problem| problem.field == *key)
                        && problem.belongs_to.is_none()
                    {
                        out.line(&format!("{} {}", out.ink(Ink::Bad, "✗"), problem.says));
                    }
                    match prompt::field(field, flow.values().get(key))? {
                        Said::This(Some(value)) => typed.push((key.clone(), value)),
                        Said::This(None) => {}
                        Said::Back => {
                            said = Said::Back;
                            break;
                        }
                        Said::Stop => return Ok(End::Stopped),
                    }
                }
                match said {
                    Said::This(()) => {
                        let host = flow.host();
                        flow.submit(&typed);
                        screen.kept(flow, &fields, host.as_deref());
                        before = typed;
                    }
                    Said::Back => flow.back(),
                    Said::Stop => return Ok(End::Stopped),
                }
            }
            Stage::Checking(_) => match run(flow, transport, |flow| screen.checks(flow)).await {
                Ok(Some(linked)) => return Ok(End::Keep(linked)),
                Ok(None) => {}
                Err(Interrupted) => {
                    screen.interrupted();
                    return Ok(End::Stopped);
                }
            },
            Stage::Failed { .. } => match failed::choose(flow, out)? {
                Said::This(()) => {}
                Said::Back | Said::Stop => return Ok(End::Stopped),
            },
            Stage::Confirm { identity, limited, reports } => {
                screen.found(identity, reports, limited);
                match prompt::yes("Link this account?")? {
                    Said::This(yes) => flow.confirm(yes),
                    Said::Back => flow.confirm(false),
                    Said::Stop => return Ok(End::Stopped),
                }
            }
            Stage::Storing => {
                if let Ok(Some(linked)) = run(flow, transport, |_| {}).await {
                    return Ok(End::Keep(linked));
                }
            }
            Stage::Linked | Stage::Closed => return Ok(End::Stopped),
        }
    }
}
