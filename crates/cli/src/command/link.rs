//! `waystone link`: links an account by following its guide.

use std::sync::Arc;

use driver::Transport;
use guide::{Guide, Key, Method};
use jiff::Timestamp;
use link::{Flow, Linked, Stage, Start};
use probe::Verdict;
use secret::Secret;
use vault::{Account, Vault};

use crate::args::{Common, InputArgs, LinkArgs};
use crate::failure::{FOUND, Failure, choices};
use crate::guides;
use crate::linking::dialogue::{self, Halt};
use crate::linking::run;
use crate::linking::store::{self, Drafts, Proved};
use crate::linking::{inputs, network, report};
use crate::out::{Ink, Out};

pub(crate) async fn run(common: &Common, args: &LinkArgs, out: &Out) -> Result<u8, Failure> {
    let guide = guides::guide(common, &args.provider, out)?;
    let method = guides::method(&guide, args.method.as_deref())?;
    let typed = inputs::values(&args.inputs, method)?;
    let environment = environment(method, &args.inputs)?;
    let egress = network::egress(&args.network, out)?;
    // A dry run stores nothing, so it does not create the vault's folder.
    let vault = if args.dry_run && args.account.is_none() { None } else { Some(store::open(common).await?) };
    let relinked = match (&args.account, &vault) {
        (Some(id), Some(vault)) => Some(store::find_usable(vault, id).await?),
        _ => None,
    };
    let task = Task {
        guide: &guide,
        method,
        vault: vault.as_ref(),
        relinked,
        start: Start { environment, ..Start::default() },
        args,
    };
    let code = task.link(&mut &egress, typed, out).await?;
    if let Some(vault) = vault {
        vault.close().await;
    }
    Ok(code)
}

/// Returns the environment that `--environment` names or, if the command must not prompt, the method's first
/// environment. Returns `None` if the method has no environments, or if the entered values or the person determine the
/// environment.
fn environment(method: &Method, args: &InputArgs) -> Result<Option<Key>, Failure> {
    let environment = match &args.environment {
        Some(name) => Some(method.environment(name).ok_or_else(|| {
            let keys = method.environments.iter().map(|one| one.key.as_str());
            Failure::usage(format!("no environment `{name}`")).help(choices(keys))
        })?),
        // The entered values determine the environment, or the person chooses it.
        None if method.tells_environment() || !inputs::is_noninteractive(args) => None,
        None => method.environments.first(),
    };
    Ok(environment.map(|environment| environment.key.clone()))
}

/// The task of linking an account, for the first time or again.
pub(crate) struct Task<'a> {
    pub(crate) guide: &'a Arc<Guide>,
    pub(crate) method: &'a Method,
    pub(crate) vault: Option<&'a Vault>,
    pub(crate) relinked: Option<Account>,
    /// How the flow starts. `link` sets the product and, if an account is linked again, the purpose.
    pub(crate) start: Start,
    pub(crate) args: &'a LinkArgs,
}

