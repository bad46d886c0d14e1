//! `waystone accounts`: manages linked accounts.

mod capabilities;
mod edit;
mod export;
mod verify;

use std::io::{self, IsTerminal as _};

use catalog::Catalog;
use jiff::Timestamp;
use serde_json::{Value, json};
use vault::{Account, AccountState, AuditRow, By, Filter, Vault};

use crate::args::{AccountsCommand, Common};
use crate::failure::Failure;
use crate::guides;
use crate::linking::store::{self, ACTOR};
use crate::linking::{dialogue, report};
use crate::out::{Ink, Out};

use self::capabilities::Capabilities;

pub(crate) async fn run(common: &Common, command: &AccountsCommand, out: &Out) -> Result<u8, Failure> {
    let vault = store::open(common).await?;
    let code = match command {
        AccountsCommand::List { provider, json } => list(common, &vault, provider.clone(), *json, out).await,
        AccountsCommand::Show { id, json } => show(common, &vault, id, *json, out).await,
        AccountsCommand::Verify(args) => verify::run(common, &vault, args, out).await,
        AccountsCommand::Edit(args) => edit::run(common, &vault, args, out).await,
        AccountsCommand::Remove { id, yes } => remove(&vault, id, *yes, out).await,
        AccountsCommand::Export(args) => export::run(&vault, args, out).await,
    };
    vault.close().await;
    code
}

async fn list(
    common: &Common,
    vault: &Vault,
    provider: Option<String>,
    json: bool,
    out: &Out,
) -> Result<u8, Failure> {
    let catalog = guides::catalog(common)?;
    let accounts = vault.list(&Filter { provider }).await.map_err(|error| Failure::environment(&error))?;
    if json {
        let list: Vec<Value> = accounts.iter().map(|account| as_json(account, &catalog)).collect();
        out.line(&format!("{:#}", Value::Array(list)));
        return Ok(0);
    }
    if accounts.is_empty() {
        out.say(
            "No accounts. Run `waystone link PROVIDER` to link one, or `waystone demo` to see how it works.",
        );
    }
    for account in &accounts {
        let environment = account.environment.as_deref().map(|name| format!(" · {name}")).unwrap_or_default();
        let state = match &account.state {
            AccountState::Active => out.ink(Ink::Good, "active"),
            AccountState::Error { .. } => out.ink(Ink::Bad, "error"),
        };
        let can = Capabilities::of(account, &catalog)
            .map(|can| format!("  {} capabilities", can.count()))
            .unwrap_or_default();
        out.line(&format!(
            "{}  {state}  {}{environment}  {}{can}",
            account.id,
            account.provider,
            title(account)
        ));
    }
    Ok(0)
}

fn as_json(account: &Account, catalog: &Catalog) -> Value {
    let mut value = report::account(account);
    value["capabilities"] = json!(Capabilities::of(account, catalog).map(|can| can.json()));
    value
}

fn title(account: &Account) -> String {
    let name = account.name.clone().unwrap_or_default();
    match &account.label {
        Some(label) => format!("{label} ({name})"),
        None => name,
    }
}

async fn show(common: &Common, vault: &Vault, id: &str, json: bool, out: &Out) -> Result<u8, Failure> {
    let account = store::find(vault, id).await?;
    let trail = vault.audit(&account.id).await.map_err(|error| Failure::environment(&error))?;
    let catalog = guides::catalog(common)?;
    if json {
        let mut value = as_json(&account, &catalog);
        value["audit"] = trail.iter().map(row).collect();
        out.line(&format!("{value:#}"));
        return Ok(0);
    }
    let mut lines: Vec<(String, String)> = vec![
        ("Account".to_owned(), account.id.to_string()),
        ("Provider".to_owned(), format!("{} · {}", account.provider, account.method)),
    ];
    let mut add =
        |name: &str, value: Option<String>| lines.extend(value.map(|value| (name.to_owned(), value)));
    add("Environment", account.environment.clone());
    add("Label", account.label.clone());
    add("Name", account.name.clone());
    add("Id at provider", account.external_id.clone());
    add(
        "State",
        Some(match &account.state {
            AccountState::Active => out.ink(Ink::Good, "active"),
            AccountState::Error { reason } => format!("{}: {reason}", out.ink(Ink::Bad, "error")),
        }),
    );
    add("Proved by", (!account.proved.is_empty()).then(|| account.proved.join(", ")));
    add(
        "Capabilities",
        Capabilities::of(&account, &catalog).map(|can| match can.lacking().as_slice() {
            [] => can.count(),
            lacking => format!("{} (missing: {})", can.count(), lacking.join(", ")),
        }),
    );
    add("Linked", Some(account.created_at.to_string()));
    add("Changed", (account.version > 1).then(|| account.updated_at.to_string()));
    add("Checked", account.checked_at.map(|at| at.to_string()));
    add("Guide", Some(account.guide_digest.chars().take(12).collect()));
    for (key, value) in &account.values {
        lines.push((key.clone(), value.clone()));
    }
    for key in &account.secret_fields {
        lines.push((key.clone(), "(hidden)".to_owned()));
    }
    let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, value) in &lines {
        let gap = " ".repeat(width - name.chars().count());
        out.line(&format!("{}{gap}  {value}", out.ink(Ink::Dim, name)));
    }
    out.line("");
    for row in &trail {
        let detail = row.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
        out.line(&format!("{}  {}  by {}{detail}", row.at, row.action, row.actor));
    }
    Ok(0)
}

fn row(row: &AuditRow) -> Value {
    json!({ "at": row.at, "actor": row.actor, "action": row.action, "version": row.version, "detail": row.detail })
}

async fn remove(vault: &Vault, id: &str, yes: bool, out: &Out) -> Result<u8, Failure> {
    let account = store::find(vault, id).await?;
    if !yes {
        if !io::stdin().is_terminal() {
            return Err(Failure::usage("removing an account requires confirmation").help("add --yes"));
        }
        let question = format!("Permanently remove {} {}?", account.provider, title(&account));
        if dialogue::confirm(&question)? != Some(true) {
            out.say("Nothing was removed.");
            return Ok(0);
        }
    }
    vault
        .remove(&account.id, By::new(ACTOR, Timestamp::now()))
        .await
        .map_err(|error| Failure::environment(&error))?;
    out.line(&format!(
        "{} Removed {}. Its credentials can no longer be read.",
        out.ink(Ink::Good, "✓"),
        account.id
    ));
    out.say("The credentials still exist at the provider. Revoke them there if nothing else uses them.");
    Ok(0)
}
