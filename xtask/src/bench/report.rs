//! Writes a benchmark page.

use super::figures::{count, memory, number, time};
use super::run::{Aim, Cell, Chart, Column, Figures, Measure, Page, Row, RowId, scaled};

pub(super) const GUIDES: Column = ("guides", |cell| Some(size(cell)));
pub(super) const ACCOUNTS: Column = ("accounts", |cell| Some(size(cell)));
pub(super) const REPETITIONS: Column =
    ("runs", |cell| Some(count(u32::try_from(cell.figures.samples.len()).ok()?)));
pub(super) const MEDIAN: Column = ("median", |cell| Some(time(cell.figures.median())));
pub(super) const P99: Column = ("99th percentile", |cell| Some(time(cell.figures.p99())));
pub(super) const PER_ITEM: Column = ("wall time each", |cell| Some(time(cell.figures.per_item())));
pub(super) const RATE: Column = ("per second", |cell| Some(number(1.0 / cell.figures.per_item())));
pub(super) const CPU: Column = ("CPU time each", |cell| cell.figures.cpu.map(time));
pub(super) const PER_KILOBYTE: Column = ("CPU time for a kilobyte", |cell| cell.figures.cpu.map(time));
pub(super) const MEGABYTES: Column =
    ("megabytes per second", |cell| cell.figures.cpu.map(|kilobyte| number(1e-3 / kilobyte)));
pub(super) const MEMORY: Column = ("memory", |cell| cell.figures.memory.map(memory));
pub(super) const BASELINE: Column = ("compared with", compared);

fn size(cell: &Cell<'_>) -> String {
    count(scaled(cell.row.size, cell.quick))
}

fn compared(cell: &Cell<'_>) -> Option<String> {
    let name = cell.row.baseline.as_ref()?;
    let baseline = find(cell.rows, name, cell.row.size)?;
    Some(format!("{}× {name}", number(cell.figures.per_item() / baseline.per_item())))
}

/// Returns the whole page. `rows` contains the rows of each section.
pub(super) fn page(page: &Page, quick: bool, source: &str, machine: &str, rows: &[Vec<Row>]) -> String {
    let Page { argument, title, other, method, charts, .. } = page;
    let option = if quick { " --quick" } else { "" };
    let picture = |chart: &Chart| format!("![{}](pictures/{})\n\n", chart.title, chart.file);
    let pictures: String = charts.iter().map(picture).collect();
    let mut text = format!(
        "# {title}\n\n{pictures}`cargo xtask bench {argument}{option}` measured these figures in one run on one machine. Figures \
         on other machines differ, but their ratios are similar. {other}\n\n\
         - **Source:** {source}.\n\
         - **Machine:** {machine}.\n\
         - **Method:** Waystone is a release build (`--profile dist`). {method}\n\n\
         ## Aims\n\nTimes are per item: a guide, a page, an edit, a request, a link or a start.\n\n\
         | aim | measured | met |\n|---|---:|---|\n",
    );
    for (section, rows) in page.sections.iter().zip(rows) {
        text.extend(section.aims.iter().map(|aim| judge(aim, section.unit, rows)));
    }
    for (section, rows) in page.sections.iter().zip(rows) {
        let heads: Vec<&str> = section.columns.iter().map(|(head, _)| *head).collect();
        let rule = "---:|".repeat(heads.len());
        let (title, intro) = (section.title, section.intro);
        text.push_str(&format!("\n## {title}\n\n{intro}\n\n|  | {} |\n|---|{rule}\n", heads.join(" | ")));
        for row in rows {
            let cell = |(_, cell): &Column| cell(&Cell { row, figures: row.figures.as_ref()?, rows, quick });
            let cells = section.columns.iter().map(|column| cell(column).unwrap_or("–".to_owned()));
            text.push_str(&format!("| {} | {} |\n", row.name, cells.collect::<Vec<_>>().join(" | ")));
        }
    }
    text
}

/// Returns the table row for an aim, with the measured figure and whether it is within the aim's range.
fn judge(Aim(of, measure, range): &Aim, unit: &str, rows: &[Row]) -> String {
    let sum = |figure: fn(&Figures) -> Option<f64>| -> Option<f64> {
        of.iter().map(|(name, size)| figure(find(rows, name, *size)?)).sum()
    };
    let shown = |(name, size): &RowId| match unit {
        "" => format!("`{name}`"),
        unit => format!("`{name}` ({} {unit})", count(*size)),
    };
    let (figure, format, verb, rest): (_, fn(f64) -> String, _, _) = match measure {
        Measure::Ratio(to) => {
            let wall = find(rows, to.0, to.1).map(Figures::per_item);
            let ratio = sum(|figures| Some(figures.per_item())).zip(wall).map(|(of, to)| of / to);
            (ratio, |ratio| number(ratio) + "×", "takes", format!(" as long as {}", shown(to)))
        }
        Measure::Above(to) => {
            let median = find(rows, to.0, to.1).map(Figures::median);
            let extra = sum(|figures| Some(figures.median())).zip(median).map(|(of, to)| of - to);
            (extra, time, "takes", format!(" more than {} at the median", shown(to)))
        }
        Measure::Cpu => (sum(|figures| figures.cpu), time, "takes", " of CPU time".to_owned()),
        Measure::Median => {
            (sum(|figures| Some(figures.median())), time, "takes", " at the median".to_owned())
        }
        Measure::P99Ratio(to) => {
            let p99 = find(rows, to.0, to.1).map(Figures::p99);
            let ratio = sum(|figures| Some(figures.p99())).zip(p99).map(|(of, to)| of / to);
            let rest = format!(" as long as {} at the 99th percentile", shown(to));
            (ratio, |ratio| number(ratio) + "×", "takes", rest)
        }
        Measure::Memory => (sum(|figures| figures.memory), memory, "uses", String::new()),
    };
    let (bound, limit) =
        if range.end().is_finite() { ("at most", range.end()) } else { ("at least", range.start()) };
    let aim = format!("{verb} {bound} {}{rest}", format(*limit));
    let met = match figure {
        Some(figure) if range.contains(&figure) => "yes",
        Some(_) => "**no**",
        None => "not measured",
    };
    let names = of.iter().map(shown).collect::<Vec<_>>().join(" + ");
    format!("| {names} {aim} | {} | {met} |\n", figure.map_or("–".to_owned(), format))
}

/// Returns the figures in the row with this name and size. In a tool's row, the tool's version follows the name.
pub(super) fn find<'a>(
    rows: impl IntoIterator<Item = &'a Row>,
    name: &str,
    size: u32,
) -> Option<&'a Figures> {
    let is_named =
        |row: &&Row| row.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    rows.into_iter().filter(is_named).find(|row| row.size == size)?.figures.as_ref()
}

#[cfg(test)]
mod tests;
