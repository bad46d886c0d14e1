//! Wrong keys and other projects never use up what a valid key or session needs.

use std::net::IpAddr;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Request, StatusCode};
use jiff::ToSpan as _;
use tower::ServiceExt as _;
use vault::{By, Kind, NewSession, Owner, Scope};

use super::*;
use crate::router::router;
use crate::serve::testing::{TestApp, test_app};

const HOST: Option<&str> = Some("api.acme.example");

fn client(address: &str) -> Client {
    Client { address: address.parse::<IpAddr>().unwrap(), is_secure: true }
}

/// Waits for the next minute if the current one, and with it every period of the limits, is about to end.
async fn at_the_start_of_a_minute() {
    let left = 60 - Timestamp::now().as_second().rem_euclid(60).unsigned_abs();
    if left < 10 {
        tokio::time::sleep(Duration::from_secs(left)).await;
    }
}

async fn call(test: &TestApp, address: &str, key: &str) -> Result<(), StatusCode> {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, format!("Bearer {key}").parse().unwrap());
    test.app.access.caller(&client(address), &headers).await.map(drop).map_err(|error| error.status)
}

/// Creates a project with a session.
async fn session(test: &TestApp, project: &str) -> (Session, vault::Token) {
    let now = Timestamp::now();
    let by = By::new("test", now);
    let vault = &test.app.vault;
    let project = vault.add_project(project, by).await.unwrap();
    let new = NewSession {
        project: project.id,
        kind: Kind::Production,
        owner: Owner { id: "owner".to_owned(), name: "Owner".to_owned(), username: None },
        provider: None,
        connector_profile: None,
        account: None,
        categories: Vec::new(),
        multiple: false,
        allow_different: false,
        scopes: None,
        once: false,
        label: None,
        metadata: serde_json::Map::new(),
        origins: Vec::new(),
        return_url: None,
        language: None,
        expires_at: now.saturating_add(1.hour()).unwrap(),
    };
    vault.add_session(&new, by).await.unwrap()
}

#[tokio::test]
async fn valid_keys_and_tokens_work_after_wrong_ones_from_the_same_address() {
    let test = test_app(&[]).await;
    let app = &test.app;
    let by = By::new("test", Timestamp::now());
    let (_, key) = app.vault.add_first_project("Default", &[], by).await.unwrap().unwrap();
    let (_, token) = session(&test, "Other").await;
    let address = "2001:db8::1";
    at_the_start_of_a_minute().await;
    for n in 0..60 {
        assert_eq!(call(&test, address, &format!("wak_live_{n}")).await, Err(StatusCode::UNAUTHORIZED));
    }
    assert_eq!(call(&test, address, "wak_live_x").await, Err(StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(call(&test, address, key.secret().expose()).await, Ok(()));
    assert!(app.access.session(&client(address), token.secret().expose()).await.is_ok());
    let wrong = app.access.session(&client(address), "wst_x").await.unwrap_err();
    assert_eq!(wrong.status, StatusCode::TOO_MANY_REQUESTS);
    // A client with an IPv6 network has many addresses, which share the limit.
    assert_eq!(call(&test, "2001:db8::2", "wak_live_x").await, Err(StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(call(&test, "2001:db8:0:100::1", "wak_live_x").await, Err(StatusCode::UNAUTHORIZED));
}

#[tokio::test]
async fn one_project_cannot_use_up_a_hosts_limit() {
    let test = test_app(&[("WAYSTONE_LIMITS_HOST_ATTEMPTS", "6")]).await;
    let limiter = &test.app.limiter;
    let (greedy, other) = (session(&test, "Greedy").await.0, session(&test, "Other").await.0);
    at_the_start_of_a_minute().await;
    for n in 0..20 {
        let attempt = limiter.attempt(&greedy, &client(&format!("192.0.2.{n}")), HOST).await;
        assert_eq!(attempt.is_ok(), n < 3, "attempt {n}");
        if let Err(error) = attempt {
            assert!(error.message.contains("for this host in this project"), "{}", error.message);
        }
    }
    for _ in 0..3 {
        assert!(limiter.attempt(&other, &client("198.51.100.1"), HOST).await.is_ok());
    }
    // The total still applies to all projects together.
    let third = session(&test, "Third").await.0;
    let refused = limiter.attempt(&third, &client("198.51.100.2"), HOST).await.unwrap_err();
    assert!(refused.message.contains("across all customers"), "{}", refused.message);
}

#[tokio::test]
async fn changes_are_limited_per_session() {
    let test = test_app(&[("WAYSTONE_LIMITS_SESSION_WRITES", "3")]).await;
    let limiter = &test.app.limiter;
    let (busy, other) = (session(&test, "Busy").await.0, session(&test, "Other").await.0);
    at_the_start_of_a_minute().await;
    let allowed: Vec<bool> = (0..5).map(|_| limiter.write(&busy).is_ok()).collect();
    assert_eq!(allowed, [true, true, true, false, false]);
    assert!(limiter.write(&other).is_ok());
}

/// The layer for idempotency keys and the handler both need the caller.
#[tokio::test]
async fn a_request_counts_as_one_call() {
    let test = test_app(&[("WAYSTONE_LIMITS_KEY_CALLS", "100")]).await;
    let by = By::new("test", Timestamp::now());
    let scopes = [Scope::PlatformWrite];
    let (_, key) = test.app.vault.add_first_project("Default", &scopes, by).await.unwrap().unwrap();
    at_the_start_of_a_minute().await;
    for (n, idempotency_key) in [None, Some("once")].into_iter().enumerate() {
        let mut request = Request::post("/connect_sessions")
            .header(AUTHORIZATION, format!("Bearer {}", key.secret().expose()))
            .header("content-type", "application/json");
        if let Some(value) = idempotency_key {
            request = request.header("idempotency-key", value);
        }
        let body = Body::from(r#"{"origin_owner_id":"a","origin_owner_name":"A"}"#);
        let response = router(&test.app).oneshot(request.body(body).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        let calls = &test.app.limiter.calls.0.lock().unwrap().1;
        assert_eq!(calls.values().sum::<usize>(), n + 1, "with `Idempotency-Key` {idempotency_key:?}");
    }
}
