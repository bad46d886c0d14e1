//! Compares the API with its OpenAPI description: schemathesis generates valid and invalid requests.

use std::path::Path;
use std::process::Command;

use crate::hub::world::{Database, Hub};

/// The checks that schemathesis runs on each response.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
                      response_headers_conformance,unsupported_method,allow_header_conformance,ignored_auth,\
                      negative_data_rejection";

/// Runs schemathesis on the paths that a filter selects, with a header that authenticates the requests.
fn assert_conforms(hub: &Hub, filter: [&str; 2], header: &str) {
    // The databases accept different strings, but most requests never reach one.
    let examples = if hub.database == Database::Sqlite { "12" } else { "4" };
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/venv/bin/schemathesis");
    let output = Command::new(program)
        .args(["run", "--no-color", "--seed", "4", "--max-examples", examples, "--continue-on-failure"])
        .args(["--phases", "examples,coverage,fuzzing", "--warnings", "off", "--checks", CHECKS])
        .args(filter)
        .args(["--header", header])
        .arg(format!("{}openapi.json", hub.url))
        .env("HYPOTHESIS_STORAGE_DIRECTORY", hub.folder.path().join("hypothesis"))
        .current_dir(hub.folder.path())
        .output()
        .expect("cannot start schemathesis; `cargo xtask test` installs it");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let passed = text.lines().find_map(|line| line.trim().split_once(" generated, ")?.0.parse::<u32>().ok());
    assert!(passed.is_some_and(|cases| 100 < cases), "too few requests were generated:\n{text}");
}

fn responses_to_a_backend_conform(database: Database) {
    let hub = Hub::start(database);
    // The description does not cover the provider's own responses.
    assert_conforms(
        &hub,
        ["--exclude-path-regex", "^/hub/|/proxy"],
        &format!("Authorization: Bearer {}", hub.key),
    );
}

#[test]
fn every_response_to_a_backend_conforms_to_the_description_on_sqlite() {
    responses_to_a_backend_conform(Database::Sqlite);
}

#[test]
fn every_response_to_a_backend_conforms_to_the_description_on_postgresql() {
    responses_to_a_backend_conform(Database::Postgres);
}

fn responses_to_a_browser_conform(database: Database) {
    let hub = Hub::start(database);
    let token = hub.session_token();
    assert_conforms(&hub, ["--include-path-regex", "^/hub/"], &format!("x-hub-session-token: {token}"));
}

#[test]
fn every_response_to_a_browser_conforms_to_the_description_on_sqlite() {
    responses_to_a_browser_conform(Database::Sqlite);
}

#[test]
fn every_response_to_a_browser_conforms_to_the_description_on_postgresql() {
    responses_to_a_browser_conform(Database::Postgres);
}
