//! The examples in the API's description: each is what a Hub answered, and fits what is described.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value, json};

use super::client::{Answer, Ask};
use super::process::{Place, Served};
use super::world::Database;
use crate::corpus::is_blessing;
use crate::linking::world::World;

/// Operations without an example, and why.
const LEFT_OUT: [(&str, &str); 3] = [
    ("GET /accounts/{id}/proxy/{path}", "what the provider answers"),
    ("POST /unified/proxy", "what the provider answers"),
    ("GET /guides/{provider}/{method}", "a guide, as long as it is"),
];

/// Where the examples are kept: beside what puts them into the description.
fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/hub/src/api/examples.json")
}

/// Who asks, with what.
struct Story {
    hub: Served,
    key: String,
    token: String,
    told: Map<String, Value>,
}

impl Story {
    /// Asks, and keeps question and answer as an example. `path` is the path of the description, `at` what stands there.
    fn tell(&mut self, line: &str, at: &[&str], request: Option<&Value>) -> Answer {
        let (method, path) = line.split_once(' ').expect("a method and a path");
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let described = format!("{method} {path}");
        let mut filled = path.to_owned();
        for one in at {
            let (from, to) = (filled.find('{').expect("a name"), filled.find('}').expect("its end"));
            filled.replace_range(from..=to, one);
        }
        let address = if query.is_empty() { filled } else { format!("{filled}?{query}") };
        let ask = Ask::new(method, &address);
        let ask = if path.starts_with("/hub/") { ask.session(&self.token) } else { ask.key(&self.key) };
        let ask = match request {
            Some(body) => ask.json(body),
            None => ask,
        };
        let answer = ask.to(self.hub.address).expect("it answers");
        assert!((200..300).contains(&answer.status), "{line}: {} {}", answer.status, answer.body);
        let mut example = json!({ "status": answer.status.to_string() });
        if let Some(request) = request {
            example["request"] = steady(request.clone());
        }
        if !answer.body.is_empty() {
            example["response"] = steady(answer.value());
        }
        self.told.insert(described, example);
        answer
    }

    fn refused(&mut self, line: &str, ask: Ask) -> Answer {
        let answer = ask.to(self.hub.address).expect("it answers");
        assert!(400 <= answer.status, "{}", answer.body);
        self.told.insert(
            line.to_owned(),
            json!({ "status": answer.status.to_string(), "response": steady(answer.value()) }),
        );
        answer
    }
}

/// A life of a customer, as far as the API goes.
fn recorded() -> Map<String, Value> {
    let world = World::new();
    let place = Place::new(Database::Sqlite, &world.origin);
    let hub = place.start();
    let key = hub.key.clone().expect("the first key");
    let mut story = Story { hub, key, token: String::new(), told: Map::new() };

    let session = json!({
        "origin_owner_id": "customer-42", "origin_owner_name": "Acme Outdoor",
        "origin_username": "ada@acme.example", "provider": "gladly", "expires_in": 900,
        "allowed_origins": ["https://app.example.com"], "metadata": { "plan": "gold" },
    });
    let made = story.tell("POST /connect_sessions", &[], Some(&session));
    story.token = made.text("token");
    let number = made.value()["id"].to_string();
    let token = json!({ "token": story.token });
    story.tell("POST /connect_sessions/authenticate", &[], Some(&token));
    story.tell("GET /connect_sessions/{id}", &[&number], None);

    story.tell("GET /hub/settings", &[], None);
    story.tell("GET /hub/connectors", &[], None);
    story.tell("GET /hub/connectors/{id}", &["gladly.api-key"], None);
    let mut typed = json!({ "integration_id": "gladly.api-key", "credentials": {
        "environment": "production", "organization_slug": "acme", "agent_email": "api-user@acme.example",
        "api_token": "revoked-token",
    } });
    let refused = Ask::post("/hub/accounts").session(&story.token).json(&typed);
    let refused = story.refused("an error", refused);
    story.tell("GET /link_attempts/{id}", &[&refused.text("attempt_id")], None);
    typed["credentials"]["api_token"] = json!("right-token");
    let id = story.tell("POST /hub/accounts", &[], Some(&typed)).text("id");
    story.tell("GET /hub/accounts/{id}", &[&id], None);
    let edited = json!({ "integration_id": "gladly.api-key", "credentials": { "api_token": "newer-token" } });
    story.tell("PATCH /hub/accounts/{id}", &[&id], Some(&edited));
    let one = story.tell("POST /hub/connection_attempts", &[], Some(&token)).text("id");
    story.tell("GET /hub/connection_attempts/{id}", &[&one], None);
    story.tell("DELETE /hub/connection_attempts/{id}", &[&one], None);

    story.tell("GET /accounts?origin_owner_id=customer-42", &[], None);
    story.tell("GET /accounts/{id}", &[&id], None);
    story.tell("GET /accounts/{id}/meta", &[&id], None);
    story.tell("PATCH /accounts/{id}", &[&id], Some(&json!({ "label": "Support desk" })));
    story.tell("POST /accounts/{id}/verify", &[&id], None);

    let wanted = json!({ "name": "export", "scopes": ["credentials:read"] });
    let made = story.tell("POST /api_keys", &[], Some(&wanted));
    let first = std::mem::replace(&mut story.key, made.text("key"));
    story.tell("GET /accounts/{id}/credentials", &[&id], None);
    story.key = first;
    story.tell("GET /api_keys", &[], None);
    story.tell("DELETE /api_keys/{id}", &[&made.text("id")], None);
    story.tell("GET /audit?page_size=2", &[], None);

    story.tell("GET /connectors/meta", &[], None);
    story.tell("GET /connectors/meta/{provider}", &["gladly"], None);
    story.tell("GET /actions?filter[connectors]=gladly", &[], None);
    let profile = json!({ "provider": "gladly", "name": "Gladly, for the shop" });
    let made = story.tell("POST /connector_profiles", &[], Some(&profile)).text("id");
    story.tell("GET /connector_profiles", &[], None);
    story.tell("GET /connector_profiles/{id}", &[&made], None);
    story.tell("PATCH /connector_profiles/{id}", &[&made], Some(&json!({ "active": false })));
    story.tell("DELETE /connector_profiles/{id}", &[&made], None);
    story.tell("DELETE /accounts/{id}", &[&id], None);
    story.tell("DELETE /connect_sessions/{id}", &[&number], None);
    story.told
}

