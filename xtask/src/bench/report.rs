//! Writes a page with figures.

use super::figures::{count, memory, number, time};
use super::machine::Machine;
use super::run::{Aim, Cell, Column, Figures, Measure, Page, Row, scaled};

pub(super) const GUIDES: Column =
    Column { head: "guides", cell: |cell| Some(count(scaled(cell.row.guides, cell.quick))) };
pub(super) const REPETITIONS: Column =
    Column { head: "runs", cell: |cell| Some(count(u32::try_from(cell.figures.samples.len()).ok()?)) };
pub(super) const MEDIAN: Column = Column { head: "median", cell: |cell| Some(time(cell.figures.median())) };
pub(super) const P99: Column =
    Column { head: "99th percentile", cell: |cell| Some(time(cell.figures.p99())) };
pub(super) const PER_ITEM: Column =
    Column { head: "wall time each", cell: |cell| Some(time(cell.figures.per_item())) };
pub(super) const RATE: Column =
    Column { head: "per second", cell: |cell| Some(number(1.0 / cell.figures.per_item())) };
pub(super) const CPU: Column = Column { head: "CPU time each", cell: |cell| cell.figures.cpu.map(time) };
pub(super) const MEMORY: Column = Column { head: "memory", cell: |cell| cell.figures.memory.map(memory) };
pub(super) const BASELINE: Column = Column { head: "compared with", cell: compared };

fn compared(cell: &Cell<'_>) -> Option<String> {
    let name = cell.row.baseline.as_ref()?;
    let baseline = find(cell.rows, name, cell.row.guides)?;
    Some(format!("{}× {name}", number(cell.figures.per_item() / baseline.per_item())))
}

/// The whole page. `rows` contains the rows of each section.
pub(super) fn page(page: &Page, quick: bool, machine: &Machine, rows: &[Vec<Row>]) -> String {
    let mut text = head(page, quick, machine);
    text.push_str("\n## Aims\n\n| aim | measured | met |\n|---|---:|---|\n");
    for (section, rows) in page.sections.iter().zip(rows) {
        for aim in section.aims {
            let (measured, met) = judge(aim, rows).unwrap_or(("–".to_owned(), "not measured"));
            text.push_str(&format!("| {} | {measured} | {met} |\n", aim.text));
        }
    }
    for (section, rows) in page.sections.iter().zip(rows) {
        let heads: Vec<&str> = section.columns.iter().map(|column| column.head).collect();
        let rule = "---:|".repeat(heads.len());
        let (title, intro) = (section.title, section.intro);
        text.push_str(&format!("\n## {title}\n\n{intro}\n\n|  | {} |\n|---|{rule}\n", heads.join(" | ")));
        for row in rows {
            let cell = |column: &Column| {
                let figures = row.figures.as_ref()?;
                (column.cell)(&Cell { row, figures, rows, quick })
            };
            let cells: Vec<String> =
                section.columns.iter().map(|column| cell(column).unwrap_or("–".to_owned())).collect();
            text.push_str(&format!("| {} | {} |\n", row.name, cells.join(" | ")));
        }
    }
    text
}

fn head(page: &Page, quick: bool, machine: &Machine) -> String {
    let Machine { cores, processor, memory: size, compiler, date, load } = machine;
    let Page { argument, title, other, method, .. } = page;
    let quick = if quick { " --quick" } else { "" };
    format!(
        "# {title}\n\n`cargo xtask bench {argument}{quick}` measured these figures in one run on one machine. Figures on \
         other machines differ, but their ratios are similar. {other}\n\n\
         - **Machine:** {date}, Linux, {cores} cores ({processor}), {} of memory, {compiler}, load average {}.\n\
         - **Method:** Waystone is built as for a release (`--profile dist`). {method}\n",
        memory(*size),
        number(*load),
    )
}

/// The figure for an aim, and whether the figure is within the aim's range. `None` if a run that the aim uses was not
/// measured.
fn judge(aim: &Aim, rows: &[Row]) -> Option<(String, &'static str)> {
    let value = |(name, guides): &(&str, u32)| {
        let figures = find(rows, name, *guides)?;
        match aim.measure {
            Measure::Wall => Some(figures.per_item()),
            Measure::Cpu => figures.cpu,
            Measure::P99 => Some(figures.p99()),
            Measure::Memory => figures.memory,
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
    Some((shown, if aim.range.contains(&measured) { "yes" } else { "**no**" }))
}

/// The figures in a row. A tool's row has the tool's version after the name.
fn find<'a>(rows: &'a [Row], name: &str, guides: u32) -> Option<&'a Figures> {
    let is_named =
        |row: &&Row| row.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    rows.iter().filter(is_named).find(|row| row.guides == guides)?.figures.as_ref()
}

#[cfg(test)]
mod tests;
