//! Session tokens that are missing, guessed, expired or revoked, or that belong to another owner, project or type.

use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use super::target::{Target, valid_link};
use crate::hub::client::Request;

/// Every endpoint that requires a session, with a valid body.
pub(super) fn endpoints(account: &str) -> Vec<Request> {
    vec![
        Request::get("/hub/settings"),
        Request::get("/hub/connectors"),
        Request::get("/hub/connectors/gladly.api-key"),
        Request::post("/hub/connection_attempts").json(&json!({})),
        Request::get("/hub/connection_attempts/none"),
        Request::new("DELETE", "/hub/connection_attempts/none"),
        Request::post("/hub/accounts").json(&valid_link()),
        Request::get(&format!("/hub/accounts/{account}")),
        Request::new("PATCH", &format!("/hub/accounts/{account}")).json(&valid_link()),
    ]
}

pub(super) fn wrong_sessions_are_rejected(target: &mut Target) {
    let expired = target.session(&json!({ "expires_in": 1 }));
    let revoked = target.session(&json!({}));
    let path = format!("/connect_sessions/{}", revoked.id);
    assert_eq!(target.send(Request::new("DELETE", &path).key(&target.key)).status, 204);
    sleep(Duration::from_millis(1_200));
    let guessed = format!("wst_{}", "A".repeat(43));
    for request in endpoints(&target.account) {
        target.assert_rejected("no token", request.clone(), 401, "unauthorized");
        target.assert_rejected(
            "a key instead of a token",
            request.clone().key(&target.key),
            401,
            "unauthorized",
        );
        for (case, token) in [
            ("a guessed token", guessed.as_str()),
            ("an expired session", &expired.token),
            ("a revoked session", &revoked.token),
            ("a key in the session header", &target.key),
            ("an empty token", ""),
        ] {
            let response = target.assert_rejected(case, request.clone().session(token), 401, "unauthorized");
            assert_eq!(
                response.header("access-control-allow-origin"),
                Some("*"),
                "{case}: browsers cannot read the error"
            );
        }
    }
    for (case, link) in [("an expired link", &expired.link), ("a revoked link", &revoked.link)] {
        target.assert_page(case, Request::get(link), 410);
    }
    target.assert_page("a guessed link", Request::get(&format!("/link/{guessed}")), 404);

    let account = target.account.clone();
    let path = format!("/hub/accounts/{account}");
    for (case, more) in [
        ("another owner", json!({ "origin_owner_id": "theirs" })),
        ("another type", json!({ "type": "test" })),
        ("another provider", json!({ "provider": "jira" })),
    ] {
        let theirs = target.session(&more);
        target.assert_rejected(case, Request::get(&path).session(&theirs.token), 404, "not_found");
        target.assert_rejected(
            case,
            Request::new("PATCH", &path).session(&theirs.token).json(&valid_link()),
            404,
            "not_found",
        );
        let settings = target.send(Request::get("/hub/settings").session(&theirs.token));
        assert!(!settings.body.contains(&account), "{case}: {}", settings.body);
    }
    // A session for editing an account must name the account's owner.
    let body = json!({ "origin_owner_id": "theirs", "origin_owner_name": "T", "account_id": account });
    target.assert_rejected(
        "another owner",
        Request::post("/connect_sessions").key(&target.key).json(&body),
        400,
        "invalid_value",
    );
    let other_provider = target.session(&json!({ "provider": "jira" }));
    let request = Request::post("/hub/accounts").session(&other_provider.token).json(&valid_link());
    target.assert_rejected("a connector for another provider", request, 404, "not_found");
    let listed = target.send(Request::get("/hub/connectors?provider=gladly").session(&other_provider.token));
    assert_eq!(listed.value()["integrations"], json!([]), "{}", listed.body);
    for id in ["gladly.none", "none.api-key", "cpr_none", ".", "gladly.", "a%2fb", "%00", "%ff"] {
        let own = target.session(&json!({}));
        let request = Request::get(&format!("/hub/connectors/{id}")).session(&own.token);
        target.assert_rejected("a guessed connector", request, 404, "not_found");
    }
}
