//! The examples in the API description: each is a response recorded from a Hub, and conforms to the description.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value, json};

use super::client::{Request, Response};
use super::process::{Installation, RunningHub};
use super::world::Database;
use crate::corpus::is_updating;
use crate::linking::world::World;

/// Operations without an example, each with what its response contains.
const WITHOUT_EXAMPLE: [(&str, &str); 3] = [
    ("GET /accounts/{id}/proxy/{path}", "the provider's response"),
    ("POST /unified/proxy", "the provider's response"),
    ("GET /guides/{provider}/{method}", "a whole guide"),
];

/// The path of the recorded examples, next to the code that inserts them into the description.
fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/hub/src/api/examples.json")
}

/// Records one customer's story as examples.
struct Story {
    hub: RunningHub,
    key: String,
    token: String,
    examples: Map<String, Value>,
}

impl Story {
    /// Sends a request and records it with its response as an example. `line` contains the method and the path
    /// template, and `values` replace the parameters in the template.
    fn record(&mut self, line: &str, values: &[&str], body: Option<&Value>) -> Response {
        let (method, path) = line.split_once(' ').expect("a method and a path");
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let described = format!("{method} {path}");
        let mut filled = path.to_owned();
        for value in values {
            let (from, to) = (filled.find('{').expect("too many values"), filled.find('}').expect("no `}`"));
            filled.replace_range(from..=to, value);
        }
        let address = if query.is_empty() { filled } else { format!("{filled}?{query}") };
        let request = Request::new(method, &address);
        let request =
            if path.starts_with("/hub/") { request.session(&self.token) } else { request.key(&self.key) };
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let response = request.send_to(self.hub.address).expect("no response");
        assert!((200..300).contains(&response.status), "{line}: {} {}", response.status, response.body);
        let mut example = json!({ "status": response.status.to_string() });
        if let Some(body) = body {
            example["request"] = normalized(body.clone());
        }
        if !response.body.is_empty() {
            example["response"] = normalized(response.value());
        }
        self.examples.insert(described, example);
        response
    }

    fn record_error(&mut self, line: &str, request: Request) -> Response {
        let response = request.send_to(self.hub.address).expect("no response");
        assert!(400 <= response.status, "the request succeeded: {}", response.body);
        self.examples.insert(
            line.to_owned(),
            json!({ "status": response.status.to_string(), "response": normalized(response.value()) }),
        );
        response
    }
}

/// Records a story that uses every operation in the API: a customer links an account, edits it and removes it.
fn recorded() -> Map<String, Value> {
    let world = World::new();
    let installation = Installation::new(Database::Sqlite, &world.origin);
    let hub = installation.start();
    let key = hub.key.clone().expect("the first key");
    let mut story = Story { hub, key, token: String::new(), examples: Map::new() };

    let session = json!({
        "origin_owner_id": "customer-42", "origin_owner_name": "Acme Outdoor",
        "origin_username": "ada@acme.example", "provider": "gladly", "expires_in": 900,
        "allowed_origins": ["https://app.example.com"], "metadata": { "plan": "gold" },
    });
    let created = story.record("POST /connect_sessions", &[], Some(&session));
    story.token = created.text("token");
    let number = created.value()["id"].to_string();
    let token = json!({ "token": story.token });
    story.record("POST /connect_sessions/authenticate", &[], Some(&token));
    story.record("GET /connect_sessions/{id}", &[&number], None);

    story.record("GET /hub/settings", &[], None);
    story.record("GET /hub/connectors", &[], None);
    story.record("GET /hub/connectors/{id}", &["gladly.api-key"], None);
    let mut body = json!({ "integration_id": "gladly.api-key", "credentials": {
        "environment": "production", "organization_slug": "acme", "agent_email": "api-user@acme.example",
        "api_token": "revoked-token",
    } });
    let refused = Request::post("/hub/accounts").session(&story.token).json(&body);
    let refused = story.record_error("an error", refused);
    story.record("GET /link_attempts/{id}", &[&refused.text("attempt_id")], None);
    body["credentials"]["api_token"] = json!("right-token");
    let id = story.record("POST /hub/accounts", &[], Some(&body)).text("id");
    story.record("GET /hub/accounts/{id}", &[&id], None);
    let edited = json!({ "integration_id": "gladly.api-key", "credentials": { "api_token": "newer-token" } });
    story.record("PATCH /hub/accounts/{id}", &[&id], Some(&edited));
    let attempt = story.record("POST /hub/connection_attempts", &[], Some(&token)).text("id");
    story.record("GET /hub/connection_attempts/{id}", &[&attempt], None);
    story.record("DELETE /hub/connection_attempts/{id}", &[&attempt], None);

    story.record("GET /accounts?origin_owner_id=customer-42", &[], None);
    story.record("GET /accounts/{id}", &[&id], None);
    story.record("GET /accounts/{id}/meta", &[&id], None);
    story.record("PATCH /accounts/{id}", &[&id], Some(&json!({ "label": "Support desk" })));
    story.record("POST /accounts/{id}/verify", &[&id], None);

    let new_key =
        json!({ "name": "reports", "scopes": ["platform:read"], "expires_at": "2126-01-31T00:00:00Z" });
    let created = story.record("POST /api_keys", &[], Some(&new_key));
    story.record("GET /api_keys", &[], None);
    let first_key = std::mem::replace(&mut story.key, installation.credentials_key());
    story.record("GET /accounts/{id}/credentials", &[&id], None);
    story.key = first_key;
    story.record("DELETE /api_keys/{id}", &[&created.text("id")], None);
    story.record("GET /audit?page_size=2", &[], None);

    story.record("GET /connectors/meta", &[], None);
    story.record("GET /connectors/meta/{provider}", &["gladly"], None);
    story.record("GET /actions?filter[connectors]=gladly", &[], None);
    let profile = json!({ "provider": "gladly", "name": "Gladly, for the shop" });
    let profile = story.record("POST /connector_profiles", &[], Some(&profile)).text("id");
    story.record("GET /connector_profiles", &[], None);
    story.record("GET /connector_profiles/{id}", &[&profile], None);
    story.record("PATCH /connector_profiles/{id}", &[&profile], Some(&json!({ "active": false })));
    story.record("DELETE /connector_profiles/{id}", &[&profile], None);
    story.record("DELETE /accounts/{id}", &[&id], None);
    story.record("DELETE /connect_sessions/{id}", &[&number], None);
    story.examples
}

