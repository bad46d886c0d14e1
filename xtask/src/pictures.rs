//! Generates the README's pictures by running the program.
//!
//! The terminal picture is the output of `waystone demo gladly` as SVG. The other pictures are screenshots of a page
//! that `waystone render` writes and of a linking form.

use std::fs;
use std::path::Path;
use std::process::Command;

use anstyle::AnsiColor;
use anstyle_svg::Term;
use anyhow::{Context as _, Result, ensure};

use crate::command::{cargo, output, run};
use crate::tree::{read, root};

/// Generates all pictures.
pub(crate) fn generate() -> Result<()> {
    let folder = root().join("docs/pictures");
    let scratch = tempfile::tempdir()?;
    let demo = waystone(&["demo", "gladly", "--play", "--color", "always"])?;
    let terminal = Term::new().fg_color(AnsiColor::BrightWhite.into());
    fs::write(folder.join("terminal.svg"), terminal.render_svg(&excerpt(&demo)?))?;
    let page = scratch.path().join("page.html");
    fs::write(&page, waystone(&["render", "gladly", "--to", "html"])?)?;
    screenshot(&page, &folder.join("page.png"), "1180,980")?;
    // A form next to its guide, from the gallery of linking pages.
    let gallery = ["run", "--quiet", "--package", "hub", "--example", "gallery", "--"];
    run(cargo(&gallery).arg(scratch.path()).arg("gladly"))?;
    let form = scratch.path().join("gladly--api-key--form.html");
    // The page is opened as a file, so its assets need relative paths.
    fs::write(&form, read(&form)?.replace("=\"/assets/", "=\"assets/"))?;
    screenshot(&form, &folder.join("linking.png"), "1060,860")
}

fn waystone(arguments: &[&str]) -> Result<String> {
    output(cargo(&["run", "--quiet", "--package", "cli", "--"]).args(arguments).env("COLUMNS", "88"))
}

/// Selects the lines to show: the last step with its failure, and then the successful result.
fn excerpt(demo: &str) -> Result<String> {
    let lines: Vec<&str> = demo.lines().collect();
    let find = |text: &str, from: usize| {
        lines[from..].iter().position(|line| line.contains(text)).map(|at| from + at)
    };
    let failure = find("Step 5 of 5", 0).context("the demo output has no step 5 of 5")?;
    let failure_end = find("2. With the right secret", failure).unwrap_or(lines.len());
    let second = find("Step 5 of 5", failure_end).unwrap_or(failure_end);
    let typed = find(">\u{1b}", second).unwrap_or(second);
    let end = find("Linked:", typed).map_or(lines.len(), |at| at + 1);
    // The second run is shown only where it differs from the first.
    Ok([&lines[failure..failure_end], &lines[typed..end]].concat().join("\n"))
}

fn screenshot(page: &Path, to: &Path, size: &str) -> Result<()> {
    let profile = tempfile::tempdir()?;
    let mut chromium = Command::new("chromium");
    chromium
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--window-size={size}"))
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--screenshot={}", to.display()))
        .arg(format!("file://{}", page.display()));
    output(&mut chromium).context("`cargo xtask test` installs chromium")?;
    ensure!(to.exists(), "chromium wrote no picture");
    Ok(())
}
