//! Links and tokens that are used again, by another browser, by StackOne's widget, or by a second helper.

use std::time::Duration;

use serde_json::json;

use super::sessions::endpoints;
use super::target::{NewSession, TOKEN, Target, valid_link};
use crate::hub::browser::{Browser, Progress, between};
use crate::hub::client::{Request, Response};

const ENTERED: [(&str, &str); 4] = [
    ("environment", "production"),
    ("field.organization_slug", "acme"),
    ("field.agent_email", "api-user@acme.example"),
    ("field.api_token", TOKEN),
];

/// A browser in which a person opens a link.
fn person(link: &str) -> Browser {
    let mut browser = Browser::new(link, &ENTERED);
    for (name, value) in [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")] {
        browser.headers.push((name.to_owned(), value.to_owned()));
    }
    browser
}

fn open(target: &Target, browser: &mut Browser) -> Response {
    browser.open(|| target.address()).expect("no response")
}

fn send(target: &Target, browser: &mut Browser, request: Request) -> Response {
    browser.send(target.address(), request).expect("no response")
}

fn csrf(page: &Response) -> String {
    between(&page.body, "name=\"csrf\" value=\"", "\"").to_owned()
}

/// Asserts that a session's token is refused everywhere, with this reason, and that its link opens nothing. `read` is the
/// status with which a request for the result of a sign-in is refused.
fn assert_spent(target: &Target, session: &NewSession, why: &str, read: u16) {
    for request in endpoints(&target.account) {
        let line = request.line();
        if read == 404 && line.starts_with("GET /hub/connection_attempts/") {
            target.assert_rejected(&line, request.session(&session.token), 404, "not_found");
            continue;
        }
        let refused = target.assert_rejected(&line, request.session(&session.token), 401, "unauthorized");
        assert!(refused.text("message").contains(why), "{line}: {}", refused.body);
    }
    let window = format!("/connect/oauth2/gladly.api-key?token={}&connection_attempt_id=none", session.token);
    target.assert_page("the widget's window", Request::get(&window), 401);
    for request in [
        Request::get(&session.link),
        person(&session.link)
            .headers
            .iter()
            .fold(Request::get(&session.link), |request, (name, value)| request.header(name, value)),
        Request::post(&session.link),
    ] {
        target.assert_page("a spent link", request, 410);
    }
}

pub(super) fn single_use_sessions_are_entered_once(target: &mut Target) {
    let single_use = json!({ "single_use": true, "multiple": true, "origin_owner_id": "once" });
    // The widget can finish its work, including a refusal and another try. Then the session is over.
    let session = target.session(&single_use);
    let call = |request: Request| target.send(request.session(&session.token));
    // Asking whether the token is valid does not enter the session.
    assert_eq!(call(Request::get("/hub/settings")).status, 200);
    let button = target.assert_page("a link that is not spent", Request::get(&session.link), 200);
    assert!(button.body.contains("<form class=\"answer\" method=\"post\">"), "{}", button.body);
    assert_eq!(call(Request::get("/hub/connectors")).status, 200);
    target.assert_page("a link whose token the widget uses", Request::post(&session.link), 410);
    let attempt = call(Request::post("/hub/connection_attempts").json(&json!({}))).text("id");
    let mut wrong = valid_link();
    wrong["credentials"]["api_token"] = json!("wrong-token");
    assert_eq!(call(Request::post("/hub/accounts").json(&wrong)).status, 400);
    assert_eq!(call(Request::get("/hub/connectors/gladly.api-key")).status, 200);
    let linked = call(Request::post("/hub/accounts").json(&valid_link()));
    assert_eq!(linked.status, 201, "{}", linked.body);
    // The widget can still read the result of a sign-in.
    assert_spent(target, &session, "already linked", 404);
    let waiting = call(Request::get(&format!("/hub/connection_attempts/{attempt}")));
    assert_eq!(waiting.status, 200, "{}", waiting.body);

    // The first browser can finish, and nothing else can enter.
    let session = target.session(&single_use);
    let mut browser = person(&session.link);
    let form = open(target, &mut browser);
    assert_eq!(form.status, 200, "{}", form.body);
    let secret = browser.cookies()[0].1.clone();
    target.keep_secret(&secret);
    assert_spent(target, &session, "opened in a browser", 401);
    let path = browser.path.clone();
    let mut refused = ENTERED.to_vec();
    refused[3].1 = "wrong-token";
    let csrf = csrf(&form);
    refused.extend([("csrf", csrf.as_str()), ("do", "connect")]);
    let sent = send(target, &mut browser, Request::post(&path).form(&refused));
    assert_eq!(sent.status, 303, "{}", sent.body);
    let address = target.address();
    let linked = browser.walk(Duration::from_secs(30), || address).expect("no response");
    assert!(matches!(linked, Progress::Done(_)), "{linked:?}");
    let done = browser.path.clone();
    for request in [
        Request::get(&path),
        Request::get(path.trim_end_matches("/gladly.api-key")),
        Request::get(&session.link),
        Request::post(&path).form(&refused),
        Request::post(&format!("{path}/confirm")).form(&[("csrf", csrf.as_str()), ("do", "yes")]),
    ] {
        let line = request.line();
        let mut again = browser.clone();
        let sent = send(target, &mut again, request);
        assert_eq!(sent.status, 303, "{line}: {}", sent.body);
        sent.header("location").unwrap_or_default().clone_into(&mut again.path);
        let shown = open(target, &mut again);
        assert_eq!((shown.status, &again.path), (200, &done), "{line}");
    }
    assert_spent(target, &session, "already linked", 401);
    let accounts = target.send(Request::get("/accounts?origin_owner_id=once").key(&target.key)).value();
    assert_eq!(accounts.as_array().map(Vec::len), Some(2), "{accounts}");
}

