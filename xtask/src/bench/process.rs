//! What a run of a program costs: wall time, CPU time, peak memory.
//!
//! Read from `/proc`, so it works on Linux only. CPU time is counted there in hundredths of a second, summed over all
//! children that ended: what is short is run several times, and the sum divided.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// What one run costs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cost {
    /// Seconds from beginning to end.
    pub(super) wall: f64,
    /// Seconds of CPU time in the program itself.
    pub(super) user: f64,
    /// Seconds of CPU time in the system, on the program's behalf.
    pub(super) system: f64,
}

impl Cost {
    /// Seconds of CPU time.
    pub(super) fn cpu(self) -> f64 {
        self.user + self.system
    }
}

/// The parts of a second in which `/proc` counts: it is so on every platform that Rust knows.
const TICKS: f64 = 100.0;

/// The quickest of several runs, as a whole.
pub(super) fn best(times: u32, mut run: impl FnMut() -> Result<Cost>) -> Result<Cost> {
    let mut best: Option<Cost> = None;
    for _ in 0..times.max(1) {
        let cost = run()?;
        if best.is_none_or(|best| cost.wall < best.wall) {
            best = Some(cost);
        }
    }
    best.context("nothing was measured")
}

/// What one of `series` runs costs, one after another.
pub(super) fn cost(command: &mut Command, series: u32) -> Result<Cost> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let before = times()?;
    let begun = Instant::now();
    for _ in 0..series.max(1) {
        let status = command.status().with_context(|| format!("cannot run {}", name(command)))?;
        if !status.success() {
            bail!("{} failed with {status}", name(command));
        }
    }
    let wall = begun.elapsed().as_secs_f64();
    let after = times()?;
    let n = f64::from(series.max(1));
    let spent = |after: u64, before: u64| seconds(after.saturating_sub(before)) / n;
    Ok(Cost {
        wall: wall / n,
        user: spent(after.children_user, before.children_user),
        system: spent(after.children_system, before.children_system),
    })
}

/// What work of this process costs.
pub(super) fn own_cost(work: impl FnOnce() -> Result<()>) -> Result<Cost> {
    let before = times()?;
    let begun = Instant::now();
    work()?;
    let wall = begun.elapsed().as_secs_f64();
    let after = times()?;
    Ok(Cost {
        wall,
        user: seconds(after.user.saturating_sub(before.user)),
        system: seconds(after.system.saturating_sub(before.system)),
    })
}

/// The most memory that a run had, in KiB: asked for twice a millisecond, in a run that is not timed.
pub(super) fn peak(command: &mut Command) -> Result<u64> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().with_context(|| format!("cannot run {}", name(command)))?;
    let file = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        // What has just ended has no memory any more; what was seen before counts.
        if let Some(now) = fs::read_to_string(&file).ok().as_deref().and_then(high_water) {
            most = most.max(now);
        }
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                bail!("{} failed with {status}", name(command));
            }
            return Ok(most);
        }
        thread::sleep(Duration::from_micros(500));
    }
}

/// Seconds of CPU time that a process has had so far.
pub(super) fn cpu_of(process: u32) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).context("the process is gone")?;
    let times = parse_times(&text).with_context(|| format!("`{text}` has no times"))?;
    Ok(seconds(times.user + times.system))
}

/// The memory that a process has now, in KiB.
pub(super) fn memory_of(process: u32) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status")).context("the process is gone")?;
    line(&text, "VmRSS:").context("the process has no memory")
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// The CPU times of this process and of its children that ended, in hundredths of a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Times {
    user: u64,
    system: u64,
    children_user: u64,
    children_system: u64,
}

fn times() -> Result<Times> {
    let text = fs::read_to_string("/proc/self/stat").context("this system has no /proc/self/stat")?;
    parse_times(&text).with_context(|| format!("`{text}` has no times"))
}

/// The times in the text of `/proc/<pid>/stat`. The program's name comes second, in parentheses, and may hold anything.
fn parse_times(text: &str) -> Option<Times> {
    let (_, rest) = text.rsplit_once(')')?;
    let mut numbers = rest.split_whitespace().skip(11).map(|word| word.parse().ok());
    let mut next = || numbers.next().flatten();
    Some(Times { user: next()?, system: next()?, children_user: next()?, children_system: next()? })
}

/// The most memory so far, in KiB, in the text of `/proc/<pid>/status`.
fn high_water(text: &str) -> Option<u64> {
    line(text, "VmHWM:")
}

/// What a line of the text of `/proc/<pid>/status` says, in KiB.
fn line(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

#[expect(clippy::cast_precision_loss, reason = "hundredths of seconds of a run are far from 2^52")]
fn seconds(ticks: u64) -> f64 {
    ticks as f64 / TICKS
}

#[cfg(test)]
mod tests {
    use super::{Cost, Times, best, high_water, parse_times};

    #[test]
    fn times_are_found_behind_a_name_with_parentheses_and_spaces() {
        let text = "31900 (a (b) c) R 31896 31896 29669 0 -1 4194304 102 0 0 0 12 34 56 78 20 0 1 0 638375 3133440 384";
        let times = Times { user: 12, system: 34, children_user: 56, children_system: 78 };
        assert_eq!(parse_times(text), Some(times));
        assert_eq!(parse_times("31900 (cut) R 31896"), None);
    }

    #[test]
    fn the_high_water_mark_is_a_line_of_the_status() {
        assert_eq!(high_water("VmPeak:\t    3060 kB\nVmHWM:\t    1996 kB\nVmRSS:\t 1 kB\n"), Some(1996));
        assert_eq!(high_water("State:\tZ (zombie)\n"), None);
    }

    #[test]
    fn the_quickest_run_counts_as_a_whole() {
        let mut runs = [3.0, 1.0, 2.0].into_iter().map(|wall| Cost { wall, user: wall, system: 0.0 });
        let cost = best(3, || Ok(runs.next().unwrap_or_default())).expect("it ran");
        assert_eq!(cost, Cost { wall: 1.0, user: 1.0, system: 0.0 });
    }
}
