//! The key of the vault is rotated while a Hub links accounts, again and again; and a rotation that is killed is
//! finished by asking again.

use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};

use super::client::Ask;
use super::process::Place;
use super::rows::Rows;
use super::world::Database;
use crate::linking::world::World;

/// `waystone vault rotate` on a place.
fn rotate(place: &Place) -> Command {
    place.command(&["vault", "rotate", "--json"])
}

#[track_caller]
fn said(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn rotated_while_linking(database: Database) {
    let world = World::new();
    let place = Place::new(database, &world.origin);
    let hub = place.start();
    let key = hub.key.clone().expect("a first key");
    let is_over = AtomicBool::new(false);
    let linked = thread::scope(|scope| {
        let links = scope.spawn(|| {
            let mut linked = 0;
            while !is_over.load(Ordering::Relaxed) {
                let owner = format!("owner-{linked}");
                let body =
                    json!({ "origin_owner_id": owner, "origin_owner_name": owner, "provider": "gladly" });
                let made = Ask::post("/connect_sessions").key(&key).json(&body).to(hub.address);
                let token = made.expect("it answers").text("token");
                let body = json!({ "integration_id": "gladly.api-key", "credentials": {
                    "organization_slug": "acme", "agent_email": "api-user@acme.example",
                    "api_token": "right-token", "environment": "production",
                } });
                let ask = Ask::post("/hub/accounts").session(&token).json(&body);
                let ask = ask.header("x-forwarded-for", &format!("10.1.{}.{}", linked / 256, linked % 256));
                let answer = ask.to(hub.address).expect("it answers");
                assert_eq!(answer.status, 201, "{}", answer.body);
                linked += 1;
            }
            linked
        });
        for _ in 0..4 {
            said(&rotate(&place).output().expect("it runs"));
        }
        // Killed on the way, at a point after the record and in the middle of the work; then asked again.
        for point in ["vault.rotation-begun", "vault.rotation-batch"] {
            let _ = std::fs::remove_file(place.file("mark"));
            let mut child = rotate(&place)
                .env("WAYSTONE_CRASH_AT", point)
                .env("WAYSTONE_CRASH_MARK", place.file("mark"))
                .spawn()
                .expect("it runs");
            while place.mark().is_none() {
                assert!(child.try_wait().expect("it can be asked").is_none(), "it ended before {point}");
                thread::sleep(std::time::Duration::from_millis(2));
            }
            child.kill().expect("it can be killed");
            child.wait().expect("it is gone");
            let finished = said(&rotate(&place).output().expect("it runs"));
            assert_eq!(finished["resumed"], true, "{point}: {finished}");
        }
        is_over.store(true, Ordering::Relaxed);
        links.join().expect("every link works")
    });
    assert!(5 < linked, "only {linked} accounts were linked meanwhile");
    let proof = said(&place.command(&["vault", "check", "--json"]).output().expect("it runs"));
    assert_eq!(proof["accounts"], linked);
    let mut rows = Rows::of(&place);
    assert_eq!(rows.number("select count(*) from vault_keys"), 1);
    rows.agree("after rotations");
    let last = Ask::get("/accounts?page_size=1").key(&key).to(hub.address).expect("it answers");
    let id = last.value()[0]["id"].as_str().unwrap_or_default().to_owned();
    let verified =
        Ask::post(&format!("/accounts/{id}/verify")).key(&key).to(hub.address).expect("it answers");
    assert_eq!(verified.text("outcome"), "ok", "{}", verified.body);
    let names: Vec<_> = std::fs::read_dir(place.data()).expect("a folder").flatten().collect();
    let names: Vec<_> = names.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert!(!names.iter().any(|name| name.contains(".old") || name.contains(".next")), "{names:?}");
    assert_eq!(hub.stop(), Some(0));
}

#[test]
fn the_key_is_rotated_while_accounts_are_linked_on_sqlite() {
    rotated_while_linking(Database::Sqlite);
}

#[test]
fn the_key_is_rotated_while_accounts_are_linked_on_postgresql() {
    rotated_while_linking(Database::Postgres);
}
