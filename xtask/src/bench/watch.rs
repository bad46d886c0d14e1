//! Measures the time from an edit to the report from `waystone check --watch`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::corpus;
use super::process::{Running, cpu_of};
use super::run::{Figures, World};

/// The pause before each edit.
const PAUSE: Duration = Duration::from_millis(150);

/// How long to wait for a report.
const TIMEOUT: Duration = Duration::from_mins(2);

/// The number of edits. Each edit is reverted once it has been reported, and the time to report the revert is measured too.
const EDITS: u32 = 10;

/// Watches a catalog and edits guides throughout the catalog.
pub(super) fn edits(guides: u32, world: &World) -> Result<Figures> {
    let mut command = Command::new(world.program());
    command.args(["check", "--watch"]).arg(world.catalog(guides)).stdin(Stdio::null()).stdout(Stdio::null());
    let mut process = Running(command.stderr(Stdio::piped()).spawn().context("cannot run waystone")?);
    let child = &mut process.0;
    let lines = BufReader::new(child.stderr.take().context("waystone has no standard error")?).lines();
    let (sender, answers) = channel();
    // The last line of each report ends with this text.
    let ends = lines.map_while(Result::ok).filter(|line| line.ends_with("; watching"));
    thread::spawn(move || ends.into_iter().try_for_each(|_| sender.send(Instant::now())));
    let answer = || answers.recv_timeout(TIMEOUT).context("`check --watch` printed no report");
    answer()?;
    let cpu_before = cpu_of(child.id())?;
    let mut samples = Vec::new();
    for edit in 0..EDITS {
        let file = corpus::file(&world.catalog(guides), (guides / EDITS).max(1) * edit % guides);
        let text = fs::read_to_string(&file)?;
        for changed in [text.replace("per_seconds: 60", "per_seconds: 30"), text] {
            thread::sleep(PAUSE);
            let start = Instant::now();
            fs::write(&file, changed)?;
            samples.push(answer()?.duration_since(start).as_secs_f64());
        }
    }
    let cpu = (cpu_of(child.id())? - cpu_before) / f64::from(EDITS * 2);
    Ok(Figures { cpu: Some(cpu), ..Figures::new(samples, 1) })
}
