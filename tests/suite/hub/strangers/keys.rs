//! Keys: none, wrong, revoked, without the scope, of another project, for trying out.

use serde_json::json;

use super::siege::Siege;
use crate::hub::client::Ask;

/// Every address that a key opens, and a body for it.
fn closed(account: &str) -> Vec<Ask> {
    let session = json!({ "origin_owner_id": "a", "origin_owner_name": "A" });
    vec![
        Ask::post("/connect_sessions").json(&session),
        Ask::post("/connect_sessions/authenticate").json(&json!({ "token": "wst_none" })),
        Ask::get("/connect_sessions/1"),
        Ask::new("DELETE", "/connect_sessions/1"),
        Ask::get("/accounts"),
        Ask::get(&format!("/accounts/{account}")),
        Ask::new("PATCH", &format!("/accounts/{account}")).json(&json!({ "label": "mine" })),
        Ask::new("DELETE", &format!("/accounts/{account}")),
        Ask::get(&format!("/accounts/{account}/meta")),
        Ask::post(&format!("/accounts/{account}/verify")),
        Ask::get(&format!("/accounts/{account}/credentials")),
        Ask::get(&format!("/accounts/{account}/proxy/api/v1/organization")),
        Ask::new("DELETE", &format!("/accounts/{account}/proxy/x")),
        Ask::post("/unified/proxy").header("x-account-id", account).json(&json!({ "path": "/x" })),
        Ask::get("/link_attempts/att_none"),
        Ask::get("/connector_profiles"),
        Ask::post("/connector_profiles").json(&json!({ "provider": "jira", "method": "m", "name": "n" })),
        Ask::get("/connector_profiles/cpr_none"),
        Ask::new("PATCH", "/connector_profiles/cpr_none").json(&json!({ "name": "n" })),
        Ask::new("DELETE", "/connector_profiles/cpr_none"),
        Ask::get("/connectors/meta"),
        Ask::get("/connectors/meta/gladly"),
        Ask::get("/api_keys"),
        Ask::post("/api_keys").json(&json!({ "name": "n", "scopes": [] })),
        Ask::new("DELETE", "/api_keys/key_none"),
        Ask::get("/audit"),
    ]
}

pub(super) fn without_the_right_key(siege: &Siege) {
    let wrong = format!("wak_live_{}", "A".repeat(43));
    let half = &siege.key[..siege.key.len() - 1];
    for ask in closed(&siege.account) {
        siege.refused("nobody", ask.clone(), 401, "unauthorized");
        for key in [wrong.as_str(), half, &siege.revoked, "", "wak_live_'or'1'='1"] {
            siege.refused("a wrong key", ask.clone().key(key), 401, "unauthorized");
        }
        siege.refused(
            "a key as a digest",
            ask.clone().header("authorization", "Digest x"),
            401,
            "unauthorized",
        );
        siege.refused("no base64", ask.clone().header("authorization", "Basic %%%"), 401, "unauthorized");
        siege.refused("a session's header", ask.session(&siege.key), 401, "unauthorized");
    }
    // The key has one scope; what it may not do is said before anything is looked for.
    let reads = [
        "GET /accounts",
        "GET /connect_sessions",
        "POST /connect_sessions/authenticate",
        "GET /link_attempts",
        "GET /audit",
    ];
    for ask in closed("acc_none") {
        let line = ask.line();
        let is_more = line.ends_with("credentials") || line.contains("/proxy/");
        let is_allowed = !is_more && reads.iter().any(|one| line.starts_with(one));
        if !is_allowed {
            siege.refused("a key without the scope", ask.key(&siege.reader), 403, "forbidden");
        }
    }
    let credentials = Ask::get(&format!("/accounts/{}/credentials", siege.account));
    siege.refused("a key that was not given credentials", credentials.key(&siege.key), 403, "forbidden");
}

