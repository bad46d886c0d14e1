//! `cargo xtask fuzz`: builds the fuzz targets in `tests/fuzz` and runs each for a limited time.
//!
//! The targets use libFuzzer and the same compiler flags as `cargo fuzz`. Stable Rust accepts these flags, so the only
//! additional requirement is a C++ compiler. New corpus entries and failures are stored in the target directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command::{cargo, output, run as run_command};
use crate::tree::{root, target};

/// The targets, in the order in which they run.
const TARGETS: &[&str] = &["load", "templates", "accept", "writers", "judge", "redact"];

/// How many seconds each target runs by default.
const SECONDS: u32 = 60;

/// Compiler flags for the coverage instrumentation that guides libFuzzer.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg=fuzzing",
];

/// Runs the target that the arguments name, or every target: `[--seconds N] [TARGET]`.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let (seconds, rest) = match arguments {
        ["--seconds", seconds, rest @ ..] => (seconds.parse().context("--seconds needs a number")?, rest),
        rest => (SECONDS, rest),
    };
    let targets = match rest {
        [] => TARGETS,
        [name] if TARGETS.contains(name) => rest,
        _ => bail!("unknown target; the targets are {}", TARGETS.join(", ")),
    };
    let built = build()?;
    for target in targets {
        one(target, seconds, &built)?;
    }
    Ok(())
}

/// Checks that the targets compile, because CI does not run them.
pub(crate) fn check() -> Result<()> {
    let manifest = "tests/fuzz/Cargo.toml";
    // Uses the workspace's target directory, which already contains most of the targets' dependencies.
    let mut check = cargo(&["check", "--quiet", "--locked", "--manifest-path", manifest]);
    run_command(check.env("CARGO_TARGET_DIR", target()))
}

/// Builds all targets and returns the folder that contains the programs.
fn build() -> Result<PathBuf> {
    // With an explicit `--target`, cargo does not pass the flags to build scripts.
    let platform = output(Command::new("rustc").args(["--print", "host-tuple"]))?;
    println!("building tests/fuzz for {platform}");
    let mut build = cargo(&["build", "--quiet", "--release", "--locked", "--bins", "--target", &platform]);
    run_command(
        build
            .current_dir(root().join("tests/fuzz"))
            .env("RUSTFLAGS", FLAGS.join(" "))
            .env("CARGO_TARGET_DIR", folder()),
    )
    .context("cannot build the fuzz targets, which need a C++ compiler")?;
    Ok(folder().join(platform).join("release"))
}

fn one(target: &str, seconds: u32, built: &Path) -> Result<()> {
    let corpus = folder().join("corpus").join(target);
    let failures = folder().join("failures").join(target);
    for folder in [&corpus, &failures] {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let fuzz = root().join("tests/fuzz");
    println!("{target}, for {seconds} seconds");
    let out = Command::new(built.join(target))
        .arg(&corpus)
        .arg(fuzz.join("corpus").join(target))
        .arg(format!("-dict={}", fuzz.join("words.dict").display()))
        .arg(format!("-artifact_prefix={}/", failures.display()))
        .arg(format!("-max_total_time={seconds}"))
        .args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=0"])
        .output()
        .context("cannot run the target")?;
    let log = String::from_utf8_lossy(&out.stderr);
    if out.status.success() {
        log.lines().filter_map(|line| line.strip_prefix("stat::")).for_each(|line| println!("  {line}"));
        return Ok(());
    }
    println!("{log}");
    bail!(
        "{target} failed; the input is in {}. To reproduce the failure, run the program with that file",
        failures.display()
    )
}

/// Returns the folder for everything that a run produces.
fn folder() -> PathBuf {
    target().join("fuzz")
}
