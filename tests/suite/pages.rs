//! Pages: the goldens of the guides that ship, and every output format read by a real parser of that format.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::corpus::Differences;
use crate::{guides, waystone};

/// The outputs of a guide: the file's name, and the arguments of `waystone render`.
const OUTPUTS: &[(&str, &[&str])] = &[
    ("page.mdx", &["--to", "mdx"]),
    ("page.md", &["--to", "md"]),
    ("published.mdx", &["--to", "mdx", "--style", "published"]),
    ("published.md", &["--to", "md", "--style", "published"]),
    ("page.html", &["--to", "html"]),
    ("page.txt", &["--to", "text"]),
    ("page.json", &["--to", "json"]),
];

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rendered(guide: &str, arguments: &[&str]) -> String {
    let mut all = vec!["render", guide, "--color", "never"];
    all.extend(arguments);
    let run = waystone::run(root(), &all);
    assert_eq!(run.code, 0, "{guide}: {}", run.err);
    run.out
}

#[test]
fn the_pages_of_the_guides_that_ship_match_the_goldens() {
    let golden = root().join("golden");
    let mut differences = Differences::default();
    let mut known = BTreeSet::new();
    for entry in catalog::shipped().entries() {
        let folder = golden.join(&entry.folder);
        fs::create_dir_all(&folder).expect("a folder can be made");
        for (name, arguments) in OUTPUTS {
            let file = folder.join(name);
            differences.compare(&file, &rendered(&entry.folder, arguments));
            known.insert(file);
        }
    }
    for folder in fs::read_dir(&golden).expect("the goldens") {
        for file in fs::read_dir(folder.expect("a folder").path()).expect("its files") {
            let file = file.expect("a file").path();
            if !known.contains(&file) {
                differences.note(format!("{}: no output is compared with this file", file.display()));
            }
        }
    }
    differences.tell();
}

/// Runs a script of `tests/node`, which must succeed.
#[track_caller]
pub(crate) fn node(script: &str, arguments: &[&Path]) {
    let folder = root().join("node");
    let modules = folder.join("node_modules").is_dir();
    assert!(modules, "the npm modules are missing; `cargo xtask test` installs them");
    let output = Command::new("node")
        .arg(script)
        .args(arguments)
        .current_dir(&folder)
        .output()
        .expect("node is installed");
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{script}:\n{report}{}", String::from_utf8_lossy(&output.stderr));
}

/// Writes every good guide in every output, and the hostile corpus, into a folder.
fn all_outputs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (n, guide) in guides::files().iter().enumerate() {
        let into = folder.path().join(format!("guide-{n}"));
        fs::create_dir(&into).expect("a folder can be made");
        for (name, arguments) in OUTPUTS {
            fs::write(into.join(name), rendered(&guide.display().to_string(), arguments))
                .expect("a file can be written");
        }
    }
    write_corpus(&folder.path().join("hostile"));
    folder
}

/// Writes the hostile corpus into a folder: pages with hostile texts, and the pages of every guide that ships.
fn write_corpus(folder: &Path) {
    let status = Command::new(waystone::example("render", "hostile")).arg(folder).status();
    assert!(status.expect("the example can be started").success(), "the corpus is written");
}

#[test]
fn an_mdx_compiler_and_an_html_parser_accept_every_page() {
    let folder = all_outputs();
    node("mdx-check.mjs", &[folder.path()]);
    node("html-check.mjs", &[folder.path()]);
}

#[test]
fn pages_are_accessible_on_phone_and_desktop_in_light_and_dark() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for entry in catalog::shipped().entries() {
        let page = folder.path().join(format!("{}.html", entry.folder));
        fs::write(&page, rendered(&entry.folder, &["--to", "html"])).expect("a file can be written");
    }
    node("axe.mjs", &[folder.path()]);
}

#[test]
fn the_json_of_every_page_is_valid_against_the_schema() {
    let schema = root().join("../schemas/page.schema.json");
    let schema: Value = serde_json::from_slice(&fs::read(schema).expect("the schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let folder = tempfile::tempdir().expect("a folder can be made");
    write_corpus(folder.path());
    let mut pages = 0;
    for file in fs::read_dir(folder.path()).expect("the corpus") {
        let file = file.expect("a file").path();
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let mut page: Value = serde_json::from_slice(&fs::read(&file).expect("a file")).expect("JSON");
        let errors: Vec<String> = validator.iter_errors(&page).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", file.display());
        // The schema must not accept everything.
        page["parts"][0]["content"] = serde_json::json!([[{ "paragraf": [] }]]);
        assert!(!validator.is_valid(&page), "{}: a misspelled block is accepted", file.display());
        pages += 1;
    }
    assert!(pages > 80, "only {pages} pages were validated");
}

#[test]
fn all_outputs_have_the_same_steps_in_the_same_order() {
    for entry in catalog::shipped().entries() {
        let guide = entry.guide().expect("what ships can be used");
        for method in &guide.methods {
            let titles: Vec<&str> = method
                .link
                .sections
                .iter()
                .filter(|section| section.purpose == guide::Purpose::Obtain)
                .flat_map(|section| section.steps.iter().map(|step| step.title.as_str()))
                .collect();
            for (name, arguments) in OUTPUTS {
                let mut all = vec!["--method", method.key.as_str()];
                all.extend(*arguments);
                let page = rendered(&entry.folder, &all);
                let mut from = 0;
                for title in &titles {
                    let at = page[from..].find(title);
                    assert!(
                        at.is_some(),
                        "{}/{name}: the step “{title}” is missing or out of order",
                        entry.folder
                    );
                    from += at.expect("asserted above") + title.len();
                }
                let steps = || method.link.sections.iter().flat_map(|section| &section.steps);
                // The other fields belong to the setup, which this page does not show.
                let is_asked = |key: &guide::Key| steps().any(|step| step.collects.contains(key));
                for field in method.fields.iter().filter(|field| is_asked(&field.key)) {
                    assert!(
                        page.contains(&field.label),
                        "{}/{name}: the label {} is missing",
                        entry.folder,
                        field.label
                    );
                }
            }
        }
    }
}
