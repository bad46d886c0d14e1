//! `waystone projects`: manages the projects, which own API keys, connector profiles and accounts.

use serde_json::{Value, json};
use vault::{Kind, NewKey, Project, Scope, Vault};

use super::keys;
use super::project_named::all;
use crate::args::{Common, ProjectsCommand};
use crate::failure::Failure;
use crate::hub_settings::{open_vault, settings};
use crate::linking::store::by;
use crate::out::{Ink, Out};

pub(crate) async fn run(common: &Common, command: &ProjectsCommand, out: &Out) -> Result<u8, Failure> {
    let store = match command {
        ProjectsCommand::List { store } | ProjectsCommand::Create { store, .. } => store,
    };
    let vault = open_vault(&settings(common, store, out)?).await?;
    let result = match command {
        ProjectsCommand::List { store } => list(&vault, store.json, out).await,
        ProjectsCommand::Create { name, store } => create(&vault, name, store.json, out).await,
    };
    vault.close().await;
    result.map(|()| 0)
}

async fn list(vault: &Vault, json: bool, out: &Out) -> Result<(), Failure> {
    let projects = all(vault).await?;
    if json {
        out.json(&projects.iter().map(as_json).collect());
        return Ok(());
    }
    for project in projects {
        out.line(&format!("{}  {}", project.id, project.name));
    }
    Ok(())
}

async fn create(vault: &Vault, name: &str, json: bool, out: &Out) -> Result<(), Failure> {
    let name = keys::name(name)?;
    if all(vault).await?.iter().any(|project| project.name == name) {
        return Err(Failure::usage(format!("the project `{name}` already exists"))
            .help("choose another name, or create a key for it with `waystone keys create`"));
    }
    let project = vault.add_project(name, by()).await?;
    let first = NewKey {
        project: &project.id,
        name: "first key",
        scopes: &Scope::FIRST,
        kind: Kind::Production,
        expires_at: None,
    };
    let (key, token) = keys::add(vault, &first).await?;
    if json {
        let mut value = as_json(&project);
        value["api_key"] = keys::as_json(&key, Some(&token));
        out.json(&value);
        return Ok(());
    }
    out.success(&format!("Created project {} ({}).", project.name, project.id));
    let key = out.ink(Ink::Strong, token.secret().expose());
    out.line(&format!("Its first API key, shown only once: {key}"));
    Ok(())
}

fn as_json(project: &Project) -> Value {
    json!({ "id": project.id, "name": project.name, "created_at": project.created_at.to_string() })
}
