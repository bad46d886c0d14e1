//! API keys that are missing, wrong or revoked, that lack a required scope, that belong to another project, or that are
//! test keys.

use serde_json::json;

use super::target::Target;
use crate::hub::client::Request;

/// Every endpoint that requires a key, with a valid body.
fn endpoints(account: &str) -> Vec<Request> {
    let session = json!({ "origin_owner_id": "a", "origin_owner_name": "A" });
    vec![
        Request::post("/connect_sessions").json(&session),
        Request::post("/connect_sessions/authenticate").json(&json!({ "token": "wst_none" })),
        Request::get("/connect_sessions/1"),
        Request::new("DELETE", "/connect_sessions/1"),
        Request::get("/accounts"),
        Request::get(&format!("/accounts/{account}")),
        Request::new("PATCH", &format!("/accounts/{account}")).json(&json!({ "label": "mine" })),
        Request::new("DELETE", &format!("/accounts/{account}")),
        Request::get(&format!("/accounts/{account}/meta")),
        Request::post(&format!("/accounts/{account}/verify")),
        Request::get(&format!("/accounts/{account}/credentials")),
        Request::get(&format!("/accounts/{account}/proxy/api/v1/organization")),
        Request::new("DELETE", &format!("/accounts/{account}/proxy/x")),
        Request::post("/unified/proxy").header("x-account-id", account).json(&json!({ "path": "/x" })),
        Request::get("/link_attempts/att_none"),
        Request::get("/connector_profiles"),
        Request::post("/connector_profiles").json(&json!({ "provider": "jira", "method": "m", "name": "n" })),
        Request::get("/connector_profiles/cpr_none"),
        Request::new("PATCH", "/connector_profiles/cpr_none").json(&json!({ "name": "n" })),
        Request::new("DELETE", "/connector_profiles/cpr_none"),
        Request::get("/connectors/meta"),
        Request::get("/connectors/meta/gladly"),
        Request::get("/api_keys"),
        Request::post("/api_keys").json(&json!({ "name": "n", "scopes": [] })),
        Request::new("DELETE", "/api_keys/key_none"),
        Request::get("/audit"),
    ]
}

pub(super) fn wrong_keys_are_rejected(target: &Target) {
    let wrong = format!("wak_live_{}", "A".repeat(43));
    let truncated = &target.key[..target.key.len() - 1];
    for request in endpoints(&target.account) {
        target.assert_rejected("no key", request.clone(), 401, "unauthorized");
        for key in [wrong.as_str(), truncated, &target.revoked, "", "wak_live_'or'1'='1"] {
            target.assert_rejected("an incorrect key", request.clone().key(key), 401, "unauthorized");
        }
        target.assert_rejected(
            "digest authentication",
            request.clone().header("authorization", "Digest x"),
            401,
            "unauthorized",
        );
        target.assert_rejected(
            "invalid base64",
            request.clone().header("authorization", "Basic %%%"),
            401,
            "unauthorized",
        );
        target.assert_rejected(
            "a key in the session header",
            request.session(&target.key),
            401,
            "unauthorized",
        );
    }
    // The reader key has one scope. A missing scope is reported before the object is looked up.
    let readable = [
        "GET /accounts",
        "GET /connect_sessions",
        "POST /connect_sessions/authenticate",
        "GET /link_attempts",
        "GET /audit",
    ];
    for request in endpoints("acc_none") {
        let line = request.line();
        let needs_more = line.ends_with("credentials") || line.contains("/proxy/");
        let is_allowed = !needs_more && readable.iter().any(|allowed| line.starts_with(allowed));
        if !is_allowed {
            target.assert_rejected("a key without the scope", request.key(&target.reader), 403, "forbidden");
        }
    }
    let credentials = Request::get(&format!("/accounts/{}/credentials", target.account));
    target.assert_rejected(
        "a key that may not read credentials",
        credentials.key(&target.key),
        403,
        "forbidden",
    );
}

