//! `waystone projects` and `waystone keys`, beside a Hub that serves.

use serde_json::Value;

use crate::world::{Hub, Said, ask, run};

fn said(hub: &Hub, arguments: &[&str]) -> Said {
    let all: Vec<&str> = arguments.iter().chain(&["--data", "data"]).copied().collect();
    run(hub.folder.path(), &all, &[])
}

#[track_caller]
fn json(hub: &Hub, arguments: &[&str]) -> Value {
    let said = said(hub, &[arguments, &["--json"]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    serde_json::from_str(&said.out).unwrap()
}

/// The status with which a key is answered.
fn status(hub: &Hub, path: &str, key: &str) -> u16 {
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n");
    ask(hub.address, &request).split(' ').nth(1).unwrap().parse().unwrap()
}

/// Which project a key acts for, as a session that it makes says.
fn project_of(hub: &Hub, key: &str) -> String {
    let body = r#"{"origin_owner_id":"o","origin_owner_name":"O"}"#;
    let request = format!(
        "POST /connect_sessions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = ask(hub.address, &request);
    let body: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    body["project_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_project_has_keys_of_its_own() {
    let hub = Hub::start(&[]);
    let first = json(&hub, &["projects", "list"]);
    assert_eq!((first.as_array().unwrap().len(), first[0]["name"].as_str()), (1, Some("Default")));

    let shop = json(&hub, &["projects", "create", "Shop"]);
    let key = shop["api_key"]["key"].as_str().unwrap();
    assert_eq!(project_of(&hub, key), shop["id"].as_str().unwrap(), "the Hub knows it at once");

    let made = json(&hub, &["keys", "create", "reports", "--project", "Shop", "--scope", "connectors:read"]);
    let reports = made["key"].as_str().unwrap();
    assert_eq!(status(&hub, "/connectors/meta", reports), 200);
    assert_eq!(status(&hub, "/accounts", reports), 403, "it has one scope");

    let listed = json(&hub, &["keys", "list", "--project", shop["id"].as_str().unwrap()]);
    let names: Vec<_> = listed.as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["first key", "reports"]);
    assert!(!listed.to_string().contains("wak_"), "a key is shown once");

    let revoked = said(&hub, &["keys", "revoke", made["id"].as_str().unwrap(), "--project", "Shop"]);
    assert_eq!(revoked.code, 0, "{}", revoked.err);
    assert_eq!(status(&hub, "/connectors/meta", reports), 401);

    let text = said(&hub, &["keys", "create", "for trying out", "--test", "--project", "Shop"]);
    assert!(text.out.starts_with("wak_test_") && text.out.lines().count() == 1, "{}", text.out);
}

#[test]
fn what_cannot_be_done_is_said_with_what_can() {
    let hub = Hub::start(&[]);
    assert_eq!(said(&hub, &["projects", "create", "Shop"]).code, 0);
    for (arguments, says, helps) in [
        (&["keys", "list"][..], "several projects", "`Default` and `Shop`"),
        (&["keys", "list", "--project", "Shed"], "no project `Shed`", "`Default` and `Shop`"),
        (&["keys", "create", " ", "--project", "Shop"], "1 to 100 printable characters", "another name"),
        (&["keys", "create", "x", "--project", "Shop", "--scope", "all"], "'all'", "platform:read"),
        (&["keys", "revoke", "key_x", "--project", "Shop"], "no active key `key_x`", "keys list"),
        (&["projects", "create", "Shop"], "`Shop` already exists", "keys create"),
    ] {
        let said = said(&hub, arguments);
        assert_eq!(said.code, 2, "{arguments:?}: {}", said.err);
        assert!(said.err.contains(says) && said.err.contains(helps), "{arguments:?}: {}", said.err);
    }
}
