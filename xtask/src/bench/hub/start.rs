//! How long the Hub takes to start, and the memory it has when it rests.

use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::Result;

use super::database::Place;
use super::programs::{Programs, Served};
use crate::bench::figures::median;
use crate::bench::process::memory_of;

/// How long nothing happens before memory is looked at.
const REST: Duration = Duration::from_secs(3);

/// Starts of a Hub.
#[derive(Clone, Debug)]
pub(super) struct Started {
    /// How many guides it has besides those that ship.
    pub(super) guides: u32,
    /// Seconds until it is ready, of which half of the starts took less.
    pub(super) median: f64,
    /// Seconds of the start that took longest.
    pub(super) longest: f64,
    /// Its memory at rest, in KiB.
    pub(super) memory: u64,
}

/// Starts a Hub so many times, with a database that is there.
pub(super) fn measure(
    programs: &Programs,
    place: &Place<'_>,
    provider: &Served,
    guides: Option<(&Path, u32)>,
    times: u32,
) -> Result<Started> {
    programs.hub(place, provider, None)?.stop()?;
    let (mut all, mut memory) = (Vec::new(), 0);
    for time in 0..times {
        let hub = programs.hub(place, provider, guides.map(|(folder, _)| folder))?;
        all.push(hub.started);
        if time == 0 {
            thread::sleep(REST);
            memory = memory_of(hub.served.id())?;
        }
        hub.stop()?;
    }
    Ok(Started {
        guides: guides.map_or(0, |(_, guides)| guides),
        median: median(&all),
        longest: all.iter().copied().fold(0.0, f64::max),
        memory,
    })
}
