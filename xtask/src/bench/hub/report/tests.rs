//! The page, with figures made up for it.

use super::page;
use crate::bench::figures::Times;
use crate::bench::hub::database::Kind;
use crate::bench::hub::endpoints::Answered;
use crate::bench::hub::links::{Linked, Rate};
use crate::bench::hub::start::Started;
use crate::bench::hub::{Run, Sized};
use crate::bench::machine;

fn times(seconds: f64) -> Times {
    Times::parse(&format!("{{\"seconds\": {seconds}, \"times\": [{seconds}]}}")).expect("times")
}

fn run() -> Run {
    let rate = |seconds| Rate { times: times(seconds), cpu: 0.001 };
    let linked = |kind, whole| Linked { kind, bare: rate(0.001), alone: rate(0.004), whole: rate(whole) };
    let answered = |which, seconds| Answered { operation: "GET /accounts", which, times: times(seconds) };
    let size = |kind, accounts, last| Sized {
        kind,
        accounts,
        filled: 10.0,
        bytes: u64::from(accounts) * 2_000,
        started: 0.1,
        endpoints: vec![answered("the first page", 0.001), answered("the last page", last)],
    };
    Run {
        quick: false,
        machine: machine::sample(),
        durable: 0.0005,
        links: vec![linked(Kind::Sqlite, 0.0125), linked(Kind::Postgres, 0.01)],
        sizes: vec![
            size(Kind::Sqlite, 1_000, 0.001),
            size(Kind::Sqlite, 1_000_000, 0.040),
            size(Kind::Postgres, 1_000, 0.001),
            size(Kind::Postgres, 1_000_000, 0.060),
        ],
        starts: vec![Started { guides: 1_000, median: 0.4, longest: 0.5, memory: 51_200 }],
    }
}

#[test]
fn aims_are_met_or_not() {
    let page = page(&run());
    for row in [
        "| 0.25× on SQLite, 0.25× on PostgreSQL | yes |",
        "| 0.08× on SQLite, 0.10× on PostgreSQL | **no** |",
        "60.0 ms on PostgreSQL (`GET /accounts`, the last page) | **no** |",
        "| 1.00 ms, then 1.00 ms on SQLite; 1.00 ms, then 1.00 ms on PostgreSQL | yes |",
        "`GET /accounts`, the last page on SQLite: 40.0×",
        "| With 1 000 guides the Hub is ready in under a second | 500 ms | yes |",
        "| 50.0 MiB | yes |",
    ] {
        assert!(page.contains(row), "{row}\n{page}");
    }
}

#[test]
fn a_row_is_an_endpoint_and_a_column_a_size() {
    let page = page(&run());
    for row in [
        "| endpoint | 1 000: p50 | p99 | 1 000 000: p50 | p99 | p50 grows |",
        "| `GET /accounts`, the first page | 1.00 ms | 1.00 ms | 1.00 ms | 1.00 ms | 1.00× |",
        "| `GET /accounts`, the last page | 1.00 ms | 1.00 ms | 60.0 ms | 60.0 ms | **60.0×** |",
        "| SQLite | a whole link | 80.0 | 0.08× | 12.5 ms | 12.5 ms | 1.00 ms |",
        "| SQLite | 1 000 000 | 1.86 GiB | 2.00 kB | 10.0 s | 100 ms |",
    ] {
        assert!(page.contains(row), "{row}\n{page}");
    }
}
