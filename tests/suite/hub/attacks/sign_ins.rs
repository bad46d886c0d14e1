//! Sign-ins to a provider: forwarded addresses, forged forms, other browsers, and reused states.

use serde_json::json;

use super::pages::navigated;
use super::target::Target;
use crate::hub::browser::between;
use crate::hub::client::Request;

pub(super) fn only_a_confirmed_form_starts_a_sign_in(target: &mut Target) {
    let body = json!({ "provider": "salesforce", "method": "oauth", "name": "Salesforce",
        "values": { "client_id": "app", "client_secret": super::target::TOKEN } });
    let profile = target.send(Request::post("/connector_profiles").key(&target.key).json(&body)).text("id");
    let created = target.session(&json!({ "provider": "salesforce", "connector_profile_id": profile }));
    let token = created.link.rsplit('/').next().unwrap_or_default().to_owned();
    let begin = Request::post("/hub/connection_attempts").session(&token).json(&json!({}));
    let attempt = target.send(begin).text("id");
    let path = format!(
        "/connect/oauth2/{profile}?environment=production&token={token}&connection_attempt_id={attempt}"
    );
    let asked = |target: &Target, what: &str, request: Request| {
        let page = target.send(request);
        assert_eq!(page.status, 200, "{what}: {}", page.body);
        assert!(
            page.header("content-security-policy")
                .is_some_and(|text| text.contains("frame-ancestors 'none'"))
        );
        assert!(!page.body.contains(&token), "{what}: the page contains the token");
        assert!(page.body.contains("on behalf of Mine."), "{what}: {}", page.body);
        assert!(page.body.contains("Continue only if you started this yourself"), "{what}: {}", page.body);
        page
    };
    let page = asked(target, "the address alone", navigated(&path));
    let cookie = page.cookie().to_owned();
    let csrf = between(&page.body, "name=\"csrf\" value=\"", "\"").to_owned();
    assert!(cookie.starts_with("waystone_form=wsc_"), "{cookie}");
    let form = |csrf: &str| Request::post(&path).form(&[("csrf", csrf)]);
    let own = |request: Request| request.header("cookie", &cookie);
    asked(target, "a prefetch", own(navigated(&path)).header("sec-purpose", "prefetch"));
    asked(target, "no CSRF token", own(form("")));
    asked(target, "an incorrect CSRF token", own(form(&"0".repeat(32))));
    asked(target, "another site's form", form(&csrf).header("sec-fetch-site", "cross-site"));
    asked(target, "a form from the same site", own(form(&csrf)).header("sec-fetch-site", "same-site"));
    asked(target, "no body", own(Request::post(&path)));
    let off = target.assert_page("no cookies", form(&csrf), 401);
    assert!(off.body.contains("Turn on cookies"), "{}", off.body);
    // A double click sends the browser to the provider twice, and the last state counts.
    let mut states = Vec::new();
    for _ in 0..2 {
        let sent = target.send(own(form(&csrf)).header("sec-fetch-site", "same-origin"));
        let to = sent.header("location").unwrap_or_default();
        assert!(sent.status == 303 && to.contains("/services/oauth2/authorize?"), "{} {to}", sent.status);
        let state = between(to, "state=", "&").to_owned();
        let cookie = sent.cookie();
        assert!(cookie.starts_with("waystone_away_") && cookie.ends_with(&state), "{cookie}");
        states.push((state, cookie.to_owned()));
    }
    let callback =
        |state: &str| navigated(&format!("/connect/oauth2/salesforce/callback?code=c&state={state}"));
    let [(old, old_cookie), (state, state_cookie)] = &states[..] else { panic!("{states:?}") };
    let heading = |target: &Target, request: Request, status: u16, text: &str| {
        let page = target.assert_page(text, request, status);
        assert!(page.body.contains(text), "{}", page.body);
    };
    heading(target, callback(state), 401, "You started this in another browser");
    heading(target, callback(state).header("cookie", old_cookie), 401, "You started this in another browser");
    heading(target, callback(old).header("cookie", old_cookie), 410, "This sign-in is over");
    let mixed = navigated(&format!("/connect/oauth2/jira/callback?code=c&state={state}"));
    heading(target, mixed.header("cookie", state_cookie), 410, "This sign-in is over");
    heading(target, callback(state).header("cookie", state_cookie), 410, "This sign-in is over");
    // A ticket that does not exist starts nothing.
    for ticket in ["", "x", "1.sgn_x", &attempt] {
        let request = Request::post("/connect/oauth2/leave").form(&[("ticket", ticket)]);
        target.assert_page("a guessed ticket", request.header("sec-fetch-site", "same-origin"), 410);
    }
}
