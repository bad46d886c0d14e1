//! Keys that try to get more than they have: more scopes, another key's responses, production data with a test key, or
//! a later expiry.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::target::Target;
use crate::hub::client::{Request, Response};

/// All scopes that a key can grant.
const ALL: [&str; 6] = [
    "platform:read",
    "platform:write",
    "connectors:read",
    "connectors:write",
    "requests:write",
    "keys:write",
];

fn create_key(key: &str, body: &Value) -> Request {
    Request::post("/api_keys").key(key).json(body)
}

pub(super) fn keys_grant_no_more_than_they_have(target: &mut Target) {
    let first = target.key.clone();
    let limited = target.new_key(&json!({ "name": "keys", "scopes": ["keys:write", "platform:read"] })).1;
    let other = target.other.clone();
    for (case, key, scopes) in [
        ("all scopes", &limited, &ALL[..]),
        ("one scope that the key does not have", &limited, &["platform:read", "platform:write"]),
        ("credentials for the first key", &first, &["credentials:read"]),
        // The other project's key has every scope, including `credentials:read`.
        ("credentials with a key that has them", &other, &["platform:read", "credentials:read"]),
    ] {
        let body = json!({ "name": "more", "scopes": scopes });
        target.assert_rejected(case, create_key(key, &body), 403, "forbidden");
    }
    let same = create_key(&limited, &json!({ "name": "same", "scopes": ["platform:read", "keys:write"] }));
    assert_eq!(target.send(same).status, 201);

    let soon = (Timestamp::now() + Duration::from_hours(1)).to_string();
    let later = (Timestamp::now() + Duration::from_hours(2)).to_string();
    let body = json!({ "name": "brief", "scopes": ["keys:write"], "expires_at": soon });
    let (_, brief) = target.new_key(&body);
    let body = json!({ "name": "longer", "scopes": [], "expires_at": later });
    target.assert_rejected("a longer life", create_key(&brief, &body), 403, "forbidden");
    let inherited = target.send(create_key(&brief, &json!({ "name": "as long", "scopes": [] })));
    let expiry = inherited.text("expires_at").parse::<Timestamp>().expect("an expiry");
    assert!(expiry <= soon.parse().expect("a time"), "{}", inherited.body);
    for time in ["2020-01-01T00:00:00Z", "tomorrow", ""] {
        let body = json!({ "name": "n", "scopes": [], "expires_at": time });
        target.assert_rejected(time, create_key(&first, &body), 400, "invalid_value");
    }
}

pub(super) fn responses_are_replayed_only_for_the_key_that_got_them(target: &mut Target) {
    let (first, reader, test) = (target.key.clone(), target.reader.clone(), target.test.clone());
    let once = |request: Request, key: &str| request.header("idempotency-key", "k-1").key(key);
    let body = json!({ "origin_owner_id": "once", "origin_owner_name": "Once" });
    let session = || Request::post("/connect_sessions").json(&body);
    let created = target.send(once(session(), &first));
    assert_eq!(created.status, 201, "{}", created.body);
    target.keep_secret(&created.text("token"));
    let repeated = target.send(once(session(), &first));
    assert_eq!((repeated.status, &repeated.body), (201, &created.body));
    assert_eq!(repeated.header("idempotent-replayed"), Some("true"));
    target.assert_rejected("a key without the scope", once(session(), &reader), 403, "forbidden");
    let own = target.send(once(session(), &test));
    assert_eq!(
        (own.status, own.text("type").as_str(), own.header("idempotent-replayed")),
        (201, "test", None)
    );
    assert_ne!(own.text("token"), created.text("token"), "a test key got a production session");
    let query = Request::post("/connect_sessions?x=1").json(&body);
    target.assert_rejected("another query", once(query, &first), 422, "unprocessable");

    let once = |request: Request, key: &str| request.header("idempotency-key", "k-2").key(key);
    let body = json!({ "name": "only once", "scopes": ["keys:write"] });
    let request = || Request::post("/api_keys").json(&body);
    let created = target.send(once(request(), &first));
    assert_eq!(created.status, 201, "{}", created.body);
    let new = created.text("key");
    target.keep_secret(&new);
    let refused =
        target.assert_rejected("a repeated request for a key", once(request(), &first), 409, "conflict");
    assert!(refused.text("message").contains(&created.text("id")), "{}", refused.body);
    target.assert_rejected("a key without the scope", once(request(), &reader), 403, "forbidden");
    let named = |target: &Target| {
        let keys = target.send(Request::get("/api_keys").key(&first)).value();
        keys.as_array().expect("a list").iter().filter(|key| key["name"] == "only once").count()
    };
    assert_eq!(named(target), 1);

    // A revoked key gets nothing, not even its own responses.
    let body = json!({ "name": "child", "scopes": [] });
    let child = || Request::post("/api_keys").json(&body).header("idempotency-key", "k-3").key(&new);
    assert_eq!(target.send(child()).status, 201);
    let path = format!("/api_keys/{}", created.text("id"));
    assert_eq!(target.send(Request::new("DELETE", &path).key(&first)).status, 204);
    target.assert_rejected("a revoked key", child(), 401, "unauthorized");

    // A response that is too large to store is sent, and does not block the idempotency key.
    let large = json!({
        "origin_owner_id": "large", "origin_owner_name": "L",
        "metadata": { "x": "x".repeat(1024 * 1024 - 100) },
    });
    let send = || {
        let request = Request::post("/connect_sessions").json(&large).header("idempotency-key", "k-4");
        target.send(request.key(&first))
    };
    let (one, two) = (send(), send());
    assert!(1024 * 1024 < one.body.len(), "the response is not large enough: {}", one.body.len());
    assert_eq!((one.status, two.status), (201, 201), "{:.200}", two.body);
    assert_ne!(one.text("token"), two.text("token"));
}

