//! Tokens of sessions: none, guessed, expired, revoked, of another owner, project or kind.

use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use super::siege::{Siege, right};
use crate::hub::client::Ask;

/// Every address that a session opens.
fn closed(account: &str) -> Vec<Ask> {
    vec![
        Ask::get("/hub/settings"),
        Ask::get("/hub/connectors"),
        Ask::get("/hub/connectors/gladly.api-key"),
        Ask::post("/hub/connection_attempts").json(&json!({})),
        Ask::get("/hub/connection_attempts/none"),
        Ask::new("DELETE", "/hub/connection_attempts/none"),
        Ask::post("/hub/accounts").json(&right()),
        Ask::get(&format!("/hub/accounts/{account}")),
        Ask::new("PATCH", &format!("/hub/accounts/{account}")).json(&right()),
    ]
}

pub(super) fn without_the_right_session(siege: &mut Siege) {
    let expired = siege.session(&json!({ "expires_in": 1 }));
    let revoked = siege.session(&json!({}));
    let path = format!("/connect_sessions/{}", revoked.id);
    assert_eq!(siege.ask(Ask::new("DELETE", &path).key(&siege.key)).status, 204);
    sleep(Duration::from_millis(1_200));
    let guessed = format!("wst_{}", "A".repeat(43));
    for ask in closed(&siege.account) {
        siege.refused("nobody", ask.clone(), 401, "unauthorized");
        siege.refused("a key", ask.clone().key(&siege.key), 401, "unauthorized");
        for (who, token) in [
            ("a guessed token", guessed.as_str()),
            ("an expired session", &expired.token),
            ("a revoked session", &revoked.token),
            ("a key for a token", &siege.key),
            ("an empty token", ""),
        ] {
            let answer = siege.refused(who, ask.clone().session(token), 401, "unauthorized");
            assert_eq!(
                answer.header("access-control-allow-origin"),
                Some("*"),
                "{who}: browsers may read why"
            );
        }
    }
    for (who, link) in [("an expired link", &expired.link), ("a revoked link", &revoked.link)] {
        siege.no_page(who, Ask::get(link), 410);
    }
    siege.no_page("a guessed link", Ask::get(&format!("/link/{guessed}")), 404);

    let account = siege.account.clone();
    let path = format!("/hub/accounts/{account}");
    for (who, more) in [
        ("another owner", json!({ "origin_owner_id": "theirs" })),
        ("another kind", json!({ "type": "test" })),
        ("another provider", json!({ "provider": "jira" })),
    ] {
        let theirs = siege.session(&more);
        siege.refused(who, Ask::get(&path).session(&theirs.token), 404, "not_found");
        siege.refused(who, Ask::new("PATCH", &path).session(&theirs.token).json(&right()), 404, "not_found");
        let settings = siege.ask(Ask::get("/hub/settings").session(&theirs.token));
        assert!(!settings.body.contains(&account), "{who}: {}", settings.body);
    }
    // A session that edits another account is for that one.
    let body = json!({ "origin_owner_id": "theirs", "origin_owner_name": "T", "account_id": account });
    siege.refused(
        "another owner",
        Ask::post("/connect_sessions").key(&siege.key).json(&body),
        400,
        "invalid_value",
    );
    let elsewhere = siege.session(&json!({ "provider": "jira" }));
    let ask = Ask::post("/hub/accounts").session(&elsewhere.token).json(&right());
    siege.refused("a provider that the session is not for", ask, 404, "not_found");
    let listed = siege.ask(Ask::get("/hub/connectors?provider=gladly").session(&elsewhere.token));
    assert_eq!(listed.value()["integrations"], json!([]), "{}", listed.body);
    for id in ["gladly.none", "none.api-key", "cpr_none", ".", "gladly.", "a%2fb", "%00", "%ff"] {
        let mine = siege.session(&json!({}));
        let ask = Ask::get(&format!("/hub/connectors/{id}")).session(&mine.token);
        siege.refused("a guessed connector", ask, 404, "not_found");
    }
}