pub(super) fn with_somebody_elses_ids(siege: &mut Siege) {
    let session = siege.session(&json!({}));
    let account = siege.account.clone();
    for (who, key) in [("another project", siege.other.clone()), ("a test key", siege.test.clone())] {
        let own = |ask: Ask| ask.key(&key);
        let path = format!("/accounts/{account}");
        siege.refused(who, own(Ask::get(&path)), 404, "not_found");
        siege.refused(who, own(Ask::new("DELETE", &path)), 404, "not_found");
        let change = json!({ "label": "mine", "status": "archived" });
        siege.refused(who, own(Ask::new("PATCH", &path).json(&change)), 404, "not_found");
        siege.refused(who, own(Ask::get(&format!("{path}/meta"))), 404, "not_found");
        siege.refused(who, own(Ask::post(&format!("{path}/verify"))), 404, "not_found");
        if who == "another project" {
            let passed = Ask::get(&format!("{path}/proxy/api/v1/organization"));
            siege.refused(who, own(passed), 404, "not_found");
            let passed =
                Ask::post("/unified/proxy").header("x-account-id", &account).json(&json!({ "path": "/x" }));
            siege.refused(who, own(passed), 404, "not_found");
        }
        let listed = siege.ask(own(Ask::get(&format!("/accounts?account_ids={account}"))));
        assert_eq!((listed.status, listed.body.as_str()), (200, "[]"), "{who}");
        // A session that would edit it.
        let body = json!({ "origin_owner_id": "mine", "origin_owner_name": "M", "account_id": account });
        siege.refused(who, own(Ask::post("/connect_sessions").json(&body)), 404, "not_found");
        let path = format!("/connect_sessions/{}", session.id);
        siege.refused(who, own(Ask::get(&path)), 404, "not_found");
        siege.refused(who, own(Ask::new("DELETE", &path)), 404, "not_found");
        let shown = json!({ "token": session.token });
        siege.refused(who, own(Ask::post("/connect_sessions/authenticate").json(&shown)), 404, "not_found");
        let keys = siege.ask(own(Ask::get("/api_keys"))).body;
        assert!(!keys.contains("first key"), "{who}: {keys}");
    }
    let other = siege.other.clone();
    let credentials = Ask::get(&format!("/accounts/{account}/credentials")).key(&other);
    siege.refused("another project", credentials, 404, "not_found");
    let trail = siege.ask(Ask::get(&format!("/audit?account_id={account}")).key(&other));
    assert_eq!((trail.status, trail.body.as_str()), (200, "[]"), "the trail of another project");
    let first = siege.ask(Ask::get("/api_keys").key(&siege.key)).value()[0]["id"].clone();
    let path = format!("/api_keys/{}", first.as_str().unwrap_or_default());
    siege.refused("another project's key", Ask::new("DELETE", &path).key(&other), 404, "not_found");
    let test = siege.test.clone();
    siege.refused("a test key", Ask::new("DELETE", &path).key(&test), 404, "not_found");
    siege.refused("a test key", Ask::get("/audit").key(&test), 403, "forbidden");
    let body = json!({ "origin_owner_id": "a", "origin_owner_name": "A", "type": "production" });
    siege.refused("a test key", Ask::post("/connect_sessions").key(&test).json(&body), 403, "forbidden");
    let body = json!({ "name": "n", "scopes": ["platform:read"], "type": "production" });
    siege.refused("a test key", Ask::post("/api_keys").key(&test).json(&body), 403, "forbidden");
    // Ids that nobody was given.
    for id in ["acc_aaaaaaaaaaaaaaaaaaaaaaaaaa", "acc_", "1", "-1", "acc_%00", "..%2f..", "%ff", "acc_'--"] {
        let path = format!("/accounts/{id}");
        siege.refused("a guessed account", Ask::get(&path).key(&siege.key), 404, "not_found");
    }
    for id in ["0", "-1", "999999", "9223372036854775808", "1e3", "%00", "0x1"] {
        let path = format!("/connect_sessions/{id}");
        siege.refused("a guessed session", Ask::get(&path).key(&siege.key), 404, "not_found");
    }
}
