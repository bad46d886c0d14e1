//! Measures the cost of commands: wall time, CPU time and peak memory, read from `/proc` (Linux only).
//!
//! `/proc` counts the CPU time of finished child processes in hundredths of a second, so it is measured over all
//! repetitions together and then divided.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command as Process, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value};

use super::run::{Command, Figures, Row, Run, World};
use crate::command::{output, run};
use crate::tree::{files, root, target};

/// A process that is killed when this value is dropped.
pub(super) struct Running(pub(super) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a command repeatedly. Returns its name, which includes the tool's version, and its figures.
pub(super) fn command(
    name: &str,
    command: &Command,
    guides: u32,
    world: &World,
) -> Result<(String, Figures)> {
    let filled = |text: &str| {
        text.replace("{waystone}", &world.program().to_string_lossy())
            .replace("{guides}", &world.catalog(guides).to_string_lossy())
            .replace("{out}", &world.scratch.to_string_lossy())
            .replace("{tools}", &world.tools.to_string_lossy())
            .replace("{schema}", &root().join("schemas/guide.schema.json").to_string_lossy())
    };
    shell(&filled(command.prepare))?;
    let words = filled(command.words);
    let out = command.words.rsplit(' ').next().filter(|word| word.starts_with("{out}"));
    let out = out.map(|folder| PathBuf::from(filled(folder)));
    let process = || -> Result<Process> {
        if let Some(folder) = out.as_ref().filter(|folder| folder.exists()) {
            fs::remove_dir_all(folder)?;
        }
        let arguments: Vec<&str> =
            if words.contains(['*', '&']) { vec!["sh", "-c", &words] } else { words.split(' ').collect() };
        let mut process = Process::new(arguments[0]);
        process.args(&arguments[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(process)
    };
    let (mut samples, cpu_before) = (Vec::new(), children_cpu()?);
    for _ in 0..command.repetitions {
        let mut process = process()?;
        let start = Instant::now();
        run(&mut process)?;
        samples.push(start.elapsed().as_secs_f64());
    }
    let cpu = (children_cpu()? - cpu_before) / f64::from(command.repetitions * guides);
    if let Some(folder) = &out {
        let pages = files(folder, "")?.len();
        ensure!(guides as usize <= pages, "`{words}` wrote {pages} files for {guides} guides");
    }
    let memory = if command.repetitions == 1 { None } else { Some(peak_memory(&mut process()?)?) };
    let version = shell(&filled(command.version))?;
    let name = format!("{name} {}", version.rsplit(' ').next().unwrap_or_default()).trim_end().to_owned();
    Ok((name, Figures { cpu: Some(cpu), memory, ..Figures::new(samples, guides) }))
}

/// Runs the `pieces` program, which prints nanoseconds of CPU time per guide.
pub(super) fn pieces(run: &Run, guides: u32, world: &World) -> Result<Vec<Row>> {
    let seconds = if world.quick { "0.5" } else { "2" };
    let program = target().join("dist/examples/pieces");
    let figures = output(Process::new(program).arg(world.catalog(guides)).arg(seconds))?;
    rows(run, &figures)
}

/// Runs the example program that searches texts for secrets.
pub(super) fn redactor(run: &Run) -> Result<Vec<Row>> {
    rows(run, &output(&mut Process::new(target().join("dist/examples/redactor")))?)
}

/// Returns a row for each figure that a program prints, in nanoseconds of CPU time.
fn rows(run: &Run, figures: &str) -> Result<Vec<Row>> {
    // A `Map` keeps the order in which the program prints the figures.
    let figures: Map<String, Value> = serde_json::from_str(figures)?;
    let row = |(name, nanoseconds): (&String, &Value)| {
        let nanoseconds = nanoseconds.as_f64();
        let figures =
            Figures { cpu: nanoseconds.map(|nanoseconds| nanoseconds / 1e9), ..Figures::new(Vec::new(), 1) };
        Row::new(run, name, Some(figures))
    };
    Ok(figures.iter().map(row).collect())
}

/// Runs shell commands and returns their output.
fn shell(script: &str) -> Result<String> {
    output(Process::new("sh").args(["-ec", script]))
}

/// Runs a process and returns its peak memory in KiB, sampled about twice a millisecond.
fn peak_memory(process: &mut Process) -> Result<f64> {
    let mut child = process.spawn()?;
    let mut peak = 0.0;
    while child.try_wait()?.is_none() {
        peak = memory(child.id(), "VmHWM:").map_or(peak, |now| now.max(peak));
        thread::sleep(Duration::from_micros(500));
    }
    Ok(peak)
}

/// Returns the memory that a process currently uses, in KiB.
pub(super) fn memory_of(process: u32) -> Result<f64> {
    memory(process, "VmRSS:").context("`/proc` has no memory figure for the process")
}

/// Returns the CPU time that a process has used so far, in seconds.
pub(super) fn cpu_of(process: u32) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).context("the process has ended")?;
    cpu(&text, 0).context("`/proc` has no CPU times for the process")
}

/// Returns the CPU time of this process's finished child processes, in seconds.
fn children_cpu() -> Result<f64> {
    let text = fs::read_to_string("/proc/self/stat").context("this system has no /proc/self/stat")?;
    cpu(&text, 2).context("`/proc` has no CPU times for this process")
}

/// Returns the sum of a user time and the system time that follows it in the text of `/proc/<pid>/stat`, in seconds. If
/// `skip` is 0, these are the times of the process itself. If it is 2, they are the times of its finished child
/// processes. The second field is the program's name in parentheses, and the name may contain any character.
fn cpu(text: &str, skip: usize) -> Option<f64> {
    let (_, rest) = text.rsplit_once(')')?;
    let mut times = rest.split_whitespace().skip(11 + skip).map(|word| word.parse::<u32>().ok());
    Some(f64::from(times.next()?? + times.next()??) / 100.0)
}

fn memory(process: u32, name: &str) -> Option<f64> {
    kib(&fs::read_to_string(format!("/proc/{process}/status")).ok()?, name)
}

/// Returns the value, in KiB, on a line such as `MemTotal:  24689764 kB`, in the text of `/proc/<pid>/status` or
/// `/proc/meminfo`.
pub(super) fn kib(text: &str, name: &str) -> Option<f64> {
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
        assert_eq!(kib("VmPeak:\t    3060 kB\nVmHWM:\t    1996 kB\nVmRSS:\t 1 kB\n", "VmHWM:"), Some(1996.0));
        assert_eq!(kib("State:\tZ (zombie)\n", "VmHWM:"), None);
    }
}
