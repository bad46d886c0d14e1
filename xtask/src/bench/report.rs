//! Writes a page of figures. Its text is here: nobody edits the pages by hand.

use super::figures::{count, memory, number, time};
use super::machine::Machine;
use super::run::{Figures, Page, Row, Section, Size};
use super::runs::{AIMS, Aim, Limit, Measure};

const SECTIONS: [(Section, &str, &str, &[Column]); 6] = [
    (
        Section::Check,
        "Checking a catalog",
        "`waystone check DIR`, and validators of JSON Schema on the same guides with the schema of guides. `check` \
         validates against that schema too, and then applies all other rules.",
        CATALOG,
    ),
    (
        Section::Pieces,
        "The pieces of the work",
        "Each piece by itself, repeated on one thread and without the disk (`crates/cli/examples/pieces.rs`), for one \
         guide.",
        &[Column::Cpu],
    ),
    (
        Section::Render,
        "Rendering a catalog",
        "`waystone render DIR --all --to FORMAT --out OUT`, from guides on disk to pages on disk, each time into a new \
         folder. `cp -r` copies the MDX pages. Hugo builds HTML from the Markdown pages, with no lists, feeds or site \
         map.",
        CATALOG,
    ),
    (
        Section::Watch,
        "Watching a catalog",
        "`waystone check --watch DIR`, and the time from saving a guide to the answer. `--watch` waits until no file has \
         changed for 30 ms, because editors save in several steps. This wait is most of the time.",
        &[Column::Guides, Column::Repetitions, Column::Median, Column::P99, Column::Cpu],
    ),
    (
        Section::Link,
        "Linking",
        "Eight workers link Gladly accounts with an API key, each for a customer of its own, and wait for every answer. \
         A *whole link* is five requests: the product's server makes a session (`POST /connect_sessions`); the widget \
         fetches its settings, the connectors and the form (`GET /hub/settings`, `GET /hub/connectors`, \
         `GET /hub/connectors/gladly.api-key`) and sends the credentials (`POST /hub/accounts`), which the Hub checks \
         with the provider and stores. The *request that links* is the last of them, in sessions made before.\n\n\
         The *bare handler* does only what a link cannot do without: it sends the same request to the provider through \
         the same egress, inserts one row as durably, and answers. It has no keys, sessions, limits, encryption or \
         audit trail. The three take turns. CPU time is that of the serving process.",
        &[Column::Repetitions, Column::Rate, Column::Median, Column::P99, Column::Cpu, Column::Baseline],
    ),
    (
        Section::Start,
        "Starting",
        "From the start of the program until `GET /health/ready` answers 200, on an existing SQLite database, with a \
         folder of guides in addition to those that ship. Memory is measured three seconds later, without any request.",
        &[Column::Guides, Column::Repetitions, Column::Median, Column::P99, Column::Memory],
    ),
];

const CATALOG: &[Column] = &[
    Column::Guides,
    Column::Repetitions,
    Column::Median,
    Column::PerItem,
    Column::Rate,
    Column::Cpu,
    Column::Memory,
    Column::Baseline,
];

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Guides,
    Repetitions,
    Median,
    P99,
    PerItem,
    Rate,
    Cpu,
    Memory,
    Baseline,
}

impl Column {
    fn head(self) -> &'static str {
        match self {
            Self::Guides => "guides",
            Self::Repetitions => "runs",
            Self::Median => "median",
            Self::P99 => "99th percentile",
            Self::PerItem => "wall time each",
            Self::Rate => "per second",
            Self::Cpu => "CPU time each",
            Self::Memory => "memory",
            Self::Baseline => "compared with",
        }
    }

    fn cell(self, row: &Row, figures: &Figures, rows: &[Row], quick: bool) -> Option<String> {
        Some(match self {
            Self::Guides => count(row.size.guides(quick)),
            Self::Repetitions => count(u32::try_from(figures.samples.len()).ok()?),
            Self::Median => time(figures.median()),
            Self::P99 => time(figures.p99()),
            Self::PerItem => time(figures.per_item()),
            Self::Rate => number(1.0 / figures.per_item()),
            Self::Cpu => time(figures.cpu?),
            Self::Memory => memory(kib(figures)?),
            Self::Baseline => {
                let name = row.baseline.as_ref()?;
                let baseline = find(rows, name, row.size)?.figures.as_ref()?;
                format!("{}× {name}", number(figures.per_item() / baseline.per_item()))
            }
        })
    }
}