impl Task<'_> {
    /// Links the account and returns the exit code.
    pub(crate) async fn link(
        mut self,
        transport: &mut impl Transport,
        typed: Vec<(Key, Secret)>,
        out: &Out,
    ) -> Result<u8, Failure> {
        self.start.product = guides::brand().product();
        if let Some(account) = &self.relinked {
            self.start.purpose = driver::purpose(account, self.args.allow_different);
        }
        let flow = Flow::new(Arc::clone(self.guide), self.method.key.as_str(), self.start.clone())
            .ok_or_else(|| Failure::usage("the guide does not have this method"))?;
        if inputs::is_noninteractive(&self.args.inputs) {
            return self.link_noninteractively(flow, transport, &typed, out).await;
        }
        match self.link_interactively(flow, transport, &typed, out).await {
            Ok(()) => Ok(0),
            Err(Halt::Stopped) => {
                out.remark("\nStopped. No account was linked or changed.");
                if self.drafts().is_some() {
                    out.remark(
                        "Your progress is saved, encrypted, for a day. Run the same command to continue.",
                    );
                }
                Ok(FOUND)
            }
            Err(Halt::Failed(failure)) => Err(failure),
        }
    }

    /// Links the account interactively.
    async fn link_interactively(
        &self,
        mut flow: Flow,
        transport: &mut impl Transport,
        typed: &[(Key, Secret)],
        out: &Out,
    ) -> Result<(), Halt> {
        let drafts = self.drafts();
        if let Some(drafts) = &drafts
            && let Some(resumed) = self.resume(drafts).await?
        {
            flow = resumed;
        }
        greet(self.guide, self.method, out);
        for problem in flow.prefill(typed) {
            out.problem(&problem.says);
        }
        // If all values are given on the command line or in the environment, no prompts are needed.
        if !typed.is_empty() && flow.is_complete() && !matches!(flow.stage(), Stage::Choose(_)) {
            flow.submit_all(&[]);
        }
        let linked = dialogue::run(&mut flow, transport, drafts.as_ref(), out).await?;
        let Some(drafts) = drafts else {
            out.success("It works. Nothing was stored, because this is a dry run.");
            return Ok(());
        };
        let account = self.store(&mut flow, drafts.vault, *linked, Some(&drafts.key)).await?;
        out.success(&summary(self.guide, &account, out));
        out.prose(&out.ink(Ink::Dim, &format!("  waystone accounts show {}", account.id)));
        Ok(())
    }

    /// Returns access to the flow's saved draft, or `None` for a dry run, which saves nothing.
    fn drafts(&self) -> Option<Drafts<'_>> {
        let vault = self.vault.filter(|_| !self.args.dry_run)?;
        let relinked = self.relinked.as_ref();
        let key = match relinked {
            Some(account) => vault::edit_draft_key(&account.id),
            None => format!("link/{}/{}", self.guide.provider.key, self.method.key),
        };
        Some(Drafts { vault, key, relinked })
    }

    /// Stores the account and deletes its draft, if any. `draft` is the draft's key.
    async fn store(
        &self,
        flow: &mut Flow,
        vault: &Vault,
        linked: Linked,
        draft: Option<&str>,
    ) -> Result<Account, Failure> {
        let (relinked, label) = (self.relinked.as_ref(), self.args.label.as_deref());
        let account = store::store(vault, Proved { linked, relinked, label, draft }).await?;
        flow.stored(true);
        vault::crash_point("link.acknowledged");
        Ok(account)
    }

    /// Restores the flow from the saved draft if the person wants to continue it.
    async fn resume(&self, drafts: &Drafts<'_>) -> Result<Option<Flow>, Halt> {
        let Some(draft) = drafts.load().await? else { return Ok(None) };
        let minutes = (Timestamp::now().as_second() - draft.saved_at.as_second()) / 60;
        let ago = match minutes {
            0 => "a moment ago".to_owned(),
            1 => "a minute ago".to_owned(),
            2..60 => format!("{minutes} minutes ago"),
            _ => format!("{} hours ago", minutes / 60),
        };
        let provider = &self.guide.provider.name;
        let question = format!("You stopped linking {provider} {ago}. Continue from there?");
        if !self.args.fresh && dialogue::confirm(&question)? {
            let mut resumed = Flow::restore(Arc::clone(self.guide), &draft.snapshot).ok();
            // A draft does not contain the secrets that the account already has.
            if let (Some(flow), Some(account)) = (&mut resumed, drafts.relinked)
                && flow.lacks_secrets()
            {
                let credentials = store::unseal(drafts.vault, account, "edit").await?;
                let version = credentials.account.version;
                flow.supply_secrets(&driver::stored_values(&credentials), version);
                flow.hide(driver::secrets_to_hide(&credentials, flow.method()));
            }
            return Ok(resumed);
        }
        drafts.drop().await?;
        Ok(None)
    }

    /// Links the account without prompts.
    async fn link_noninteractively(
        &self,
        mut flow: Flow,
        transport: &mut impl Transport,
        typed: &[(Key, Secret)],
        out: &Out,
    ) -> Result<u8, Failure> {
        flow.submit_all(typed);
        if let Stage::Step(view) = flow.stage() {
            return self.incomplete(&flow, view.problems, out);
        }
        let stopped = |_| Failure::found("stopped; no account was linked or changed");
        run::run(&mut flow, transport, |_| {}).await.map_err(stopped)?;
        if self.args.ask_elsewhere {
            flow.ask_elsewhere();
            run::run(&mut flow, transport, |_| {}).await.map_err(stopped)?;
        }
        let json = self.args.inputs.json;
        let is_proved = matches!(flow.stage(), Stage::Confirm { .. });
        if !is_proved || self.args.dry_run {
            match flow.stage() {
                _ if json => out.json(&report::json(&flow)),
                Stage::Failed { verdict, .. } => self.report_failure(verdict, out),
                Stage::Confirm { identity, limited, reports } => {
                    out.data(&report::found_lines(identity, reports, limited, out));
                }
                _ => {}
            }
            return Ok(if is_proved { 0 } else { FOUND });
        }
        if !json && let Stage::Confirm { limited: true, reports, .. } = flow.stage() {
            out.message(report::limited_lines(reports).trim_end());
        }
        let mut result = report::json(&flow);
        // Without prompts, the account is confirmed automatically. If a specific account is required, the flow has
        // already checked that the credentials belong to it.
        let linked = driver::confirm(&mut flow);
        let (Some(linked), Some(vault)) = (linked, self.vault) else { return Ok(FOUND) };
        let account = self.store(&mut flow, vault, *linked, None).await?;
        if json {
            result["account"] = report::account(&account);
            out.json(&result);
        } else {
            out.success(&summary(self.guide, &account, out));
        }
        Ok(0)
    }

    fn report_failure(&self, verdict: &Verdict, out: &Out) {
        out.message(report::verdict_lines(verdict, out).trim_end());
        if let Some(field) = verdict.at_field.as_ref().and_then(|key| self.method.field(key.as_str())) {
            out.remark(&format!("  field: {} ({})", field.label, field.key));
        }
        if let Some((_, step)) = verdict.return_to.as_ref().and_then(|key| self.method.step(key.as_str())) {
            out.remark(&format!("  step: {}", step.title));
        }
    }

    /// Reports missing and invalid values, because the command must not prompt for them.
    fn incomplete(&self, flow: &Flow, problems: &[link::FieldProblem], out: &Out) -> Result<u8, Failure> {
        if self.args.inputs.json {
            out.json(&report::json(flow));
        }
        let lines: Vec<String> =
            problems.iter().map(|problem| format!("  {}: {}", problem.field, problem.says)).collect();
        let mut help = Vec::new();
        for problem in problems {
            let Some(field) = self.method.field(problem.field.as_str()) else { continue };
            let name = field.key.as_str();
            let option = if field.secret { ("--set-file", "PATH") } else { ("--set", "VALUE") };
            help.push(format!("{} {name}={} or {}", option.0, option.1, inputs::variable(name)));
        }
        let message = format!("values are missing or not valid\n{}", lines.join("\n"));
        Err(Failure::usage(message).help(format!("set {}", help.join("; "))))
    }
}

fn greet(guide: &Guide, method: &Method, out: &Out) {
    out.prose(&out.ink(Ink::Strong, &format!("Link {} with {}", guide.provider.name, method.label)));
    if !method.link.needs.is_empty() {
        out.line("\nYou need:");
        for need in &method.link.needs {
            out.line(dialogue::bullet(guide, method, need, out).trim_end());
        }
    }
    out.line("");
}

fn summary(guide: &Guide, account: &Account, out: &Out) -> String {
    let verb = if 1 < account.version { "Linked again" } else { "Linked" };
    let name = account.name.as_deref().filter(|name| !name.is_empty());
    let name = name.map(|name| format!(" {name}")).unwrap_or_default();
    format!("{verb}: {}{} as {}", guide.provider.name, out.ink(Ink::Strong, &name), account.id)
}
