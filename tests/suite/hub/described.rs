//! The API against its own description: requests drawn by lot, well formed and not, by schemathesis.

use std::path::Path;
use std::process::Command;

use crate::hub::world::{Database, Hub};

/// What is checked of each answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
                      response_headers_conformance,unsupported_method,allow_header_conformance,ignored_auth,\
                      negative_data_rejection";

/// Draws requests for the paths that a filter leaves, with a header that lets in.
fn draw(hub: &Hub, filter: [&str; 2], header: &str) {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/venv/bin/schemathesis");
    let output = Command::new(program)
        .args(["run", "--no-color", "--seed", "4", "--max-examples", "12", "--continue-on-failure"])
        .args(["--phases", "examples,coverage,fuzzing", "--warnings", "off", "--checks", CHECKS])
        .args(filter)
        .args(["--header", header])
        .arg(format!("{}openapi.json", hub.url))
        .env("HYPOTHESIS_STORAGE_DIRECTORY", hub.folder.path().join("hypothesis"))
        .current_dir(hub.folder.path())
        .output()
        .expect("schemathesis runs; `cargo xtask test` installs it");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let passed = text.lines().find_map(|line| line.trim().split_once(" generated, ")?.0.parse::<u32>().ok());
    assert!(passed.is_some_and(|cases| 100 < cases), "hardly anything was drawn:\n{text}");
}

#[test]
fn every_answer_to_a_backend_is_as_described() {
    let hub = Hub::start(Database::Sqlite);
    // What goes on to a provider is the provider's to answer.
    draw(&hub, ["--exclude-path-regex", "^/hub/|/proxy"], &format!("Authorization: Bearer {}", hub.key));
}

#[test]
fn every_answer_to_a_browser_is_as_described() {
    let hub = Hub::start(Database::Sqlite);
    let token = hub.session_token();
    draw(&hub, ["--include-path-regex", "^/hub/"], &format!("x-hub-session-token: {token}"));
}
