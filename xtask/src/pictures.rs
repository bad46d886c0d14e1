//! The pictures of the README, made from the program.
//!
//! The terminal's is what `waystone demo gladly` says, in color, drawn as SVG; the page's is a screenshot of what
//! `waystone render` makes, and so is that of the form on which people link.

mod terminal;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::tree::root;

/// Makes them again.
pub(crate) fn make() -> Result<()> {
    let root = root();
    let folder = root.join("docs/pictures");
    fs::create_dir_all(&folder)?;
    let said = waystone(&root, &["demo", "gladly", "--play", "--color", "always"])?;
    fs::write(folder.join("terminal.svg"), terminal::svg(&excerpt(&said)?))?;
    let page = std::env::temp_dir().join(format!("waystone-page-{}.html", std::process::id()));
    fs::write(&page, waystone(&root, &["render", "gladly", "--to", "html"])?)?;
    let shot = screenshot(&page, &folder.join("page.png"), "1180,980");
    fs::remove_file(&page)?;
    shot?;
    let gallery = std::env::temp_dir().join(format!("waystone-gallery-{}", std::process::id()));
    let shot = linking(&root, &gallery, &folder.join("linking.png"));
    fs::remove_dir_all(&gallery)?;
    shot
}

/// The form beside its guide, from the gallery of the linking pages.
fn linking(root: &Path, gallery: &Path, to: &Path) -> Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "hub", "--example", "gallery", "--"])
        .arg(gallery)
        .arg("gladly")
        .current_dir(root)
        .status()?;
    if !status.success() {
        bail!("the gallery was not written");
    }
    // Opened from a folder, the page finds what it loads beside it.
    let page = gallery.join("gladly--api-key--form.html");
    fs::write(&page, fs::read_to_string(&page)?.replace("=\"/assets/", "=\"assets/"))?;
    screenshot(&page, to, "1060,860")
}

fn waystone(root: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "cli", "--"])
        .args(arguments)
        .env("COLUMNS", "88")
        .current_dir(root)
        .output()?;
    if !output.status.success() {
        bail!("waystone {} failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The part worth a picture: the last step and the failure, then how it ends well.
fn excerpt(said: &str) -> Result<String> {
    let lines: Vec<&str> = said.lines().collect();
    let find = |text: &str, from: usize| {
        lines[from..].iter().position(|line| line.contains(text)).map(|at| from + at)
    };
    let bad = find("Step 5 of 5", 0).context("the demonstration has no last step of five any more")?;
    let bad_end = find("2. With the right secret", bad).unwrap_or(lines.len());
    let again = find("Step 5 of 5", bad_end).unwrap_or(bad_end);
    let typed = find(">\u{1b}", again).unwrap_or(again);
    let end = find("Linked:", typed).map_or(lines.len(), |at| at + 1);
    // Everything there is to see of the second run is what is different in it.
    let mut picked = lines[bad..bad_end].to_vec();
    picked.extend(&lines[typed..end]);
    Ok(picked.join("\n"))
}

fn screenshot(page: &Path, to: &Path, size: &str) -> Result<()> {
    let profile = std::env::temp_dir().join(format!("waystone-chromium-{}", std::process::id()));
    let status = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--window-size={size}"))
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("--screenshot={}", to.display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .context("chromium is not installed: `cargo xtask test` installs it")?
        .status;
    let _ = fs::remove_dir_all(profile);
    if status.success() && to.exists() { Ok(()) } else { bail!("chromium made no picture") }
}
