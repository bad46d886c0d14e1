//! The shape of a provider's response for each client: newer versions of StackOne's SDK get an envelope, and all other
//! clients the response itself.

use serde_json::{Value, json};

use super::{KEY, Linked, Provider};
use crate::hub::client::Response;

/// The oldest and the newest versions that expect an envelope.
const EXPECT_ENVELOPE: [&str; 6] = [
    "speakeasy-sdk/typescript 4.32.0 2.743.2 1.0.0 @stackone/stackone-client-ts",
    "speakeasy-sdk/typescript 4.34.1 2.836.4 1.0.0 @stackone/stackone-client-ts",
    "speakeasy-sdk/ruby 0.40.0 2.836.4 1.0.0 stackone_client",
    "speakeasy-sdk/java 0.19.2 2.811.4 1.0.0 com.stackone.stackone_client_java",
    "speakeasy-sdk/csharp 0.9.0 2.767.2 1.0.0 StackOneHQ.Client",
    "speakeasy-sdk/php 0.28.4 2.767.2 1.0.0 stackone/client-sdk",
];

/// Clients that expect the response itself.
const EXPECT_RAW: [&str; 4] = [
    "speakeasy-sdk/typescript 4.28.0 2.721.3 1.0.0 @stackone/stackone-client-ts",
    "speakeasy-sdk/java 0.16.0 2.737.0 1.0.0 com.stackone.stackone_client_java",
    "curl/8.14.1",
    "node",
];

impl Linked {
    /// Sends a request as a client with this `User-Agent` does.
    fn sent_by(&self, agent: &str) -> Response {
        self.send(self.described(&json!({ "path": "/x" })).header("user-agent", agent))
    }
}

/// Sets the provider's response to all further requests.
fn respond(provider: &Provider, head: &str, body: &str) {
    provider.respond(&format!("{head}\ncontent-length: {}", body.len()), body);
}

#[test]
fn a_header_whose_name_contains_a_credential_is_dropped() {
    let key = "real-key-0123456789";
    let values = json!({ "api_key": key });
    let linked = Linked::new("a-key-in-the-query-that-is-warned-of", "api-key", &values);
    let head = format!("200 OK\ncontent-length: 2\nx-request-id-of-{key}: 1\nx-request-id-of-others: {key}");
    linked.provider.respond(&head, "{}");
    let response = linked.send(linked.through("GET", "/x"));
    assert_eq!(response.status, 200, "{}", response.body);
    assert_eq!(response.header("x-request-id-of-others"), Some("*".repeat(key.len()).as_str()));
    assert!(response.headers.iter().all(|(name, _)| !name.contains("real-key")), "{:?}", response.headers);
}

#[test]
fn newer_sdks_get_an_envelope_and_other_clients_the_response_itself() {
    let linked = Linked::in_query();
    let body = r#"[{"id":12345678901234567890123}]"#;
    respond(
        &linked.provider,
        "201 Created\ncontent-type: application/json\nx-total-count: 1\nset-cookie: a=b",
        body,
    );
    for agent in EXPECT_RAW {
        let response = linked.sent_by(agent);
        assert_eq!((response.status, &*response.body), (201, body), "{agent}");
    }
    for agent in EXPECT_ENVELOPE {
        let response = linked.sent_by(agent);
        let headers = r#"{"content-type":"application/json","x-total-count":"1"}"#;
        let expected = format!(r#"{{"status":201,"headers":{headers},"data":{body}}}"#);
        assert_eq!((response.status, &*response.body), (200, &*expected), "{agent}");
        assert!(response.header("content-type").is_some_and(|kind| kind.starts_with("application/json")));
        assert_eq!(response.header("x-waystone-answered-by"), Some("provider"));
        assert_eq!(response.header("x-total-count"), None);
    }
    // The path below an account is for any HTTP client, so its response is never wrapped.
    let passed = linked.send(linked.through("GET", "/x").header("user-agent", EXPECT_ENVELOPE[1]));
    assert_eq!((passed.status, &*passed.body), (201, body));
}

#[test]
fn a_body_that_is_not_json_is_a_string() {
    let linked = Linked::in_query();
    let data = |head: &str, body: &str| {
        respond(&linked.provider, head, body);
        let response = linked.sent_by(EXPECT_ENVELOPE[1]);
        assert_eq!(response.status, 200, "{}", response.body);
        response.value()
    };
    assert_eq!(data("200 OK\ncontent-type: text/csv", "a,b")["data"], "a,b");
    assert_eq!(data("200 OK\ncontent-type: text/html", r#"{"a":1}"#)["data"], json!({ "a": 1 }));
    // The SDK parses the body of every response, so a response without a body must not be returned as such.
    assert_eq!(data("204 No Content", ""), json!({ "status": 204, "headers": {}, "data": Value::Null }));
    let redirect = data("302 Found\nlocation: /elsewhere", "");
    assert_eq!(
        redirect,
        json!({ "status": 302, "headers": { "x-provider-location": "/elsewhere" }, "data": null })
    );
}

#[test]
fn a_providers_error_has_the_body_that_the_sdk_expects() {
    let linked = Linked::in_query();
    for status in [400_u16, 401, 403, 404, 409, 422, 429, 500, 502] {
        let head = format!("{status} -\ncontent-type: application/json\nretry-after: 7");
        respond(&linked.provider, &head, r#"{"error":"nope"}"#);
        let response = linked.sent_by(EXPECT_ENVELOPE[1]);
        assert_eq!(response.status, status);
        assert_eq!(response.header("retry-after"), Some("7"));
        let body = response.value();
        assert_eq!(body["statusCode"], status);
        assert!(body["message"].as_str().is_some_and(|text| text.contains(&status.to_string())));
        assert!(body["timestamp"].as_str().is_some_and(|text| text.ends_with('Z')));
        assert_eq!(body["provider_errors"][0]["raw"], json!({ "error": "nope" }));
    }
    let refused =
        linked.send(linked.described(&json!({ "path": "/../x" })).header("user-agent", EXPECT_ENVELOPE[1]));
    assert_eq!(
        (refused.status, &*refused.text("code")),
        (400, "invalid_value"),
        "the Hub's own errors stay as they are"
    );
}

#[test]
fn an_envelope_masks_credentials_and_has_a_limit() {
    let linked = Linked::in_query();
    let quoted = KEY.replace('"', "\\\"");
    respond(
        &linked.provider,
        "200 OK\ncontent-type: application/json",
        &format!(r#"{{"key":"{quoted}","id":1}}"#),
    );
    let response = linked.sent_by(EXPECT_ENVELOPE[1]);
    assert_eq!(response.value()["data"], json!({ "key": "*".repeat(quoted.len()), "id": 1 }));
    respond(&linked.provider, "200 OK\ncontent-type: text/plain", &"x".repeat(17 * 1024 * 1024));
    let response = linked.sent_by(EXPECT_ENVELOPE[1]);
    assert_eq!((response.status, &*response.text("code")), (502, "provider_failed"));
    assert!(response.text("message").contains("too large"), "{}", response.body);
}
