//! The linking pages: the wrong browser, cookies from other sessions, forged forms, and frames.

use serde_json::json;

use super::target::Target;
use crate::hub::browser::{Browser, between};
use crate::hub::client::Request;

/// Opens the link for a new session. Returns the browser, the form's CSRF token and the session's id.
fn open_session(target: &mut Target, more: &serde_json::Value) -> (Browser, String, i64) {
    let created = target.session(more);
    let mut browser = Browser::new(&created.link, &[]);
    let address = target.address();
    let page = browser.open(|| address).expect("no response");
    assert_eq!(page.status, 200, "{}", page.body);
    let csrf = between(&page.body, "name=\"csrf\" value=\"", "\"").to_owned();
    assert_eq!(csrf.len(), 32);
    let secret = browser.cookies()[0].1.clone();
    target.keep_secret(&secret);
    (browser, csrf, created.id)
}

/// The paths of a session's pages.
fn paths(id: i64) -> [String; 6] {
    let base = format!("/session/{id}/gladly.api-key");
    [
        format!("/session/{id}"),
        base.clone(),
        format!("{base}/checking"),
        format!("{base}/progress"),
        format!("{base}/confirm"),
        format!("{base}/done"),
    ]
}

pub(super) fn wrong_browsers_are_rejected(target: &mut Target) {
    let single_use = target.session(&json!({ "single_use": true }));
    // Link previews and prefetching do not use up a single-use link.
    let navigate =
        |request: Request| request.header("sec-fetch-mode", "navigate").header("sec-fetch-dest", "document");
    for request in [
        Request::get(&single_use.link),
        navigate(Request::get(&single_use.link)).header("sec-purpose", "prefetch"),
        Request::get(&single_use.link).header("sec-fetch-mode", "cors").header("sec-fetch-dest", "empty"),
        Request::post(&single_use.link).header("sec-fetch-site", "cross-site"),
        Request::post(&single_use.link).header("sec-fetch-site", "same-site"),
        Request::post(&single_use.link).header("origin", "https://evil.example"),
        Request::post(&single_use.link).header("origin", "null"),
    ] {
        let page = target.assert_page("a single-use link that is only fetched", request, 200);
        assert!(page.body.is_empty() || page.body.contains("<form class=\"answer\" method=\"post\">"));
    }
    let head = Request::new("HEAD", &single_use.link);
    for request in [head.clone(), navigate(head)] {
        let head = target.send(request);
        assert_eq!((head.status, head.header("set-cookie")), (204, None));
    }
    let first = target.send(navigate(Request::get(&single_use.link)));
    assert_eq!(first.status, 303);
    assert_eq!(
        first.header("location"),
        Some(format!("/session/{}?first", single_use.id).as_str()),
        "the address must not contain a token"
    );
    for request in [
        Request::get(&single_use.link),
        navigate(Request::get(&single_use.link)),
        Request::post(&single_use.link),
    ] {
        target.assert_page("a used single-use link", request, 410);
    }
    // The button works without Fetch Metadata headers and without cookies.
    let single_use = target.session(&json!({ "single_use": true }));
    assert_eq!(target.send(Request::post(&single_use.link)).status, 303);
    target.assert_page("a button pressed twice", Request::post(&single_use.link), 410);
    // A link can be shown in a frame only by the origins that its session allows.
    let framed =
        target.session(&json!({ "single_use": true, "allowed_origins": ["https://app.example.com"] }));
    let framed_by = |parent: &str| format!("{}?parent={parent}", framed.link);
    let own = target.send(Request::get(&framed_by("https://app.example.com")));
    assert_eq!(own.status, 200);
    let policy = own.header("content-security-policy").unwrap_or_default();
    assert!(policy.ends_with("frame-ancestors https://app.example.com"), "{policy}");
    for request in
        [Request::get(&framed_by("https://evil.example")), Request::post(&framed_by("https://evil.example"))]
    {
        target.assert_page("an origin that is not allowed", request, 403);
    }
    assert_eq!(target.send(Request::post(&framed_by("https://app.example.com"))).status, 303);
    // Neither a `HEAD` request nor a prefetch opens a reusable link.
    let reusable = target.session(&json!({}));
    let ahead = target.send(Request::get(&reusable.link).header("sec-purpose", "prefetch"));
    assert_eq!((ahead.status, ahead.header("set-cookie")), (204, None));
    let head = target.send(Request::new("HEAD", &reusable.link));
    assert_eq!((head.status, head.header("set-cookie")), (204, None));

    let (one, _, first) = open_session(target, &json!({}));
    let (two, _, second) = open_session(target, &json!({ "origin_owner_id": "theirs" }));
    let cookie = |browser: &Browser| browser.cookies()[0].1.clone();
    for path in paths(first) {
        target.assert_page("no cookie", Request::get(&path), 401);
        let other_cookie = format!("waystone_session_{second}={}", cookie(&two));
        target.assert_page(
            "another session's cookie",
            Request::get(&path).header("cookie", &other_cookie),
            401,
        );
        let renamed = format!("waystone_session_{first}={}", cookie(&two));
        target.assert_page(
            "another session's cookie, renamed",
            Request::get(&path).header("cookie", &renamed),
            401,
        );
        let guessed = format!("waystone_session_{first}=wsb_{}", "A".repeat(43));
        target.assert_page("a guessed cookie", Request::get(&path).header("cookie", &guessed), 401);
    }
    let own = format!("waystone_session_{first}={}", cookie(&one));
    for id in ["none", "gladly.none", "%00", "..%2f..%2fassets", "%ff", "jira.oauth"] {
        let path = format!("/session/{first}/{id}");
        let response = target.send(Request::get(&path).header("cookie", &own));
        assert_eq!(response.status, 404, "{path}: {}", response.body);
    }
    for number in ["0", "-1", "x", "9223372036854775808", "%00"] {
        let status = if number.parse::<i64>().is_ok() { 401 } else { 404 };
        let request = Request::get(&format!("/session/{number}")).header("cookie", &own);
        target.assert_page("a guessed session id", request, status);
    }
    let path = format!("/connect_sessions/{first}");
    assert_eq!(target.send(Request::new("DELETE", &path).key(&target.key)).status, 204);
    target.assert_page(
        "a session that was revoked after it was opened",
        Request::get(&paths(first)[1]).header("cookie", &own),
        410,
    );
    for link in ["wsh_none", "hof_none", "x"] {
        target.assert_page(
            "a guessed link to a handed-off step",
            Request::get(&format!("/help/{link}")),
            404,
        );
    }
}

