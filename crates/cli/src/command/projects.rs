//! `waystone projects`: the projects that own API keys, connector profiles and accounts.

use jiff::Timestamp;
use serde_json::{Value, json};
use vault::{By, Kind, NewKey, Project, Scope, Vault};

use super::keys;
use super::project_named::all;
use crate::args::{Common, ProjectsCommand};
use crate::failure::Failure;
use crate::hub_settings::{open_vault, settings};
use crate::linking::store::ACTOR;
use crate::out::{Ink, Out};

pub(crate) async fn run(common: &Common, command: &ProjectsCommand, out: &Out) -> Result<u8, Failure> {
    let store = match command {
        ProjectsCommand::List { store } | ProjectsCommand::Create { store, .. } => store,
    };
    let vault = open_vault(&settings(common, store, out)?).await?;
    let done = match command {
        ProjectsCommand::List { store } => list(&vault, store.json, out).await,
        ProjectsCommand::Create { name, store } => create(&vault, name, store.json, out).await,
    };
    vault.close().await;
    done.map(|()| 0)
}

async fn list(vault: &Vault, json: bool, out: &Out) -> Result<(), Failure> {
    let projects = all(vault).await?;
    if json {
        out.line(&format!("{:#}", projects.iter().map(shown).collect::<Value>()));
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
    let project = vault.add_project(name, By::new(ACTOR, Timestamp::now())).await;
    let project = project.map_err(|error| Failure::environment(&error))?;
    let first =
        NewKey { project: &project.id, name: "first key", scopes: &Scope::FIRST, kind: Kind::Production };
    let (key, token) = keys::add(vault, &first).await?;
    if json {
        let mut value = shown(&project);
        value["api_key"] = keys::shown(&key, Some(&token));
        out.line(&format!("{value:#}"));
        return Ok(());
    }
    out.line(&format!("{} Created project {} ({}).", out.ink(Ink::Good, "✓"), project.name, project.id));
    out.line(&format!(
        "Its first API key, shown only once: {}",
        out.ink(Ink::Strong, token.secret().expose())
    ));
    Ok(())
}

fn shown(project: &Project) -> Value {
    json!({ "id": project.id, "name": project.name, "created_at": project.created_at.to_string() })
}
