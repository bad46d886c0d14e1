//! Builders of pages, with the Markdown that `waystone render` writes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::{Setting, install};
use crate::bench::process::{Cost, best, cost};
use crate::bench::waystone::remove;
use crate::install::{debian, is_there};

/// As little as Hugo can do: one page for each file, without lists, feeds and a map of the site.
const HUGO: &str = "\
baseURL = 'https://pages.example/'
title = 'Pages'
disableKinds = ['home', 'section', 'taxonomy', 'term', 'RSS', 'sitemap', 'robotsTXT', '404']
";

/// The least that makes a page.
const LAYOUT: &str =
    "<!doctype html><html><head><title>{{ .Title }}</title></head><body>{{ .Content }}</body></html>\n";

/// A book without search, which would index every word.
const BOOK: &str = "[book]\ntitle = 'Pages'\n\n[output.html.search]\nenable = false\n";

/// The version of mdBook that is built.
const MDBOOK: &str = "0.5.4";

/// `hugo`, in Go.
pub(super) fn hugo(setting: &Setting<'_>, pages: &[PathBuf]) -> Result<(String, u32, Cost)> {
    if !is_there("hugo") {
        println!("installing hugo");
        debian(&["hugo"])?;
    }
    let site = setting.scratch.join("hugo");
    remove(&site)?;
    let content = site.join("content/guides");
    flat(pages, &content)?;
    fs::create_dir_all(site.join("layouts/_default"))?;
    fs::write(site.join("layouts/_default/single.html"), LAYOUT)?;
    fs::write(site.join("config.toml"), HUGO)?;
    let built = site.join("public");
    let cost = best(setting.times, || {
        remove(&built)?;
        cost(Command::new("hugo").args(["--quiet", "--source"]).arg(&site), 1)
    })?;
    let made = crate::tree::files(&built, "index.html")?.len();
    remove(&site)?;
    if made != pages.len() {
        bail!("hugo made {made} pages of {}", pages.len());
    }
    let said = version(Command::new("hugo").arg("version"))?;
    Ok((format!("Hugo {said}"), u32::try_from(pages.len())?, cost))
}

/// `mdbook`, in Rust, if it is there or wanted. It takes long, so it is run once.
pub(super) fn mdbook(setting: &Setting<'_>, pages: &[PathBuf]) -> Result<(String, u32, Cost)> {
    let own = setting.tools.join("mdbook/bin/mdbook");
    let program = if is_there("mdbook") { PathBuf::from("mdbook") } else { own.clone() };
    if program == own && !own.exists() {
        if !setting.mdbook {
            bail!("it is not installed, and takes minutes to build: --with-mdbook does so");
        }
        println!("building mdbook");
        let mut command = Command::new(env!("CARGO"));
        command.args(["install", "mdbook", "--locked", "--quiet", "--version", MDBOOK, "--root"]);
        install(command.arg(setting.tools.join("mdbook")).env_remove("CARGO_TARGET_DIR"))?;
    }
    let book = setting.scratch.join("mdbook");
    remove(&book)?;
    let names = flat(pages, &book.join("src"))?;
    let summary: String = names.iter().map(|name| format!("- [{name}]({name}.md)\n")).collect();
    fs::write(book.join("src/SUMMARY.md"), summary)?;
    fs::write(book.join("book.toml"), BOOK)?;
    let cost = cost(Command::new(&program).arg("build").arg(&book), 1)?;
    remove(&book)?;
    let said = version(Command::new(&program).arg("--version"))?;
    Ok((format!("mdBook {said}"), u32::try_from(pages.len())?, cost))
}

/// Copies pages into one folder, each under the name of the folder it was in; those names.
fn flat(pages: &[PathBuf], folder: &Path) -> Result<Vec<String>> {
    fs::create_dir_all(folder)?;
    let mut names = Vec::new();
    for page in pages {
        let own = page.parent().and_then(Path::file_name).context("a page has no folder")?;
        let name = own.to_string_lossy().into_owned();
        fs::copy(page, folder.join(format!("{name}.md")))?;
        names.push(name);
    }
    Ok(names)
}

fn version(command: &mut Command) -> Result<String> {
    let out = command.output().context("a tool does not tell its version")?;
    number_in(&String::from_utf8_lossy(&out.stdout)).context("a tool does not tell its version")
}

/// The version in what a tool says of itself: the first word that is one, without `v` and what follows a `+`.
fn number_in(said: &str) -> Option<String> {
    let mut words = said.split_whitespace().map(|word| word.trim_start_matches('v'));
    let word = words.find(|word| word.starts_with(|ch: char| ch.is_ascii_digit()))?;
    Some(word.split(['+', '-']).next().unwrap_or(word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::number_in;

    #[test]
    fn a_version_is_found_in_what_a_tool_says() {
        let hugo = "hugo v0.111.3+extended linux/amd64 BuildDate=2023-03-16 VendorInfo=debian:0.111.3-1";
        assert_eq!(number_in(hugo).as_deref(), Some("0.111.3"));
        assert_eq!(number_in("mdbook v0.4.52\n").as_deref(), Some("0.4.52"));
        assert_eq!(number_in("nothing"), None);
    }
}
