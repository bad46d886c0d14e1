//! Generic tools with the same guides and the same pages.
//!
//! What can be installed below the target folder is; Hugo comes from Debian. A tool that cannot be had is left out,
//! and the page says so.

mod builders;
mod validators;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::corpus::Corpus;
use super::process::Cost;

/// What a tool is given to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// Guides are held against the JSON Schema.
    Validate,
    /// Markdown pages become HTML pages.
    Build,
}

/// A tool, and what it took.
#[derive(Clone, Debug)]
pub(super) struct Other {
    /// Its name, with its version.
    pub(super) name: String,
    /// What it did.
    pub(super) task: Task,
    /// With how many guides or pages.
    pub(super) items: u32,
    /// What that cost; nothing, if it could not be had.
    pub(super) cost: Option<Cost>,
}

/// Where things are, and what is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<'a> {
    /// A folder for tools, which stays.
    pub(super) tools: &'a Path,
    /// A folder for what tools make, which does not.
    pub(super) scratch: &'a Path,
    /// How often a quick tool is run.
    pub(super) times: u32,
    /// Whether mdBook is built, if it is not there.
    pub(super) mdbook: bool,
}

/// All tools: validators with the guides, builders with the pages that were made of the larger catalog.
pub(super) fn all(setting: &Setting<'_>, guides: &Corpus, pages: &[PathBuf]) -> Vec<Other> {
    let mut others = Vec::new();
    let few = &pages[..pages.len().min(guides.guides as usize)];
    others.push(told("check-jsonschema", Task::Validate, validators::check_jsonschema(setting, guides)));
    others.push(told("ajv-cli", Task::Validate, validators::ajv(setting, guides)));
    others.push(told("Hugo", Task::Build, builders::hugo(setting, pages)));
    others.push(told("mdBook", Task::Build, builders::mdbook(setting, few)));
    others
}

/// What a tool took, or that it took nothing; why not is said to whoever runs this.
fn told(name: &str, task: Task, result: Result<(String, u32, Cost)>) -> Other {
    match result {
        Ok((name, items, cost)) => Other { name, task, items, cost: Some(cost) },
        Err(error) => {
            println!("{name} is left out: {error:#}");
            Other { name: name.to_owned(), task, items: 0, cost: None }
        }
    }
}

/// Runs what installs a tool.
fn install(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let out = command.output().with_context(|| format!("{name} cannot be run"))?;
    if out.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&out.stderr);
    bail!("it cannot be installed: {}", said.lines().last().unwrap_or("nothing is said why"))
}