/// Returns a request like that of a browser in which a person opens an address.
pub(super) fn navigated(path: &str) -> Request {
    Request::get(path).header("accept", "text/html").header("sec-fetch-mode", "navigate")
}

pub(super) fn incomplete_and_cookieless_navigations_are_explained(target: &mut Target) {
    // A browser that does not store cookies.
    let created = target.session(&json!({}));
    let opened = target.send(navigated(&created.link));
    let first = opened.header("location").unwrap_or_default().to_owned();
    let off = target.assert_page("no cookies", navigated(&first), 401);
    assert!(off.body.contains("Turn on cookies"), "{}", off.body);
    // A browser that stores cookies is redirected to an address that can be reloaded later.
    let cookie = opened.cookie();
    let secret = cookie.split_once('=').map_or("", |(_, value)| value).to_owned();
    target.keep_secret(&secret);
    let kept = target.send(navigated(&first).header("cookie", cookie));
    assert_eq!((kept.status, kept.header("location")), (303, first.strip_suffix("?first")));
    // Mail programs append punctuation.
    for end in [".", ")", "/", ",", "%20", "%E2%80%9D"] {
        let created = target.session(&json!({}));
        let opened = target.send(navigated(&format!("{}{end}", created.link)));
        assert_eq!(opened.status, 303, "{end}: {}", opened.body);
    }
    for path in ["/link/x/y", "/session", "/"] {
        target.assert_page("an address that does not exist", navigated(path), 404);
    }
    target.assert_page("a sign-in without a session", navigated("/connect/oauth2/none"), 401);
}

