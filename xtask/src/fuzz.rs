//! `cargo xtask fuzz`: builds the fuzz targets of `tests/fuzz` and runs each for a limited time.
//!
//! The targets use libFuzzer and the compiler flags of `cargo fuzz`, which stable Rust accepts, so they need nothing but a
//! C++ compiler. New corpus entries and failures are kept in the target directory.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::tree::{root, target};

/// The targets, in the order in which they run.
const TARGETS: &[&str] = &["load", "templates", "accept", "writers", "judge"];

/// How many seconds each target runs by default.
const SECONDS: u32 = 60;

/// Instrumentation for coverage, which guides libFuzzer.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg=fuzzing",
];

/// Runs the target that the arguments name, or all of them: `[--seconds N] [TARGET]`.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let (seconds, rest) = match arguments {
        ["--seconds", seconds, rest @ ..] => (seconds.parse().context("--seconds takes a number")?, rest),
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
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["check", "--quiet", "--locked", "--manifest-path"])
        .arg(root().join("tests/fuzz/Cargo.toml"));
    // In the workspace's target directory, which holds most of their dependencies.
    let status = command.env("CARGO_TARGET_DIR", target()).status()?;
    if status.success() { Ok(()) } else { bail!("cannot build the fuzz targets") }
}

/// Builds all targets and returns the folder of the programs.
fn build() -> Result<PathBuf> {
    // With an explicit `--target`, cargo does not pass the flags to build scripts.
    let platform = platform()?;
    println!("building tests/fuzz for {platform}");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--locked", "--bins", "--target", &platform])
        .current_dir(root().join("tests/fuzz"))
        .env("RUSTFLAGS", FLAGS.join(" "))
        .env("CARGO_TARGET_DIR", folder())
        .status()?;
    if !status.success() {
        bail!("cannot build the fuzz targets; see the errors above. They also need a C++ compiler");
    }
    Ok(folder().join(platform).join("release"))
}

fn one(target: &str, seconds: u32, built: &std::path::Path) -> Result<()> {
    let found = folder().join("corpus").join(target);
    let failures = folder().join("failures").join(target);
    for folder in [&found, &failures] {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let fuzz = root().join("tests/fuzz");
    println!("{target}, for {seconds} seconds");
    let out = Command::new(built.join(target))
        .arg(&found)
        .arg(fuzz.join("corpus").join(target))
        .arg(format!("-dict={}", fuzz.join("words.dict").display()))
        .arg(format!("-artifact_prefix={}/", failures.display()))
        .arg(format!("-max_total_time={seconds}"))
        .args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=0"])
        .output()
        .context("cannot run the target")?;
    let said = String::from_utf8_lossy(&out.stderr);
    if out.status.success() {
        said.lines().filter_map(|line| line.strip_prefix("stat::")).for_each(|line| println!("  {line}"));
        return Ok(());
    }
    println!("{said}");
    bail!(
        "{target} failed; its input is in {}. To reproduce the failure, run the program with that file",
        failures.display()
    )
}

/// The folder for everything that a run produces.
fn folder() -> PathBuf {
    target().join("fuzz")
}

fn platform() -> Result<String> {
    let out = Command::new("rustc").arg("-vV").output().context("cannot run rustc")?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not report its host")?.to_owned())
}
