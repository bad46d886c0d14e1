//! Tests the properties that every response has, whatever its handler does.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::{get, post};
use http_body_util::BodyExt as _;
use serde::Deserialize;
use serde_json::Value;
use tower::ServiceExt as _;

use super::around;
use crate::app::App;
use crate::client::Client;
use crate::serve::testing::{Lines, TestApp, test_app};
use crate::wire::error::{ApiError, TOO_MANY_REQUESTS, UNPROCESSABLE};
use crate::wire::{Json, Query};

#[derive(Deserialize)]
struct Page {
    #[expect(dead_code, reason = "only read")]
    size: u32,
}

fn routes() -> Router<Arc<App>> {
    #[expect(clippy::panic, reason = "the test is about panics")]
    async fn panics() -> &'static str {
        panic!("{}", "canary".to_owned())
    }
    Router::new()
        .route("/plain/{token}", get(|| async { "x".repeat(100) }))
        .route("/panic/{token}", get(panics))
        .route("/slow", get(|| async { tokio::time::sleep(Duration::from_secs(30)).await }))
        .route("/body", post(|_: Json<Page>| async {}))
        .route("/query", get(|_: Query<Page>| async {}))
        .route("/theirs", post(|_: axum::Json<Value>| async {}))
        .route("/page", get(|| async { (StatusCode::NOT_FOUND, axum::response::Html("<p>no")) }))
        .route("/limited", get(|| async { ApiError::of(&TOO_MANY_REQUESTS).retry_after(7) }))
        .route("/unprocessable", get(|| async { ApiError::of(&UNPROCESSABLE) }))
        .route("/who", get(|client: Client| async move { client.address.to_string() }))
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

async fn ask(test: &TestApp, request: Request<Body>) -> Answer {
    let router = around(routes(), &test.app);
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

fn get_request(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

fn post_request(path: &str, kind: &str, body: &str) -> Request<Body> {
    Request::post(path).header("content-type", kind).body(Body::from(body.to_owned())).unwrap()
}

#[tokio::test]
async fn every_error_has_the_error_body() {
    let small = [("WAYSTONE_LIMITS_BODY", "1KiB"), ("WAYSTONE_LIMITS_REQUEST_TIMEOUT", "100ms")];
    let small = test_app(&small).await;
    let large = format!("{{\"size\": \"{}\"}}", "x".repeat(2000));
    let json = "application/json";
    for (request, status, code) in [
        (get_request("/nothing"), 404, "not_found"),
        (Request::delete("/slow").body(Body::empty()).unwrap(), 405, "method_not_allowed"),
        (get_request("/slow"), 408, "request_timeout"),
        (get_request("/panic/x"), 500, "internal"),
        (get_request("/limited"), 429, "too_many_requests"),
        (get_request("/unprocessable"), 422, "unprocessable"),
        (get_request("/query?size=canary"), 400, "invalid_value"),
        (post_request("/body", "text/plain", "{}"), 415, "unsupported_media_type"),
        (post_request("/body", json, "{"), 400, "unreadable_body"),
        (post_request("/body", json, "{\"size\": \"canary\"}"), 400, "unreadable_body"),
        (post_request("/body", json, &large), 413, "body_too_large"),
        (post_request("/theirs", "text/plain", "{}"), 415, "unsupported_media_type"),
        (post_request("/theirs", json, "{"), 400, "bad_request"),
        (post_request("/theirs", json, &large), 413, "body_too_large"),
    ] {
        let asked = format!("{} {}", request.method(), request.uri());
        let answer = ask(&small, request).await;
        assert_eq!(answer.status.as_u16(), status, "{asked}: {}", answer.body);
        let body = answer.json();
        assert_eq!(body["statusCode"], status, "{asked}");
        assert_eq!(body["code"], code, "{asked}");
        assert_eq!(body["request_id"], answer.headers["x-request-id"].to_str().unwrap(), "{asked}");
        assert!(body["timestamp"].as_str().unwrap().ends_with('Z'), "{asked}");
        assert!(!answer.body.contains("canary"), "{asked}: {}", answer.body);
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{asked}");
        assert!(answer.headers["content-security-policy"].to_str().unwrap().contains("'none'"), "{asked}");
    }
    let allow =
        ask(&small, Request::delete("/slow").body(Body::empty()).unwrap()).await.headers["allow"].clone();
    assert_eq!(allow, "GET,HEAD");
    assert_eq!(ask(&small, get_request("/limited")).await.headers["retry-after"], "7");
}

#[tokio::test]
async fn an_error_page_is_not_replaced_by_json() {
    let answer = ask(&test_app(&[]).await, get_request("/page")).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_FOUND, "<p>no"));
}

#[tokio::test]
async fn a_valid_request_id_is_kept_and_text_responses_are_compressed() {
    let plain = test_app(&[]).await;
    let request =
        Request::get("/plain/x").header("x-request-id", "their-own-id").header("accept-encoding", "gzip");
    let answer = ask(&plain, request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.headers["x-request-id"], "their-own-id");
    assert_eq!(answer.headers["content-encoding"], "gzip");
    let request = Request::get("/plain/x").header("x-request-id", "<script>alert(1)</script>");
    let answer = ask(&plain, request.body(Body::empty()).unwrap()).await;
    assert!(answer.headers["x-request-id"].to_str().unwrap().starts_with("req_"));
    assert!(!answer.headers.contains_key("strict-transport-security"));
    let secure = [("WAYSTONE_PUBLIC_URL", "https://connect.example.com")];
    assert!(
        ask(&test_app(&secure).await, get_request("/plain/x"))
            .await
            .headers
            .contains_key("strict-transport-security")
    );
}

/// The log includes all crates at the most verbose level, which is more than an operator can enable.
#[tokio::test]
async fn client_input_is_never_logged() {
    let lines = Lines::of_all_tests();
    let requests = [
        Request::get("/plain/canary?canary=canary")
            .header("authorization", "Bearer canary")
            .body(Body::empty()),
        Request::get("/nothing/canary?canary").header("cookie", "canary=canary").body(Body::empty()),
        Request::get("/panic/canary").header("x-canary", "canary").body(Body::empty()),
        Request::get("/query?size=canary").body(Body::empty()),
        Request::post("/body")
            .header("content-type", "application/json")
            .body("{\"size\":\"canary\"}".into()),
        Request::post("/theirs").header("content-type", "canary").body("canary".into()),
        Request::builder().method("CANARY").uri("/body").body(Body::empty()),
        Request::get("/who").header("x-forwarded-for", "canary").body(Body::empty()),
    ];
    let test = test_app(&[]).await;
    for request in requests {
        ask(&test, request.unwrap()).await;
    }
    let text = lines.text();
    assert!(text.contains("/plain/{token}") && text.contains("(none)"), "{text}");
    assert!(!text.to_lowercase().contains("canary"), "{text}");
}

#[tokio::test]
async fn a_client_that_disconnects_is_logged() {
    let lines = Lines::of_all_tests();
    let test = test_app(&[]).await;
    let request =
        Request::get("/slow").header("x-request-id", "hung-up-request").body(Body::empty()).unwrap();
    let asked = tokio::time::timeout(Duration::from_millis(50), ask(&test, request)).await;
    assert!(asked.is_err());
    let is_told =
        |line: &str| line.contains("the client closed the connection") && line.contains("hung-up-request");
    assert!(lines.text().lines().any(is_told));
}
