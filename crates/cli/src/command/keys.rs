//! `waystone keys`: the API keys with which a product's programs authenticate to the Hub.
//!
//! **Invariant:** a key is shown once, on standard output, when it is created.

use jiff::Timestamp;
use serde_json::{Value, json};
use vault::{ApiKey, By, Kind, NewKey, Project, Scope, Token, Vault};

use super::project_named::find;
use crate::args::{Common, KeysCommand};
use crate::failure::Failure;
use crate::hub_settings::{open_vault, settings};
use crate::linking::store::ACTOR;
use crate::out::{Ink, Out};

pub(crate) async fn run(common: &Common, command: &KeysCommand, out: &Out) -> Result<u8, Failure> {
    let (store, of) = match command {
        KeysCommand::List { store, of }
        | KeysCommand::Create { store, of, .. }
        | KeysCommand::Revoke { store, of, .. } => (store, of),
    };
    let vault = open_vault(&settings(common, store, out)?).await?;
    let done = async {
        let project = find(&vault, of.project.as_deref()).await?;
        match command {
            KeysCommand::List { .. } => list(&vault, &project, store.json, out).await,
            KeysCommand::Create { name, scope, test, .. } => {
                let scopes: Vec<Scope> = scope.iter().filter_map(|scope| Scope::parse(scope)).collect();
                let scopes = if scopes.is_empty() { Scope::FIRST.to_vec() } else { scopes };
                let kind = if *test { Kind::Test } else { Kind::Production };
                let new = NewKey { project: &project.id, name: self::name(name)?, scopes: &scopes, kind };
                create(&vault, &project, &new, store.json, out).await
            }
            KeysCommand::Revoke { id, .. } => revoke(&vault, &project, id, store.json, out).await,
        }
    };
    let done = done.await;
    vault.close().await;
    done.map(|()| 0)
}

async fn list(vault: &Vault, project: &Project, json: bool, out: &Out) -> Result<(), Failure> {
    let keys = vault.keys_of(&project.id).await.map_err(|error| Failure::environment(&error))?;
    if json {
        out.line(&format!("{:#}", keys.iter().map(|key| shown(key, None)).collect::<Value>()));
        return Ok(());
    }
    for key in keys {
        let state = match (key.revoked_at, key.kind) {
            (Some(_), _) => out.ink(Ink::Bad, "revoked"),
            (None, Kind::Test) => out.ink(Ink::Note, "test"),
            (None, Kind::Production) => out.ink(Ink::Good, "production"),
        };
        out.line(&format!(
            "{}  {state}  {}  {}",
            key.id,
            key.name,
            out.ink(Ink::Dim, &scopes(&key).join(" "))
        ));
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
        out.line(&format!("{:#}", shown(&key, Some(&token))));
        return Ok(());
    }
    out.say(&format!("Created key {} of project {}. It is shown only once:", key.id, project.name));
    out.line(&out.ink(Ink::Strong, token.secret().expose()));
    Ok(())
}

async fn revoke(vault: &Vault, project: &Project, id: &str, json: bool, out: &Out) -> Result<(), Failure> {
    let done = vault.revoke_key(&project.id, id, By::new(ACTOR, Timestamp::now())).await;
    if !done.map_err(|error| Failure::environment(&error))? {
        let message = format!("project {} has no active key `{id}`", project.name);
        return Err(Failure::usage(message).help("`waystone keys list` lists the keys' ids"));
    }
    if json {
        out.line(&format!("{:#}", json!({ "id": id, "revoked": true })));
    } else {
        out.line(&format!("{} Revoked {id}.", out.ink(Ink::Good, "✓")));
    }
    Ok(())
}

/// Creates a key.
pub(super) async fn add(vault: &Vault, new: &NewKey<'_>) -> Result<(ApiKey, Token), Failure> {
    let created = vault.add_key(new, By::new(ACTOR, Timestamp::now())).await;
    created.map_err(|error| Failure::environment(&error))
}

fn scopes(key: &ApiKey) -> Vec<&'static str> {
    key.scopes.iter().map(|scope| scope.as_str()).collect()
}

/// The name of a project or key, if it is valid.
pub(super) fn name(wanted: &str) -> Result<&str, Failure> {
    vault::display_name(wanted)
        .map_err(|error| Failure::usage(format!("a name {error}")).help("choose another name"))
}

/// A key as JSON, in the form of the API. The secret key is included only when it was just created.
pub(super) fn shown(key: &ApiKey, token: Option<&Token>) -> Value {
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
