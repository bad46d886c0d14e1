//! The page, with figures made up for it.

use super::page;
use crate::bench::machine;
use crate::bench::others::{Other, Task};
use crate::bench::pieces;
use crate::bench::process::Cost;
use crate::bench::watch::Watched;
use crate::bench::waystone::{Checked, Copied, Rendered};
use crate::bench::{Options, Run};

fn cost(wall: f64) -> Cost {
    Cost { wall, user: wall * 1.5, system: wall * 0.5 }
}

fn run() -> Run {
    let check = |guides: u32, wall| Checked {
        guides,
        bytes: u64::from(guides) * 6_000,
        cost: cost(wall),
        peak: 20_480,
    };
    let render =
        |medium| Rendered { medium, pages: 10_000, bytes: 50_000_000, cost: cost(2.0), more: cost(2e-4) };
    let watch =
        |guides, median| Watched { guides, first: 1.0, edits: 20, median, longest: 0.05, cpu: 0.0004 };
    let other = |name: &str, task, items, cost| Other { name: name.to_owned(), task, items, cost };
    Run {
        options: Options::default(),
        machine: machine::sample(),
        checks: vec![check(10, 0.01), check(1_000, 0.2), check(10_000, 1.9)],
        renders: vec![render("mdx"), render("html")],
        render_peak: 30_720,
        copied: Copied { cp: cost(1.0), written: cost(0.8) },
        pieces: pieces::sample(),
        watches: vec![watch(10, 0.031), watch(10_000, 0.050)],
        others: vec![
            other("check-jsonschema 0.39.0", Task::Validate, 1_000, Some(cost(20.0))),
            other("Hugo 0.111.3", Task::Build, 10_000, Some(cost(10.0))),
            other("mdBook", Task::Build, 0, None),
        ],
    }
}

#[test]
fn aims_are_met_or_not() {
    let page = page(&run());
    for row in [
        "| 10 000 guides are checked in under 2 s on 2 cores | 1.90 s, on 2 cores | yes |",
        "| 100× by wall, 100× by CPU, with 1 000 guides | yes |",
        "| 30.0 µs; Hugo's is 2.00 ms, 66.7×. With reading guides and writing files it is 400 µs, and Hugo's 5.00× | yes |",
        "| 2.00× by wall, 2.00× by CPU | **no** |",
        "| 31.0 ms among 10 guides, 50.0 ms among 10 000 | **no** |",
    ] {
        assert!(page.contains(row), "{row}\n{page}");
    }
}

#[test]
fn figures_are_of_one_guide_or_page() {
    let page = page(&run());
    for row in [
        "| 10 000 | 1.90 s | 3.80 s | 5 263 | 31.6 | 190 µs | 20.0 MiB |",
        "One more guide costs 189 µs of wall time, 378 µs of CPU time and 0.00 KiB of memory",
        "| `mdx` | 2.00 s | 4.00 s | 5 000 | 400 µs | 30.0 µs | 200 µs | 5.00 kB |",
        "is 850 ms of wall time, 0.85× of `cp -r`",
        "| Hugo 0.111.3 | HTML of Markdown | 10 000 | 1.00 ms | 2.00 ms | 5.00× | 5.00× |",
    ] {
        assert!(page.contains(row), "{row}\n{page}");
    }
}

#[test]
fn a_tool_that_is_not_there_is_named() {
    assert!(page(&run()).contains("| mdBook | HTML of Markdown | not measured: it was not there,"));
}
