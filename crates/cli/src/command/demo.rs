//! `waystone demo`: links an account with a simulated provider, once with an incorrect secret and once with the right one.
//!
//! The guide, the flow, network access, HTTP and the vault work as they do for a real account. Only the provider, which
//! is the simulator on loopback, and the folder, which is temporary by default, are different.

use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::Arc;

use egress::Egress;
use guide::{Guide, Key, Method, OutcomeKind, Scenario};
use link::{Flow, Stage, Start};
use secret::Secret;
use simulator::{Script, Simulator};

use crate::args::{Common, LinkArgs, NetworkArgs};
use crate::command::link::Task;
use crate::failure::{ENVIRONMENT, Failure};
use crate::guides;
use crate::linking::dialogue::Screen;
use crate::linking::run;
use crate::linking::store::Proved;
use crate::linking::{network, report, store};
use crate::out::{Ink, Out};

pub(crate) async fn run(
    common: &Common,
    provider: Option<&str>,
    play: bool,
    out: &Out,
) -> Result<u8, Failure> {
    let guide = match provider {
        Some(name) => guides::guide(common, name, out)?,
        None => {
            let first = guides::catalog(common)?
                .guides()
                .find(|guide| scenarios(&guide.methods[0]).is_some())
                .cloned();
            Arc::new(first.ok_or_else(|| {
                Failure::usage(
                    "no guide has both a scenario that succeeds and a scenario with an incorrect secret",
                )
            })?)
        }
    };
    let method = &guide.methods[0];
    let simulator = Simulator::start(Script::new(method), 0)
        .await
        .map_err(|error| Failure::io("cannot listen on loopback", &error))?;
    let origin = format!("http://{}", simulator.address());
    let wire = NetworkArgs {
        upstream: method.hosts.iter().map(|pattern| format!("{pattern}={origin}")).collect(),
        ..NetworkArgs::default()
    };
    let temporary = tempfile::Builder::new().prefix("waystone-demo-").tempdir()?;
    let folder = common.data.clone().unwrap_or_else(|| temporary.path().to_owned());
    let common = Common { data: Some(folder.clone()), ..common.clone() };
    let name = &guide.provider.name;
    out.prose(&out.ink(Ink::Strong, &format!("Demo: linking {name} without a real account")));
    out.prose(&format!(
        "A simulated {name} is running at {origin}. It responds as the guide's scenarios specify.\n"
    ));
    let quiet = Out { quiet: true, ..*out };
    let egress = network::egress(&wire, &quiet)?;
    let mut egress = &egress;
    let Some((good, bad)) = scenarios(method) else {
        return Err(Failure::usage(format!(
            "the guide for {name} does not have both a scenario that succeeds and one with an incorrect secret"
        )));
    };
    let asks = !play && io::stdin().is_terminal() && io::stdout().is_terminal();
    if asks {
        hints(method, good, bad, out);
        let vault = store::open(&common).await?;
        let label = Some("demonstration".to_owned());
        let args = LinkArgs { label, fresh: true, ..LinkArgs::default() };
        let task = Task {
            guide: &guide,
            method,
            vault: Some(&vault),
            relinked: None,
            start: Start::default(),
            args: &args,
        };
        task.link(&mut egress, Vec::new(), out).await?;
        vault.close().await;
    } else {
        out.line("Running the demo without prompts.\n");
        out.line(&out.ink(Ink::Strong, "1. With an incorrect secret"));
        play_scenario(&common, &guide, bad, &mut egress, out).await?;
        out.line("");
        out.line(&out.ink(Ink::Strong, "2. With the right secret"));
        play_scenario(&common, &guide, good, &mut egress, out).await?;
    }
    search(&folder, good, out)?;
    let from = guides::flag(&common);
    out.line(&format!("\nTo link a real account:\n  waystone{from} link {}", guide.provider.key));
    Ok(0)
}

/// Returns the first simple scenario that succeeds and the first simple scenario with an incorrect secret, or `None` if the
/// method lacks either of them.
fn scenarios(method: &Method) -> Option<(&Scenario, &Scenario)> {
    let is_simple = |one: &&Scenario| one.linked_before.is_none() && !one.agrees && one.environment.is_none();
    let find = |kind| method.scenarios.iter().filter(is_simple).find(|one| one.then.outcome == kind);
    Some((find(OutcomeKind::Ok)?, find(OutcomeKind::WrongSecret)?))
}

