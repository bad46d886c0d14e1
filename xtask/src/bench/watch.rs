//! The time from an edit to the answer of `waystone check --watch`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::corpus;
use super::process::cpu_of;
use super::run::{Figures, Size, World};

/// The pause before each edit.
const REST: Duration = Duration::from_millis(150);

/// The longest wait for an answer.
const PATIENCE: Duration = Duration::from_mins(2);

/// The number of edits, each of which is made and reverted.
const EDITS: u32 = 10;

/// Watches a catalog and edits guides all over it.
pub(super) fn edits(size: Size, world: &World) -> Result<Figures> {
    let mut child = Command::new(world.program())
        .args(["check", "--watch"])
        .arg(world.guides(size))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot run waystone")?;
    let figures = edited(&mut child, size, world);
    child.kill()?;
    child.wait()?;
    figures
}

fn edited(child: &mut Child, size: Size, world: &World) -> Result<Figures> {
    let lines = BufReader::new(child.stderr.take().context("waystone has no standard error")?).lines();
    let (sender, answers) = channel();
    // The last line of each answer ends so.
    let ends = lines.map_while(Result::ok).filter(|line| line.ends_with("; watching"));
    thread::spawn(move || ends.into_iter().try_for_each(|_| sender.send(Instant::now())));
    let answer = || answers.recv_timeout(PATIENCE).context("`check --watch` does not answer");
    answer()?;
    let (guides, before) = (size.guides(world.quick), cpu_of(child.id())?);
    let mut samples = Vec::new();
    for edit in 0..EDITS {
        let file = corpus::file(&world.guides(size), (guides / EDITS).max(1) * edit % guides);
        let text = fs::read_to_string(&file)?;
        for changed in [text.replace("per_seconds: 60", "per_seconds: 30"), text] {
            thread::sleep(REST);
            let begun = Instant::now();
            fs::write(&file, changed)?;
            samples.push(answer()?.duration_since(begun).as_secs_f64());
        }
    }
    let cpu = (cpu_of(child.id())? - before) / f64::from(EDITS * 2);
    Ok(Figures { cpu: Some(cpu), ..Figures::new(samples, 1) })
}
