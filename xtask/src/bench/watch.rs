//! How long after an edit `waystone check --watch` says what it thinks of it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::corpus::Corpus;
use super::figures::median;

/// So long nothing happens before an edit.
const REST: Duration = Duration::from_millis(150);

/// Longer than this nothing is waited for.
const PATIENCE: Duration = Duration::from_mins(2);

/// Edits in a catalog that is watched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watched {
    /// How many guides it has.
    pub(super) guides: u32,
    /// Seconds until all of them were checked.
    pub(super) first: f64,
    /// How many edits were made.
    pub(super) edits: u32,
    /// Seconds from an edit to the answer, of which half of the edits took less.
    pub(super) median: f64,
    /// Seconds of the edit that took longest.
    pub(super) longest: f64,
    /// Seconds of CPU time that the program's main thread, which does the work, had for an edit.
    pub(super) cpu: f64,
}

/// Watches a catalog and edits guides all over it. The guides are as before in the end.
pub(super) fn watch(program: &Path, corpus: &Corpus, edits: u32) -> Result<Watched> {
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(["check", "--watch"])
        .arg(&corpus.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("waystone cannot be run")?;
    let result = edited(&mut child, begun, corpus, edits);
    child.kill()?;
    child.wait()?;
    result
}

fn edited(child: &mut Child, begun: Instant, corpus: &Corpus, edits: u32) -> Result<Watched> {
    let stderr = child.stderr.take().context("waystone has no standard error")?;
    let (sender, answers) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            // The last line of what is said each time.
            if line.ends_with("; watching") && sender.send(Instant::now()).is_err() {
                return;
            }
        }
    });
    let first = answer(&answers)?.duration_since(begun).as_secs_f64();
    let (mut took, mut spent) = (Vec::new(), 0.0);
    for edit in 0..edits {
        let file = corpus.file((corpus.guides / edits.max(1)).max(1) * edit % corpus.guides);
        let text = fs::read_to_string(&file)?;
        for changed in [text.replace("per_seconds: 60", "per_seconds: 30"), text] {
            thread::sleep(REST);
            let before = main_thread(child.id())?;
            let begun = Instant::now();
            fs::write(&file, changed)?;
            took.push(answer(&answers)?.duration_since(begun).as_secs_f64());
            spent += main_thread(child.id())? - before;
        }
    }
    Ok(Watched {
        guides: corpus.guides,
        first,
        edits: edits * 2,
        median: median(&took),
        longest: took.iter().copied().fold(0.0, f64::max),
        cpu: spent / f64::from((edits * 2).max(1)),
    })
}

fn answer(answers: &Receiver<Instant>) -> Result<Instant> {
    answers.recv_timeout(PATIENCE).context("waystone check --watch does not answer")
}

/// The CPU time that the main thread of a process has had, in seconds.
fn main_thread(process: u32) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/schedstat")).context("no time of a thread")?;
    on_cpu(&text).with_context(|| format!("`{text}` has no time"))
}

/// The time on a processor, in the text of `/proc/<pid>/schedstat`: the first number, in nanoseconds.
fn on_cpu(text: &str) -> Option<f64> {
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

#[cfg(test)]
mod tests {
    use super::on_cpu;

    #[test]
    fn the_first_number_is_the_time_on_a_processor() {
        assert_eq!(on_cpu("1500000000 3205370 1\n"), Some(1.5));
        assert_eq!(on_cpu(""), None);
    }
}
