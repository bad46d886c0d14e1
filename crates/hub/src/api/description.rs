//! Completes the API's description with authentication, errors, and example requests and responses.
//!
//! **Invariant:** a test records the examples from a running Hub, and fails if the Hub's responses no longer match
//! them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

/// The recorded examples. To update them, run `UPDATE=1 cargo xtask with-postgres cargo test -p suite examples`.
const RECORDED: &str = include_str!("examples.json");

/// An example request and its response.
#[derive(Debug, Deserialize)]
struct Example {
    /// The request body, if there is one.
    request: Option<Value>,
    /// The response's status code, for example `201`.
    status: String,
    /// The response body, if there is one.
    response: Option<Value>,
}

/// Adds the authentication schemes and an example error to the description. Also adds the recorded examples to each
/// operation, and authentication and an error response unless the operation already defines them.
pub(super) fn complete(document: &mut Value) {
    let mut recorded: BTreeMap<String, Example> = serde_json::from_str(RECORDED).unwrap_or_default();
    let components = &mut document["components"];
    components["securitySchemes"] = json!({
        "api_key": { "type": "http", "scheme": "basic" },
        "session": { "type": "apiKey", "in": "header", "name": "x-hub-session-token" },
    });
    let error = recorded.remove("an error").and_then(|example| example.response);
    components["schemas"]["ErrorBody"]["examples"] = error.into_iter().collect();
    let failure = json!({
        "description": "The request failed; `code` says why",
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/ErrorBody" } } },
    });
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| {
        let item = item.as_object_mut().into_iter().flatten();
        item.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    });
    for (line, operation) in operations {
        let scheme = if operation["tags"][0] == "hub" { "session" } else { "api_key" };
        set_default(operation, "security", json!([{ scheme: [] }]));
        set_default(&mut operation["responses"], "default", failure.clone());
        if let Some(Example { request, status, response }) = recorded.remove(&line) {
            if let Some(request) = request {
                operation["requestBody"]["content"]["application/json"]["example"] = request;
            }
            if let Some(response) = response {
                operation["responses"][status]["content"]["application/json"]["example"] = response;
            }
        }
    }
}

/// Sets a member of an object, unless the member is already set.
fn set_default(object: &mut Value, name: &str, value: Value) {
    if object[name].is_null() {
        object[name] = value;
    }
}
