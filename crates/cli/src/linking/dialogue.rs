//! The dialogue with a person at a terminal: it shows the guide step by step and asks for each field at the step that
//! collects it.

mod prompt;
mod recovery;
mod screen;
mod text;

use driver::Transport;
use guide::Key;
use link::{Flow, Linked, Stage};
use secret::Secret;

use crate::failure::Failure;
use crate::linking::run::{self, Interrupted};
use crate::linking::store::Drafts;
use crate::out::{Ink, Out};

use self::prompt::Prompted;
pub(crate) use self::screen::Screen;
pub(crate) use self::text::bullet;

/// Asks a yes-or-no question. `None` if the person stopped.
pub(crate) fn confirm(question: &str) -> Result<Option<bool>, Failure> {
    Ok(match prompt::yes(question)? {
        Prompted::Value(yes) => Some(yes),
        Prompted::Back => Some(false),
        Prompted::Stop => None,
    })
}

/// How a dialogue ended.
pub(crate) enum Ending {
    /// The person confirmed an account, which is to be stored.
    Proved(Box<Linked>),
    /// The person stopped.
    Stopped,
}

/// Leads a person through a flow.
pub(crate) async fn run(
    flow: &mut Flow,
    transport: &mut impl Transport,
    drafts: Option<&Drafts<'_>>,
    out: &Out,
) -> Result<Ending, Failure> {
    let mut screen = Screen::new(out);
    let mut last_typed: Vec<(Key, Secret)> = Vec::new();
    loop {
        if let Some(drafts) = drafts {
            drafts.save(flow).await?;
        }
        match flow.stage() {
            Stage::Choose(environments) => match prompt::environment(flow.method(), environments)? {
                Prompted::Value(key) => flow.choose_environment(key.as_str()),
                Prompted::Back | Prompted::Stop => return Ok(Ending::Stopped),
            },
            Stage::Step(view) => {
                screen.step(flow, &view);
                let fields: Vec<Key> = view.fields.iter().map(|field| field.key.clone()).collect();
                let problems = view.problems.to_vec();
                if let Some(problem) = problems.iter().find(|problem| problem.belongs_to.is_some()) {
                    out.line(&format!("{} {}", out.ink(Ink::Bad, "✗"), problem.says));
                    match recovery::other_environment(flow, problem)? {
                        Prompted::Value(key) => {
                            // The values were right for the environment that is linked now.
                            flow.choose_environment(key.as_str());
                            flow.submit(&last_typed);
                            screen.kept(flow, &fields, None);
                            continue;
                        }
                        Prompted::Back => {}
                        Prompted::Stop => return Ok(Ending::Stopped),
                    }
                }
                // After a problem, only the fields that have one are asked for again.
                let is_asked =
                    |key: &Key| problems.is_empty() || problems.iter().any(|problem| problem.field == *key);
                let mut typed: Vec<(Key, Secret)> = Vec::new();
                let mut answer = Prompted::Value(());
                if fields.is_empty() {
                    answer = prompt::go_on()?;
                }
                for key in fields.iter().filter(|key| is_asked(key)) {
                    let Some(field) = flow.method().field(key.as_str()) else { continue };
                    if let Some(problem) = problems.iter().find(|problem| problem.field == *key)
                        && problem.belongs_to.is_none()
                    {
                        out.line(&format!("{} {}", out.ink(Ink::Bad, "✗"), problem.says));
                    }
                    match prompt::field(field, flow.values().get(key))? {
                        Prompted::Value(Some(value)) => typed.push((key.clone(), value)),
                        Prompted::Value(None) => {}
                        Prompted::Back => {
                            answer = Prompted::Back;
                            break;
                        }
                        Prompted::Stop => return Ok(Ending::Stopped),
                    }
                }
                match answer {
                    Prompted::Value(()) => {
                        let host = flow.host();
                        flow.submit(&typed);
                        screen.kept(flow, &fields, host.as_deref());
                        last_typed = typed;
                    }
                    Prompted::Back => flow.back(),
                    Prompted::Stop => return Ok(Ending::Stopped),
                }
            }
            Stage::Checking(_) => match run::run(flow, transport, |flow| screen.checks(flow)).await {
                Ok(Some(linked)) => return Ok(Ending::Proved(linked)),
                Ok(None) => {}
                Err(Interrupted) => {
                    screen.interrupted();
                    return Ok(Ending::Stopped);
                }
            },
            Stage::Failed { .. } => match recovery::choose(flow, out)? {
                Prompted::Value(()) => {}
                Prompted::Back | Prompted::Stop => return Ok(Ending::Stopped),
            },
            Stage::Confirm { identity, limited, reports } => {
                screen.found(identity, reports, limited);
                match prompt::yes("Link this account?")? {
                    Prompted::Value(yes) => flow.confirm(yes),
                    Prompted::Back => flow.confirm(false),
                    Prompted::Stop => return Ok(Ending::Stopped),
                }
            }
            Stage::Storing => {
                if let Ok(Some(linked)) = run::run(flow, transport, |_| {}).await {
                    return Ok(Ending::Proved(linked));
                }
            }
            Stage::Linked | Stage::Closed => return Ok(Ending::Stopped),
        }
    }
}
