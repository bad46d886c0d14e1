//! `waystone keys`: manages the API keys that a product's programs use to authenticate to the Hub.
//!
//! **Invariant:** a key is shown only once, on standard output, when it is created.

use serde_json::{Value, json};
use vault::{ApiKey, Kind, NewKey, Project, Scope, Token, Vault};

use super::project_named::find;
use crate::args::{Common, KeysCommand};
use crate::failure::Failure;
use crate::hub_settings::{open_vault, settings};
use crate::linking::store::by;
use crate::out::{Ink, Out};

pub(crate) async fn run(common: &Common, command: &KeysCommand, out: &Out) -> Result<u8, Failure> {
    let (KeysCommand::List { of } | KeysCommand::Create { of, .. } | KeysCommand::Revoke { of, .. }) =
        command;
    let json = of.store.json;
    let vault = open_vault(&settings(common, &of.store, out)?).await?;
    let result = async {
        let project = find(&vault, of.project.as_deref()).await?;
        match command {
            KeysCommand::List { .. } => list(&vault, &project, json, out).await,
            KeysCommand::Create { name, scope, test, .. } => {
                let scopes: Vec<Scope> = scope.iter().filter_map(|scope| scope.parse().ok()).collect();
                let scopes = if scopes.is_empty() { Scope::FIRST.to_vec() } else { scopes };
                let kind = if *test { Kind::Test } else { Kind::Production };
                let new = NewKey { project: &project.id, name: self::name(name)?, scopes: &scopes, kind };
                create(&vault, &project, &new, json, out).await
            }
            KeysCommand::Revoke { id, .. } => revoke(&vault, &project, id, json, out).await,
        }
    };
    let result = result.await;
    vault.close().await;
    result.map(|()| 0)
}

async fn list(vault: &Vault, project: &Project, json: bool, out: &Out) -> Result<(), Failure> {
    let keys = vault.keys_of(&project.id).await?;
    if json {
        out.json(&keys.iter().map(|key| as_json(key, None)).collect());
        return Ok(());
    }
    for key in keys {
        let state = match (key.revoked_at, key.kind) {
            (Some(_), _) => out.ink(Ink::Bad, "revoked"),
            (None, Kind::Test) => out.ink(Ink::Note, "test"),
            (None, Kind::Production) => out.ink(Ink::Good, "production"),
        };
        let scopes = out.ink(Ink::Dim, &scopes(&key).join(" "));
        out.line(&format!("{}  {state}  {}  {scopes}", key.id, key.name));
    }
    Ok(())
}

async fn create(
    vault: &Vault,
    project: &Project,
    new: &NewKey<'_>,
    json: bool,
    out: &Out,
) -> Result<(), Failure> {
    let (key, token) = add(vault, new).await?;
    if json {
        out.json(&as_json(&key, Some(&token)));
        return Ok(());
    }
    out.message(&format!("Created key {} for project {}. It is shown only once:", key.id, project.name));
    out.line(&out.ink(Ink::Strong, token.secret().expose()));
    Ok(())
}

async fn revoke(vault: &Vault, project: &Project, id: &str, json: bool, out: &Out) -> Result<(), Failure> {
    if !vault.revoke_key(&project.id, id, by()).await? {
        let message = format!("project {} has no active key `{id}`", project.name);
        return Err(Failure::usage(message).help("`waystone keys list` lists the keys' ids"));
    }
    if json {
        out.json(&json!({ "id": id, "revoked": true }));
    } else {
        out.success(&format!("Revoked {id}."));
    }
    Ok(())
}

/// Creates a key.
pub(super) async fn add(vault: &Vault, new: &NewKey<'_>) -> Result<(ApiKey, Token), Failure> {
    Ok(vault.add_key(new, by()).await?)
}

fn scopes(key: &ApiKey) -> Vec<&'static str> {
    key.scopes.iter().map(|scope| scope.as_str()).collect()
}

/// Validates the name of a project or key.
pub(super) fn name(name: &str) -> Result<&str, Failure> {
    vault::display_name(name)
        .map_err(|error| Failure::usage(format!("a name {error}")).help("choose another name"))
}

/// Formats a key as JSON, in the API's format. `token` contains the key's secret, which is known only right after the
/// key is created.
pub(super) fn as_json(key: &ApiKey, token: Option<&Token>) -> Value {
    let mut value = json!({
        "id": key.id,
        "name": key.name,
        "scopes": scopes(key),
        "type": key.kind.as_str(),
        "created_at": key.created_at.to_string(),
        "revoked_at": key.revoked_at.map(|at| at.to_string()),
    });
    if let Some(token) = token {
        value["key"] = json!(token.secret().expose());
    }
    value
}
