//! The harness's vocabulary: pages, runs, and the figures that runs measure.

use std::fs;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::figures::{median, percentile};
use crate::tree::target;

/// A benchmark page.
pub(super) struct Page {
    /// The argument of `cargo xtask bench` that selects the page.
    pub(super) argument: &'static str,
    /// The packages and the names of the example programs that the runs need.
    pub(super) examples: &'static [[&'static str; 2]],
    /// The page's file in `docs`.
    pub(super) file: &'static str,
    pub(super) title: &'static str,
    /// A sentence that links to the other page.
    pub(super) other: &'static str,
    /// A description of how the figures are measured.
    pub(super) method: &'static str,
    /// The charts that the page opens with.
    pub(super) charts: &'static [Chart],
    pub(super) sections: &'static [Section],
}

/// A chart.
pub(super) struct Chart {
    /// The chart's file in `docs/pictures`.
    pub(super) file: &'static str,
    /// The title, which is also the text for readers who do not see the chart.
    pub(super) title: &'static str,
    pub(super) drawing: Drawing,
}

/// What a chart shows.
pub(super) enum Drawing {
    /// How fast each row is, as a multiple of another row's speed.
    Ratios(&'static [Bar]),
    /// How a figure grows with the size of the input.
    Growth(&'static [Line]),
}

/// A bar of a chart.
pub(super) struct Bar {
    pub(super) label: &'static str,
    pub(super) of: RowId,
    /// The row that the bar is compared with.
    pub(super) to: RowId,
    /// The ratio that the bar should reach. `None` if there is no aim.
    pub(super) aim: Option<f64>,
}

/// A line of a chart.
pub(super) struct Line {
    pub(super) label: &'static str,
    pub(super) figure: fn(&Figures) -> f64,
    /// The rows, smallest first. The figure is shown as a multiple of the first row's figure.
    pub(super) rows: &'static [RowId],
}

/// A section of a page.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) intro: &'static str,
    /// What the size of a run counts. Empty if all runs have the same size.
    pub(super) unit: &'static str,
    pub(super) columns: &'static [Column],
    /// The runs in the order of their rows. A run may use files from an earlier run.
    pub(super) runs: &'static [Run],
    pub(super) aims: &'static [Aim],
}

/// A column of a section's table: its heading, and a function that returns the text of a cell.
pub(super) type Column = (&'static str, fn(&Cell<'_>) -> Option<String>);

/// The input for a cell: a measured row and the other rows in its section.
pub(super) struct Cell<'a> {
    pub(super) row: &'a Row,
    pub(super) figures: &'a Figures,
    pub(super) rows: &'a [Row],
    pub(super) quick: bool,
}

/// Something to measure.
pub(super) struct Run {
    pub(super) name: &'static str,
    /// The number of guides in the catalog, or of accounts, unless the run is quick.
    pub(super) size: u32,
    pub(super) work: Work,
    /// The run that this run is compared with, in the same section and with the same size.
    pub(super) baseline: Option<&'static str>,
}

/// The kind of work that a run measures.
pub(super) enum Work {
    /// A command.
    Command(Command),
    /// The program `crates/cli/examples/pieces.rs`, which produces a row for each piece.
    Pieces,
    /// The program `crates/secret/examples/redactor.rs`, which produces a row for each text.
    Redactor,
    /// Editing guides while `waystone check --watch` runs.
    Edits,
    /// Starting a Hub.
    Start,
    /// Sending requests through an account, which produces four rows.
    Requests {
        /// Whether the database is PostgreSQL instead of SQLite.
        on_postgres: bool,
    },
    /// Listing a page of accounts.
    Accounts {
        /// Whether the database is PostgreSQL instead of SQLite.
        on_postgres: bool,
    },
    /// Linking accounts, which produces three rows.
    Links {
        /// Whether the database is PostgreSQL instead of SQLite.
        on_postgres: bool,
    },
}

