//! The program itself, run as people run it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::SystemTime;
use std::{env, fs};

/// The day on which every case is checked, so that none grows stale by itself.
pub(crate) const TODAY: &str = "2026-11-25";

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the program in a folder, with none of the settings of whoever runs the tests.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Run {
    let output: Output = Command::new(program())
        .args(arguments)
        .current_dir(folder)
        .env_remove("WAYSTONE_GUIDES")
        .env_remove("WAYSTONE_DATA")
        .output()
        .expect("the program can be started");
    Run {
        code: output.status.code().expect("the program ends by itself"),
        out: String::from_utf8(output.stdout).expect("the output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("the messages are UTF-8"),
    }
}

/// `waystone check` of one path.
pub(crate) fn check(folder: &Path, path: &str) -> Run {
    run(folder, &["check", "--color", "never", "--today", TODAY, path])
}

/// The program, as it is now.
pub(crate) fn program() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| built("waystone", &["--package", "cli"])).clone()
}

/// An example of a crate, as it is now.
pub(crate) fn example(package: &str, name: &str) -> PathBuf {
    built(&format!("examples/{name}"), &["--package", package, "--example", name])
}

/// What cargo makes of the tree, made if it is missing or older than the sources: `cargo test --workspace` has made it.
fn built(file: &str, what: &[&str]) -> PathBuf {
    // …/target/<profile>/deps/suite-<hash>
    let tests = env::current_exe().expect("this test has a path");
    let profile = tests.parent().and_then(Path::parent).expect("tests are in `deps` of a profile");
    let program = profile.join(format!("{file}{}", env::consts::EXE_SUFFIX));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace is above the tests");
    let built = fs::metadata(&program).and_then(|meta| meta.modified()).ok();
    let changed = ["crates", "guides", "Cargo.lock"].iter().filter_map(|part| newest(&root.join(part))).max();
    if built.is_none() || built < changed {
        build(root, profile, what);
    }
    program
}

fn build(root: &Path, profile: &Path, what: &[&str]) {
    let name = match profile.file_name().expect("a profile has a name").to_str() {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = profile.parent().expect("a profile is in the target folder");
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--profile", name])
        .args(what)
        .arg("--target-dir")
        .arg(target)
        .current_dir(root)
        .status()
        .expect("cargo can be started");
    assert!(status.success(), "{what:?} could not be built");
}

/// When something in a folder was last changed.
fn newest(path: &Path) -> Option<SystemTime> {
    if !path.is_dir() {
        return fs::metadata(path).and_then(|meta| meta.modified()).ok();
    }
    fs::read_dir(path).ok()?.filter_map(|entry| newest(&entry.ok()?.path())).max()
}