/// Returns requests that change production data, one for each operation that is not a `GET`, with the response status
/// that a test key gets.
fn production_changes(
    target: &Target,
    session: i64,
    profile: &str,
    key: &str,
) -> Vec<(&'static str, Request, u16)> {
    let owner = json!({ "origin_owner_id": "a", "origin_owner_name": "A", "type": "production" });
    let account = format!("/accounts/{}", target.account);
    let profile = format!("/connector_profiles/{profile}");
    let proxied = Request::post("/unified/proxy").header("x-account-id", &target.account);
    vec![
        ("POST /connect_sessions", Request::post("/connect_sessions").json(&owner), 403),
        (
            "DELETE /connect_sessions/{id}",
            Request::new("DELETE", &format!("/connect_sessions/{session}")),
            404,
        ),
        (
            "PATCH /accounts/{id}",
            Request::new("PATCH", &account).json(&json!({ "status": "suspended" })),
            404,
        ),
        ("DELETE /accounts/{id}", Request::new("DELETE", &account), 404),
        ("POST /accounts/{id}/verify", Request::post(&format!("{account}/verify")), 404),
        ("POST /unified/proxy", proxied.json(&json!({ "method": "delete", "path": "/x" })), 404),
        (
            "POST /connector_profiles",
            Request::post("/connector_profiles").json(&json!({ "provider": "stripe", "active": false })),
            403,
        ),
        (
            "PATCH /connector_profiles/{id}",
            Request::new("PATCH", &profile).json(&json!({ "active": false })),
            403,
        ),
        ("DELETE /connector_profiles/{id}", Request::new("DELETE", &profile), 403),
        (
            "POST /api_keys",
            Request::post("/api_keys").json(&json!({ "name": "n", "scopes": [], "type": "production" })),
            403,
        ),
        ("DELETE /api_keys/{id}", Request::new("DELETE", &format!("/api_keys/{key}")), 404),
    ]
}

pub(super) fn test_keys_change_nothing_in_production(target: &mut Target) {
    let test = target.new_key(&json!({ "name": "staging", "scopes": ALL, "type": "test" })).1;
    let (key, _) = target.new_key(&json!({ "name": "production", "scopes": [] }));
    let session = target.session(&json!({ "provider": null }));
    let profile = json!({ "provider": "ashby", "name": "Ours" });
    let profile = target.send(Request::post("/connector_profiles").key(&target.key).json(&profile));
    assert_eq!(profile.status, 201, "{}", profile.body);
    let profile = profile.text("id");
    let state = |target: &Target| -> Vec<Response> {
        let paths = [
            "/connector_profiles".to_owned(),
            format!("/connector_profiles/{profile}"),
            "/connectors/meta".to_owned(),
            format!("/accounts/{}", target.account),
            format!("/connect_sessions/{}", session.id),
            "/audit".to_owned(),
        ];
        let mut seen: Vec<_> =
            paths.iter().map(|path| target.send(Request::get(path).key(&target.key))).collect();
        seen.push(target.send(Request::get("/hub/connectors").session(&session.token)));
        seen
    };
    let bodies = |seen: Vec<Response>| -> Vec<String> {
        let body = |response: Response| {
            assert_eq!(response.status, 200, "{}", response.body);
            response.body
        };
        seen.into_iter().map(body).collect()
    };
    let before = bodies(state(target));
    let changes = production_changes(target, session.id, &profile, &key);
    // A new operation must be added to the list, unless it only reads.
    let description = target.send(Request::get("/openapi.json")).value();
    let described = description["paths"].as_object().expect("paths").iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("operations").iter();
        let changing =
            methods.filter(|(method, operation)| *method != "get" && operation["tags"][0] != "hub");
        changing.map(move |(method, _)| format!("{} {path}", method.to_uppercase()))
    });
    let described: BTreeSet<String> =
        described.filter(|line| line != "POST /connect_sessions/authenticate").collect();
    let listed: BTreeSet<String> = changes.iter().map(|(line, ..)| (*line).to_owned()).collect();
    assert_eq!(listed, described);
    for (line, request, status) in changes {
        let code = if status == 403 { "forbidden" } else { "not_found" };
        target.assert_rejected(line, request.key(&test), status, code);
    }
    assert_eq!(bodies(state(target)), before);
    let accounts = |query: &str| Request::get(&format!("/accounts{query}")).key(&test);
    let case = "a filter for production accounts";
    target.assert_rejected(case, accounts("?type=production"), 403, "forbidden");
    for query in ["", "?type=test", "?type=TEST", "?type="] {
        let own = target.send(accounts(query));
        assert_eq!((own.status, own.body.as_str()), (200, "[]"), "{query}");
    }
    let read = target.send(Request::get(&format!("/connector_profiles/{profile}")).key(&test));
    assert_eq!(read.status, 200, "a test key can read profiles: {}", read.body);
    let path = format!("/connector_profiles/{profile}");
    assert_eq!(target.send(Request::new("DELETE", &path).key(&target.key)).status, 204);
}