/// Replaces ids, times, tokens and addresses, which differ in every run. Keeps only Gladly in a list of connectors.
fn normalized(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(normalized_text(&text)),
        Value::Array(list) => {
            let is_gladly = |connector: &Value| connector["provider"] == "gladly";
            let has_gladly = list.iter().any(is_gladly);
            list.into_iter().filter(|item| !has_gladly || is_gladly(item)).take(2).map(normalized).collect()
        }
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| match name.as_str() {
                "milliseconds" => (name, json!(180)),
                _ => (name, normalized(value)),
            })
            .collect(),
        other => other,
    }
}

fn normalized_text(text: &str) -> String {
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
    RULES
        .iter()
        .fold(text.to_owned(), |text, (rule, replacement)| rule.replace_all(&text, *replacement).into_owned())
}

#[test]
fn every_example_matches_the_recorded_response() {
    let recorded = format!("{:#}\n", Value::Object(recorded()));
    let stored = fs::read_to_string(file()).expect("cannot read the examples");
    if recorded == stored {
        return;
    }
    if is_updating() {
        fs::write(file(), recorded).expect("cannot write the examples");
        return;
    }
    let hint = "If these changes are intended, run UPDATE=1 cargo xtask with-postgres cargo test -p suite examples, then codegen";
    panic!("crates/hub/src/api/examples.json differs from the recorded responses. {hint}\n{recorded}");
}

#[test]
fn every_operation_has_an_example_that_matches_its_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/hub.openapi.json");
    let document: Value =
        serde_json::from_str(&fs::read_to_string(path).expect("cannot read the description")).expect("JSON");
    let mut problems = BTreeMap::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let line = format!("{} {path}", method.to_uppercase());
            if WITHOUT_EXAMPLE.iter().any(|(excluded, _)| *excluded == line)
                || operation["responses"].is_null()
            {
                continue;
            }
            let success = operation["responses"].as_object().expect("responses").iter();
            let success = success.filter(|(status, _)| status.starts_with('2')).map(|(_, response)| response);
            for part in [&operation["requestBody"]].into_iter().chain(success) {
                let content = &part["content"]["application/json"];
                if content.is_null() {
                    continue;
                }
                if let Some(problem) = example_problem(&document, content) {
                    problems.insert(line.clone(), problem);
                }
            }
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

/// Returns the problem with a body's example, or `None` if the example matches its schema.
fn example_problem(document: &Value, content: &Value) -> Option<String> {
    let Some(example) = content.get("example") else { return Some("the example is missing".to_owned()) };
    let mut schema = content["schema"].clone();
    // References in the schema point to the document's components.
    schema["components"] = document["components"].clone();
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    validator.iter_errors(example).next().map(|error| format!("{}: {error}", error.instance_path()))
}
