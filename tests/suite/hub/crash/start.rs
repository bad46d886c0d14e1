//! `kill -9` while a Hub starts for the first time: it starts the next time, with one project and one key of the vault.

use serde_json::json;

use super::say;
use crate::hub::client::Ask;
use crate::hub::process::Place;
use crate::hub::rows::Rows;
use crate::hub::world::Database;

/// Nothing is there before, and nobody saw the first API key after it: the transaction that makes it has ended, and
/// nothing was printed yet. Whoever begins so begins anew, with nothing to lose.
const UNSEEN: &str = "vault.committed";

/// Kills the first start at each of its points, each on a new place.
fn starts_again(database: Database) {
    let mut points = Vec::new();
    for n in 1..40 {
        let place = Place::new(database, "http://127.0.0.1:1");
        place.order(&format!("*#{n}"));
        let Some(label) = place.launch().killed_at(&place) else { break };
        place.no_order();
        let hub = place.start();
        let mut rows = Rows::of(&place);
        rows.agree(&label);
        assert_eq!(rows.number("select count(*) from projects"), 1, "{label}");
        assert_eq!(rows.number("select count(*) from api_keys"), 1, "{label}");
        assert_eq!(rows.number("select count(*) from vault_keys"), 1, "{label}");
        match &hub.key {
            Some(key) => {
                let body = json!({ "origin_owner_id": "a", "origin_owner_name": "A" });
                let made = Ask::post("/connect_sessions").key(key).json(&body).to(hub.address);
                assert_eq!(made.expect("it answers").status, 201, "{label}");
            }
            None => assert_eq!(label, UNSEEN),
        }
        points.push(label);
    }
    assert!(points.iter().any(|label| label == "vault.migrated"), "{points:?}");
    say(&format!("{database:?}: {} first starts killed, at {points:?}", points.len()));
}

#[test]
fn a_first_start_that_is_killed_is_made_good_on_sqlite() {
    starts_again(Database::Sqlite);
}

#[test]
fn a_first_start_that_is_killed_is_made_good_on_postgresql() {
    starts_again(Database::Postgres);
}
