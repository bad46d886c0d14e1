//! Measures each stage of rendering separately: reading a guide, checking it, building its page, and writing the page.
//!
//! `pieces FOLDER SECONDS` repeats each stage for all guides in a folder, on one thread and without disk access. It
//! prints the CPU time per guide, in nanoseconds, as JSON. `cargo xtask bench` runs it.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints its measurements")]

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use guide::{Brand, Guide};
use render::{Options, Page, Style, TerminalOptions};

/// How many times each stage is measured. Only the fastest measurement counts.
const TIMES: u32 = 5;

/// The date that the checks treat as today.
const TODAY: &str = "2026-11-15";

/// The same allocator that `waystone` uses.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, seconds] = arguments.as_slice() else {
        eprintln!("usage: pieces FOLDER SECONDS");
        return ExitCode::from(2);
    };
    match measured(Path::new(folder), seconds) {
        Ok(figures) => {
            println!("{figures:#}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn measured(folder: &Path, seconds: &str) -> Result<serde_json::Value, String> {
    let seconds: f64 = seconds.parse().map_err(|_| "SECONDS must be a number".to_owned())?;
    let once = Duration::try_from_secs_f64(seconds / f64::from(TIMES)).map_err(|error| error.to_string())?;
    let files = catalog::locate(folder).map_err(|error| error.to_string())?;
    let texts: Vec<Vec<u8>> =
        files.iter().map(fs::read).collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    let entries = catalog::read_path(folder).map_err(|error| error.to_string())?;
    let guides: Vec<&Guide> = entries.iter().filter_map(catalog::Entry::guide).collect();
    if guides.is_empty() || guides.len() < entries.len() {
        return Err("the folder must contain guides, and none of them may have errors".to_owned());
    }
    let brand = catalog::shipped_brand();
    let pages: Vec<Page> = guides.iter().map(|guide| page(guide, &brand)).collect();
    let terminal = TerminalOptions { width: 80, color: false };

    Ok(serde_json::json!({
        "reading: YAML, schema, meaning": each(&texts, once, |text| guide::read("guide.yaml", text))?,
        "rules and grade": each(&entries, once, |entry| {
            let findings = lint::check(entry, Some(TODAY));
            lint::grade(entry, &findings, Some(TODAY))
        })?,
        "page tree": each(&guides, once, |guide| page(guide, &brand))?,
        "writing MDX": each(&pages, once, |page| render::mdx(page, Style::default()))?,
        "writing Markdown": each(&pages, once, |page| render::markdown(page, Style::default()))?,
        "writing HTML": each(&pages, once, render::html)?,
        "writing text": each(&pages, once, |page| render::terminal(page, terminal))?,
        "writing JSON": each(&pages, once, |page| format!("{:#}\n", render::json(page)))?,
    }))
}

fn page(guide: &Guide, brand: &Brand) -> Page {
    render::page(guide, &guide.methods[0], brand, &Options::default())
}

/// Returns the CPU time per item, in nanoseconds: the fastest of several measurements, each of which takes at least
/// `once`.
fn each<T, R>(items: &[T], once: Duration, work: impl Fn(&T) -> R) -> Result<u64, String> {
    let once = u64::try_from(once.as_nanos()).unwrap_or(u64::MAX);
    let mut least = u64::MAX;
    for _ in 0..TIMES {
        let begun = cpu()?;
        let (mut done, mut spent) = (0, 0);
        while spent < once {
            for item in items {
                black_box(work(black_box(item)));
            }
            done += items.len() as u64;
            spent = cpu()?.saturating_sub(begun);
        }
        least = least.min(spent / done.max(1));
    }
    Ok(least)
}

/// Returns the CPU time that this thread has used, in nanoseconds.
fn cpu() -> Result<u64, String> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")
        .map_err(|error| format!("this kernel does not report the CPU time of a thread: {error}"))?;
    let first = text.split_whitespace().next().and_then(|word| word.parse().ok());
    first.ok_or_else(|| format!("`{text}` does not contain a CPU time"))
}
