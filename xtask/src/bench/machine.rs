//! The properties of the machine that affect the figures, without its name, and the source that is measured.

use std::fs;
use std::num::NonZeroUsize;
use std::process::Command;
use std::thread;

use anyhow::{Context as _, Result};

use super::figures::memory;
use super::process::kib;
use crate::command::output;
use crate::tree::root;

/// Describes this machine, and includes the date and the load average over the last minute.
pub(super) fn machine() -> Result<String> {
    let read = |file: &str| fs::read_to_string(file).with_context(|| format!("cannot read {file}"));
    let (processors, load) = (read("/proc/cpuinfo")?, read("/proc/loadavg")?);
    let size = kib(&read("/proc/meminfo")?, "MemTotal:").context("/proc/meminfo has no `MemTotal`")?;
    let compiler = output(Command::new("rustc").arg("--version"))?;
    Ok(format!(
        "{}, Linux, {} cores ({}), {} of memory, {}, load average {}",
        output(Command::new("date").args(["-u", "+%Y-%m-%d"]))?,
        thread::available_parallelism().map_or(1, NonZeroUsize::get),
        processor(&processors).unwrap_or("an unnamed processor"),
        memory(size),
        compiler.split(" (").next().unwrap_or_default(),
        load.split(' ').next().unwrap_or_default(),
    ))
}

/// Names the commit that is measured, and says whether files have changed since. The pages themselves do not count.
pub(super) fn source() -> Result<String> {
    let git = |arguments: &[&str]| output(Command::new("git").args(arguments).current_dir(root()));
    let commit = git(&["rev-parse", "--short=10", "HEAD"])?;
    let changes = git(&["status", "--porcelain", "--", ".", ":!docs"])?;
    Ok(format!("commit `{commit}`{}", if changes.is_empty() { "" } else { ", with uncommitted changes" }))
}

/// Finds the processor's name in the text of `/proc/cpuinfo`.
fn processor(text: &str) -> Option<&str> {
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim())
}

#[cfg(test)]
mod tests {
    use super::processor;
    use crate::bench::process::kib;

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
