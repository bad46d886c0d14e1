//! `waystone link`: links an account by following its guide.

use std::sync::Arc;

use driver::Transport;
use guide::{Guide, Method};
use jiff::Timestamp;
use link::{Flow, Linked, Stage, Start};
use secret::Secret;
use vault::{Account, Vault};

use crate::args::{Common, LinkArgs};
use crate::failure::{FOUND, Failure};
use crate::guides;
use crate::linking::dialogue::{self, Ending};
use crate::linking::run;
use crate::linking::store::{self, Drafts, Proved};
use crate::linking::{inputs, network, report};
use crate::out::{Ink, Out};

pub(crate) async fn run(common: &Common, args: &LinkArgs, out: &Out) -> Result<u8, Failure> {
    let guide = guides::guide(common, &args.provider, out)?;
    let method = guides::method(&guide, args.method.as_deref())?;
    let noninteractive = inputs::is_noninteractive(&args.inputs);
    let typed = inputs::values(&args.inputs, method)?;
    let environment = environment(method, args.inputs.environment.as_deref(), noninteractive)?;
    let egress = network::egress(&args.network, out)?;
    // A dry run stores nothing, so it does not create the folder either.
    let vault = if args.dry_run && args.account.is_none() { None } else { Some(store::open(common).await?) };
    let relinked = match (&args.account, &vault) {
        (Some(id), Some(vault)) => Some(store::find(vault, id).await?),
        _ => None,
    };
    let task = Task {
        guide: &guide,
        method,
        vault: vault.as_ref(),
        relinked,
        start: Start { environment, brand: guides::brand().name.clone(), ..Start::default() },
        other_allowed: args.allow_different,
        label: args.label.as_deref(),
        dry_run: args.dry_run,
        ask_elsewhere: args.ask_elsewhere,
        json: args.inputs.json,
        noninteractive,
        fresh: args.fresh,
    };
    let code = task.link(&mut &egress, typed, out).await?;
    if let Some(vault) = vault {
        vault.close().await;
    }
    Ok(code)
}

/// The environment: the named one, or the first one if the command must not prompt.
fn environment(
    method: &Method,
    name: Option<&str>,
    noninteractive: bool,
) -> Result<Option<guide::Key>, Failure> {
    match name {
        Some(name) => match method.environment(name) {
            Some(environment) => Ok(Some(environment.key.clone())),
            None => {
                let keys = method.environments.iter().map(|one| one.key.as_str());
                Err(Failure::usage(format!("no environment `{name}`"))
                    .help(format!("choose one of: {}", guide::listed(keys))))
            }
        },
        // Nobody chooses the environment if the entered values determine it.
        None if noninteractive && !method.tells_environment() => {
            Ok(method.environments.first().map(|one| one.key.clone()))
        }
        None => Ok(None),
    }
}

/// An account to link, for the first time or again.
pub(crate) struct Task<'a> {
    pub(crate) guide: &'a Arc<Guide>,
    pub(crate) method: &'a Method,
    pub(crate) vault: Option<&'a Vault>,
    pub(crate) relinked: Option<Account>,
    pub(crate) start: Start,
    pub(crate) other_allowed: bool,
    pub(crate) label: Option<&'a str>,
    pub(crate) dry_run: bool,
    pub(crate) ask_elsewhere: bool,
    pub(crate) json: bool,
    pub(crate) noninteractive: bool,
    pub(crate) fresh: bool,
}

