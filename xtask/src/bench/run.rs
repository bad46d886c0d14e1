//! The vocabulary of the harness: a run, what it does, and the row of figures that it gives.

use std::path::PathBuf;

use super::figures::{median, percentile};
use crate::tree::target;

/// A page of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    Guides,
    Hub,
}

impl Page {
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::Guides => "benchmarks.md",
            Self::Hub => "benchmarks-hub.md",
        }
    }
}

/// A section of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Check,
    Pieces,
    Render,
    Watch,
    Link,
    Start,
}

impl Section {
    pub(super) fn page(self) -> Page {
        match self {
            Self::Check | Self::Pieces | Self::Render | Self::Watch => Page::Guides,
            Self::Link | Self::Start => Page::Hub,
        }
    }
}

/// The size of a catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    Few,
    Some,
    Many,
}

impl Size {
    /// How many guides the catalog holds.
    pub(super) fn guides(self, quick: bool) -> u32 {
        match (self, quick) {
            (Self::Few, _) => 10,
            (Self::Some, true) => 100,
            (Self::Some, false) | (Self::Many, true) => 1_000,
            (Self::Many, false) => 10_000,
        }
    }
}

/// A row of the table of runs.
pub(super) struct Run {
    pub(super) section: Section,
    pub(super) name: &'static str,
    pub(super) size: Size,
    pub(super) work: Work,
    /// The run of the same size and section that this one is compared with.
    pub(super) baseline: Option<&'static str>,
}

/// What a run measures.
pub(super) enum Work {
    Command(Command),
    /// The program `crates/cli/examples/pieces.rs`, which gives a row for each piece.
    Pieces,
    /// Edits under `waystone check --watch`.
    Edits,
    /// Starts of a Hub.
    Start,
    /// Linked accounts per second. Gives three rows.
    Links(Database),
}

/// A command that is run several times.
pub(super) struct Command {
    /// The words of the command. A path below `{out}` at its end is removed before each run. A command with shell
    /// syntax is run by `sh`.
    pub(super) words: &'static str,
    /// Shell commands that install the tool and prepare its input, if it is not Waystone.
    pub(super) prepare: &'static str,
    /// A shell command that prints the tool's version.
    pub(super) version: &'static str,
    pub(super) times: Times,
}

/// How often a command is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    /// 50 times: a run takes a few milliseconds.
    Often,
    /// 3 times, and once more to find its peak memory.
    Several,
    /// Once: a run takes long.
    Once,
}

impl Times {
    pub(super) fn number(self) -> u32 {
        match self {
            Self::Often => 50,
            Self::Several => 3,
            Self::Once => 1,
        }
    }
}

/// The database of a Hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Database {
    Sqlite,
    Postgres,
}

/// The folders that runs use.
pub(super) struct World {
    /// Removed at the end.
    pub(super) scratch: PathBuf,
    /// Installed tools, which are kept.
    pub(super) tools: PathBuf,
    pub(super) quick: bool,
}

impl World {
    /// The folder of the catalog of a size.
    pub(super) fn guides(&self, size: Size) -> PathBuf {
        self.scratch.join(format!("guides-{}", size.guides(self.quick)))
    }

    pub(super) fn program(&self) -> PathBuf {
        target().join("dist/waystone")
    }
}

/// What a run measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Figures {
    /// Seconds of each repetition, in ascending order.
    pub(super) samples: Vec<f64>,
    /// Guides, pages or requests in one repetition.
    pub(super) items: u32,
    /// Items per second, where several are worked on at once.
    pub(super) rate: Option<f64>,
    /// Seconds of CPU time per item.
    pub(super) cpu: Option<f64>,
    /// KiB of memory.
    pub(super) memory: Option<u64>,
}

impl Figures {
    pub(super) fn new(mut samples: Vec<f64>, items: u32) -> Self {
        samples.sort_by(f64::total_cmp);
        Self { samples, items, ..Self::default() }
    }

    /// Seconds of a repetition.
    pub(super) fn median(&self) -> f64 {
        median(&self.samples)
    }

    /// Seconds that 99 of 100 repetitions do not exceed.
    pub(super) fn p99(&self) -> f64 {
        percentile(&self.samples, 99)
    }

    /// Seconds of wall time per item.
    pub(super) fn per_item(&self) -> f64 {
        self.rate.map_or_else(|| self.median() / f64::from(self.items.max(1)), |rate| 1.0 / rate)
    }
}

/// A row of a page: a run, with its figures unless it failed.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) section: Section,
    pub(super) name: String,
    pub(super) size: Size,
    /// The name of the row that this one is compared with.
    pub(super) baseline: Option<String>,
    pub(super) figures: Option<Figures>,
}

impl Row {
    pub(super) fn new(run: &Run, name: &str, figures: Option<Figures>) -> Self {
        let baseline = run.baseline.map(str::to_owned);
        Self { section: run.section, name: name.to_owned(), size: run.size, baseline, figures }
    }
}
