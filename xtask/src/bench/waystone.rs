//! Measures of the program itself: `check` and `render`, and `cp -r` beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::corpus::Corpus;
use super::process::{Cost, best, cost, own_cost, peak};
use crate::tree::files;

/// What `render` writes; the value of `--to`.
pub(super) const MEDIA: [&str; 5] = ["mdx", "md", "html", "text", "json"];

/// A run short enough to drown in the clock's steps is one of so many in a series.
const SERIES: u32 = 50;

/// `waystone check` with a catalog.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checked {
    /// How many guides it has.
    pub(super) guides: u32,
    /// How large they are together.
    pub(super) bytes: u64,
    /// What a run costs.
    pub(super) cost: Cost,
    /// The most memory of a run, in KiB.
    pub(super) peak: u64,
}

/// `waystone render --all` with a catalog.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rendered {
    /// The value of `--to`.
    pub(super) medium: &'static str,
    /// How many pages are written.
    pub(super) pages: u32,
    /// How large they are together.
    pub(super) bytes: u64,
    /// What a run costs.
    pub(super) cost: Cost,
    /// What one more page costs.
    pub(super) more: Cost,
}

/// The same pages, brought to the disk by others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Copied {
    /// `cp -r` of the folder.
    pub(super) cp: Cost,
    /// A loop that makes folders and writes files from memory, on one thread.
    pub(super) written: Cost,
}

/// That there is nothing to find in a catalog, as the page says.
pub(super) fn nothing_to_say(program: &Path, corpus: &Corpus) -> Result<()> {
    let mut command = Command::new(program);
    command.arg("check").arg(&corpus.folder).args(["--deny", "warnings"]);
    cost(&mut command, 1).context("xtask/src/bench/guide.yaml has findings: mend it")?;
    Ok(())
}

/// Checks a catalog.
pub(super) fn check(program: &Path, corpus: &Corpus, times: u32) -> Result<Checked> {
    let command = || {
        let mut command = Command::new(program);
        command.arg("check").arg(&corpus.folder);
        command
    };
    let series = if corpus.guides < 100 { SERIES } else { 1 };
    let cost = best(times, || cost(&mut command(), series))?;
    Ok(Checked { guides: corpus.guides, bytes: corpus.bytes, cost, peak: peak(&mut command())? })
}

/// Renders two catalogs, of which the first is the smaller; the pages of the second stay in the folder.
pub(super) fn render(
    program: &Path,
    (small, large): (&Corpus, &Corpus),
    medium: &'static str,
    folder: &Path,
    times: u32,
) -> Result<Rendered> {
    let command = |corpus: &Corpus| -> Result<Command> {
        remove(folder)?;
        Ok(rendering(program, corpus, medium, folder))
    };
    let few = best(times, || cost(&mut command(small)?, 1))?;
    let cost = best(times, || cost(&mut command(large)?, 1))?;
    let pages = files(folder, &format!(".{}", ending(medium)))?;
    let mut bytes = 0;
    for page in &pages {
        bytes += fs::metadata(page)?.len();
    }
    let more = one_more(few, cost, large.guides - small.guides);
    Ok(Rendered { medium, pages: u32::try_from(pages.len())?, bytes, cost, more })
}

/// The most memory of a run that renders MDX, in KiB.
pub(super) fn render_peak(program: &Path, corpus: &Corpus, folder: &Path) -> Result<u64> {
    remove(folder)?;
    peak(&mut rendering(program, corpus, "mdx", folder))
}

fn rendering(program: &Path, corpus: &Corpus, medium: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("render").arg(&corpus.folder).args(["--all", "--to", medium, "--out"]).arg(folder);
    command
}

/// What one more item costs, of which there are so many between two runs.
pub(super) fn one_more(few: Cost, many: Cost, between: u32) -> Cost {
    let each = |few: f64, many: f64| (many - few) / f64::from(between.max(1));
    Cost {
        wall: each(few.wall, many.wall),
        user: each(few.user, many.user),
        system: each(few.system, many.system),
    }
}

/// Copies a folder, and writes its files from memory.
pub(super) fn copy(from: &Path, to: &Path, times: u32) -> Result<Copied> {
    let cp = best(times, || {
        remove(to)?;
        cost(Command::new("cp").arg("-r").arg(from).arg(to), 1)
    })?;
    let mut texts: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for file in files(from, "")? {
        texts.push((to.join(file.strip_prefix(from)?), fs::read(&file)?));
    }
    let written = best(times, || {
        remove(to)?;
        own_cost(|| texts.iter().try_for_each(|(file, text)| write(file, text)))
    })?;
    remove(to)?;
    Ok(Copied { cp, written })
}

fn write(file: &Path, text: &[u8]) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

/// Removes a folder, if it is there.
pub(super) fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

/// How the files of a medium end.
fn ending(medium: &str) -> &str {
    if medium == "text" { "txt" } else { medium }
}

#[cfg(test)]
mod tests {
    use super::one_more;
    use crate::bench::process::Cost;

    #[test]
    fn what_a_run_costs_anyhow_is_no_part_of_one_more() {
        let few = Cost { wall: 1.0, user: 1.0, system: 0.5 };
        let many = Cost { wall: 10.0, user: 19.0, system: 0.5 };
        assert_eq!(one_more(few, many, 9), Cost { wall: 1.0, user: 2.0, system: 0.0 });
    }
}
