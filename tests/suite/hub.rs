//! A running Hub: its pages and element in Chromium, StackOne's widget and SDK, crashes, several processes, and hostile
//! requests.
//!
//! Most tests run on SQLite and on PostgreSQL.

use std::path::Path;
use std::process::Command;

use crate::hub::world::{Database, Hub};

pub(crate) mod browser;
pub(crate) mod client;
mod denied;
mod described;
mod examples;
mod generated;
pub(crate) mod process;
mod received;
mod rows;
pub(crate) mod world;

mod attacks;
mod crash;
mod echo;
mod endings;
mod profiles;
mod proxy;
mod renewal;
mod replicas;
mod rotation;
mod slow;
mod texts;
mod unavailable;
mod waits;

/// Runs a file from `tests/node/hub` against a Hub.
pub(crate) fn node(file: &str, hub: &Hub, more: &[(&str, &Path)]) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/node");
    let output = Command::new("node")
        // A browser that stops responding must fail the test, not hang the suite. The limit is for the whole file.
        .args(["--test", "--test-reporter=spec", "--test-timeout=300000", "--test-force-exit", file])
        .current_dir(folder)
        .env("HUB_URL", &hub.url)
        .env("HUB_KEY", &hub.key)
        .env("HUB_LOG", &hub.log)
        .envs(more.iter().copied())
        .env("HUB_LOOKS", if hub.database == Database::Sqlite { "yes" } else { "no" })
        .output()
        .expect("cannot start node; `cargo xtask test` installs it");
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let log = std::fs::read_to_string(&hub.log).unwrap_or_default();
        // The test's own requests are logged at level INFO and would bury the errors.
        let log: Vec<&str> = log.lines().filter(|line| !line.contains("\"INFO\"")).collect();
        panic!("{file}:\n{text}{}\n{}", String::from_utf8_lossy(&output.stderr), log.join("\n"));
    }
    // Without this check, a file without tests would pass.
    let ran = text.lines().find_map(|line| line.strip_prefix("ℹ tests ")).and_then(|n| n.parse::<u32>().ok());
    assert!(ran.is_some_and(|ran| 1 < ran), "{file} ran no tests:\n{text}");
}

#[test]
fn stackones_widget_runs_unmodified_on_sqlite() {
    node("hub/widget.mjs", &Hub::start(Database::Sqlite), &[]);
}

#[test]
fn stackones_widget_runs_unmodified_on_postgresql() {
    node("hub/widget.mjs", &Hub::start(Database::Postgres), &[]);
}

fn serve_a_backend(database: Database) {
    let hub = Hub::start(database);
    node("hub/api.mjs", &hub, &[("HUB_CREDENTIALS_KEY", Path::new(&hub.credentials_key()))]);
}

#[test]
fn the_api_serves_a_backend_on_sqlite() {
    serve_a_backend(Database::Sqlite);
}

#[test]
fn the_api_serves_a_backend_on_postgresql() {
    serve_a_backend(Database::Postgres);
}

#[test]
fn people_sign_in_to_the_provider_on_sqlite() {
    node("hub/signin.mjs", &Hub::start(Database::Sqlite), &[]);
}

#[test]
fn people_sign_in_to_the_provider_on_postgresql() {
    node("hub/signin.mjs", &Hub::start(Database::Postgres), &[]);
}

#[test]
fn stackones_sdk_runs_unmodified_on_sqlite() {
    node("hub/sdk.mjs", &Hub::start(Database::Sqlite), &[]);
}

#[test]
fn stackones_sdk_runs_unmodified_on_postgresql() {
    node("hub/sdk.mjs", &Hub::start(Database::Postgres), &[]);
}

#[test]
fn the_element_embeds_the_pages_on_sqlite() {
    node("hub/embed.mjs", &Hub::start(Database::Sqlite), &[]);
}

#[test]
fn the_element_embeds_the_pages_on_postgresql() {
    node("hub/embed.mjs", &Hub::start(Database::Postgres), &[]);
}

#[test]
fn people_link_accounts_on_the_pages_on_sqlite() {
    node("hub/pages.mjs", &Hub::start(Database::Sqlite), &[]);
}

#[test]
fn people_link_accounts_on_the_pages_on_postgresql() {
    node("hub/pages.mjs", &Hub::start(Database::Postgres), &[]);
}

#[test]
fn people_lose_nothing_by_a_reload_back_or_a_lost_connection() {
    node("hub/keeping.mjs", &Hub::start(Database::Sqlite), &[]);
}

#[test]
fn people_lose_nothing_by_closing_the_element() {
    node("hub/closing.mjs", &Hub::start(Database::Sqlite), &[]);
}