/// Shows the values to enter.
fn hints(method: &Method, good: &Scenario, bad: &Scenario, out: &Out) {
    out.prose(
        "Enter the first set of values to succeed, or the second set to see a failure that you can fix:",
    );
    for (title, scenario) in [("works", good), ("fails", bad)] {
        let pair = |(key, value): &(Key, String)| {
            let label = method.field(key.as_str()).map_or(key.as_str(), |field| &field.label);
            format!("{label} {}", out.ink(Ink::Strong, value))
        };
        let pairs: Vec<String> = scenario.given.iter().map(pair).collect();
        out.line(&out.row(&format!("  {title}: {}", pairs.join(", ")), 4));
    }
    out.line("");
}

/// Plays a scenario step by step, as a person would.
async fn play_scenario(
    common: &Common,
    guide: &Arc<Guide>,
    scenario: &Scenario,
    egress: &mut &Egress,
    out: &Out,
) -> Result<(), Failure> {
    let method = &guide.methods[0];
    let start = Start {
        environment: method.environments.first().map(|one| one.key.clone()),
        product: guides::brand().product(),
        ..Start::default()
    };
    let failure =
        || Failure { code: ENVIRONMENT, message: "the demo could not be completed".to_owned(), help: None };
    let mut flow = Flow::new(Arc::clone(guide), method.key.as_str(), start).ok_or_else(failure)?;
    let mut screen = Screen::new(out);
    while let Stage::Step(view) = flow.stage() {
        screen.step(&flow, &view);
        let mut typed = Vec::new();
        for field in &view.fields {
            let Some((_, value)) = scenario.given.iter().find(|(key, _)| *key == field.key) else { continue };
            let shown = if field.secret { "••••••••" } else { value };
            let (mark, shown) = (out.ink(Ink::Note, ">"), out.ink(Ink::Strong, shown));
            out.prose(&format!("{mark} {}: {shown}", field.label));
            typed.push((field.key.clone(), Secret::from(value.as_str())));
        }
        let fields: Vec<_> = view.fields.iter().map(|field| field.key.clone()).collect();
        let before = flow.host();
        flow.submit(&typed);
        screen.host(&flow, &fields, before.as_deref());
        if matches!(flow.stage(), Stage::Step(view) if !view.problems.is_empty()) {
            return Err(failure());
        }
    }
    run::run(&mut flow, egress, |flow| screen.checks(flow)).await.map_err(|_| failure())?;
    if let Stage::Failed { verdict, .. } = flow.stage() {
        out.data(&report::verdict_lines(verdict, out));
        if let Some((_, step)) = verdict.return_to.as_ref().and_then(|key| method.step(key.as_str())) {
            out.prose(&format!(
                "  A person would now go back to the step “{}”. Everything else they entered is kept.",
                step.title
            ));
        }
        return Ok(());
    }
    if let Stage::Confirm { identity, limited, reports } = flow.stage() {
        screen.found(identity, reports, limited);
    }
    let linked = driver::confirm(&mut flow).ok_or_else(failure)?;
    let vault = store::open(common).await?;
    let proved = Proved { linked: *linked, relinked: None, label: Some("demonstration"), draft: None };
    let account = store::store(&vault, proved).await?;
    vault.close().await;
    out.success(&format!("Linked: {} as {}", account.name.as_deref().unwrap_or_default(), account.id));
    Ok(())
}

/// Searches every file in the folder for the secret and shows the result.
fn search(folder: &Path, scenario: &Scenario, out: &Out) -> Result<(), Failure> {
    let Some((_, secret)) = scenario.given.last() else { return Ok(()) };
    let (mut files, mut found) = (0, 0);
    for entry in fs::read_dir(folder).map_err(|error| Failure::io(folder.display(), &error))? {
        let Ok(bytes) = entry.and_then(|entry| fs::read(entry.path())) else { continue };
        files += 1;
        found += usize::from(bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
    out.prose(&format!(
        "  Searched all {files} files in the demo's folder for the secret: {found} contain it."
    ));
    Ok(())
}
