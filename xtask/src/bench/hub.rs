//! How quick the Hub is: links in a second, every endpoint with few and with many accounts, and starting.
//!
//! **Invariant:** the Hub is the program as it ships, on a real database that keeps what it acknowledged; whoever is
//! compared with it keeps as well.

mod client;
mod database;
mod endpoints;
mod links;
mod programs;
mod report;
mod rows;
mod start;
mod world;

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};

use self::client::Request;
use self::database::{Kind, Place};
use self::endpoints::{Amount, Answered};
use self::links::{Length, Linked};
use self::programs::Programs;
use self::start::Started;
use self::world::World;
use super::Options;
use super::corpus;
use super::machine::{self, Machine};
use crate::postgres::{self, Server};

/// As many guides the larger catalog has.
const GUIDES: u32 = 1_000;

/// Everything that was measured.
#[derive(Clone, Debug)]
struct Run {
    quick: bool,
    machine: Machine,
    /// Seconds of a durable write of a page.
    durable: f64,
    /// By database.
    links: Vec<Linked>,
    /// By database, and then by size.
    sizes: Vec<Sized>,
    starts: Vec<Started>,
}

/// A database with so many accounts.
#[derive(Clone, Debug)]
struct Sized {
    kind: Kind,
    accounts: u32,
    /// Seconds in which it was filled.
    filled: f64,
    /// How large it is, in bytes.
    bytes: u64,
    /// Seconds until a Hub on it is ready.
    started: f64,
    endpoints: Vec<Answered>,
}

/// Measures everything; gives the page.
pub(super) fn page(options: Options, scratch: &Path) -> Result<String> {
    postgres::install()?;
    let programs = Programs::built();
    let machine = machine::machine()?;
    world::write_guides(&scratch.join("guides"))?;
    let durable = links::durable_write(scratch)?;
    let server = Server::start(true)?;
    let length =
        if options.quick { Length { seconds: 1.0, turns: 1 } } else { Length { seconds: 6.0, turns: 3 } };
    let mut links = Vec::new();
    for kind in Kind::ALL {
        println!("links on {}", kind.name());
        links.push(links::measure(&programs, scratch, &server, kind, length)?);
    }
    println!("starting");
    let starts = starts(&programs, scratch, &server, options.times())?;
    let accounts: &[u32] = if options.quick { &[1_000, 10_000] } else { &[1_000, 100_000, 1_000_000] };
    let amount = if options.quick {
        Amount { seconds: 0.5, requests: 200 }
    } else {
        Amount { seconds: 2.0, requests: 1_000 }
    };
    let mut sizes = Vec::new();
    for kind in Kind::ALL {
        for accounts in accounts.iter().copied() {
            sizes.push(sized(&programs, scratch, &server, kind, accounts, amount)?);
        }
    }
    Ok(report::page(&Run { quick: options.quick, machine, durable, links, sizes, starts }))
}

/// Fills a database, and measures endpoints on it.
fn sized(
    programs: &Programs,
    scratch: &Path,
    server: &Server,
    kind: Kind,
    accounts: u32,
    amount: Amount,
) -> Result<Sized> {
    println!("{} accounts on {}", super::figures::count(accounts), kind.name());
    let provider = programs.provider()?;
    let guides = scratch.join("guides");
    let place = Place::new(kind, scratch, &format!("with_{accounts}"), server)?;
    let hub = programs.hub(&place, &provider, Some(&guides))?;
    let keys = world::found(&hub.served.address, hub.key.as_deref().context("there is a first key")?)?;
    hub.stop()?;
    let begun = Instant::now();
    programs.fill(&place, accounts)?;
    let filled = begun.elapsed().as_secs_f64();
    place.settle()?;
    let bytes = place.size()?;
    let hub = programs.hub(&place, &provider, Some(&guides))?;
    let document = Request::new("GET", "/openapi.json").json(&hub.served.address)?;
    let described = endpoints::described(&document)?;
    let world = World::look(&hub.served.address, &keys, accounts)?;
    let endpoints = endpoints::measure(programs, &world, &described, amount)?;
    let started = hub.started;
    hub.stop()?;
    Ok(Sized { kind, accounts, filled, bytes, started, endpoints })
}

/// Starts with the guides that ship, and with many more.
fn starts(programs: &Programs, scratch: &Path, server: &Server, times: u32) -> Result<Vec<Started>> {
    let provider = programs.provider()?;
    let place = Place::new(Kind::Sqlite, scratch, "starts", server)?;
    let guides = scratch.join("guides-many");
    corpus::write(&guides, GUIDES)?;
    [None, Some((guides.as_path(), GUIDES))]
        .into_iter()
        .map(|guides| start::measure(programs, &place, &provider, guides, times))
        .collect()
}
