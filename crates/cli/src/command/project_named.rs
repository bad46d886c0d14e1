//! Finds the project that a command applies to.

use vault::{Project, Vault};

use crate::failure::Failure;

pub(super) async fn all(vault: &Vault) -> Result<Vec<Project>, Failure> {
    Ok(vault.projects().await?)
}

/// Returns the project with this id or name. If neither is given, there must be exactly one project.
pub(super) async fn find(vault: &Vault, id_or_name: Option<&str>) -> Result<Project, Failure> {
    let projects = all(vault).await?;
    let known = guide::listed(projects.iter().map(|project| project.name.as_str()));
    let (message, help) = match id_or_name {
        Some(text) => {
            let matches = |project: &&Project| project.id == text || project.name == text;
            let mut found = projects.iter().filter(matches);
            match (found.next(), found.next()) {
                (Some(project), None) => return Ok(project.clone()),
                (Some(_), Some(_)) => (
                    format!("several projects are named `{text}`"),
                    "use its id, as shown by `waystone projects list`".to_owned(),
                ),
                (None, _) => (format!("no project `{text}`"), format!("choose one of: {known}")),
            }
        }
        None => match projects.as_slice() {
            [only] => return Ok(only.clone()),
            [] => (
                "there are no projects yet".to_owned(),
                "create one with `waystone projects create NAME`, or start `waystone serve`, which creates one"
                    .to_owned(),
            ),
            _ => ("there are several projects".to_owned(), format!("choose one with --project: {known}")),
        },
    };
    Err(Failure::usage(message).help(help))
}
