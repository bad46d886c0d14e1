//! Runs the built program as users do.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::SystemTime;
use std::{env, fs};

/// The date used for all checks, so that no case goes out of date.
pub(crate) const TODAY: &str = "2026-11-29";

/// The result of running the program.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the program in a folder, without the settings of the person who runs the tests.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Run {
    run_with(folder, arguments, &[])
}

/// Runs the program as [`run`] does, with these environment variables.
pub(crate) fn run_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let output: Output = Command::new(program())
        .args(arguments)
        .current_dir(folder)
        .env_remove("WAYSTONE_GUIDES")
        .env_remove("WAYSTONE_DATA")
        .envs(variables.iter().copied())
        .output()
        .expect("cannot start the program");
    Run {
        code: output.status.code().expect("the program was killed by a signal"),
        out: String::from_utf8(output.stdout).expect("the output is not UTF-8"),
        err: String::from_utf8(output.stderr).expect("the messages are not UTF-8"),
    }
}

/// Runs `waystone check --test` on one path.
pub(crate) fn check(folder: &Path, path: &str) -> Run {
    run(folder, &["check", "--test", "--color", "never", "--today", TODAY, path])
}

/// Returns the path of the program, built from the current sources.
pub(crate) fn program() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| ensure_built("waystone", &["--package", "cli"])).clone()
}

/// Returns the path of a crate's example, built from the current sources.
pub(crate) fn example(package: &str, name: &str) -> PathBuf {
    ensure_built(&format!("examples/{name}"), &["--package", package, "--example", name])
}

/// Returns the path of a built program. Builds the program first if it is missing or older than the sources.
/// `cargo test --workspace` always builds it first.
fn ensure_built(file: &str, selection: &[&str]) -> PathBuf {
    // …/target/<profile>/deps/suite-<hash>
    let tests = env::current_exe().expect("cannot find the test binary");
    let profile =
        tests.parent().and_then(Path::parent).expect("this test is not in a profile's `deps` folder");
    let program = profile.join(format!("{file}{}", env::consts::EXE_SUFFIX));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are not in a workspace");
    let built = fs::metadata(&program).and_then(|meta| meta.modified()).ok();
    let changed = ["crates", "guides", "Cargo.lock"].iter().filter_map(|part| newest(&root.join(part))).max();
    if built.is_none() || built < changed {
        build(root, profile, selection);
    }
    program
}

fn build(root: &Path, profile: &Path, selection: &[&str]) {
    let name = match profile.file_name().expect("the profile's folder has no name").to_str() {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = profile.parent().expect("the profile's folder has no parent");
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--profile", name])
        .args(selection)
        .arg("--target-dir")
        .arg(target)
        .current_dir(root)
        .status()
        .expect("cannot start cargo");
    assert!(status.success(), "cargo could not build {selection:?}");
}

/// Returns the time of the latest change to a file or folder.
fn newest(path: &Path) -> Option<SystemTime> {
    if !path.is_dir() {
        return fs::metadata(path).and_then(|meta| meta.modified()).ok();
    }
    fs::read_dir(path).ok()?.filter_map(|entry| newest(&entry.ok()?.path())).max()
}

/// Creates an API key that can read credentials, as the operator does, in the data folder and PostgreSQL database of a
/// Hub. No API key can create it. Returns the key.
pub(crate) fn credentials_key(data: &Path, database: Option<&str>) -> String {
    let mut command = Command::new(program());
    command.args(["keys", "create", "reader", "--scope", "credentials:read", "--json", "--data"]).arg(data);
    command.envs(database.map(|url| ("WAYSTONE_DATABASE_URL", url)));
    let output = command.output().expect("cannot start the program");
    let created: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    created["key"].as_str().expect("a key").to_owned()
}
