//! A provider that asks to wait: everyone who sees the failure learns for how long.

use serde_json::json;

use super::client::{Request, Response};
use super::process::Installation;
use super::world::Database;
use crate::linking::world::World;

#[test]
fn a_throttled_link_attempt_says_how_long_to_wait() {
    let world = World::with_tokens(&[("Retry-After: '1'", "Retry-After: '3600'")]);
    let installation = Installation::new(Database::Sqlite, &world.origin);
    let hub = installation.start();
    let key = hub.key.clone().expect("a first key");
    let send = |request: Request| -> Response { request.send_to(hub.address).expect("no response") };
    let body = json!({ "origin_owner_id": "busy", "origin_owner_name": "Busy", "provider": "gladly" });
    let session = send(Request::post("/connect_sessions").key(&key).json(&body));
    let body = json!({ "integration_id": "gladly.api-key", "credentials": {
        "organization_slug": "acme", "agent_email": "api-user@acme.example", "api_token": "busy-token",
        "environment": "production",
    } });
    let refused = send(Request::post("/hub/accounts").session(&session.text("token")).json(&body));
    assert_eq!((refused.status, refused.text("outcome").as_str()), (502, "throttled"), "{}", refused.body);
    assert_eq!(refused.value()["retry_after"], 3600, "{}", refused.body);
    assert_eq!(refused.header("retry-after"), Some("3600"));

    let path = format!("/link_attempts/{}", refused.text("attempt_id"));
    let attempt = send(Request::get(&path).key(&key)).value();
    assert_eq!(attempt["transcript"][0]["retry_after"], 3600, "{attempt}");
}
