//! Tests of pages with made-up figures.

use super::page;
use crate::bench::pages::PAGES;
use crate::bench::run::{Aim, Drawing, Figures, Measure, Row, RowId};

const SOURCE: &str = "commit `0123456789`";
const MACHINE: &str = "2026-11-25, Linux, 2 cores (Some CPU)";

fn row(name: &str, size: u32, seconds: &[f64], items: u32) -> Row {
    let figures =
        Figures { cpu: Some(20e-6), memory: Some(51_200.0), ..Figures::new(seconds.to_vec(), items) };
    Row { name: name.to_owned(), size, baseline: None, figures: Some(figures) }
}

fn guides_page(checks: Vec<Row>, pieces: Vec<Row>) -> String {
    page(&PAGES[0], false, SOURCE, MACHINE, &[checks, pieces, Vec::new(), Vec::new()])
}

#[test]
fn aims_are_met_or_not_or_not_measured() {
    let checks = [
        row("check", 1_000, &[0.3, 0.1, 0.2], 1_000),
        row("check", 10_000, &[4.0], 10_000),
        row("check-jsonschema 0.39.0", 1_000, &[20.0], 1_000),
    ];
    let pieces = [row("page tree", 10, &[], 1), row("writing MDX", 10, &[], 1)];
    let page = guides_page(checks.into(), pieces.into());
    for line in [
        "| `check-jsonschema` (1 000 guides) takes at least 40.0× as long as `check` (1 000 guides) | 100× | yes |",
        "| `ajv-cli` (1 000 guides) takes at least 2.50× as long as `check` (1 000 guides) | – | not measured |",
        "| `check` (10 000 guides) takes at most 1.10× as long as `check` (1 000 guides) | 2.00× | **no** |",
        "| `page tree` (10 guides) + `writing MDX` (10 guides) takes at most 50.0 µs of CPU time | 40.0 µs | yes |",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
}

#[test]
fn figures_are_medians_and_of_one_guide() {
    let check = row("check", 1_000, &[0.3, 0.1, 0.2], 1_000);
    let tool = Row { baseline: Some("check".to_owned()), ..row("ajv-cli 5.0.0", 1_000, &[1.0], 1_000) };
    let failed = Row { figures: None, ..row("check-jsonschema", 1_000, &[], 1) };
    let page = guides_page(vec![check, tool, failed], Vec::new());
    for line in [
        "| check | 1 000 | 3 | 200 ms | 200 µs | 5 000 | 20.0 µs | 50.0 MiB | – |",
        "| ajv-cli 5.0.0 | 1 000 | 1 | 1.00 s | 1.00 ms | 1 000 | 20.0 µs | 50.0 MiB | 5.00× check |",
        "| check-jsonschema | – | – | – | – | – | – | – | – |",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
}

#[test]
fn links_are_compared_by_their_rate() {
    let links = [("SQLite: bare handler", 2_000.0), ("SQLite: whole link", 160.0)].map(|(name, rate)| {
        let mut row = row(name, 10, &[0.01], 1);
        row.figures.as_mut().expect("figures").rate = Some(rate);
        Row { baseline: Some("SQLite: bare handler".to_owned()), ..row }
    });
    let starts = [row("start", 1_000, &[0.4, 1.5], 1)];
    let page = page(
        &PAGES[1],
        true,
        SOURCE,
        MACHINE,
        &[Vec::new(), Vec::new(), links.into(), Vec::new(), starts.into()],
    );
    for line in [
        "`cargo xtask bench hub --quick` measured",
        "- **Source:** commit `0123456789`.",
        "- **Machine:** 2026-11-25, Linux, 2 cores (Some CPU).",
        "| `SQLite: whole link` takes at most 10.0× as long as `SQLite: bare handler` | 12.5× | **no** |",
        "| `start` (1 000 guides) takes at most 400 ms at the median | 950 ms | **no** |",
        "| `start` (1 000 guides) uses at most 80.0 MiB | 50.0 MiB | yes |",
        "| `SQLite: accounts by cursor` (1 000 000 accounts) takes at most 1.50× as long as `SQLite: accounts by cursor` (1 000 accounts) at the 99th percentile | – | not measured |",
        "| SQLite: whole link | 1 | 160 | 10.0 ms | 10.0 ms | 20.0 µs | 12.5× SQLite: bare handler |",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
}

#[test]
fn every_aim_and_baseline_names_a_run() {
    for section in PAGES.iter().flat_map(|page| page.sections) {
        let names: Vec<&str> = section.runs.iter().map(|run| run.name).collect();
        let is_run = |name: &str| {
            let first = name.split(": ").next().unwrap_or_default();
            names.contains(&name) || names.contains(&first) || ["page tree", "writing MDX"].contains(&name)
        };
        let rows = |Aim(of, measure, _): &Aim| match measure {
            Measure::Ratio(to) | Measure::Above(to) | Measure::P99Ratio(to) => [*of, &[*to]].concat(),
            Measure::Cpu | Measure::Median | Measure::Memory => of.to_vec(),
        };
        let aims = section.aims.iter().flat_map(rows).map(|(name, _)| name);
        for name in aims.chain(section.runs.iter().filter_map(|run| run.baseline)) {
            assert!(is_run(name), "{name}");
        }
    }
}

#[test]
fn every_chart_names_a_run() {
    for page in &PAGES {
        let runs = || page.sections.iter().flat_map(|section| section.runs);
        let is_run = |(name, size): &RowId| {
            let first = name.split(": ").next().unwrap_or_default();
            runs().any(|run| run.size == *size && (run.name == *name || run.name == first))
        };
        for chart in page.charts {
            let rows: Vec<RowId> = match chart.drawing {
                Drawing::Ratios(bars) => bars.iter().flat_map(|bar| [bar.of, bar.to]).collect(),
                Drawing::Growth(lines) => lines.iter().flat_map(|line| line.rows).copied().collect(),
            };
            assert_eq!(rows.iter().find(|row| !is_run(row)), None, "{}", chart.file);
        }
    }
}
