//! Pages of made-up figures.

use super::page;
use crate::bench::machine;
use crate::bench::run::{Figures, Page, Row, Section, Size};
use crate::bench::runs::{AIMS, RUNS};

fn row(section: Section, name: &str, size: Size, seconds: &[f64], items: u32) -> Row {
    let figures = Figures { cpu: Some(20e-6), memory: Some(51_200), ..Figures::new(seconds.to_vec(), items) };
    Row { section, name: name.to_owned(), size, baseline: None, figures: Some(figures) }
}

fn check_page(rows: &[Row]) -> String {
    page(Page::Guides, false, &machine::sample(), rows)
}

#[test]
fn aims_are_met_or_not_or_not_measured() {
    let rows = [
        row(Section::Check, "check", Size::Some, &[0.3, 0.1, 0.2], 1_000),
        row(Section::Check, "check", Size::Many, &[4.0], 10_000),
        row(Section::Check, "check-jsonschema 0.39.0", Size::Some, &[20.0], 1_000),
        row(Section::Pieces, "page tree", Size::Few, &[], 1),
        row(Section::Pieces, "writing MDX", Size::Few, &[], 1),
    ];
    let page = check_page(&rows);
    for line in [
        "| check-jsonschema takes at least 40 times as long as `check` for 1 000 guides | 100× | yes |",
        "| ajv takes at least 2.5 times as long as `check` for 1 000 guides | – | not measured |",
        "| Checking a guide among 10 000 takes at most 1.1 times as long as among 1 000 | 2.00× | **no** |",
        "| Building a page's tree and writing it as MDX takes at most 50 µs of CPU time | 40.0 µs | yes |",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
}

#[test]
fn figures_are_medians_and_of_one_guide() {
    let check = row(Section::Check, "check", Size::Some, &[0.3, 0.1, 0.2], 1_000);
    let tool = row(Section::Check, "ajv-cli 5.0.0", Size::Some, &[1.0], 1_000);
    let failed = Row { figures: None, ..row(Section::Check, "check-jsonschema", Size::Some, &[], 1) };
    let page = check_page(&[check, Row { baseline: Some("check".to_owned()), ..tool }, failed]);
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
    let mut rows: Vec<Row> = [("SQLite: bare handler", 2_000.0), ("SQLite: whole link", 160.0)]
        .map(|(name, rate)| {
            let mut row = row(Section::Link, name, Size::Few, &[0.01], 1);
            row.figures.as_mut().expect("figures").rate = Some(rate);
            Row { baseline: Some("SQLite: bare handler".to_owned()), ..row }
        })
        .into();
    rows.push(row(Section::Start, "start", Size::Some, &[0.4, 1.5], 1));
    let page = page(Page::Hub, true, &machine::sample(), &rows);
    for line in [
        "`cargo xtask bench hub --quick` measured",
        "| On SQLite, a whole link takes at most 10 times as long as the bare handler | 12.5× | **no** |",
        "| With 1 000 guides the Hub is ready within a second | 1.50 s | **no** |",
        "| With 1 000 guides the Hub uses at most 100 MiB at rest | 50.0 MiB | yes |",
        "| SQLite: whole link | 1 | 160 | 10.0 ms | 10.0 ms | 20.0 µs | 12.5× SQLite: bare handler |",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
}

#[test]
fn every_aim_and_baseline_names_a_run() {
    let names: Vec<&str> = RUNS.iter().map(|run| run.name).collect();
    let is_run = |name: &str| {
        let first = name.split(": ").next().unwrap_or_default();
        names.contains(&name) || names.contains(&first) || ["page tree", "writing MDX"].contains(&name)
    };
    let aimed = AIMS.iter().flat_map(|aim| aim.of.iter().chain(&aim.to)).map(|(name, _)| *name);
    for name in aimed.chain(RUNS.iter().filter_map(|run| run.baseline)) {
        assert!(is_run(name), "{name}");
    }
}