/// The whole page.
pub(super) fn page(page: Page, quick: bool, machine: &Machine, rows: &[Row]) -> String {
    let mut text = head(page, quick, machine);
    text.push_str("\n## Aims\n\n| aim | measured | met |\n|---|---:|---|\n");
    for aim in AIMS.iter().filter(|aim| aim.section.page() == page) {
        let (measured, met) = judge(aim, rows).unwrap_or(("–".to_owned(), "not measured"));
        text.push_str(&format!("| {} | {measured} | {met} |\n", aim.text));
    }
    for (section, title, intro, columns) in SECTIONS.iter().filter(|(section, ..)| section.page() == page) {
        let heads: Vec<&str> = columns.iter().map(|column| column.head()).collect();
        let rule = "---:|".repeat(columns.len());
        text.push_str(&format!("\n## {title}\n\n{intro}\n\n|  | {} |\n|---|{rule}\n", heads.join(" | ")));
        for row in rows.iter().filter(|row| row.section == *section) {
            let cell = |column: &Column| {
                let figures = row.figures.as_ref()?;
                column.cell(row, figures, rows, quick)
            };
            let cells: Vec<String> =
                columns.iter().map(|column| cell(column).unwrap_or("–".to_owned())).collect();
            text.push_str(&format!("| {} | {} |\n", row.name, cells.join(" | ")));
        }
    }
    text
}

fn head(page: Page, quick: bool, machine: &Machine) -> String {
    let (title, command, other, what) = match page {
        Page::Guides => (
            "Benchmarks",
            "guides",
            "The Hub has [a page of its own](benchmarks-hub.md).",
            "Catalogs are made from one template of a guide: a method with environments, three fields, a check, \
             outcomes, four steps and five scenarios, and without findings. A guide becomes one page. Files are read \
             from the disk's cache. A median is that of all runs of a row; CPU time is that of all threads, in the \
             program and in the system; memory is the peak.",
        ),
        Page::Hub => (
            "Benchmarks of the Hub",
            "hub",
            "Everything else is in [benchmarks.md](benchmarks.md).",
            "`waystone serve` over HTTP without TLS, with its usual log in a file. SQLite is a file in the Hub's folder, \
             PostgreSQL a server on the same machine as Debian configures it; both wait for the disk at every commit. \
             The workers, the provider, PostgreSQL and the Hub share the cores.",
        ),
    };
    let Machine { cores, processor, memory: size, compiler, date, load } = machine;
    let argument = if quick { " --quick" } else { "" };
    format!(
        "# {title}\n\n`cargo xtask bench {command}{argument}` measured these figures in one run on one machine. Other \
         machines give other figures, but similar ratios. {other}\n\n\
         - **Machine:** {date}, Linux, {cores} cores ({processor}), {} of memory, {compiler}, load average {}.\n\
         - **Method:** Waystone is built as it ships (`--profile dist`). {what}\n",
        memory(*size),
        number(*load),
    )
}

/// The figure of an aim, and whether it is within the limit. `None` if a run of it was not measured.
fn judge(aim: &Aim, rows: &[Row]) -> Option<(String, &'static str)> {
    let value = |(name, size): &(&str, Size)| {
        let figures = find(rows, name, *size)?.figures.as_ref()?;
        match aim.measure {
            Measure::Wall => Some(figures.per_item()),
            Measure::Cpu => figures.cpu,
            Measure::P99 => Some(figures.p99()),
            Measure::Memory => kib(figures),
        }
    };
    let mut measured: f64 = aim.of.iter().map(value).sum::<Option<f64>>()?;
    let shown = match &aim.to {
        Some(to) => {
            measured /= value(to)?;
            format!("{}×", number(measured))
        }
        None if aim.measure == Measure::Memory => memory(measured),
        None => time(measured),
    };
    let is_met = match aim.limit {
        Limit::AtLeast(least) => least <= measured,
        Limit::AtMost(most) => measured <= most,
    };
    Some((shown, if is_met { "yes" } else { "**no**" }))
}

/// The row of a run. A tool's row has its version after the name.
fn find<'a>(rows: &'a [Row], name: &str, size: Size) -> Option<&'a Row> {
    let is_named =
        |row: &Row| row.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    rows.iter().find(|row| row.size == size && is_named(row))
}

#[expect(clippy::cast_precision_loss, reason = "memory in KiB is far from 2^52")]
fn kib(figures: &Figures) -> Option<f64> {
    figures.memory.map(|memory| memory as f64)
}

#[cfg(test)]
mod tests;
