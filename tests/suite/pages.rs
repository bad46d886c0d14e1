//! Rendered pages: the built-in guides compared with goldens, and every output format read by a real parser.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::corpus::Differences;
use crate::{guides, waystone};

/// The outputs for a guide: each file's name, and the arguments for `waystone render`.
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

fn render(guide: &str, arguments: &[&str]) -> String {
    let mut all = vec!["render", guide, "--color", "never"];
    all.extend(arguments);
    let run = waystone::run(root(), &all);
    assert_eq!(run.code, 0, "{guide}: {}", run.err);
    run.out
}

#[test]
fn the_pages_of_the_built_in_guides_match_the_goldens() {
    let golden = root().join("golden");
    let mut differences = Differences::default();
    let mut expected = BTreeSet::new();
    for entry in catalog::shipped().entries() {
        let folder = golden.join(&entry.folder);
        fs::create_dir_all(&folder).expect("cannot create the folder");
        for (name, arguments) in OUTPUTS {
            let file = folder.join(name);
            differences.compare(&file, &render(&entry.folder, arguments));
            expected.insert(file);
        }
    }
    for folder in fs::read_dir(&golden).expect("the goldens") {
        for file in fs::read_dir(folder.expect("a folder").path()).expect("cannot read the folder") {
            let file = file.expect("a file").path();
            if !expected.contains(&file) {
                differences.add(format!("{}: no output belongs to this golden", file.display()));
            }
        }
    }
    differences.report();
}

/// Runs a script from `tests/node` and panics if it fails.
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
        .expect("cannot start node; `cargo xtask test` installs it");
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{script}:\n{report}{}", String::from_utf8_lossy(&output.stderr));
}

/// Writes every good guide in every output format, and the hostile corpus, into a folder.
fn all_outputs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    for (n, guide) in guides::files().iter().enumerate() {
        let into = folder.path().join(format!("guide-{n}"));
        fs::create_dir(&into).expect("cannot create the folder");
        for (name, arguments) in OUTPUTS {
            fs::write(into.join(name), render(&guide.display().to_string(), arguments))
                .expect("cannot write the file");
        }
    }
    write_corpus(&folder.path().join("hostile"));
    folder
}

/// Writes the hostile corpus into a folder: pages with hostile strings, and the pages of every built-in guide.
fn write_corpus(folder: &Path) {
    let status = Command::new(waystone::example("render", "hostile")).arg(folder).status();
    assert!(status.expect("cannot start the example").success(), "the corpus was not written");
}

#[test]
fn an_mdx_compiler_and_an_html_parser_accept_every_page() {
    let folder = all_outputs();
    node("mdx-check.mjs", &[folder.path()]);
    node("html-check.mjs", &[folder.path()]);
}

#[test]
fn pages_are_accessible_on_phone_and_desktop_in_light_and_dark() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    for entry in catalog::shipped().entries() {
        let page = folder.path().join(format!("{}.html", entry.folder));
        fs::write(&page, render(&entry.folder, &["--to", "html"])).expect("cannot write the file");
    }
    node("axe.mjs", &[folder.path()]);
}

#[test]
fn the_json_of_every_page_is_valid_against_the_schema() {
    let schema = root().join("../schemas/page.schema.json");
    let schema: Value = serde_json::from_slice(&fs::read(schema).expect("the schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
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
        // The schema must reject a misspelled key.
        page["parts"][0]["content"] = serde_json::json!([[{ "paragraf": [] }]]);
        assert!(!validator.is_valid(&page), "{}: a misspelled block is accepted", file.display());
        pages += 1;
    }
    assert!(pages > 80, "only {pages} pages were validated");
}

#[test]
fn all_outputs_have_the_same_steps_in_the_same_order() {
    for entry in catalog::shipped().entries() {
        let guide = entry.guide().expect("a built-in guide has errors");
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
                let page = render(&entry.folder, &all);
                let mut from = 0;
                for title in &titles {
                    let at = page[from..].find(title);
                    assert!(
                        at.is_some(),
                        "{}/{name}: the step “{title}” is missing or out of order",
                        entry.folder
                    );
                    from += at.expect("checked above") + title.len();
                }
                let steps = || method.link.sections.iter().flat_map(|section| &section.steps);
                // The setup guide, which this page does not contain, collects the other fields.
                let is_collected = |key: &guide::Key| steps().any(|step| step.collects.contains(key));
                for field in method.fields.iter().filter(|field| is_collected(&field.key)) {
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
