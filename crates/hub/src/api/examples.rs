//! The example requests and responses in the API's description.
//!
//! **Invariant:** examples are recorded, not invented: a test of the suite records them from a running Hub, and fails
//! when the Hub responds differently.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, PathItem, RefOr, Schema};

/// Written by `UPDATE=1 cargo xtask with-postgres cargo test -p suite examples`.
const RECORDED: &str = include_str!("examples.json");

const JSON: &str = "application/json";

/// An example of a request and its response.
#[derive(Debug, Deserialize)]
struct Example {
    /// The request's body, if it has one.
    request: Option<Value>,
    /// The response's status, for example `201`.
    status: String,
    /// The response's body, if it has one.
    response: Option<Value>,
}

/// Adds the examples to their operations, and the example of an error to the error schema.
pub(super) fn add(document: &mut OpenApi) {
    let recorded: BTreeMap<String, Example> = serde_json::from_str(RECORDED).unwrap_or_default();
    for (line, example) in recorded {
        let Some((method, path)) = line.split_once(' ') else { continue };
        let item = document.paths.paths.get_mut(path);
        if let Some(operation) = item.and_then(|item| operation(item, method)) {
            put(operation, example);
        } else if line == "an error" {
            let schemas = document.components.as_mut().map(|components| &mut components.schemas);
            let body = schemas.and_then(|schemas| schemas.get_mut("ErrorBody"));
            if let Some(RefOr::T(Schema::Object(body))) = body {
                body.examples = example.response.into_iter().collect();
            }
        }
    }
}

fn operation<'a>(item: &'a mut PathItem, method: &str) -> Option<&'a mut Operation> {
    match method {
        "GET" => item.get.as_mut(),
        "POST" => item.post.as_mut(),
        "PATCH" => item.patch.as_mut(),
        "DELETE" => item.delete.as_mut(),
        _ => None,
    }
}

fn put(operation: &mut Operation, example: Example) {
    if let (Some(request), Some(RefOr::T(body))) = (example.request, operation.request_body.as_mut())
        && let Some(RefOr::T(content)) = body.content.get_mut(JSON)
    {
        content.example = Some(request);
    }
    let response = operation.responses.responses.get_mut(&example.status);
    let (Some(RefOr::T(response)), Some(body)) = (response, example.response) else { return };
    if let Some(RefOr::T(content)) = response.content.get_mut(JSON) {
        content.example = Some(body);
    }
}
