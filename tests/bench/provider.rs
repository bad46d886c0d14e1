//! A provider that knows everybody, and answers at once.

use anyhow::Result;
use axum::http::HeaderMap;
use axum::{Json, Router};
use serde_json::json;

/// Answers whatever is asked, as Gladly and the guides made for measuring expect it. Who is asked for is the first part
/// of the host.
pub(crate) async fn run() -> Result<()> {
    let answer = |headers: HeaderMap| async move {
        let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
        let id = host.split('.').next().unwrap_or_default();
        Json(json!({ "id": id, "name": format!("{id} Ltd"), "timezone": "UTC" }))
    };
    crate::serve(Router::new().fallback(answer)).await
}
