//! Control characters in strings from providers and API clients. The tests run on both databases, because SQLite and
//! PostgreSQL accept different strings.

use serde_json::{Value, json};

use super::client::{Request, Response};
use super::process::{Installation, RunningHub};
use super::world::Database;
use crate::linking::world::World;

/// A provider that returns control characters: in names, and in an id that differs from another id only by a NUL.
fn world() -> World {
    World::with_tokens(&[
        (
            "name: Acme Outdoor, loginDomain: acme.example",
            r#"name: "Acme\0\tOut\adoor\nLtd", loginDomain: "acme\0.example""#,
        ),
        ("id: org-3Ld, name: Acme West", r#"id: "org-7Qm\0", name: Acme West"#),
    ])
}

struct Caller {
    hub: RunningHub,
    key: String,
}

impl Caller {
    fn send(&self, request: Request) -> Response {
        request.key(&self.key).send_to(self.hub.address).expect("no response")
    }

    /// Links an account in a new session.
    fn link(&self, slug: &str, api_token: &str) -> Response {
        let body = json!({ "origin_owner_id": slug, "origin_owner_name": "Mine", "provider": "gladly" });
        let created = self.send(Request::post("/connect_sessions").json(&body));
        let credentials = json!({
            "organization_slug": slug, "agent_email": "api-user@acme.example", "api_token": api_token,
            "environment": "production",
        });
        let body = json!({ "integration_id": "gladly.api-key", "credentials": credentials });
        let request = Request::post("/hub/accounts").session(&created.text("token")).json(&body);
        request.send_to(self.hub.address).expect("no response")
    }

    #[track_caller]
    fn assert_rejected(&self, case: &str, request: Request) {
        let response = self.send(request);
        assert_eq!(
            (response.status, response.text("code").as_str()),
            (400, "invalid_value"),
            "{case}: {}",
            response.body
        );
    }
}

fn check_control_characters(database: Database) {
    let world = world();
    let installation = Installation::new(database, &world.origin);
    let hub = installation.start();
    let key = hub.key.clone().expect("a first key");
    let caller = Caller { hub, key };

    // Control characters are removed from names.
    let linked = caller.link("acme", "right-token");
    assert_eq!(linked.status, 201, "{}", linked.body);
    let path = format!("/accounts/{}", linked.text("id"));
    let account = caller.send(Request::get(&path)).value();
    assert_eq!(account["external_id"], "org-7Qm", "{account}");
    assert_eq!(account["external_name"], "Acme Outdoor Ltd", "{account}");
    assert!(!account.to_string().contains("\\u0000"), "{account}");

    // An id with a control character makes the response invalid. Without the character, the id would equal the first
    // account's id.
    let other = caller.link("https://acme.us-1.gladly.com/settings", "region-token");
    assert_eq!((other.status, other.text("outcome").as_str()), (502, "protocol_mismatch"), "{}", other.body);

    // A NUL in any member of a request is a client error.
    let nul = "a\0b";
    let session = |name: &str, value: Value| {
        let mut body = json!({ "origin_owner_id": "a", "origin_owner_name": "A" });
        body[name] = value;
        Request::post("/connect_sessions").json(&body)
    };
    for (name, value) in [
        ("origin_owner_name", json!(nul)),
        ("origin_username", json!(nul)),
        ("account_id", json!(nul)),
        ("categories", json!([nul])),
        ("allowed_origins", json!([nul])),
        ("label", json!(nul)),
        ("metadata", json!({ "a": [{ "b": nul }] })),
        ("metadata", json!({ nul: 1 })),
        ("an_unknown_member", json!(nul)),
    ] {
        caller.assert_rejected(name, session(name, value));
    }
    let patch = |body: Value| Request::new("PATCH", &path).json(&body);
    caller.assert_rejected("metadata", patch(json!({ "metadata": { "a": nul } })));
    caller.assert_rejected("an owner", patch(json!({ "origin_owner_name": nul })));
    let proxy = |body: Value| {
        Request::post("/unified/proxy")
            .header("x-account-id", path.trim_start_matches("/accounts/"))
            .json(&body)
    };
    caller.assert_rejected("a path", proxy(json!({ "path": "/api/v1/\0" })));
    caller.assert_rejected(
        "a body",
        proxy(json!({ "method": "post", "path": "/api/v1/x", "body": { "a": nul } })),
    );
    let config = json!({ "provider": "gladly", "method": "api-key", "name": nul });
    caller.assert_rejected("a configuration", Request::post("/connector_profiles").json(&config));
    caller.assert_rejected("accounts", Request::get("/accounts?origin_owner_name=%00"));

    let log = installation.log();
    assert!(!log.contains("a request failed"), "{log}");
    assert_eq!(caller.hub.stop(), Some(0));
}

#[test]
fn control_characters_are_removed_or_rejected_on_sqlite() {
    check_control_characters(Database::Sqlite);
}

#[test]
fn control_characters_are_removed_or_rejected_on_postgresql() {
    check_control_characters(Database::Postgres);
}