pub(super) fn handed_off_steps_are_completed_once(target: &mut Target) {
    let owner = json!({ "origin_owner_id": "handed", "origin_owner_name": "<b>Shop & Co</b>",
        "origin_username": "Ada <i>" });
    let created = target.session(&owner);
    let mut asker = person(&created.link);
    let form = open(target, &mut asker);
    let secret = asker.cookies()[0].1.clone();
    target.keep_secret(&secret);
    let base = asker.path.clone();
    let csrf_of_asker = csrf(&form);
    let hand = [
        ("csrf", csrf_of_asker.as_str()),
        ("environment", "production"),
        ("field.organization_slug", "acme"),
        ("do", "handoff"),
        ("step", "enter-credentials"),
    ];
    let mut links = Vec::new();
    for _ in 0..2 {
        let sent = send(target, &mut asker, Request::post(&format!("{base}/handoff")).form(&hand));
        assert_eq!(sent.status, 303, "{}", sent.body);
        sent.header("location").unwrap_or_default().clone_into(&mut asker.path);
        for _ in 0..2 {
            let page = open(target, &mut asker);
            assert_eq!(page.status, 200, "{}", page.body);
            links.push(format!("/help/{}", between(&page.body, "/help/", "\"")));
        }
    }
    assert!(links[0].starts_with("/help/wsh_"), "{links:?}");
    assert!(links.iter().all(|link| *link == links[0]), "each visit created another link: {links:?}");
    let link = &links[0];
    // Another browser in the session does not see the link.
    let mut other = person(&created.link);
    open(target, &mut other);
    let page = send(target, &mut other, Request::get(&asker.path));
    assert_eq!((page.status, page.header("location")), (303, Some(base.as_str())));

    for request in [
        Request::new("HEAD", link),
        Request::get(link).header("sec-purpose", "prefetch"),
        Request::get(link).header("purpose", "prefetch"),
    ] {
        let ahead = target.send(request);
        assert_eq!((ahead.status, ahead.header("set-cookie"), ahead.body.as_str()), (204, None, ""));
    }
    let (mut first, mut second) = (person(link), person(link));
    let mut tokens = Vec::new();
    for helper in [&mut first, &mut second] {
        let step = open(target, helper);
        assert_eq!(step.status, 200, "{}", step.body);
        let names = "Ada &lt;i&gt; is connecting Gladly to Waystone for &lt;b&gt;Shop &amp; Co&lt;/b&gt;";
        assert!(step.body.contains(names), "{}", step.body);
        assert!(!helper.path.contains("wsh_"), "{}", helper.path);
        tokens.push(csrf(&step));
    }
    assert_ne!(tokens[0], tokens[1], "two helpers share a CSRF token");
    let path = first.path.clone();
    let values = |csrf: &str, token: &str| {
        let email = ("field.agent_email", "api-user@acme.example");
        let host = ("host", "acme.gladly.com");
        Request::post(&path).form(&[("csrf", csrf), host, email, ("field.api_token", token)])
    };
    // The values are submitted twice, because the helper presses the button twice.
    for _ in 0..2 {
        let sent = send(target, &mut first, values(&tokens[0], TOKEN));
        assert_eq!(sent.status, 303, "{}", sent.body);
    }
    assert!(open(target, &mut first).body.contains("Thanks, you&#39;re done"));
    for request in [values(&tokens[1], "wrong-token"), Request::get(&path)] {
        let late = send(target, &mut second, request);
        assert_eq!(late.status, 409, "{}", late.body);
        assert!(late.body.contains("Someone else has already completed this step"), "{}", late.body);
        assert!(late.body.contains("Nothing that you entered was saved"), "{}", late.body);
    }
    // The values of the first helper are used.
    asker.path = base;
    asker.entered = vec![
        ("environment".to_owned(), "production".to_owned()),
        ("field.organization_slug".to_owned(), "acme".to_owned()),
    ];
    let address = target.address();
    let linked = asker.walk(Duration::from_secs(30), || address).expect("no response");
    assert!(matches!(linked, Progress::Done(_)), "{linked:?}");

    // An email address is not shown.
    let owner = json!({ "origin_owner_id": "mail", "origin_username": "ada@shop.example" });
    let created = target.session(&owner);
    let mut asker = person(&created.link);
    let form = open(target, &mut asker);
    assert!(form.body.contains("You&#39;re connecting Gladly to Waystone for Mine."), "{}", form.body);
    let csrf = csrf(&form);
    let hand = [
        ("csrf", csrf.as_str()),
        ("environment", "production"),
        ("field.organization_slug", "acme"),
        ("do", "handoff"),
        ("step", "enter-credentials"),
    ];
    let request = Request::post(&format!("{}/handoff", asker.path)).form(&hand);
    let sent = send(target, &mut asker, request);
    sent.header("location").unwrap_or_default().clone_into(&mut asker.path);
    let page = open(target, &mut asker);
    let mut helper = person(&format!("/help/{}", between(&page.body, "/help/", "\"")));
    let step = open(target, &mut helper);
    assert!(step.body.contains("Someone who is connecting Gladly to Waystone for Mine"), "{}", step.body);
    assert!(!step.body.contains("shop.example"), "{}", step.body);
}
