//! Links in a second, beside a bare handler that sends the same request and makes as durable an insert.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::client::Request;
use super::database::{Kind, Place};
use super::programs::{Programs, Served};
use super::world;
use crate::bench::figures::Times;
use crate::bench::process::cpu_of;
use crate::postgres::Server;

/// So many link at once, each of whom waits for each answer.
pub(super) const WORKERS: usize = 8;

/// How long is measured; the bare handler and the Hub take turns, and the better turn of each counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Length {
    /// Seconds of a turn.
    pub(super) seconds: f64,
    /// How many turns each has.
    pub(super) turns: u32,
}

/// Links in one database.
#[derive(Clone, Debug)]
pub(super) struct Linked {
    pub(super) kind: Kind,
    /// Requests to the bare handler.
    pub(super) bare: Rate,
    /// The request alone that checks and stores.
    pub(super) alone: Rate,
    /// All requests of a link.
    pub(super) whole: Rate,
}

/// How often something was done.
#[derive(Clone, Debug, Default)]
pub(super) struct Rate {
    pub(super) times: Times,
    /// Seconds of CPU time that the process which serves had for one.
    pub(super) cpu: f64,
}

/// Measures links in a database of each kind.
pub(super) fn measure(
    programs: &Programs,
    scratch: &Path,
    server: &Server,
    kind: Kind,
    length: Length,
) -> Result<Linked> {
    let provider = programs.provider()?;
    let place = Place::new(kind, scratch, "links", server)?;
    let guides = scratch.join("guides");
    let hub = programs.hub(&place, &provider, Some(&guides))?;
    let keys = world::found(&hub.served.address, hub.key.as_deref().context("there is a first key")?)?;
    let bare = programs.bare(&place.beside()?, &provider)?;
    let mut linked = Linked { kind, bare: Rate::default(), alone: Rate::default(), whole: Rate::default() };
    for turn in 0..length.turns {
        better(&mut linked.bare, asked(programs, &bare, length)?);
        // As many sessions as are there for a turn.
        let told = |sessions: u32| {
            let told = json!({
                "address": hub.served.address, "keys": keys, "sessions": sessions, "turn": turn,
            });
            told.to_string()
        };
        let most = (linked.bare.times.rate() * length.seconds).min(8_000.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to 8 000")]
        let sessions = most as u32;
        better(&mut linked.alone, timed(programs, &hub.served, "alone", &told(sessions), length)?);
        better(&mut linked.whole, timed(programs, &hub.served, "whole", &told(0), length)?);
    }
    hub.stop()?;
    Ok(linked)
}

fn better(best: &mut Rate, other: Rate) {
    if best.times.rate() < other.times.rate() {
        *best = other;
    }
}

/// The bare handler's turn.
fn asked(programs: &Programs, bare: &Served, length: Length) -> Result<Rate> {
    let request = Request::new("POST", "/hub/accounts").body(json!({
        "integration_id": world::GLADLY,
        "credentials": {
            "environment": "production",
            "organization_slug": "org-1",
            "agent_email": "api@example.com",
            "api_token": "a-token-for-measuring",
        },
    }));
    let lines = format!("\"{}\"\n{}", bare.address, request.line(201));
    let before = cpu_of(bare.id())?;
    let seconds = length.seconds.to_string();
    let times = programs.load(&["send", "over-and-over", &WORKERS.to_string(), &seconds], &lines)?;
    let cpu = (cpu_of(bare.id())? - before) / f64::from(times.count().max(1));
    Ok(Rate { times, cpu })
}

/// The Hub's turn.
fn timed(programs: &Programs, hub: &Served, how: &str, told: &str, length: Length) -> Result<Rate> {
    let seconds = length.seconds.to_string();
    let (mut before, mut after) = (0.0, 0.0);
    let arguments = ["link", how, &WORKERS.to_string(), &seconds];
    let times = programs.load_between(&arguments, told, |begins| {
        let now = cpu_of(hub.id())?;
        if begins {
            before = now;
        } else {
            after = now;
        }
        Ok(())
    })?;
    let cpu = (after - before) / f64::from(times.count().max(1));
    Ok(Rate { times, cpu })
}

/// Seconds that a durable write of a page takes, of which half took less: what a commit cannot be quicker than.
pub(super) fn durable_write(folder: &Path) -> Result<f64> {
    let mut file = File::create(folder.join("durable"))?;
    let mut times = Vec::new();
    for _ in 0..200 {
        let begun = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(begun.elapsed().as_secs_f64());
    }
    Ok(crate::bench::figures::median(&times))
}
