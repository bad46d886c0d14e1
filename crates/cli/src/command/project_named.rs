//! The project that a command is about.

use vault::{Project, Vault};

use crate::failure::Failure;

pub(super) async fn all(vault: &Vault) -> Result<Vec<Project>, Failure> {
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
