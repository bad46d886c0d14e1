//! `cargo xtask fuzz`: the programs of `tests/fuzz`, each run for a bounded time.
//!
//! They are libFuzzer's, built with the flags that `cargo fuzz` uses; these are flags of the stable compiler, so
//! nothing has to be installed but a C++ compiler. What a run finds worth keeping is kept beside the build.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::tree::{root, target};

/// The programs, in the order in which they run.
const TARGETS: &[&str] = &["load", "templates", "accept", "writers", "judge"];

/// For how long each runs, where nothing is said.
const SECONDS: u32 = 60;

/// Marks of coverage, for libFuzzer to be guided by.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg=fuzzing",
];

/// Runs what the arguments name: `[--seconds N] [TARGET]`.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let (seconds, rest) = match arguments {
        ["--seconds", seconds, rest @ ..] => (seconds.parse().context("--seconds takes a number")?, rest),
        rest => (SECONDS, rest),
    };
    let targets = match rest {
        [] => TARGETS,
        [name] if TARGETS.contains(name) => rest,
        _ => bail!("there is no such target; there is {}", TARGETS.join(", ")),
    };
    let built = build()?;
    for target in targets {
        one(target, seconds, &built)?;
    }
    Ok(())
}

/// That they can be built, without doing it: what only some run must not rot.
pub(crate) fn check() -> Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["check", "--quiet", "--locked", "--manifest-path"])
        .arg(root().join("tests/fuzz/Cargo.toml"));
    // Beside the workspace, which has checked most of what they need.
    let status = command.env("CARGO_TARGET_DIR", target()).status()?;
    if status.success() { Ok(()) } else { bail!("the programs of tests/fuzz cannot be built") }
}

/// Builds all of them; where they are then.
fn build() -> Result<PathBuf> {
    // Build scripts are no part of it: with a platform named, the flags are not theirs.
    let platform = platform()?;
    println!("building tests/fuzz for {platform}");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--locked", "--bins", "--target", &platform])
        .current_dir(root().join("tests/fuzz"))
        .env("RUSTFLAGS", FLAGS.join(" "))
        .env("CARGO_TARGET_DIR", folder())
        .status()?;
    if !status.success() {
        bail!(
            "the programs of tests/fuzz cannot be built; beside what is said above, they need a C++ compiler"
        );
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
        .context("the program cannot be run")?;
    let said = String::from_utf8_lossy(&out.stderr);
    if out.status.success() {
        said.lines().filter_map(|line| line.strip_prefix("stat::")).for_each(|line| println!("  {line}"));
        return Ok(());
    }
    println!("{said}");
    bail!(
        "{target} failed; what made it fail is in {}: give its file to the program alone",
        failures.display()
    )
}

/// Where everything is that a run makes.
fn folder() -> PathBuf {
    target().join("fuzz")
}

fn platform() -> Result<String> {
    let out = Command::new("rustc").arg("-vV").output().context("rustc cannot be run")?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say what it runs on")?.to_owned())
}
