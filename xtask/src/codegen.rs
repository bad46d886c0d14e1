//! The files that are made from the code: schemas, the list of findings, that of grades, and the reference.

mod reference;
mod serving;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::tree::root;

/// Every generated file, and what it should hold.
fn generated() -> Vec<(PathBuf, String)> {
    let root = root();
    vec![
        (root.join("schemas/guide.schema.json"), format!("{:#}\n", guide::guide_schema())),
        (root.join("schemas/brand.schema.json"), format!("{:#}\n", guide::brand_schema())),
        (root.join("schemas/page.schema.json"), format!("{:#}\n", render::page_schema())),
        (root.join("schemas/hub.schema.json"), format!("{:#}\n", hub::settings::settings_schema())),
        (
            root.join("schemas/hub.openapi.json"),
            format!("{}\n", hub::openapi().to_pretty_json().unwrap_or_default()),
        ),
        (root.join("docs/findings.md"), findings()),
        (root.join("docs/grades.md"), grades()),
        (root.join("docs/reference.md"), reference::page()),
        (root.join("docs/serving.md"), serving::page(&root.join("docs/serving.md"))),
    ]
}

/// The page of all findings.
fn findings() -> String {
    let mut text = String::from(
        "# Findings\n\nEverything that `waystone check` can say of guides, and `waystone serve` of its settings, by code. This page is made by `cargo xtask codegen`;\n\
         `waystone explain CODE` shows the same in the terminal.\n",
    );
    for page in lint::pages().chain(hub::settings::pages()) {
        let _ = write!(text, "\n## {} · {}\n\n", page.code, page.name);
        let _ = write!(
            text,
            "*{}.* {}.\n\n**Why:** {}.\n\n**To mend it:** {}.\n",
            page.severity, page.summary, page.why, page.mend
        );
        for (title, sample) in [("Instead of", page.bad), ("write", page.good)] {
            if !sample.is_empty() {
                let _ = write!(text, "\n{title}:\n\n```yaml\n{sample}\n```\n");
            }
        }
    }
    text
}

/// The page of grades.
fn grades() -> String {
    let mut text = String::from(
        "# Grades\n\nHow much a guide does for those who follow it. A guide without errors works: it was read whole, \
         and a check says who was\nlinked. A grade says what else it has. `waystone check` works it out, and says what the \
         next one asks; nobody gives one.\nThis page is made by `cargo xtask codegen`.\n\nA grade is the highest one for \
         which everything holds that it and those below it ask.\n",
    );
    for list in lint::CRITERIA {
        let Some(grade) = list.first().map(|criterion| criterion.grade) else { continue };
        let name = capital(grade.as_str());
        let _ = write!(text, "\n## {name}\n\n{}: a guide has it if\n\n", capital(grade.says()));
        for criterion in *list {
            let _ = writeln!(text, "- {} (`{}`)", criterion.asks, criterion.key);
        }
    }
    text
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
}

/// Writes the files that are out of date.
pub(crate) fn write() -> Result<()> {
    for (path, text) in generated() {
        if fs::read_to_string(&path).ok().as_deref() != Some(text.as_str()) {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
            println!("wrote {}", path.display());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes what was out of date, and fails: the mended files are there to be committed.
    #[test]
    fn generated_files_are_up_to_date() {
        let stale: Vec<PathBuf> = generated()
            .into_iter()
            .filter(|(path, text)| fs::read_to_string(path).ok().as_deref() != Some(text.as_str()))
            .map(|(path, _)| path)
            .collect();
        write().expect("the tree can be written");
        assert!(stale.is_empty(), "these were out of date, and are written now: {stale:?}");
    }
}
