//! Texts of a provider, and of those who call, that hold characters which are none. On both databases, for these differ
//! in what they take.

use serde_json::{Value, json};

use super::client::{Answer, Ask};
use super::process::{Place, Served};
use super::world::Database;
use crate::linking::world::World;

/// A provider whose texts are not what they should be: names that break lines, and an id that is another's but for a
/// character that is none.
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
    hub: Served,
    key: String,
}

impl Caller {
    fn ask(&self, ask: Ask) -> Answer {
        ask.key(&self.key).to(self.hub.address).expect("it answers")
    }

    /// Links in a session of its own.
    fn link(&self, slug: &str, api_token: &str) -> Answer {
        let body = json!({ "origin_owner_id": slug, "origin_owner_name": "Mine", "provider": "gladly" });
        let made = self.ask(Ask::post("/connect_sessions").json(&body));
        let credentials = json!({
            "organization_slug": slug, "agent_email": "api-user@acme.example", "api_token": api_token,
            "environment": "production",
        });
        let body = json!({ "integration_id": "gladly.api-key", "credentials": credentials });
        let ask = Ask::post("/hub/accounts").session(&made.text("token")).json(&body);
        ask.to(self.hub.address).expect("it answers")
    }

    #[track_caller]
    fn refused(&self, who: &str, ask: Ask) {
        let answer = self.ask(ask);
        assert_eq!(
            (answer.status, answer.text("code").as_str()),
            (400, "invalid_value"),
            "{who}: {}",
            answer.body
        );
    }
}

fn texts_that_are_none(database: Database) {
    let world = world();
    let place = Place::new(database, &world.origin);
    let hub = place.start();
    let key = hub.key.clone().expect("a first key");
    let caller = Caller { hub, key };

    // What people see is mended.
    let linked = caller.link("acme", "right-token");
    assert_eq!(linked.status, 201, "{}", linked.body);
    let path = format!("/accounts/{}", linked.text("id"));
    let account = caller.ask(Ask::get(&path)).value();
    assert_eq!(account["external_id"], "org-7Qm", "{account}");
    assert_eq!(account["external_name"], "Acme Outdoor Ltd", "{account}");
    assert!(!account.to_string().contains("\\u0000"), "{account}");

    // An id is not: it would be the account that was linked just now.
    let other = caller.link("https://acme.us-1.gladly.com/settings", "region-token");
    assert_eq!((other.status, other.text("outcome").as_str()), (502, "protocol_mismatch"), "{}", other.body);

    // Wherever a caller puts it, it is the caller's mistake.
    let nul = "a\0b";
    let session = |name: &str, value: Value| {
        let mut body = json!({ "origin_owner_id": "a", "origin_owner_name": "A" });
        body[name] = value;
        Ask::post("/connect_sessions").json(&body)
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
        ("a_name_that_nobody_reads", json!(nul)),
    ] {
        caller.refused(name, session(name, value));
    }
    let patch = |body: Value| Ask::new("PATCH", &path).json(&body);
    caller.refused("metadata", patch(json!({ "metadata": { "a": nul } })));
    caller.refused("an owner", patch(json!({ "origin_owner_name": nul })));
    let proxy = |body: Value| {
        Ask::post("/unified/proxy").header("x-account-id", path.trim_start_matches("/accounts/")).json(&body)
    };
    caller.refused("a path", proxy(json!({ "path": "/api/v1/\0" })));
    caller.refused("a body", proxy(json!({ "method": "post", "path": "/api/v1/x", "body": { "a": nul } })));
    let config = json!({ "provider": "gladly", "method": "api-key", "name": nul });
    caller.refused("a configuration", Ask::post("/connector_profiles").json(&config));
    caller.refused("accounts", Ask::get("/accounts?origin_owner_name=%00"));

    let log = place.log();
    assert!(!log.contains("a request failed"), "{log}");
    assert_eq!(caller.hub.stop(), Some(0));
}

#[test]
fn texts_that_are_none_do_no_harm_on_sqlite() {
    texts_that_are_none(Database::Sqlite);
}

#[test]
fn texts_that_are_none_do_no_harm_on_postgresql() {
    texts_that_are_none(Database::Postgres);
}
