//! `cargo xtask bench`: measures how fast Waystone is and how it compares with other tools, and writes
//! `docs/benchmarks.md` and `docs/benchmarks-hub.md`.
//!
//! One harness makes every run of a table (`bench/runs.rs`), and one report writes what the runs measured. A new
//! benchmark is a new row. No test depends on a figure, because machines differ.

mod corpus;
mod figures;
mod hub;
mod machine;
mod process;
mod report;
mod run;
mod runs;
mod watch;

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use self::run::{Page, Row, Run, Size, Work, World};
use crate::tree::{root, target};

/// Measures what the arguments select, and writes its pages. Quick figures go to the target directory.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let (pages, quick) = parse(arguments)?;
    for page in pages {
        println!("building the release; the first time takes minutes");
        build(&["--package", "cli", "--bin", "waystone"])?;
        match page {
            Page::Guides => build(&["--package", "cli", "--example", "pieces"])?,
            Page::Hub => build(&["--package", "suite", "--example", "servers"])?,
        }
        let machine = machine::machine()?;
        let scratch = tempfile::Builder::new().prefix("waystone-bench-").tempdir()?;
        let world = World { scratch: scratch.path().to_owned(), tools: target().join("bench/tools"), quick };
        fs::create_dir_all(&world.tools)?;
        for size in [Size::Few, Size::Some, Size::Many] {
            corpus::write(&world.guides(size), size.guides(quick))?;
        }
        let rows = measure(page, &world);
        let folder = if quick { target().join("bench") } else { root().join("docs") };
        let file = folder.join(page.file());
        fs::write(&file, report::page(page, quick, &machine, &rows))
            .with_context(|| format!("cannot write {}", file.display()))?;
        println!("wrote {}", file.display());
    }
    Ok(())
}

/// The pages to write, and whether catalogs are small and runs few.
fn parse(arguments: &[&str]) -> Result<(Vec<Page>, bool)> {
    let (mut pages, mut quick) = (Vec::new(), false);
    for argument in arguments {
        match *argument {
            "guides" => pages.push(Page::Guides),
            "hub" => pages.push(Page::Hub),
            "--quick" => quick = true,
            other => bail!("unknown argument `{other}`; bench accepts guides, hub and --quick"),
        }
    }
    if pages.is_empty() {
        pages = vec![Page::Guides, Page::Hub];
    }
    Ok((pages, quick))
}

/// Makes every run of a page. A run that fails leaves rows without figures, and the reason is printed.
fn measure(page: Page, world: &World) -> Vec<Row> {
    let mut rows = Vec::new();
    for run in runs::RUNS.iter().filter(|run| run.section.page() == page) {
        println!("{}, {} guides", run.name, figures::count(run.size.guides(world.quick)));
        rows.extend(measured(run, world).unwrap_or_else(|error| {
            println!("not measured: {error:#}");
            vec![Row::new(run, run.name, None)]
        }));
    }
    rows
}

fn measured(run: &Run, world: &World) -> Result<Vec<Row>> {
    let one = |figures| vec![Row::new(run, run.name, Some(figures))];
    match &run.work {
        Work::Command(command) => {
            let (name, figures) = process::command(run, command, world)?;
            Ok(vec![Row::new(run, &name, Some(figures))])
        }
        Work::Pieces => process::pieces(run, world),
        Work::Edits => watch::edits(run.size, world).map(one),
        Work::Start => hub::start(run.size, world).map(one),
        Work::Links(database) => hub::links(run, *database, world),
    }
}

/// Builds with the profile that ships.
fn build(what: &[&str]) -> Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--profile", "dist"])
        .args(what)
        .current_dir(root())
        .status()
        .context("cannot run cargo")?;
    if status.success() { Ok(()) } else { bail!("cannot build {}", what.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::{Page, parse};

    #[test]
    fn an_unknown_argument_is_named() {
        assert_eq!(parse(&["hub", "--quick"]).expect("arguments"), (vec![Page::Hub], true));
        assert_eq!(parse(&[]).expect("arguments"), (vec![Page::Guides, Page::Hub], false));
        let error = parse(&["--fast"]).expect_err("an unknown argument");
        assert_eq!(error.to_string(), "unknown argument `--fast`; bench accepts guides, hub and --quick");
    }
}