/// The same in every run: ids, times, tokens and addresses are others each time. Of a list of connectors, Gladly alone.
fn steady(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(steady_text(&text)),
        Value::Array(list) => {
            let is_gladly = |one: &Value| one["provider"] == "gladly";
            let some = list.iter().any(is_gladly);
            list.into_iter().filter(|one| !some || is_gladly(one)).take(2).map(steady).collect()
        }
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| match name.as_str() {
                "milliseconds" => (name, json!(180)),
                _ => (name, steady(value)),
            })
            .collect(),
        other => other,
    }
}

fn steady_text(text: &str) -> String {
    static RULES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        let rule = |pattern: &str| Regex::new(pattern).expect("a pattern");
        vec![
            (rule(r"http://127\.0\.0\.1:\d+"), "https://connect.example.com"),
            (rule(r"\b(w[a-z]{2}_(?:live_|test_)?)[A-Za-z0-9_-]{20,}"), "${1}…"),
            (rule(r"\b([a-z]{3}_)[a-z2-7]{24,26}\b"), "${1}abcdefghijklmnopqrstuvwxyz"),
            (rule(r"\breq_[0-9a-f]{24}\b"), "req_0123456789abcdef01234567"),
            (rule(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"), "2026-01-31T09:30:00.000Z"),
            (rule(r"\b[0-9a-f]{64}\b"), "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
            (rule(r"^[0-9a-f]{12}$"), "0123456789ab"),
        ]
    });
    RULES.iter().fold(text.to_owned(), |text, (rule, with)| rule.replace_all(&text, *with).into_owned())
}

#[test]
fn every_example_is_what_is_answered() {
    let now = format!("{:#}\n", Value::Object(recorded()));
    let kept = fs::read_to_string(file()).expect("the examples are there");
    if now == kept {
        return;
    }
    if is_blessing() {
        fs::write(file(), now).expect("the examples can be written");
        return;
    }
    let hint = "If this is as it should be: UPDATE=1 cargo xtask with-postgres cargo test -p suite examples, then codegen";
    panic!("crates/hub/src/api/examples.json is not what is answered. {hint}\n{now}");
}

#[test]
fn every_operation_has_an_example_that_fits() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/hub.openapi.json");
    let document: Value =
        serde_json::from_str(&fs::read_to_string(path).expect("the description")).expect("it is JSON");
    let mut lacking = BTreeMap::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let line = format!("{} {path}", method.to_uppercase());
            if LEFT_OUT.iter().any(|(left_out, _)| *left_out == line) || operation["responses"].is_null() {
                continue;
            }
            let success = operation["responses"].as_object().expect("responses").iter();
            let success = success.filter(|(status, _)| status.starts_with('2')).map(|(_, response)| response);
            for part in [&operation["requestBody"]].into_iter().chain(success) {
                let content = &part["content"]["application/json"];
                if content.is_null() {
                    continue;
                }
                if let Some(wrong) = wrong_with(&document, content) {
                    lacking.insert(line.clone(), wrong);
                }
            }
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}

/// What is wrong with the example of a body.
fn wrong_with(document: &Value, content: &Value) -> Option<String> {
    let Some(example) = content.get("example") else { return Some("there is none".to_owned()) };
    let mut schema = content["schema"].clone();
    // References lead into the document's components.
    schema["components"] = document["components"].clone();
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    validator.iter_errors(example).next().map(|error| format!("{}: {error}", error.instance_path()))
}
