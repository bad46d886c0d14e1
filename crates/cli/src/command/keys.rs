//! `waystone keys`: the API keys with which a product's programs authenticate to the Hub.
//!
//! **Invariant:** a key is shown once, on standard output, when it is created.

use hub::Scope;
use jiff::Timestamp;
use serde_json::{Value, json};
use vault::{ApiKey, Kind, Project, Token, Vault};

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
                let new = NewKey { name, scopes: &scopes, kind };
                create(&vault, &project, new, store.json, out).await
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
        out.line(&format!("{}  {state}  {}  {}", key.id, key.name, out.ink(Ink::Dim, &key.scopes.join(" "))));
    }
    Ok(())
}

/// A key to create.
pub(super) struct NewKey<'a> {
    pub(super) name: &'a str,
    pub(super) scopes: &'a [Scope],
    pub(super) kind: Kind,
}

async fn create(
    vault: &Vault,
    project: &Project,
    new: NewKey<'_>,
    json: bool,
    out: &Out,
) -> Result<(), Failure> {
    let new = NewKey { name: name(new.name)?, ..new };
    let (key, token) = add(vault, project, &new).await?;
    if json {
        out.line(&format!("{:#}", shown(&key, Some(&token))));
        return Ok(());
    }
    out.say(&format!("Created key {} of project {}. It is shown only once:", key.id, project.name));
    out.line(&out.ink(Ink::Strong, token.secret().expose()));
    Ok(())
}

async fn revoke(vault: &Vault, project: &Project, id: &str, json: bool, out: &Out) -> Result<(), Failure> {
    let done = vault.revoke_key(&project.id, id, ACTOR, Timestamp::now()).await;
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
pub(super) async fn add(
    vault: &Vault,
    project: &Project,
    new: &NewKey<'_>,
) -> Result<(ApiKey, Token), Failure> {
    let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.as_str()).collect();
    let made = vault.add_key(&project.id, new.name, &scopes, new.kind, ACTOR, Timestamp::now()).await;
    made.map_err(|error| Failure::environment(&error))
}

/// The name of a project or key, if it is valid.
pub(super) fn name(wanted: &str) -> Result<&str, Failure> {
    hub::name(wanted).ok_or_else(|| {
        Failure::usage("a name must be 1 to 100 printable characters").help("choose another name")
    })
}

/// A key as JSON, in the form of the API. The secret key is included only when it was just created.
pub(super) fn shown(key: &ApiKey, token: Option<&Token>) -> Value {
    let mut value = json!({
        "id": key.id,
        "name": key.name,
        "scopes": key.scopes,
        "type": key.kind.as_str(),
        "created_at": key.created_at.to_string(),
        "revoked_at": key.revoked_at.map(|at| at.to_string()),
    });
    if let Some(token) = token {
        value["key"] = json!(token.secret().expose());
    }
    value
}
