//! `kill -9` of the Hub, at each labelled point of a link and at random moments beside it.
//!
//! Each kill cuts two links: one stands at the point, the other is anywhere. The data is then taken up by another
//! process, as after a crash, and looked at from both sides: through the API, and past it in the tables.
//!
//! **Invariant:** an acknowledged account is there and works; one that is not acknowledged is wholly there or wholly
//! absent; whoever was linking goes on; nothing secret is in the clear at any of these moments.

mod lane;
mod start;
mod tally;
mod ways;

use std::io::Write as _;
use std::thread;
use std::time::Instant;

use super::world::Database;
use crate::linking::world::World;

use self::lane::Lane;
use self::tally::{TOKENS, Tally};
use self::ways::{create, edit, pages};

/// Labels that a link passes. One that is passed no more was lost with a change of the code.
const LABELS: &[&str] = &[
    "hub.answer-due",
    "hub.answer-received",
    "hub.before-store",
    "hub.request-due",
    "hub.stored",
    "vault.account-inserted",
    "vault.account-updated",
    "vault.attempt-ended",
    "vault.attempt-saved",
    "vault.before-commit",
    "vault.committed",
    "vault.credentials-inserted",
    "vault.trail-written",
    "vault.transaction-begun",
];

/// Says something also where the output of tests that pass is not shown.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Everything on one database.
fn cut(database: Database) {
    let began = Instant::now();
    let world = World::with_tokens(&TOKENS);
    let provider = world.origin.as_str();
    // The pages have the most points: two lanes take every second one each.
    let ways: [Box<dyn FnOnce(Lane) -> Tally + Send>; 4] =
        [Box::new(create), Box::new(edit), Box::new(|lane| pages(lane, 0)), Box::new(|lane| pages(lane, 1))];
    let mut tally = Tally::default();
    thread::scope(|scope| {
        let spawned = |way: Box<dyn FnOnce(Lane) -> Tally + Send>| {
            scope.spawn(move || way(Lane::new(database, provider)))
        };
        let lanes: Vec<_> = ways.into_iter().map(spawned).collect();
        for lane in lanes {
            tally.add(lane.join().expect("every kill is survived"));
        }
    });
    say(&format!(
        "{database:?}: {} kills with SIGKILL in {:.0} s, at {:?}; {} links beside them; {} acknowledged, \
         {} not and there, {} not and absent; {} whose checks were taken over",
        tally.kills(),
        began.elapsed().as_secs_f64(),
        tally.points,
        tally.beside,
        tally.acknowledged,
        tally.there,
        tally.absent,
        tally.taken_over,
    ));
    for label in LABELS {
        assert!(tally.points.contains_key(*label), "no link was cut at {label}: {:?}", tally.points);
    }
    assert!(0 < tally.there && 0 < tally.absent && 0 < tally.acknowledged && 0 < tally.taken_over);
}

#[test]
fn on_sqlite_an_account_is_wholly_there_or_wholly_absent() {
    cut(Database::Sqlite);
}

#[test]
fn on_postgresql_an_account_is_wholly_there_or_wholly_absent() {
    cut(Database::Postgres);
}
