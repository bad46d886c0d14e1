//! The machine on which things are measured, as far as figures depend on it. Nothing that names it.

use std::fs;
use std::num::NonZeroUsize;
use std::process::Command;
use std::thread;

use anyhow::{Context as _, Result, bail};

/// What is told of the machine, and of the moment.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    /// How many threads run at once.
    pub(super) cores: usize,
    /// What the processor calls itself.
    pub(super) processor: String,
    /// Its memory, in KiB.
    pub(super) memory: f64,
    /// The compiler.
    pub(super) compiler: String,
    /// The day.
    pub(super) date: String,
    /// How many threads wanted to run in the minute before.
    pub(super) load: f64,
}

/// This machine, now.
pub(super) fn machine() -> Result<Machine> {
    let read = |file: &str| fs::read_to_string(file).with_context(|| format!("cannot read {file}"));
    let load = read("/proc/loadavg")?;
    Ok(Machine {
        cores: thread::available_parallelism().map_or(1, NonZeroUsize::get),
        processor: processor(&read("/proc/cpuinfo")?)
            .unwrap_or("a processor that does not name itself")
            .into(),
        memory: memory(&read("/proc/meminfo")?).context("the memory has no size")?,
        compiler: said("rustc", &["--version"])?.split(" (").next().unwrap_or_default().to_owned(),
        date: said("date", &["-u", "+%Y-%m-%d"])?,
        load: load.split(' ').next().and_then(|word| word.parse().ok()).context("the load is no number")?,
    })
}

fn said(program: &str, arguments: &[&str]) -> Result<String> {
    let out =
        Command::new(program).args(arguments).output().with_context(|| format!("cannot run {program}"))?;
    if !out.status.success() {
        bail!("{program} failed");
    }
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

/// The name in the text of `/proc/cpuinfo`.
fn processor(text: &str) -> Option<&str> {
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim())
}

/// The size in the text of `/proc/meminfo`, in KiB.
fn memory(text: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

#[cfg(test)]
pub(super) use tests::sample;

#[cfg(test)]
mod tests {
    use super::{Machine, memory, processor};

    /// A machine for tests.
    pub(in crate::bench) fn sample() -> Machine {
        Machine {
            cores: 2,
            processor: "Some CPU".to_owned(),
            memory: 8_388_608.0,
            compiler: "rustc 1.95.0".to_owned(),
            date: "2026-11-25".to_owned(),
            load: 0.1,
        }
    }

    #[test]
    fn a_processor_names_itself() {
        assert_eq!(processor("processor\t: 0\nmodel name\t: Some CPU\nstepping\t: 1\n"), Some("Some CPU"));
        assert_eq!(processor("processor\t: 0\n"), None);
    }

    #[test]
    fn the_memory_is_a_line() {
        assert_eq!(memory("MemTotal:       24689764 kB\nMemFree: 1 kB\n"), Some(24_689_764.0));
    }
}