pub(super) fn forged_forms_are_rejected(target: &mut Target) {
    let (one, csrf, id) = open_session(target, &json!({}));
    let (_, other, _) = open_session(target, &json!({}));
    let cookie = format!("waystone_session_{id}={}", one.cookies()[0].1);
    let base = format!("/session/{id}/gladly.api-key");
    let entered = [
        ("environment", "production"),
        ("field.organization_slug", "acme"),
        ("field.agent_email", "api-user@acme.example"),
        ("field.api_token", super::target::TOKEN),
    ];
    let form = |csrf: &str| {
        let mut fields = entered.to_vec();
        fields.extend([("csrf", csrf), ("do", "connect"), ("step", "enter-credentials")]);
        Request::post("").form(&fields).header("cookie", &cookie)
    };
    for path in [base.clone(), format!("{base}/handoff"), format!("{base}/confirm")] {
        for (case, request) in [
            ("no CSRF token", form("")),
            ("an incorrect CSRF token", form(&"0".repeat(32))),
            ("another session's CSRF token", form(&other)),
            ("from another site", form(&csrf).header("sec-fetch-site", "cross-site")),
            ("from another origin on the same site", form(&csrf).header("sec-fetch-site", "same-site")),
            (
                "from another origin, in an older browser",
                form(&csrf).header("origin", "https://evil.example"),
            ),
            ("from a sandboxed page", form(&csrf).header("origin", "null")),
        ] {
            target.assert_page(case, request.path(&path), 409);
        }
        let text = Request::post(&path).header("cookie", &cookie).header("content-type", "text/plain");
        target.assert_page(
            "a form as plain text",
            text.body(format!("csrf={csrf}&do=yes").into_bytes()),
            409,
        );
        target.assert_page(
            "a form without a cookie",
            Request::post(&path).form(&[("csrf", &csrf), ("do", "yes")]),
            401,
        );
    }
    let preview = |csrf: &str| json!({ "csrf": csrf, "values": { "organization_slug": "acme" } });
    for request in [
        Request::post("").json(&preview("")),
        Request::post("").json(&preview(&other)),
        Request::post("").json(&preview(&csrf)).header("sec-fetch-site", "cross-site"),
        Request::post("").json(&preview(&csrf)).header("origin", "https://evil.example"),
        Request::post("").header("content-type", "application/json").body(b"{".to_vec()),
    ] {
        let response = target.send(request.path(&format!("{base}/preview")).header("cookie", &cookie));
        assert_eq!(response.status, 400, "{}", response.body);
    }
    // The same form with its own CSRF token is accepted.
    let sent = target.send(form(&csrf).path(&base).header("sec-fetch-site", "same-origin"));
    assert_eq!(sent.status, 303, "{}", sent.body);
    // An older browser sends only the origin.
    let own = format!("http://{}", target.address());
    let sent = target.send(form(&csrf).path(&base).header("origin", &own));
    assert_eq!(sent.status, 303, "{}", sent.body);
}

pub(super) fn only_allowed_origins_can_frame_the_pages(target: &mut Target) {
    let allowed = "https://app.example.com";
    let body = json!({ "allowed_origins": [allowed] });
    let framed = |target: &mut Target, parent: &str| {
        let created = target.session(&body);
        let mut browser = Browser::new(&format!("{}?parent={parent}", created.link), &[]);
        let address = target.address();
        let page = browser.open(|| address).expect("no response");
        assert_eq!(page.status, 200, "{parent}: {}", page.body);
        let policy = page.header("content-security-policy").unwrap_or_default().to_owned();
        let secret = browser.cookies()[0].1.clone();
        target.keep_secret(&secret);
        (between(&policy, "frame-ancestors ", ";").to_owned(), page.body)
    };
    assert_eq!(framed(target, "https%3A%2F%2Fapp.example.com").0, allowed);
    for parent in [
        "https%3A%2F%2Fevil.example",
        "https%3A%2F%2Fapp.example.com.evil.example",
        "https%3A%2F%2Fapp.example.com%2F",
        "https%3A%2F%2Fapp.example.com%3B%20script-src%20*",
        "*",
        "null",
        "%0d%0aset-cookie:%20a=b",
        "",
    ] {
        // An origin that is not allowed gets no page, no cookie and no frame.
        let created = target.session(&body);
        let refused = target.send(Request::get(&format!("{}?parent={parent}", created.link)));
        assert_eq!(refused.status, 403, "{parent}: {}", refused.body);
        let policy = refused.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("frame-ancestors 'none'"), "{parent}: {policy}");
        assert!(refused.header("set-cookie").is_none(), "{parent}");
        assert!(!refused.body.contains("evil.example"), "{parent}");
    }
    let created = target.session(&body);
    let twice =
        target.send(Request::get(&format!("{}?parent={allowed}&parent=https://evil.example", created.link)));
    assert_eq!(twice.status, 400, "two different parents were accepted: {}", twice.body);
}
