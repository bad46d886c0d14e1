//! Installs what the tests need besides Rust: Debian packages, npm modules and Python packages.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::tree::root;

/// Programs, each with the Debian package that contains it.
const PROGRAMS: &[(&str, &str)] = &[
    ("node", "nodejs"),
    ("npm", "npm"),
    ("tmux", "tmux"),
    ("chromium", "chromium"),
    ("python3", "python3"),
    ("go", "golang-go"),
];

/// Installs what is missing.
pub(crate) fn all() -> Result<()> {
    let missing: Vec<&str> =
        PROGRAMS.iter().filter(|(program, _)| !is_there(program)).map(|(_, package)| *package).collect();
    if !missing.is_empty() {
        println!("installing {}", missing.join(", "));
        debian(&missing)?;
    }
    modules(&root().join("tests/node"))?;
    python(&root().join("tests/python"))
}

/// Whether a program is on the `PATH`.
pub(crate) fn is_there(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

/// Installs Debian packages.
pub(crate) fn debian(packages: &[&str]) -> Result<()> {
    if !is_there("apt-get") {
        bail!("this system has no apt-get; install these packages yourself: {}", packages.join(", "));
    }
    let root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0");
    let apt = |arguments: &[&str]| -> Result<()> {
        let mut command = if root { Command::new("apt-get") } else { Command::new("sudo") };
        if !root {
            command.arg("apt-get");
        }
        let status = command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").status()?;
        if status.success() { Ok(()) } else { bail!("apt-get {} failed", arguments.join(" ")) }
    };
    apt(&["update", "-q"])?;
    let mut arguments = vec!["install", "-y", "-q", "--no-install-recommends"];
    arguments.extend_from_slice(packages);
    apt(&arguments)
}

/// Installs Python packages into a virtual environment, unless the listed versions are already installed.
fn python(folder: &Path) -> Result<()> {
    let list = folder.join("requirements.txt");
    let venv = folder.join("venv");
    let mark = venv.join(".installed");
    let wanted = std::fs::read_to_string(&list).with_context(|| list.display().to_string())?;
    if std::fs::read_to_string(&mark).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    println!("installing Python packages");
    let make = || Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv).output();
    // On Debian, `venv` is a separate package.
    if !make().is_ok_and(|output| output.status.success()) {
        debian(&["python3-venv"])?;
        if !make().is_ok_and(|output| output.status.success()) {
            bail!("python3 cannot create a virtual environment in {}", venv.display());
        }
    }
    let status = Command::new(venv.join("bin/pip"))
        .args(["install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(&list)
        .status()
        .context("cannot run pip")?;
    if !status.success() {
        bail!("pip failed in {}", folder.display());
    }
    std::fs::write(mark, wanted)?;
    Ok(())
}

/// Installs npm modules, unless the versions in the lock file are already installed.
fn modules(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let mark = folder.join("node_modules/.installed");
    let wanted = std::fs::read_to_string(&lock).with_context(|| lock.display().to_string())?;
    if std::fs::read_to_string(&mark).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    println!("installing npm modules");
    let status = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(folder)
        .status()
        .context("cannot run npm")?;
    if !status.success() {
        bail!("npm ci failed in {}", folder.display());
    }
    std::fs::write(mark, wanted)?;
    Ok(())
}
