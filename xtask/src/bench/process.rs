//! The cost of commands: wall time, CPU time and peak memory, read from `/proc` (Linux only).
//!
//! `/proc` counts the CPU time of finished children in hundredths of a second, so it is summed over all repetitions
//! and then divided.

use std::fs;
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::run::{Command, Figures, Row, Run, Times, World};
use crate::tree::{files, root, target};

/// Runs a command as often as it says. Returns its name, with the tool's version, and its figures.
pub(super) fn command(run: &Run, command: &Command, world: &World) -> Result<(String, Figures)> {
    let filled = |text: &str| {
        text.replace("{waystone}", &world.program().to_string_lossy())
            .replace("{guides}", &world.guides(run.size).to_string_lossy())
            .replace("{out}", &world.scratch.to_string_lossy())
            .replace("{tools}", &world.tools.to_string_lossy())
            .replace("{schema}", &root().join("schemas/guide.schema.json").to_string_lossy())
    };
    if !command.prepare.is_empty() {
        shell(&filled(command.prepare))?;
    }
    let words = filled(command.words);
    let written = command.words.rsplit(' ').next().filter(|word| word.starts_with("{out}")).map(&filled);
    let start = || -> Result<Process> {
        if let Some(folder) = written.as_ref().filter(|folder| Path::new(folder).exists()) {
            fs::remove_dir_all(folder)?;
        }
        let (program, arguments) = if words.contains(['*', '&']) {
            ("sh", vec!["-c", &words])
        } else {
            let (program, rest) = words.split_once(' ').unwrap_or((&words, ""));
            (program, rest.split(' ').collect())
        };
        let mut process = Process::new(program);
        process.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(process)
    };
    let (mut samples, before) = (Vec::new(), children_cpu()?);
    for _ in 0..command.times.number() {
        let mut process = start()?;
        let begun = Instant::now();
        let status = process.status().with_context(|| format!("cannot run {words}"))?;
        samples.push(begun.elapsed().as_secs_f64());
        if !status.success() {
            bail!("`{words}` failed with {status}");
        }
    }
    let cpu = (children_cpu()? - before) / f64::from(command.times.number());
    let items = run.size.guides(world.quick);
    if let Some(folder) = written.as_ref() {
        let pages = files(Path::new(folder), "")?.len();
        if pages < items as usize {
            bail!("`{words}` wrote {pages} files for {items} guides");
        }
    }
    let memory = if command.times == Times::Once { None } else { Some(peak(&mut start()?)?) };
    let name = match command.version {
        "" => run.name.to_owned(),
        version => {
            let version = shell(&filled(version))?;
            format!("{} {}", run.name, version.rsplit(' ').next().unwrap_or_default())
        }
    };
    let figures = Figures::new(samples, items);
    Ok((name, Figures { cpu: Some(cpu / f64::from(items)), memory, ..figures }))
}

/// Runs the program of the pieces, which prints nanoseconds of CPU time per guide.
pub(super) fn pieces(run: &Run, world: &World) -> Result<Vec<Row>> {
    let seconds = if world.quick { "0.5" } else { "2" };
    let program = target().join("dist/examples/pieces");
    let out = Process::new(program).arg(world.guides(run.size)).arg(seconds).output()?;
    let figures: Value = serde_json::from_slice(&out.stdout)
        .with_context(|| format!("no figures: {}", String::from_utf8_lossy(&out.stderr).trim()))?;
    let row = |(name, value): (&String, &Value)| {
        let cpu = value.as_f64().map(|nanoseconds| nanoseconds / 1e9);
        Row::new(run, name, Some(Figures { cpu, ..Figures::new(Vec::new(), 1) }))
    };
    Ok(figures.as_object().context("the figures are not an object")?.iter().map(row).collect())
}

/// Runs shell commands. Returns what they print.
fn shell(script: &str) -> Result<String> {
    let out = Process::new("sh").args(["-ec", script]).output()?;
    if !out.status.success() {
        let error = String::from_utf8_lossy(&out.stderr).into_owned();
        bail!("`{script}` failed: {}", error.lines().last().unwrap_or("no reason given"));
    }
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

/// The most memory that a run has, in KiB, sampled twice a millisecond.
fn peak(process: &mut Process) -> Result<u64> {
    let mut child = process.spawn()?;
    let mut most = 0;
    while child.try_wait()?.is_none() {
        most = status(child.id(), "VmHWM:").map_or(most, |now| most.max(now));
        thread::sleep(Duration::from_micros(500));
    }
    Ok(most)
}

/// The memory that a process has now, in KiB.
pub(super) fn memory_of(process: u32) -> Result<u64> {
    status(process, "VmRSS:").context("the process has no memory")
}

/// Seconds of CPU time that a process has used so far.
pub(super) fn cpu_of(process: u32) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).context("the process has ended")?;
    cpu(&text, 0).context("the process has no times")
}

/// Seconds of CPU time that the finished children of this process have used.
fn children_cpu() -> Result<f64> {
    let text = fs::read_to_string("/proc/self/stat").context("this system has no /proc/self/stat")?;
    cpu(&text, 2).context("this process has no times")
}

/// The sum of user and system time in the text of `/proc/<pid>/stat`, after skipping some of the times. The program's
/// name comes second, in parentheses, and may contain anything.
fn cpu(text: &str, skip: usize) -> Option<f64> {
    let (_, rest) = text.rsplit_once(')')?;
    let mut times = rest.split_whitespace().skip(11 + skip).map(|word| word.parse::<u32>().ok());
    Some(f64::from(times.next()?? + times.next()??) / 100.0)
}

fn status(process: u32, name: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    kib(&text, name)
}

/// The value of a line in the text of `/proc/<pid>/status`, in KiB.
fn kib(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{cpu, kib};

    #[test]
    fn times_follow_a_name_with_parentheses_and_spaces() {
        let text = "31900 (a (b) c) R 31896 31896 29669 0 -1 4194304 102 0 0 0 12 34 56 78 20 0 1 0 638375 3133440 384";
        assert_eq!([cpu(text, 0), cpu(text, 2)], [Some(0.46), Some(1.34)]);
        assert_eq!(cpu("31900 (cut) R 31896", 0), None);
    }

    #[test]
    fn memory_is_a_line_of_the_status() {
        assert_eq!(kib("VmPeak:\t    3060 kB\nVmHWM:\t    1996 kB\nVmRSS:\t 1 kB\n", "VmHWM:"), Some(1996));
        assert_eq!(kib("State:\tZ (zombie)\n", "VmHWM:"), None);
    }
}
