//! Installs what the tests need besides Rust: Debian packages, npm modules and Python packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::command::{output, run};
use crate::tree::{read, root};

/// The required programs, each with its Debian package.
const PROGRAMS: &[(&str, &str)] = &[
    ("node", "nodejs"),
    ("npm", "npm"),
    ("tmux", "tmux"),
    ("chromium", "chromium"),
    ("python3", "python3"),
    ("go", "golang-go"),
];

/// Installs everything that is missing.
pub(crate) fn all() -> Result<()> {
    let missing: Vec<&str> =
        PROGRAMS.iter().filter(|(program, _)| find(program).is_none()).map(|(_, package)| *package).collect();
    if !missing.is_empty() {
        debian(&missing)?;
    }
    let node = root().join("tests/node");
    unless_installed(&node.join("package-lock.json"), &node.join("node_modules"), || {
        let arguments = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
        run(Command::new("npm").args(arguments).current_dir(&node))
    })?;
    let python = root().join("tests/python");
    let (list, environment) = (python.join("requirements.txt"), python.join("venv"));
    unless_installed(&list, &environment, || {
        let create = || output(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment));
        // On Debian, `venv` is a separate package.
        create().or_else(|_| debian(&["python3-venv"]).and_then(|()| create()))?;
        let mut pip = Command::new(environment.join("bin/pip"));
        run(pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&list))
    })
}

/// Returns the folder on the `PATH` that contains a program. `None` if there is no such folder.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).find(|folder| folder.join(program).is_file())
}

/// Installs Debian packages.
pub(crate) fn debian(packages: &[&str]) -> Result<()> {
    println!("installing {}", packages.join(", "));
    ensure!(
        find("apt-get").is_some(),
        "this system has no apt-get; install these packages yourself: {}",
        packages.join(", ")
    );
    let prefix: &[&str] = if is_root() { &[] } else { &["sudo"] };
    let apt = |arguments: &[&str]| {
        let words = [prefix, &["apt-get"], arguments].concat();
        run(Command::new(words[0]).args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update", "-q"])?;
    apt(&[&["install", "-y", "-q", "--no-install-recommends"], packages].concat())
}

/// Returns whether this program runs as root.
pub(crate) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}

/// Installs a list of packages into a folder, unless the folder already contains them.
fn unless_installed(list: &Path, folder: &Path, install: impl FnOnce() -> Result<()>) -> Result<()> {
    let mark = folder.join(".installed");
    let packages = read(list)?;
    if fs::read_to_string(&mark).is_ok_and(|installed| installed == packages) {
        return Ok(());
    }
    println!("installing the packages in {}", list.display());
    install()?;
    fs::write(mark, packages)?;
    Ok(())
}
