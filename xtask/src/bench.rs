//! `cargo xtask bench`: measures how fast Waystone is and how it compares with other tools, and writes
//! `docs/benchmarks.md` and `docs/benchmarks-hub.md`.
//!
//! One harness performs every run that is listed in `bench/pages.rs`, and one report writes the figures, so a new
//! benchmark only needs a new row. No test depends on a figure, because machines differ.

mod chart;
mod corpus;
mod figures;
mod hub;
mod machine;
mod pages;
mod process;
mod report;
mod run;
mod watch;

use std::fs;

use anyhow::{Context as _, Result, bail};

use self::pages::PAGES;
use self::run::{Page, Row, Run, Section, Work, World, scaled};
use crate::command::{self, cargo};
use crate::tree::{root, target};

/// Runs the benchmarks that the arguments select, and writes their pages. Pages from quick runs are written to the
/// target directory.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let (pages, quick) = parse(arguments)?;
    println!("building in release mode; the first build takes a few minutes");
    build(&["--package", "cli", "--bin", "waystone"])?;
    for page in pages {
        for [package, example] in page.examples {
            build(&["--package", package, "--example", example])?;
        }
        let (source, machine) = (machine::source()?, machine::machine()?);
        let scratch = tempfile::Builder::new().prefix("waystone-bench-").tempdir()?;
        let world = World { scratch: scratch.path().to_owned(), tools: target().join("bench/tools"), quick };
        fs::create_dir_all(&world.tools)?;
        let rows = |section: &Section| section.runs.iter().flat_map(|run| measure(run, &world)).collect();
        let rows: Vec<Vec<Row>> = page.sections.iter().map(rows).collect();
        let folder = if quick { target().join("bench") } else { root().join("docs") };
        let file = folder.join(page.file);
        fs::write(&file, report::page(page, quick, &source, &machine, &rows))
            .with_context(|| format!("cannot write {}", file.display()))?;
        let pictures = folder.join("pictures");
        fs::create_dir_all(&pictures)?;
        let rows: Vec<&Row> = rows.iter().flatten().collect();
        for chart in page.charts {
            fs::write(pictures.join(chart.file), chart::svg(chart, &rows)?)?;
        }
        println!("wrote {}", file.display());
    }
    Ok(())
}

/// Returns the pages to write, and whether to do quick runs, which use smaller catalogs and fewer repetitions.
fn parse(arguments: &[&str]) -> Result<(Vec<&'static Page>, bool)> {
    let (mut pages, mut quick) = (Vec::new(), false);
    for argument in arguments {
        match PAGES.iter().find(|page| page.argument == *argument) {
            Some(page) => pages.push(page),
            None if *argument == "--quick" => quick = true,
            None => bail!("unknown argument `{argument}`; bench accepts guides, hub and --quick"),
        }
    }
    if pages.is_empty() {
        pages = PAGES.iter().collect();
    }
    Ok((pages, quick))
}

/// Performs a run and returns its rows. If the run fails, prints why and returns a row without figures.
fn measure(run: &Run, world: &World) -> Vec<Row> {
    println!("{}, size {}", run.name, figures::count(scaled(run.size, world.quick)));
    measured(run, world).unwrap_or_else(|error| {
        println!("not measured: {error:#}");
        vec![Row::new(run, run.name, None)]
    })
}

fn measured(run: &Run, world: &World) -> Result<Vec<Row>> {
    let guides = scaled(run.size, world.quick);
    if !matches!(run.work, Work::Accounts { .. }) && !world.catalog(guides).exists() {
        corpus::write(&world.catalog(guides), guides)?;
    }
    let one = |figures| vec![Row::new(run, run.name, Some(figures))];
    match &run.work {
        Work::Command(command) => {
            let (name, figures) = process::command(run.name, command, guides, world)?;
            Ok(vec![Row::new(run, &name, Some(figures))])
        }
        Work::Pieces => process::pieces(run, guides, world),
        Work::Redactor => process::redactor(run),
        Work::Edits => watch::edits(guides, world).map(one),
        Work::Start => hub::start(guides, world).map(one),
        Work::Links { on_postgres } => hub::links(run, *on_postgres, world),
        Work::Accounts { on_postgres } => hub::accounts(run, *on_postgres, world).map(one),
        Work::Requests { on_postgres } => hub::requests(run, *on_postgres, world),
    }
}

/// Builds with the release profile.
fn build(what: &[&str]) -> Result<()> {
    command::run(&mut cargo(&[&["build", "--quiet", "--locked", "--profile", "dist"], what].concat()))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn an_unknown_argument_is_named() {
        let parsed = |arguments: &[&str]| {
            let (pages, quick) = parse(arguments).expect("arguments");
            (pages.iter().map(|page| page.argument).collect::<Vec<_>>(), quick)
        };
        assert_eq!(parsed(&["hub", "--quick"]), (vec!["hub"], true));
        assert_eq!(parsed(&[]), (vec!["guides", "hub"], false));
        let error = parse(&["--fast"]).map(|_| ()).expect_err("an unknown argument");
        assert_eq!(error.to_string(), "unknown argument `--fast`; bench accepts guides, hub and --quick");
    }
}
