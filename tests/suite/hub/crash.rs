//! Kills the Hub with SIGKILL at each labeled point of a link, and at random moments during a second link.
//!
//! Each kill interrupts two links: one that has stopped at the point, and a concurrent one at a random moment. Another
//! process then continues with the same data, as after a crash. The tests check the result through the API and directly
//! in the database.
//!
//! **Invariant:** an acknowledged account exists and works. An account that was not acknowledged is stored completely
//! or not at all. The person who was linking can continue. No secret is ever stored in plaintext.

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

/// Labels of points that a link must pass. If the tests never reach one of them, a code change has removed it.
const LABELS: &[&str] = &[
    "hub.answer-due",
    "hub.answer-received",
    "hub.before-store",
    "hub.request-due",
    "hub.stored",
    "vault.account-inserted",
    "vault.attempt-ended",
    "vault.attempt-saved",
    "vault.before-commit",
    "vault.committed",
    "vault.credentials-inserted",
    "vault.trail-written",
    "vault.transaction-begun",
];

/// Prints to standard error directly, because the test harness hides the output of tests that pass.
fn report(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Tests every way to link an account, on one database.
fn run_all(database: Database) {
    let began = Instant::now();
    let world = World::with_tokens(&TOKENS);
    let provider = world.origin.as_str();
    // Linking on the pages passes the most points, so two lanes share the work.
    let scenarios: [Box<dyn FnOnce(Lane) -> Tally + Send>; 4] =
        [Box::new(create), Box::new(edit), Box::new(|lane| pages(lane, 0)), Box::new(|lane| pages(lane, 1))];
    let mut tally = Tally::default();
    thread::scope(|scope| {
        let spawn = |scenario: Box<dyn FnOnce(Lane) -> Tally + Send>| {
            scope.spawn(move || scenario(Lane::new(database, provider)))
        };
        let lanes: Vec<_> = scenarios.into_iter().map(spawn).collect();
        for lane in lanes {
            tally.add(lane.join().expect("a lane failed"));
        }
    });
    report(&format!(
        "{database:?}: {} kills with SIGKILL in {:.0} s, at {:?}; {} concurrent links; {} acknowledged, \
         {} stored without acknowledgment, {} not stored; {} checks taken over",
        tally.kills(),
        began.elapsed().as_secs_f64(),
        tally.points,
        tally.concurrent,
        tally.acknowledged,
        tally.stored,
        tally.absent,
        tally.taken_over,
    ));
    for label in LABELS {
        assert!(tally.points.contains_key(*label), "no link was interrupted at {label}: {:?}", tally.points);
    }
    assert!(0 < tally.stored && 0 < tally.absent && 0 < tally.acknowledged && 0 < tally.taken_over);
}

#[test]
fn a_crash_leaves_an_account_complete_or_absent_on_sqlite() {
    run_all(Database::Sqlite);
}

#[test]
fn a_crash_leaves_an_account_complete_or_absent_on_postgresql() {
    run_all(Database::Postgres);
}
