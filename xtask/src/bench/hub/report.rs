//! The page of the Hub. Its words are here; `docs/benchmarks-hub.md` is not edited by hand.

mod aims;

use super::database::Kind;
use super::endpoints::Answered;
use super::links::{Linked, Rate, WORKERS};
use super::{Run, Sized};
use crate::bench::figures::{count, memory, number, ratio, table, time};
use crate::bench::machine::Machine;

/// How many times as long is worth a look.
const GROWS: f64 = 2.0;

/// The whole page.
pub(super) fn page(run: &Run) -> String {
    let mut sections = vec![head(run), aims::section(run), links(run), starts(run), databases(run)];
    sections.extend(Kind::ALL.map(|kind| endpoints(run, kind)));
    sections.join("\n")
}

fn head(run: &Run) -> String {
    let Machine { cores, processor, memory: size, compiler, date, load } = &run.machine;
    let argument = if run.quick { " --quick" } else { "" };
    format!(
        "# Benchmarks of the Hub\n\n\
         This page is made by `cargo xtask bench hub{argument}`: every figure is of one run, on one machine. What has \
         to do with guides and not with the Hub is in [benchmarks.md](benchmarks.md).\n\n\
         - **When and on what:** {date}, Linux, {cores} cores ({processor}), {} of memory, {compiler}. In the minute \
         before, {} threads wanted to run on average. A page that is written and on the disk (`fdatasync`) takes {}.\n\
         - **What:** `waystone serve` as it ships (`--profile dist`), over HTTP without TLS, with its log at its \
         usual level in a file. SQLite is the file in the Hub's folder; PostgreSQL is a server beside it as Debian \
         ships it, with nothing tuned and nothing switched off: a commit waits for the disk in both.\n\
         - **How:** whoever sends requests, the provider that is asked, and PostgreSQL share the {cores} cores with the \
         Hub. Somebody with a machine for each sees more.\n",
        memory(*size),
        number(*load),
        time(run.durable),
    )
}

fn links(run: &Run) -> String {
    let mut rows = Vec::new();
    for linked in &run.links {
        let row = |what: &str, rate: &Rate| {
            vec![
                linked.kind.name().to_owned(),
                what.to_owned(),
                number(rate.times.rate()),
                ratio(rate.times.rate(), linked.bare.times.rate()),
                time(rate.times.percentile(50)),
                time(rate.times.percentile(99)),
                time(rate.cpu),
            ]
        };
        rows.push(row("bare handler", &linked.bare));
        rows.push(row("the request that links", &linked.alone));
        rows.push(row("a whole link", &linked.whole));
    }
    let heads = ["database", "", "in a second", "to bare", "p50", "p99", "CPU for one"];
    format!(
        "## Linking\n\n{WORKERS} workers link Gladly accounts with an API key, each for a customer of its own, and wait \
         for each answer. A *whole link* is five requests: the product's server makes a session \
         (`POST /connect_sessions`); the widget asks for its settings, for what can be linked and for the form \
         (`GET /hub/settings`, `GET /hub/connectors`, `GET /hub/connectors/gladly.api-key`), and sends what was typed \
         (`POST /hub/accounts`), upon which the Hub asks the provider and stores the account. *The request that links* \
         is the last of them alone, with sessions that were made before.\n\n\
         The *bare handler* is one request that does what a link cannot do without: through the same way out it sends \
         the provider the same request, makes one insert into one table, which is as durable, and answers. It knows no \
         keys or sessions, limits nothing, seals nothing and keeps no trail. Hub and bare handler take turns; the better \
         turn of each counts. *CPU* is that of the process which serves.\n\n{}",
        table(2, &heads, &rows)
    )
}

fn starts(run: &Run) -> String {
    let rows: Vec<Vec<String>> = run
        .starts
        .iter()
        .map(|start| {
            let guides = match start.guides {
                0 => "those that ship".to_owned(),
                more => format!("those that ship, and {} more", count(more)),
            };
            vec![guides, time(start.median), time(start.longest), memory(kib(start.memory))]
        })
        .collect();
    let heads = ["guides", "until ready (median)", "longest", "memory at rest"];
    format!(
        "## Starting\n\nFrom the start of the program until `/health/ready` answers 200, with a SQLite database that is \
         there. *At rest* is three seconds later, and nothing was asked.\n\n{}",
        table(1, &heads, &rows)
    )
}

fn databases(run: &Run) -> String {
    let rows: Vec<Vec<String>> = run
        .sizes
        .iter()
        .map(|size| {
            let bytes = bytes(size.bytes);
            vec![
                size.kind.name().to_owned(),
                count(size.accounts),
                memory(bytes / 1024.0),
                format!("{} kB", number(bytes / 1e3 / f64::from(size.accounts))),
                time(size.filled),
                time(size.started),
            ]
        })
        .collect();
    let heads = ["database", "accounts", "on the disk", "an account", "filled in", "Hub ready in"];
    format!(
        "## Databases\n\nFilled past the API by the vault itself, many accounts in a transaction: each has credentials \
         under seal with a data key of its own, which the Hub opens, its line in the trail and its event. A quarter of \
         them is at Gladly, the rest at three providers made for this; an owner has one at each. With the log that \
         SQLite or the server keeps beside it, a database may be larger for a while.\n\n{}",
        table(2, &heads, &rows)
    )
}

fn endpoints(run: &Run, kind: Kind) -> String {
    let sizes: Vec<&Sized> = run.sizes.iter().filter(|size| size.kind == kind).collect();
    let [first, .., last] = sizes.as_slice() else { return String::new() };
    let mut heads = vec!["endpoint".to_owned()];
    for size in &sizes {
        heads.extend([format!("{}: p50", count(size.accounts)), "p99".to_owned()]);
    }
    heads.push("p50 grows".to_owned());
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows: Vec<Vec<String>> = first
        .endpoints
        .iter()
        .zip(&last.endpoints)
        .enumerate()
        .map(|(at, (few, many))| {
            let mut row = vec![name(few)];
            for size in &sizes {
                let times = &size.endpoints[at].times;
                row.extend([time(times.percentile(50)), time(times.percentile(99))]);
            }
            let grows = ratio(many.times.percentile(50), few.times.percentile(50));
            row.push(if growth(few, many) > GROWS { format!("**{grows}**") } else { grows });
            row
        })
        .collect();
    format!(
        "## Endpoints on {}\n\nEvery operation of `/openapi.json`, and some addresses besides: one request after the \
         other on one connection, from the same machine, with so many accounts. What adds, changes or removes does so. \
         Where a provider is asked, it answers at once. Pages of accounts have 25.\n\n{}",
        kind.name(),
        table(1, &heads, &rows)
    )
}

fn name(answered: &Answered) -> String {
    match answered.which {
        "" => format!("`{}`", answered.operation),
        which => format!("`{}`, {which}", answered.operation),
    }
}

/// How many times as long a row takes with many accounts as with few.
fn growth(few: &Answered, many: &Answered) -> f64 {
    many.times.percentile(50) / few.times.percentile(50).max(1e-9)
}

/// The rate of one as a part of the other's.
fn part(linked: &Linked, of: impl Fn(&Linked) -> &Rate) -> f64 {
    of(linked).times.rate() / linked.bare.times.rate().max(1e-9)
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files are far from 2^52")]
fn bytes(bytes: u64) -> f64 {
    bytes as f64
}

#[expect(clippy::cast_precision_loss, reason = "sizes of memory are far from 2^52")]
fn kib(memory: u64) -> f64 {
    memory as f64
}

#[cfg(test)]
mod tests;
