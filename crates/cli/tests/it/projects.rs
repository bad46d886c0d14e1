//! Tests `waystone projects` and `waystone keys` while a Hub is running.

use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::world::{Hub, Output, run, send, until};

fn command(hub: &Hub, arguments: &[&str]) -> Output {
    let all: Vec<&str> = arguments.iter().chain(&["--data", "data"]).copied().collect();
    run(hub.folder.path(), &all, &[])
}

#[track_caller]
fn json(hub: &Hub, arguments: &[&str]) -> Value {
    let output = command(hub, &[arguments, &["--json"]].concat());
    assert_eq!(output.code, 0, "{}", output.err);
    serde_json::from_str(&output.out).unwrap()
}

/// Sends a request with a key. Returns the response's status.
fn status(hub: &Hub, path: &str, key: &str) -> u16 {
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n");
    send(hub.address, &request).split(' ').nth(1).unwrap().parse().unwrap()
}

/// Creates a session with a key, and returns the session's project.
fn project_of(hub: &Hub, key: &str) -> String {
    let body = r#"{"origin_owner_id":"o","origin_owner_name":"O"}"#;
    let request = format!(
        "POST /connect_sessions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let response = send(hub.address, &request);
    let body: Value = serde_json::from_str(response.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    body["project_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_project_has_its_own_keys() {
    let hub = Hub::start(&[]);
    let first = json(&hub, &["projects", "list"]);
    assert_eq!((first.as_array().unwrap().len(), first[0]["name"].as_str()), (1, Some("Default")));

    let shop = json(&hub, &["projects", "create", "Shop"]);
    let key = shop["api_key"]["key"].as_str().unwrap();
    assert_eq!(project_of(&hub, key), shop["id"].as_str().unwrap(), "the key belongs to another project");

    let created =
        json(&hub, &["keys", "create", "reports", "--project", "Shop", "--scope", "connectors:read"]);
    let reports = created["key"].as_str().unwrap();
    assert_eq!(status(&hub, "/connectors/meta", reports), 200);
    assert_eq!(status(&hub, "/accounts", reports), 403, "the key must have no other scope");

    let listed = json(&hub, &["keys", "list", "--project", shop["id"].as_str().unwrap()]);
    let names: Vec<_> = listed.as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["first key", "reports"]);
    assert!(!listed.to_string().contains("wak_"), "the list contains a key");

    let revoked = command(&hub, &["keys", "revoke", created["id"].as_str().unwrap(), "--project", "Shop"]);
    assert_eq!(revoked.code, 0, "{}", revoked.err);
    // A change by another process takes effect within a second.
    thread::sleep(Duration::from_secs(1));
    assert_eq!(status(&hub, "/connectors/meta", reports), 401);

    let text = command(&hub, &["keys", "create", "for trying out", "--test", "--project", "Shop"]);
    assert!(text.out.starts_with("wak_test_") && text.out.lines().count() == 1, "{}", text.out);
}

#[test]
fn the_list_shows_when_keys_expire_and_were_last_used() {
    let hub = Hub::start(&[]);
    let created = json(&hub, &["keys", "create", "brief", "--expires", "90d"]);
    let expires = created["expires_at"].as_str().unwrap();
    let (id, key) = (created["id"].as_str().unwrap(), created["key"].as_str().unwrap());
    let listed = || json(&hub, &["keys", "list"]).as_array().unwrap().last().unwrap().clone();
    assert_eq!((&listed()["expires_at"], &listed()["last_used_at"]), (&expires.into(), &Value::Null));
    let line = |id: &str| -> String {
        let text = command(&hub, &["keys", "list"]).out;
        text.lines().find(|line| line.starts_with(id)).unwrap().to_owned()
    };
    let day = &expires[..10];
    assert!(line(id).contains(&format!("never used, expires {day}T")), "{}", line(id));

    assert_eq!(status(&hub, "/connectors/meta", key), 200);
    until("the key's use is not stored", || listed()["last_used_at"].is_string());
    assert!(line(id).contains("last used 20"), "{}", line(id));

    let soon = json(&hub, &["keys", "create", "very brief", "--expires", "1s"]);
    let (id, key) = (soon["id"].as_str().unwrap(), soon["key"].as_str().unwrap());
    until("the key does not expire", || status(&hub, "/connectors/meta", key) == 401);
    assert!(line(id).contains("  expired  "), "{}", line(id));
}

#[test]
fn a_test_key_has_no_scope_that_changes_production_unless_it_is_requested() {
    let hub = Hub::start(&[]);
    let scopes = |arguments: &[&str]| json(&hub, arguments)["scopes"].to_string();
    let usual = scopes(&["keys", "create", "staging", "--test"]);
    assert!(usual.contains("platform:write") && !usual.contains("connectors:write"), "{usual}");
    let usual = scopes(&["keys", "create", "backend"]);
    assert!(usual.contains("connectors:write") && !usual.contains("credentials:read"), "{usual}");
}

#[test]
fn errors_explain_what_to_do() {
    let hub = Hub::start(&[]);
    assert_eq!(command(&hub, &["projects", "create", "Shop"]).code, 0);
    for (arguments, message, help) in [
        (&["keys", "list"][..], "several projects", "`Default` and `Shop`"),
        (&["keys", "list", "--project", "Shed"], "no project `Shed`", "`Default` and `Shop`"),
        (&["keys", "create", " ", "--project", "Shop"], "1 to 100 printable characters", "another name"),
        (&["keys", "create", "x", "--project", "Shop", "--scope", "all"], "'all'", "platform:read"),
        (
            &["keys", "create", "x", "--project", "Shop", "--expires", "-1d"],
            "`-1d` is not a time in the future",
            "`90d`",
        ),
        (&["keys", "revoke", "key_x", "--project", "Shop"], "no active key `key_x`", "keys list"),
        (&["projects", "create", "Shop"], "`Shop` already exists", "keys create"),
    ] {
        let output = command(&hub, arguments);
        assert_eq!(output.code, 2, "{arguments:?}: {}", output.err);
        assert!(output.err.contains(message) && output.err.contains(help), "{arguments:?}: {}", output.err);
    }
}