impl Task<'_> {
    /// Links the account and returns the exit code.
    pub(crate) async fn link(
        mut self,
        transport: &mut impl Transport,
        typed: Vec<(guide::Key, Secret)>,
        out: &Out,
    ) -> Result<u8, Failure> {
        if let Some(account) = &self.relinked {
            self.start.purpose = driver::purpose(account, self.other_allowed);
        }
        let mut flow = Flow::new(Arc::clone(self.guide), self.method.key.as_str(), self.start.clone())
            .ok_or_else(|| Failure::usage("the guide does not have this method"))?;
        if self.noninteractive {
            return self.link_noninteractively(flow, transport, &typed, out).await;
        }
        let drafts = self.vault.filter(|_| !self.dry_run).map(|vault| Drafts {
            vault,
            key: match &self.relinked {
                Some(account) => format!("link/{}", account.id),
                None => format!("link/{}/{}", self.guide.provider.key, self.method.key),
            },
        });
        if let Some(drafts) = &drafts
            && let Some(kept) = self.resumed(drafts).await?
        {
            flow = kept;
        }
        greet(self.guide, self.method, out);
        for problem in flow.prefill(&typed) {
            out.line(&format!("{} {}", out.ink(Ink::Bad, "✗"), problem.says));
        }
        // If every value was given, there is nothing to ask for.
        if !typed.is_empty() && flow.is_complete() && !matches!(flow.stage(), Stage::Choose(_)) {
            flow.submit_all(&[]);
        }
        match dialogue::run(&mut flow, transport, drafts.as_ref(), out).await? {
            Ending::Proved(linked) => {
                let Some(vault) = self.vault.filter(|_| !self.dry_run) else {
                    out.line(&format!(
                        "{} It works. Nothing was stored, because this is a dry run.",
                        out.ink(Ink::Good, "✓")
                    ));
                    return Ok(0);
                };
                let draft = drafts.as_ref().map(|drafts| drafts.key.as_str());
                let account = store::store(vault, self.proved(*linked, draft)).await?;
                flow.stored(true);
                vault::crash_point("link.acknowledged");
                out.line(&done(self.guide, &account, out));
                out.line(&out.ink(Ink::Dim, &format!("  waystone accounts show {}", account.id)));
                Ok(0)
            }
            Ending::Stopped => {
                out.say("");
                out.say("Stopped. No account was linked or changed.");
                if drafts.is_some() {
                    out.say(
                        "Your progress is saved, encrypted, for a day. Run the same command to continue.",
                    );
                }
                Ok(FOUND)
            }
        }
    }

    fn proved<'p>(&'p self, linked: Linked, draft: Option<&'p str>) -> Proved<'p> {
        Proved { linked, relinked: self.relinked.as_ref(), label: self.label, draft }
    }

    /// The flow of the saved draft, if the person wants to continue it.
    async fn resumed(&self, drafts: &Drafts<'_>) -> Result<Option<Flow>, Failure> {
        let Some(draft) = drafts.load().await? else { return Ok(None) };
        if self.fresh {
            drafts.drop().await?;
            return Ok(None);
        }
        let minutes = (Timestamp::now().as_second() - draft.saved_at.as_second()) / 60;
        let ago = match minutes {
            0 => "a moment ago".to_owned(),
            1 => "a minute ago".to_owned(),
            2..60 => format!("{minutes} minutes ago"),
            _ => format!("{} hours ago", minutes / 60),
        };
        match dialogue::confirm(&format!(
            "You stopped linking {} {ago}. Continue from there?",
            self.guide.provider.name
        ))? {
            Some(true) => Ok(Flow::restore(Arc::clone(self.guide), &draft.snapshot).ok()),
            Some(false) => {
                drafts.drop().await?;
                Ok(None)
            }
            None => Err(Failure {
                code: FOUND,
                message: "stopped: no account was linked or changed".to_owned(),
                help: None,
            }),
        }
    }

    /// Links the account without prompts.
    async fn link_noninteractively(
        &self,
        mut flow: Flow,
        transport: &mut impl Transport,
        typed: &[(guide::Key, Secret)],
        out: &Out,
    ) -> Result<u8, Failure> {
        flow.submit_all(typed);
        if let Stage::Step(view) = flow.stage() {
            return self.incomplete(&flow, view.problems, out);
        }
        let interrupted = || Failure {
            code: FOUND,
            message: "stopped; no account was linked or changed".to_owned(),
            help: None,
        };
        run::run(&mut flow, transport, |_| {}).await.map_err(|_| interrupted())?;
        if self.ask_elsewhere {
            flow.ask_elsewhere();
            run::run(&mut flow, transport, |_| {}).await.map_err(|_| interrupted())?;
        }
        let good = matches!(flow.stage(), Stage::Confirm { .. });
        if !good || self.dry_run {
            if self.json {
                out.line(&format!("{:#}", report::json(&flow, None)));
            } else if let Stage::Failed { verdict, .. } = flow.stage() {
                out.say(report::verdict_lines(verdict, out).trim_end());
                if let Some(field) = verdict.at_field.as_ref().and_then(|key| self.method.field(key.as_str()))
                {
                    out.say(&format!("  field: {} ({})", field.label, field.key));
                }
                if let Some((_, step)) =
                    verdict.return_to.as_ref().and_then(|key| self.method.step(key.as_str()))
                {
                    out.say(&format!("  step: {}", step.title));
                }
            } else if let Stage::Confirm { identity, limited, reports } = flow.stage() {
                out.data(&identity.map(|identity| report::identity_lines(identity, out)).unwrap_or_default());
                if limited {
                    out.data(&report::limited_lines(reports));
                }
            }
            return Ok(if good { 0 } else { FOUND });
        }
        // Nobody can be asked, so the account counts as confirmed. If it must be a certain account, that was checked.
        let linked = driver::confirm(&mut flow);
        let (Some(linked), Some(vault)) = (linked, self.vault) else { return Ok(FOUND) };
        let account = store::store(vault, self.proved(*linked, None)).await?;
        flow.stored(true);
        vault::crash_point("link.acknowledged");
        if self.json {
            out.line(&format!("{:#}", report::json(&flow, Some(&account))));
        } else {
            out.line(&done(self.guide, &account, out));
        }
        Ok(0)
    }

    /// Reports missing and invalid values, because nobody can be asked for them.
    fn incomplete(&self, flow: &Flow, problems: &[link::FieldProblem], out: &Out) -> Result<u8, Failure> {
        if self.json {
            out.line(&format!("{:#}", report::json(flow, None)));
        }
        let lines: Vec<String> =
            problems.iter().map(|problem| format!("  {}: {}", problem.field, problem.says)).collect();
        let mut help = Vec::new();
        for problem in problems {
            let Some(field) = self.method.field(problem.field.as_str()) else { continue };
            let name = field.key.as_str();
            let option =
                if field.secret { format!("--set-file {name}=PATH") } else { format!("--set {name}=VALUE") };
            help.push(format!("{option} or {}", inputs::variable(name)));
        }
        let message = format!("values are missing or not valid\n{}", lines.join("\n"));
        Err(Failure::usage(message).help(format!("set {}", help.join("; "))))
    }
}

fn greet(guide: &Guide, method: &Method, out: &Out) {
    out.line(&out.ink(Ink::Strong, &format!("Link {} with {}", guide.provider.name, method.label)));
    if !method.link.needs.is_empty() {
        out.line("\nYou need:");
        for need in &method.link.needs {
            out.line(dialogue::bullet(guide, method, need, out).trim_end());
        }
    }
    out.line("");
}

fn done(guide: &Guide, account: &Account, out: &Out) -> String {
    let verb = if 1 < account.version { "Linked again" } else { "Linked" };
    let name = account
        .name
        .as_deref()
        .filter(|name| !name.is_empty())
        .map(|name| format!(" {name}"))
        .unwrap_or_default();
    let mark = out.ink(Ink::Good, "✓");
    format!("{mark} {verb}: {}{} as {}", guide.provider.name, out.ink(Ink::Strong, &name), account.id)
}
