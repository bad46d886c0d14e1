//! The machine properties that affect figures, without the machine's name.

use std::fs;
use std::num::NonZeroUsize;
use std::process::Command;
use std::thread;

use anyhow::{Context as _, Result};

use super::process::kib;
use crate::command::output;

/// A machine at the time of a measurement.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    /// The number of threads that can run at once.
    pub(super) cores: usize,
    /// The name of the processor.
    pub(super) processor: String,
    /// The memory in KiB.
    pub(super) memory: f64,
    /// The version of the Rust compiler.
    pub(super) compiler: String,
    /// The date, as in `2026-11-25`.
    pub(super) date: String,
    /// The load average over the preceding minute.
    pub(super) load: f64,
}

/// Describes this machine.
pub(super) fn machine() -> Result<Machine> {
    let read = |file: &str| fs::read_to_string(file).with_context(|| format!("cannot read {file}"));
    let load = read("/proc/loadavg")?;
    let compiler = output(Command::new("rustc").arg("--version"))?;
    Ok(Machine {
        cores: thread::available_parallelism().map_or(1, NonZeroUsize::get),
        processor: processor(&read("/proc/cpuinfo")?).unwrap_or("an unnamed processor").into(),
        memory: kib(&read("/proc/meminfo")?, "MemTotal:").context("/proc/meminfo has no memory size")?,
        compiler: compiler.split(" (").next().unwrap_or_default().to_owned(),
        date: output(Command::new("date").args(["-u", "+%Y-%m-%d"]))?,
        load: load.split(' ').next().unwrap_or_default().parse().context("the load is not a number")?,
    })
}

/// Finds the processor's name in the text of `/proc/cpuinfo`.
fn processor(text: &str) -> Option<&str> {
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim())
}

#[cfg(test)]
pub(super) use tests::sample;

#[cfg(test)]
mod tests {
    use super::{Machine, processor};
    use crate::bench::process::kib;

    /// A made-up machine.
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
    fn the_processor_has_a_name() {
        assert_eq!(processor("processor\t: 0\nmodel name\t: Some CPU\nstepping\t: 1\n"), Some("Some CPU"));
        assert_eq!(processor("processor\t: 0\n"), None);
    }

    #[test]
    fn the_memory_has_a_size() {
        assert_eq!(kib("MemTotal:       24689764 kB\nMemFree: 1 kB\n", "MemTotal:"), Some(24_689_764.0));
    }
}
