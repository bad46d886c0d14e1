//! Rotates the vault key several times while a Hub links accounts. If a rotation is killed, the next `vault rotate`
//! command completes it.

use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};

use super::client::Request;
use super::process::Installation;
use super::rows::Rows;
use super::world::Database;
use crate::linking::world::World;

/// The command `waystone vault rotate` for an installation.
fn rotate(installation: &Installation) -> Command {
    installation.command(&["vault", "rotate", "--json"])
}

#[track_caller]
fn json_output(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn rotate_while_linking(database: Database) {
    let world = World::new();
    let installation = Installation::new(database, &world.origin);
    let hub = installation.start();
    let key = hub.key.clone().expect("a first key");
    let is_done = AtomicBool::new(false);
    let count = thread::scope(|scope| {
        let linking = scope.spawn(|| {
            let mut count = 0;
            while !is_done.load(Ordering::Relaxed) {
                let owner = format!("owner-{count}");
                let body =
                    json!({ "origin_owner_id": owner, "origin_owner_name": owner, "provider": "gladly" });
                let created = Request::post("/connect_sessions").key(&key).json(&body).send_to(hub.address);
                let token = created.expect("no response").text("token");
                let body = json!({ "integration_id": "gladly.api-key", "credentials": {
                    "organization_slug": "acme", "agent_email": "api-user@acme.example",
                    "api_token": "right-token", "environment": "production",
                } });
                let request = Request::post("/hub/accounts").session(&token).json(&body);
                let request =
                    request.header("x-forwarded-for", &format!("10.1.{}.{}", count / 256, count % 256));
                let response = request.send_to(hub.address).expect("no response");
                assert_eq!(response.status, 201, "{}", response.body);
                count += 1;
            }
            count
        });
        for _ in 0..4 {
            json_output(&rotate(&installation).output().expect("cannot start the rotation"));
        }
        // Kill a rotation at its start and in the middle. The next rotation must resume it.
        for point in ["vault.rotation-begun", "vault.rotation-batch"] {
            let _ = std::fs::remove_file(installation.file("mark"));
            let mut child = rotate(&installation)
                .env("WAYSTONE_CRASH_AT", point)
                .env("WAYSTONE_CRASH_MARK", installation.file("mark"))
                .spawn()
                .expect("cannot start the rotation");
            while installation.mark().is_none() {
                assert!(
                    child.try_wait().expect("cannot wait for the rotation").is_none(),
                    "the rotation ended before {point}"
                );
                thread::sleep(std::time::Duration::from_millis(2));
            }
            child.kill().expect("cannot kill the rotation");
            child.wait().expect("cannot wait for the rotation");
            let finished = json_output(&rotate(&installation).output().expect("cannot start the rotation"));
            assert_eq!(finished["resumed"], true, "{point}: {finished}");
        }
        is_done.store(true, Ordering::Relaxed);
        linking.join().expect("a link failed")
    });
    assert!(5 < count, "only {count} accounts were linked during the rotations");
    let report = json_output(
        &installation.command(&["vault", "check", "--json"]).output().expect("cannot start the check"),
    );
    assert_eq!(report["accounts"], count);
    let mut rows = Rows::open(&installation);
    assert_eq!(rows.integer("select count(*) from vault_keys"), 1);
    rows.assert_consistent("after the rotations");
    let last = Request::get("/accounts?page_size=1").key(&key).send_to(hub.address).expect("no response");
    let id = last.value()[0]["id"].as_str().unwrap_or_default().to_owned();
    let verified =
        Request::post(&format!("/accounts/{id}/verify")).key(&key).send_to(hub.address).expect("no response");
    assert_eq!(verified.text("outcome"), "ok", "{}", verified.body);
    let names: Vec<_> =
        std::fs::read_dir(installation.data()).expect("cannot read the data folder").flatten().collect();
    let names: Vec<_> = names.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert!(
        !names.iter().any(|name| name.contains(".old") || name.contains(".next")),
        "rotation left files behind: {names:?}"
    );
    assert_eq!(hub.stop(), Some(0));
}

#[test]
fn the_vault_key_can_be_rotated_while_accounts_are_linked_on_sqlite() {
    rotate_while_linking(Database::Sqlite);
}

#[test]
fn the_vault_key_can_be_rotated_while_accounts_are_linked_on_postgresql() {
    rotate_while_linking(Database::Postgres);
}
