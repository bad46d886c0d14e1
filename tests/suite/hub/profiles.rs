//! Connector profiles that an API client describes incorrectly.

use serde_json::json;

use super::client::Request;
use super::process::Installation;
use super::world::Database;

#[test]
fn an_unknown_method_is_answered_with_the_methods_of_the_provider() {
    let installation = Installation::new(Database::Sqlite, "http://127.0.0.1:1");
    let hub = installation.start();
    let key = hub.key.clone().expect("a first key");
    let several = "`method` must be one of `oauth` and `client-credentials`";
    for (provider, method, expected) in [
        ("salesforce", json!("api-key"), several),
        ("salesforce", json!(null), several),
        ("gladly", json!("oauth"), "`method` must be one of `api-key`"),
    ] {
        let body = json!({ "provider": provider, "method": method });
        let refused = Request::post("/connector_profiles").key(&key).json(&body).send_to(hub.address);
        let refused = refused.expect("no response");
        assert_eq!((refused.status, &*refused.text("code")), (400, "invalid_value"), "{}", refused.body);
        assert_eq!(refused.text("message"), expected, "{provider} {method}");
    }
}