pub(super) fn ids_of_other_projects_are_not_found(target: &mut Target) {
    let session = target.session(&json!({}));
    let account = target.account.clone();
    for (case, key) in [("another project", target.other.clone()), ("a test key", target.test.clone())] {
        let with_key = |request: Request| request.key(&key);
        let path = format!("/accounts/{account}");
        target.assert_rejected(case, with_key(Request::get(&path)), 404, "not_found");
        target.assert_rejected(case, with_key(Request::new("DELETE", &path)), 404, "not_found");
        let change = json!({ "label": "mine", "status": "archived" });
        target.assert_rejected(case, with_key(Request::new("PATCH", &path).json(&change)), 404, "not_found");
        target.assert_rejected(case, with_key(Request::get(&format!("{path}/meta"))), 404, "not_found");
        target.assert_rejected(case, with_key(Request::post(&format!("{path}/verify"))), 404, "not_found");
        if case == "another project" {
            let proxied = Request::get(&format!("{path}/proxy/api/v1/organization"));
            target.assert_rejected(case, with_key(proxied), 404, "not_found");
            let proxied = Request::post("/unified/proxy")
                .header("x-account-id", &account)
                .json(&json!({ "path": "/x" }));
            target.assert_rejected(case, with_key(proxied), 404, "not_found");
        }
        let listed = target.send(with_key(Request::get(&format!("/accounts?account_ids={account}"))));
        assert_eq!((listed.status, listed.body.as_str()), (200, "[]"), "{case}");
        // A session that would edit the account.
        let body = json!({ "origin_owner_id": "mine", "origin_owner_name": "M", "account_id": account });
        target.assert_rejected(
            case,
            with_key(Request::post("/connect_sessions").json(&body)),
            404,
            "not_found",
        );
        let path = format!("/connect_sessions/{}", session.id);
        target.assert_rejected(case, with_key(Request::get(&path)), 404, "not_found");
        target.assert_rejected(case, with_key(Request::new("DELETE", &path)), 404, "not_found");
        let token = json!({ "token": session.token });
        target.assert_rejected(
            case,
            with_key(Request::post("/connect_sessions/authenticate").json(&token)),
            404,
            "not_found",
        );
        let keys = target.send(with_key(Request::get("/api_keys"))).body;
        assert!(!keys.contains("first key"), "{case}: {keys}");
    }
    let other = target.other.clone();
    let credentials = Request::get(&format!("/accounts/{account}/credentials")).key(&other);
    target.assert_rejected("another project", credentials, 404, "not_found");
    let trail = target.send(Request::get(&format!("/audit?account_id={account}")).key(&other));
    assert_eq!((trail.status, trail.body.as_str()), (200, "[]"), "another project's audit trail");
    let first = target.send(Request::get("/api_keys").key(&target.key)).value()[0]["id"].clone();
    let path = format!("/api_keys/{}", first.as_str().unwrap_or_default());
    target.assert_rejected(
        "another project's key",
        Request::new("DELETE", &path).key(&other),
        404,
        "not_found",
    );
    let test = target.test.clone();
    target.assert_rejected("a test key", Request::new("DELETE", &path).key(&test), 404, "not_found");
    target.assert_rejected("a test key", Request::get("/audit").key(&test), 403, "forbidden");
    let body = json!({ "origin_owner_id": "a", "origin_owner_name": "A", "type": "production" });
    target.assert_rejected(
        "a test key",
        Request::post("/connect_sessions").key(&test).json(&body),
        403,
        "forbidden",
    );
    let body = json!({ "name": "n", "scopes": ["platform:read"], "type": "production" });
    target.assert_rejected("a test key", Request::post("/api_keys").key(&test).json(&body), 403, "forbidden");
    // Ids that were never assigned.
    for id in ["acc_aaaaaaaaaaaaaaaaaaaaaaaaaa", "acc_", "1", "-1", "acc_%00", "..%2f..", "%ff", "acc_'--"] {
        let path = format!("/accounts/{id}");
        target.assert_rejected("a guessed account", Request::get(&path).key(&target.key), 404, "not_found");
    }
    for id in ["0", "-1", "999999", "9223372036854775808", "1e3", "%00", "0x1"] {
        let path = format!("/connect_sessions/{id}");
        target.assert_rejected("a guessed session", Request::get(&path).key(&target.key), 404, "not_found");
    }
}
