//! `waystone accounts`: manages linked accounts.

mod capabilities;
mod edit;
mod export;
mod verify;

use std::io::{self, IsTerminal as _};

use catalog::Catalog;
use serde_json::{Value, json};
use vault::{Account, AccountState, AuditRow, Filter, Vault};

use crate::args::{AccountsCommand, Common};
use crate::failure::Failure;
use crate::guides;
use crate::linking::dialogue::{self, Halt};
use crate::linking::report;
use crate::linking::store::{self, by};
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
    let accounts = vault.list(&Filter { provider }).await?;
    if json {
        out.json(&accounts.iter().map(|account| as_json(account, &catalog)).collect());
        return Ok(0);
    }
    if accounts.is_empty() {
        let help = "Run `waystone link PROVIDER` to link one, or `waystone demo` to see how it works.";
        out.remark(&format!("No accounts. {help}"));
    }
    for account in &accounts {
        let environment = account.environment.as_deref().map(|name| format!(" · {name}")).unwrap_or_default();
        let state = match &account.state {
            AccountState::Active => out.ink(Ink::Good, "active"),
            AccountState::Error { .. } => out.ink(Ink::Bad, "error"),
        };
        let capabilities = Capabilities::of(account, &catalog);
        let capabilities = capabilities.map(|them| format!("  {} capabilities", them.count()));
        let (id, provider, title) = (&account.id, &account.provider, title(account));
        let capabilities = capabilities.unwrap_or_default();
        out.line(&out.row(&format!("{id}  {state}  {provider}{environment}  {title}{capabilities}"), 4));
    }
    Ok(0)
}

fn as_json(account: &Account, catalog: &Catalog) -> Value {
    let mut value = report::account(account);
    value["capabilities"] = json!(Capabilities::of(account, catalog).map(|capabilities| capabilities.json()));
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
    let trail = vault.audit(&account.id).await?;
    let catalog = guides::catalog(common)?;
    if json {
        let mut value = as_json(&account, &catalog);
        value["audit"] = trail.iter().map(row).collect();
        out.json(&value);
        return Ok(0);
    }
    let mut lines: Vec<(&str, String)> = Vec::new();
    let mut add = |name, value: Option<String>| lines.extend(value.map(|value| (name, value)));
    add("Account", Some(account.id.to_string()));
    add("Provider", Some(format!("{} · {}", account.provider, account.method)));
    add("Environment", account.environment.clone());
    add("Label", account.label.clone());
    add("Name", account.name.clone());
    add("Id at provider", account.external_id.clone());
    let state = match &account.state {
        AccountState::Active => out.ink(Ink::Good, "active"),
        AccountState::Error { reason } => format!("{}: {reason}", out.ink(Ink::Bad, "error")),
    };
    add("State", Some(state));
    add("Proved by", (!account.proved.is_empty()).then(|| account.proved.join(", ")));
    let capabilities = Capabilities::of(&account, &catalog);
    add(
        "Capabilities",
        capabilities.map(|them| match them.missing().as_slice() {
            [] => them.count(),
            missing => format!("{} (missing: {})", them.count(), missing.join(", ")),
        }),
    );
    add("Linked", Some(account.created_at.to_string()));
    add("Changed", (account.version > 1).then(|| account.updated_at.to_string()));
    add("Checked", account.checked_at.map(|at| at.to_string()));
    add("Guide", Some(account.guide_digest.chars().take(12).collect()));
    for (key, value) in &account.values {
        add(key, Some(value.clone()));
    }
    for key in &account.secret_fields {
        add(key, Some("(hidden)".to_owned()));
    }
    let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, value) in &lines {
        let row = format!("{}  {value}", out.ink(Ink::Dim, &format!("{name:<width$}")));
        out.line(&out.row(&row, width + 2));
    }
    out.line("");
    for row in &trail {
        let detail = row.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
        out.line(&out.row(&format!("{}  {}  by {}{detail}", row.at, row.action, row.actor), 4));
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
        match dialogue::confirm(&question) {
            Ok(true) => {}
            Ok(false) | Err(Halt::Stopped) => {
                out.remark("Nothing was removed.");
                return Ok(0);
            }
            Err(Halt::Failed(failure)) => return Err(failure),
        }
    }
    vault.remove(&account.id, by()).await?;
    out.success(&format!("Removed {}. Its credentials can no longer be read.", account.id));
    out.remark("The credentials still exist at the provider. Revoke them there if nothing else uses them.");
    Ok(0)
}