/// A command that is run several times.
pub(super) struct Command {
    /// The words of the command. If the last word is a path below `{out}`, this path is removed before each run. If the
    /// command contains shell syntax, `sh` runs it.
    pub(super) words: &'static str,
    /// Shell commands that install the tool and prepare its input, unless the tool is Waystone.
    pub(super) prepare: &'static str,
    /// A shell command that prints the tool's version.
    pub(super) version: &'static str,
    /// The number of measured runs. If it is greater than 1, an additional run measures the peak memory.
    pub(super) repetitions: u32,
}

/// The name and the size that identify a row.
pub(super) type RowId = (&'static str, u32);

/// An aim: a figure, summed over certain rows, should be within a range.
pub(super) struct Aim(pub(super) &'static [RowId], pub(super) Measure, pub(super) RangeInclusive<f64>);

/// The figure that an aim applies to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Measure {
    /// The wall time per item, divided by the wall time per item of another row.
    Ratio(RowId),
    /// The median of the repetitions' wall time minus that of another row, in seconds.
    Above(RowId),
    /// Seconds of CPU time per item.
    Cpu,
    /// The median of the repetitions' wall time, in seconds.
    Median,
    /// The 99th percentile of the repetitions' wall time, divided by that of another row.
    P99Ratio(RowId),
    /// Memory in KiB.
    Memory,
}

/// The folders that runs use, and whether the runs are quick.
pub(super) struct World {
    /// The folder for catalogs and outputs, which is removed at the end.
    pub(super) scratch: PathBuf,
    /// The folder for installed tools, which is kept between runs.
    pub(super) tools: PathBuf,
    pub(super) quick: bool,
}

impl World {
    /// Returns the folder that contains the catalog with this number of guides.
    pub(super) fn catalog(&self, guides: u32) -> PathBuf {
        self.scratch.join(format!("guides-{guides}"))
    }

    /// Creates a new folder for a run. Its path contains no spaces, because nginx would split it.
    pub(super) fn create_folder(&self, name: &str) -> Result<PathBuf> {
        let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let folder = self.scratch.join(name);
        fs::create_dir(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(folder)
    }

    pub(super) fn program(&self) -> PathBuf {
        target().join("dist/waystone")
    }
}

/// Returns the actual size of a run, which is smaller in quick runs.
pub(super) fn scaled(size: u32, quick: bool) -> u32 {
    if quick && 10 < size { size / 10 } else { size }
}

/// The figures from a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Figures {
    /// The wall time of each repetition in seconds, in ascending order.
    pub(super) samples: Vec<f64>,
    /// The number of guides, pages or requests in one repetition.
    pub(super) items: u32,
    /// Items per second, if several items are processed at once.
    pub(super) rate: Option<f64>,
    /// Seconds of CPU time per item.
    pub(super) cpu: Option<f64>,
    /// Memory in KiB.
    pub(super) memory: Option<f64>,
}

impl Figures {
    pub(super) fn new(mut samples: Vec<f64>, items: u32) -> Self {
        samples.sort_by(f64::total_cmp);
        Self { samples, items, ..Self::default() }
    }

    /// Returns the median of the repetitions, in seconds.
    pub(super) fn median(&self) -> f64 {
        median(&self.samples)
    }

    /// Returns the 99th percentile of the repetitions, in seconds.
    pub(super) fn p99(&self) -> f64 {
        percentile(&self.samples, 99)
    }

    /// Returns the wall time per item, in seconds.
    pub(super) fn per_item(&self) -> f64 {
        self.rate.map_or_else(|| self.median() / f64::from(self.items.max(1)), |rate| 1.0 / rate)
    }
}

/// A row of a table.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: String,
    /// The number of guides in the catalog, or of accounts, unless the run was quick.
    pub(super) size: u32,
    /// The name of the row that this row is compared with.
    pub(super) baseline: Option<String>,
    /// `None` if the run failed.
    pub(super) figures: Option<Figures>,
}

impl Row {
    pub(super) fn new(run: &Run, name: &str, figures: Option<Figures>) -> Self {
        let baseline = run.baseline.map(str::to_owned);
        Self { name: name.to_owned(), size: run.size, baseline, figures }
    }
}
