//! `cargo xtask bench`: how quick Waystone is, how much memory it takes, and how it compares; as two pages, one of what
//! is done with guides (this file), one of the Hub ([`hub`]).
//!
//! Everything of a page is measured in one run on one machine, on the binary as it ships, with catalogs made for it. No test
//! looks at a figure: machines differ, and a slow one is not a broken program.

mod aims;
mod corpus;
mod figures;
mod hub;
mod machine;
mod others;
mod pieces;
mod process;
mod report;
mod watch;
mod waystone;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use self::corpus::Corpus;
use self::machine::Machine;
use self::others::{Other, Setting};
use self::pieces::Pieces;
use self::watch::Watched;
use self::waystone::{Checked, Copied, MEDIA, Rendered};
use crate::tree::{files, root, target};

/// What is measured, and how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Options {
    /// One part alone; both, if none is named.
    part: Option<Part>,
    /// Smaller catalogs and databases, and fewer runs.
    quick: bool,
    /// mdBook is built, if it is not there.
    mdbook: bool,
}

/// A part, which has a page of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Guides,
    Hub,
}

impl Part {
    /// The name of its page.
    fn page(self) -> &'static str {
        match self {
            Self::Guides => "benchmarks.md",
            Self::Hub => "benchmarks-hub.md",
        }
    }
}

impl Options {
    fn parse(arguments: &[&str]) -> Result<Self> {
        let mut options = Self::default();
        for argument in arguments {
            match *argument {
                "guides" => options.part = Some(Part::Guides),
                "hub" => options.part = Some(Part::Hub),
                "--quick" => options.quick = true,
                "--with-mdbook" => options.mdbook = true,
                other => {
                    bail!("bench does not know `{other}`; it knows guides and hub, --quick and --with-mdbook")
                }
            }
        }
        Ok(options)
    }

    /// How many guides the catalogs have.
    fn sizes(self) -> [u32; 3] {
        if self.quick { [10, 100, 1_000] } else { [10, 1_000, 10_000] }
    }

    /// How often a thing is run, of which the quickest run counts.
    fn times(self) -> u32 {
        if self.quick { 2 } else { 3 }
    }

    /// Edits, each of which is made and taken back.
    fn edits(self) -> u32 {
        if self.quick { 5 } else { 10 }
    }

    /// For how many seconds a piece of the work is done over and over.
    fn seconds(self) -> f64 {
        if self.quick { 0.5 } else { 2.0 }
    }
}

/// Everything that was measured with guides.
#[derive(Clone, Debug)]
struct Run {
    options: Options,
    machine: Machine,
    /// By size.
    checks: Vec<Checked>,
    /// By medium.
    renders: Vec<Rendered>,
    /// The most memory of rendering MDX, in KiB.
    render_peak: u64,
    /// With the MDX pages.
    copied: Copied,
    pieces: Pieces,
    /// By size.
    watches: Vec<Watched>,
    others: Vec<Other>,
}

/// Measures what is asked for, and writes its pages.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let options = Options::parse(arguments)?;
    for part in [Part::Guides, Part::Hub] {
        if options.part.is_some_and(|only| only != part) {
            continue;
        }
        build(part)?;
        let scratch = Scratch::new()?;
        let text = match part {
            Part::Guides => report::page(&measure(options, &scratch.0)?),
            Part::Hub => hub::page(options, &scratch.0)?,
        };
        let folder = if options.quick { target().join("bench") } else { root().join("docs") };
        fs::create_dir_all(&folder)?;
        let page = folder.join(part.page());
        fs::write(&page, text).with_context(|| format!("cannot write {}", page.display()))?;
        println!("written to {}", page.display());
    }
    Ok(())
}

fn measure(options: Options, scratch: &Path) -> Result<Run> {
    let (program, of_pieces) = (target().join("dist/waystone"), target().join("dist/examples/pieces"));
    let times = options.times();
    let machine = machine::machine()?;
    println!("writing guides");
    let catalogs = options
        .sizes()
        .map(|guides| corpus::write(&scratch.join(format!("guides-{guides}")), guides))
        .into_iter()
        .collect::<Result<Vec<Corpus>>>()?;
    let [smallest, middle, largest] = catalogs.as_slice() else { bail!("there are three sizes") };
    println!("check");
    waystone::nothing_to_say(&program, smallest)?;
    let checks =
        catalogs.iter().map(|corpus| waystone::check(&program, corpus, times)).collect::<Result<_>>()?;
    println!("pieces");
    let pieces = pieces::measure(&of_pieces, smallest, options.seconds())?;
    let pages = |medium: &str| scratch.join(format!("pages-{medium}"));
    let mut renders = Vec::new();
    let render_peak = waystone::render_peak(&program, largest, &pages("mdx"))?;
    for medium in MEDIA {
        println!("render --to {medium}");
        let folder = pages(medium);
        // Long runs, of which only those that write MDX are compared with an aim.
        let times = if medium == "mdx" { times } else { 2 };
        renders.push(waystone::render(&program, (middle, largest), medium, &folder, times)?);
        if !["mdx", "md"].contains(&medium) {
            waystone::remove(&folder)?;
        }
    }
    println!("cp -r");
    let copied = waystone::copy(&pages("mdx"), &scratch.join("copy"), times)?;
    println!("check --watch");
    let watches = catalogs
        .iter()
        .map(|corpus| watch::watch(&program, corpus, options.edits()))
        .collect::<Result<_>>()?;
    println!("other tools");
    let tools = target().join("bench/tools");
    fs::create_dir_all(&tools)?;
    let setting = Setting { tools: &tools, scratch, times, mdbook: options.mdbook };
    let others = others::all(&setting, middle, &files(&pages("md"), ".md")?);
    Ok(Run { options, machine, checks, renders, render_peak, copied, pieces, watches, others })
}

/// Builds what is measured, as it ships, and what measures it.
fn build(part: Part) -> Result<()> {
    println!("building waystone as it ships; this takes minutes the first time");
    build_as_it_ships(&["--package", "cli", "--bin", "waystone"])?;
    match part {
        Part::Guides => build_as_it_ships(&["--package", "cli", "--example", "pieces"]),
        Part::Hub => build_as_it_ships(&["--package", "suite", "--example", "load"]),
    }
}

fn build_as_it_ships(what: &[&str]) -> Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--profile", "dist"])
        .args(what)
        .current_dir(root())
        .status()
        .context("cargo cannot be run")?;
    if status.success() { Ok(()) } else { bail!("{} cannot be built", what.last().unwrap_or(&"it")) }
}

/// A folder that is gone when nobody needs it any more.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("waystone-bench-{}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::{Options, Part};

    #[test]
    fn what_bench_does_not_know_is_named() {
        let quick = Options { part: Some(Part::Hub), quick: true, mdbook: false };
        assert_eq!(Options::parse(&["hub", "--quick"]).expect("options"), quick);
        let error = Options::parse(&["--fast"]).expect_err("unknown");
        let expected = "bench does not know `--fast`; it knows guides and hub, --quick and --with-mdbook";
        assert_eq!(error.to_string(), expected);
    }
}