/// Returns the trail's entries about refused keys.
fn refusals(target: &Target) -> Vec<Value> {
    let trail = target.send(Request::get("/audit?page_size=500").key(&target.key)).value();
    let rows = trail.as_array().expect("a list").iter();
    rows.filter(|row| row["action"] == "api_key.refused").cloned().collect()
}

pub(super) fn a_revoked_key_is_recorded_only_in_its_own_projects_trail(target: &Target) {
    for _ in 0..5 {
        let revoked = Request::get("/accounts").key(&target.revoked);
        target.assert_rejected("a revoked key", revoked, 401, "unauthorized");
    }
    assert_eq!(refusals(target).len(), 1);
    let theirs = target.send(Request::get("/audit?page_size=500").key(&target.other)).value();
    let is_refusal = |row: &&Value| row["action"].as_str().is_some_and(|action| action.contains("refused"));
    let theirs: Vec<&Value> = theirs.as_array().expect("a list").iter().filter(is_refusal).collect();
    assert_eq!(theirs, [&Value::Null; 0]);
}

pub(super) fn refused_keys_are_recorded_without_filling_the_trail(target: &mut Target) {
    let end = Timestamp::now() + Duration::from_secs(3);
    let body = json!({ "name": "brief", "scopes": ["platform:read"], "expires_at": end.to_string() });
    let (id, brief) = target.new_key(&body);
    let accounts = || Request::get("/accounts").key(&brief);
    assert_eq!(target.send(accounts()).status, 200);
    let began = Instant::now();
    let shown = loop {
        let keys = target.send(Request::get("/api_keys").key(&target.key)).value();
        let keys = keys.as_array().expect("a list");
        let shown = keys.iter().find(|key| key["id"] == id.as_str()).expect("the key").clone();
        if shown["last_used_at"].is_string() {
            break shown;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "the key's use was not stored: {shown}");
        sleep(Duration::from_millis(20));
    };
    assert_eq!(shown["expires_at"].as_str().and_then(|text| text.parse().ok()), Some(truncated(end)));
    while Timestamp::now() <= end {
        sleep(Duration::from_millis(100));
    }
    for _ in 0..5 {
        target.assert_rejected("an expired key", accounts(), 401, "unauthorized");
        let revoked = Request::get("/accounts").key(&target.revoked);
        target.assert_rejected("a revoked key", revoked, 401, "unauthorized");
        let unknown = Request::get("/accounts").key("wak_live_unknown");
        target.assert_rejected("an unknown key", unknown, 401, "unauthorized");
    }
    let recorded = refusals(target);
    let of = |why: &str| -> Vec<&Value> {
        let is_why = |row: &&Value| row["detail"].as_str().is_some_and(|detail| detail.starts_with(why));
        recorded.iter().filter(is_why).collect()
    };
    let expired = of("expired, from 10.");
    assert_eq!(expired.len(), 1, "{recorded:?}");
    assert_eq!(expired[0]["actor"], format!("key:{id}"));
    let of_first_revoked = of("revoked, from 10.");
    let keys: BTreeSet<&str> = of_first_revoked.iter().filter_map(|row| row["actor"].as_str()).collect();
    assert_eq!(keys.len(), of_first_revoked.len(), "a key was recorded twice: {recorded:?}");
    assert!(!keys.is_empty(), "{recorded:?}");
    let metrics = target.send(Request::get("/metrics")).body;
    for reason in ["unknown", "revoked", "expired"] {
        let line = format!("waystone_refused_keys_total{{reason=\"{reason}\"}} ");
        assert!(metrics.contains(&line), "missing: {line}\n{metrics}");
    }
}

/// Truncates a time to the milliseconds that the API shows.
fn truncated(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).expect("a time")
}
