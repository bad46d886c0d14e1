//! `waystone projects`: what keys, configurations and accounts belong to.

use jiff::Timestamp;
use serde_json::{Value, json};
use vault::{By, Project, Vault};

use super::keys;
use super::vault::{open, settings};
use crate::args::{Common, ProjectsCommand};
use crate::failure::Failure;
use crate::linking::keep::ACTOR;
use crate::out::{Ink, Out};

pub(crate) async fn run(common: &Common, command: &ProjectsCommand, out: &Out) -> Result<u8, Failure> {
    let store = match command {
        ProjectsCommand::List { store } | ProjectsCommand::Create { store, .. } => store,
    };
    let vault = open(&settings(common, store, out)?).await?;
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
        return Err(Failure::usage(format!("there is a project `{name}` already"))
            .help("choose another name, or make a key for it with `waystone keys create`"));
    }
    let project = vault.add_project(name, By::new(ACTOR, Timestamp::now())).await;
    let project = project.map_err(|error| Failure::environment(&error))?;
    let (key, token) =
        keys::add(vault, &project, "first key", &vault::Scope::FIRST, vault::Kind::Production).await?;
    if json {
        let mut value = shown(&project);
        value["api_key"] = keys::shown(&key, Some(&token));
        out.line(&format!("{value:#}"));
        return Ok(());
    }
    out.line(&format!("{} Made project {} ({}).", out.ink(Ink::Good, "✓"), project.name, project.id));
    out.line(&format!("Its first API key, shown once: {}", out.ink(Ink::Strong, token.secret().expose())));
    Ok(())
}

fn shown(project: &Project) -> Value {
    json!({ "id": project.id, "name": project.name, "created_at": project.created_at.to_string() })
}

async fn all(vault: &Vault) -> Result<Vec<Project>, Failure> {
    vault.projects().await.map_err(|error| Failure::environment(&error))
}

/// The project that is meant.
pub(super) async fn find(vault: &Vault, wanted: Option<&str>) -> Result<Project, Failure> {
    let projects = all(vault).await?;
    let known = guide::listed(projects.iter().map(|project| project.name.as_str()));
    let (message, help) = match wanted {
        Some(wanted) => {
            let is_it = |project: &&Project| project.id == wanted || project.name == wanted;
            let mut found = projects.iter().filter(is_it);
            match (found.next(), found.next()) {
                (Some(project), None) => return Ok(project.clone()),
                (Some(_), Some(_)) => (
                    format!("several projects are called `{wanted}`"),
                    "name one by its id, as `waystone projects list` shows it".to_owned(),
                ),
                (None, _) => (format!("there is no project `{wanted}`"), format!("there is {known}")),
            }
        }
        None => match projects.as_slice() {
            [only] => return Ok(only.clone()),
            [] => (
                "there is no project yet".to_owned(),
                "make one with `waystone projects create NAME`; `waystone serve` makes one at its first start"
                    .to_owned(),
            ),
            _ => ("there are several projects".to_owned(), format!("name one with --project: {known}")),
        },
    };
    Err(Failure::usage(message).help(help))
}
