//! Sign-ins that end without a code: the guide's rules determine the message, and the transcript quotes the provider.

use super::client::Request;
use super::process::Installation;
use super::renewal::{guides, returned};
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
