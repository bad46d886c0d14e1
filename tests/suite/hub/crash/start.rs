//! Kills a Hub with SIGKILL during its first start: the next start succeeds, with one project and one vault key.

use serde_json::json;

use super::report;
use crate::hub::client::Request;
use crate::hub::process::Installation;
use crate::hub::rows::Rows;
use crate::hub::world::Database;

/// The only point at which a kill loses the first API key: its transaction is committed, but the key has not been
/// printed yet. The user can delete the data and start again without losing anything.
const KEY_NOT_PRINTED: &str = "vault.committed";

/// Kills the first start at each of its labeled points, each time with a new installation.
fn start_after_each_kill(database: Database) {
    let mut points = Vec::new();
    for n in 1..40 {
        let installation = Installation::new(database, "http://127.0.0.1:1");
        installation.stop_at(&format!("*#{n}"));
        let Some(label) = installation.launch().kill_at_point(&installation) else { break };
        installation.clear_stop();
        let hub = installation.start();
        let mut rows = Rows::open(&installation);
        rows.assert_consistent(&label);
        assert_eq!(rows.integer("select count(*) from projects"), 1, "{label}");
        assert_eq!(rows.integer("select count(*) from api_keys"), 1, "{label}");
        assert_eq!(rows.integer("select count(*) from vault_keys"), 1, "{label}");
        match &hub.key {
            Some(key) => {
                let body = json!({ "origin_owner_id": "a", "origin_owner_name": "A" });
                let created = Request::post("/connect_sessions").key(key).json(&body).send_to(hub.address);
                assert_eq!(created.expect("no response").status, 201, "{label}");
            }
            None => assert_eq!(label, KEY_NOT_PRINTED),
        }
        points.push(label);
    }
    assert!(points.iter().any(|label| label == "vault.migrated"), "{points:?}");
    report(&format!("{database:?}: {} first starts killed, at {points:?}", points.len()));
}

#[test]
fn a_first_start_that_was_killed_can_be_repeated_on_sqlite() {
    start_after_each_kill(Database::Sqlite);
}

#[test]
fn a_first_start_that_was_killed_can_be_repeated_on_postgresql() {
    start_after_each_kill(Database::Postgres);
}
