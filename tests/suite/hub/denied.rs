//! Sign-ins that end without a code: the guide's rules determine the message, and the transcript quotes the provider.

use serde_json::json;

use super::browser::{Browser, between};
use super::client::Request;
use super::process::Installation;
use super::renewal::{KEY, guides, returned};
use super::rows::Rows;
use super::world::Database;

#[test]
fn a_denied_sign_in_is_explained_by_the_guide() {
    let guides = guides();
    let folder = guides.path().to_str().expect("the path is not UTF-8");
    let installation = Installation::new(Database::Sqlite, "http://127.0.0.1:1").with(&["--guides", folder]);
    let hub = installation.start();
    let (address, key) = (hub.address, hub.key.clone().expect("a first key"));
    let check = |parameters: &str, outcome: &str, rule: Option<&str>, words: &[&str]| {
        let mut browser = returned(address, &key, parameters);
        let page = browser.open(|| address).expect("no response").body;
        for words in words {
            assert!(page.contains(words), "{parameters}: {words} is not in {page}");
        }
        let at = page.find("att_").expect("a reference for support");
        let id: String =
            page[at..].chars().take_while(|ch| ch.is_ascii_alphanumeric() || *ch == '_').collect();
        let attempt = Request::get(&format!("/link_attempts/{id}")).key(&key);
        let attempt = attempt.send_to(address).expect("no response").value();
        assert_eq!(attempt["outcome"], outcome, "{attempt}");
        let line = &attempt["transcript"][0];
        assert_eq!((line["outcome"].as_str(), line["rule"].as_str()), (Some(outcome), rule), "{attempt}");
        let error = parameters.split(['=', '&']).nth(1).expect("an error");
        assert!(line["quote"].as_str().is_some_and(|quote| quote.contains(error)), "{attempt}");
    };
    let approval = ["approved this app for your company", "Ask an Acme administrator to approve it"];
    check(
        "error=access_denied&error_description=This+app+needs+approval.",
        "missing_permission",
        Some("not-approved"),
        &approval,
    );
    check("error=access_denied", "declined", None, &["Try again and approve access"]);
    check("error=consent_required", "declined", None, &["Try again and approve access"]);
    check("error=unauthorized_client", "misconfigured", None, &["Ask the person who set up this connection"]);
    check("error=temporarily_unavailable", "provider_down", None, &["Try again in a few minutes"]);
    check("error=something_new", "unknown", None, &["contact support"]);
}

/// The widget shows the reason, which is stored without encryption.
#[test]
fn the_reason_of_a_sign_in_that_failed_in_the_widget_contains_no_entered_value() {
    let guides = guides();
    let guide = guides.path().join(KEY).join("guide.yaml");
    let text = std::fs::read_to_string(&guide).expect("cannot read the guide");
    let text = text.replace("approved this app for", "approved {{ value.client_id }} for");
    std::fs::write(&guide, text).expect("cannot write the guide");
    let folder = guides.path().to_str().expect("the path is not UTF-8");
    let installation = Installation::new(Database::Sqlite, "http://127.0.0.1:1").with(&["--guides", folder]);
    let hub = installation.start();
    let (address, key) = (hub.address, hub.key.clone().expect("a first key"));
    let send = |request: Request| request.send_to(address).expect("no response");
    let profile = send(Request::post("/connector_profiles").key(&key).json(&json!({
        "provider": KEY, "method": "main", "values": { "client_id": "entered-canary", "client_secret": "app-secret" },
    })));
    assert_eq!(profile.status, 201, "{}", profile.body);
    let created = send(Request::post("/connect_sessions").key(&key).json(&json!({
        "origin_owner_id": "mine", "origin_owner_name": "Mine", "connector_profile_id": profile.text("id"),
    })));
    let token = created.text("token");
    let attempt = send(Request::post("/hub/connection_attempts").session(&token).json(&json!({})));
    let id = attempt.text("id");
    let path = format!("/connect/oauth2/{}?token={token}&connection_attempt_id={id}", profile.text("id"));
    let mut window = Browser::new(&path, &[]);
    let ask = window.open(|| address).expect("no response");
    let csrf = between(&ask.body, "name=\"csrf\" value=\"", "\"").to_owned();
    let away = window.send(address, Request::post(&path).form(&[("csrf", &csrf)])).expect("no response");
    let state = between(away.header("location").expect("no redirect"), "&state=", "&").to_owned();
    let denied = "error=access_denied&error_description=This+app+needs+approval.";
    let back = Request::get(&format!("/connect/oauth2/{KEY}/callback?{denied}&state={state}"));
    let page = window.send(address, back).expect("no response");
    assert!(page.body.contains("approved entered-canary for your company"), "{}", page.body);
    let read = send(Request::get(&format!("/hub/connection_attempts/{id}")).session(&token));
    assert_eq!(read.text("status"), "error", "{}", read.body);
    assert!(read.body.contains("for your company") && !read.body.contains("canary"), "{}", read.body);
    let text = Rows::open(&installation)
        .strings("select coalesce(error_code, '') || coalesce(error_text, '') from sign_ins");
    assert!(text.iter().any(|text| text.contains("for your company")), "{text:?}");
    assert!(!text.concat().contains("canary"), "{text:?}");
}
