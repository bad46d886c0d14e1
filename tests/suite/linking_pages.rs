//! The linking pages in browsers and parsers: markup, accessibility, appearance and use.
//!
//! `crates/hub/tests/pages` tests their text.

use std::path::Path;
use std::process::Command;

use crate::pages::node;
use crate::waystone::example;

/// Writes every state of the linking pages, for every built-in guide, into a folder.
fn gallery() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let status = Command::new(example("hub", "gallery")).arg(folder.path()).status();
    assert!(status.expect("cannot start the example").success(), "the gallery was not written");
    folder
}

/// Returns values for every secret field on the forms: the guides' examples and common mistakes, each with the Hub's
/// message about it.
fn values_of_secrets() -> serde_json::Value {
    const MISTAKES: &[&str] = &[
        "example-token",
        " example-token\u{200b}",
        "example token",
        "exam\u{200b}ple",
        "\"example-token\"",
        "“example-token”",
        "Bearer example-token",
        "Basic example-token",
        "https://example.com/token",
        "{\"private_key\": \"example\"}",
        "-----BEGIN PRIVATE KEY-----\\nexample\\n-----END PRIVATE KEY-----",
        "é",
    ];
    let shipped = catalog::shipped();
    let mut values = Vec::new();
    for (guide, method) in
        shipped.guides().flat_map(|guide| guide.methods.iter().map(move |one| (guide, one)))
    {
        let is_entered =
            |field: &&guide::Field| field.secret && method.collected_at(field.key.as_str()).is_some();
        for field in method.fields.iter().filter(is_entered) {
            let examples = field.examples.iter().map(|example| example.typed.as_str());
            // Browsers remove line breaks from single-line inputs.
            let is_lines = matches!(field.kind, guide::FieldType::Multiline | guide::FieldType::File);
            let typed = examples.chain(MISTAKES.iter().copied());
            for typed in typed.filter(|typed| !typed.trim().is_empty() && (is_lines || !typed.contains('\n')))
            {
                let problem = field.keep(typed, &method.environments).err();
                values.push(serde_json::json!({
                    "page": format!("{}--{}--form.html", guide.provider.key, method.key),
                    "field": field.key,
                    "typed": typed,
                    "problem": problem.map(|refused| refused.says.to_string()),
                }));
            }
        }
    }
    values.into()
}

#[test]
fn linking_pages_are_well_formed_accessible_and_usable() {
    let folder = gallery();
    node("html-check.mjs", &[folder.path(), Path::new("--linking")]);
    node("linking.mjs", &[folder.path()]);
    node("failures.mjs", &[folder.path()]);
    let values = folder.path().join("values.json");
    std::fs::write(&values, values_of_secrets().to_string()).expect("cannot write the values");
    node("problems.mjs", &[folder.path(), &values]);
    // Checks all pages for one guide, and only the form for every other guide.
    let selected = "^gladly--(?!.*-de)|--form[.]|^(?!.*--)";
    node("looks.mjs", &[folder.path(), Path::new("--quick"), Path::new("--only"), Path::new(selected)]);
}
