//! The linking pages: another browser, another session's cookie, forms that are not ours, frames.

use serde_json::json;

use super::siege::Siege;
use crate::hub::browser::{Browser, between};
use crate::hub::client::Ask;

/// A browser that opened a session's link, and the form it sees.
fn opened(siege: &mut Siege, more: &serde_json::Value) -> (Browser, String, i64) {
    let made = siege.session(more);
    let mut browser = Browser::new(&made.link, &[]);
    let address = siege.address();
    let page = browser.open(|| address).expect("it answers");
    assert_eq!(page.status, 200, "{}", page.body);
    let csrf = between(&page.body, "name=\"csrf\" value=\"", "\"").to_owned();
    assert_eq!(csrf.len(), 32);
    let secret = browser.cookies()[0].1.clone();
    siege.keep_secret(&secret);
    (browser, csrf, made.id)
}

/// The pages of a session.
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

pub(super) fn without_the_right_browser(siege: &mut Siege) {
    let once = siege.session(&json!({ "single_use": true }));
    // Whoever only looks at it, in whatever way, leaves it as it is.
    let goes = |ask: Ask| ask.header("sec-fetch-mode", "navigate").header("sec-fetch-dest", "document");
    for ask in [
        Ask::get(&once.link),
        Ask::new("HEAD", &once.link),
        goes(Ask::new("HEAD", &once.link)),
        goes(Ask::get(&once.link)).header("sec-purpose", "prefetch"),
        Ask::get(&once.link).header("sec-fetch-mode", "cors").header("sec-fetch-dest", "empty"),
        Ask::post(&once.link).header("sec-fetch-site", "cross-site"),
        Ask::post(&once.link).header("sec-fetch-site", "same-site"),
    ] {
        let looked = siege.no_page("a link that works once, looked at", ask, 200);
        assert!(looked.body.is_empty() || looked.body.contains("<form class=\"answer\" method=\"post\">"));
    }
    let first = siege.ask(goes(Ask::get(&once.link)));
    assert_eq!(first.status, 303);
    assert_eq!(
        first.header("location"),
        Some(format!("/session/{}", once.id).as_str()),
        "no token in the address"
    );
    for ask in [Ask::get(&once.link), goes(Ask::get(&once.link)), Ask::post(&once.link)] {
        siege.no_page("a link that works once, in a second browser", ask, 410);
    }
    // The button does without headers and cookies.
    let once = siege.session(&json!({ "single_use": true }));
    assert_eq!(siege.ask(Ask::post(&once.link)).status, 303);
    siege.no_page("a button that is pressed twice", Ask::post(&once.link), 410);
    // In a frame it may be where the pages may, and nowhere else.
    let framed =
        siege.session(&json!({ "single_use": true, "allowed_origins": ["https://app.example.com"] }));
    let at = |parent: &str| format!("{}?parent={parent}", framed.link);
    let own = siege.ask(Ask::get(&at("https://app.example.com")));
    assert_eq!(own.status, 200);
    let policy = own.header("content-security-policy").unwrap_or_default();
    assert!(policy.ends_with("frame-ancestors https://app.example.com"), "{policy}");
    for ask in [Ask::get(&at("https://evil.example")), Ask::post(&at("https://evil.example"))] {
        siege.no_page("a page that may not embed it", ask, 403);
    }
    assert_eq!(siege.ask(Ask::post(&at("https://app.example.com"))).status, 303);
    // One that opens in several browsers is not opened by HEAD either.
    let several = siege.session(&json!({}));
    siege.no_page("a link, looked at", Ask::new("HEAD", &several.link), 200);

    let (one, _, first) = opened(siege, &json!({}));
    let (two, _, second) = opened(siege, &json!({ "origin_owner_id": "theirs" }));
    let cookie = |browser: &Browser| browser.cookies()[0].1.clone();
    for path in paths(first) {
        siege.no_page("no cookie", Ask::get(&path), 401);
        let of_two = format!("waystone_session_{second}={}", cookie(&two));
        siege.no_page("another session's cookie", Ask::get(&path).header("cookie", &of_two), 401);
        let renamed = format!("waystone_session_{first}={}", cookie(&two));
        siege.no_page("another session's cookie, renamed", Ask::get(&path).header("cookie", &renamed), 401);
        let guessed = format!("waystone_session_{first}=wsb_{}", "A".repeat(43));
        siege.no_page("a guessed cookie", Ask::get(&path).header("cookie", &guessed), 401);
    }
    let own = format!("waystone_session_{first}={}", cookie(&one));
    for id in ["none", "gladly.none", "%00", "..%2f..%2fassets", "%ff", "jira.oauth"] {
        let path = format!("/session/{first}/{id}");
        let answer = siege.ask(Ask::get(&path).header("cookie", &own));
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
    }
    for number in ["0", "-1", "x", "9223372036854775808", "%00"] {
        siege.no_page("a guessed number", Ask::get(&format!("/session/{number}")).header("cookie", &own), {
            if number.parse::<i64>().is_ok() { 401 } else { 404 }
        });
    }
    let path = format!("/connect_sessions/{first}");
    assert_eq!(siege.ask(Ask::new("DELETE", &path).key(&siege.key)).status, 204);
    siege.no_page("revoked meanwhile", Ask::get(&paths(first)[1]).header("cookie", &own), 410);
    for link in ["wsh_none", "hof_none", "x"] {
        siege.no_page("a guessed step of somebody else", Ask::get(&format!("/help/{link}")), 404);
    }
}

pub(super) fn with_forms_that_are_not_theirs(siege: &mut Siege) {
    let (one, csrf, id) = opened(siege, &json!({}));
    let (_, other, _) = opened(siege, &json!({}));
    let cookie = format!("waystone_session_{id}={}", one.cookies()[0].1);
    let base = format!("/session/{id}/gladly.api-key");
    let typed = [
        ("environment", "production"),
        ("field.organization_slug", "acme"),
        ("field.agent_email", "api-user@acme.example"),
        ("field.api_token", super::siege::TOKEN),
    ];
    let form = |csrf: &str| {
        let mut fields = typed.to_vec();
        fields.extend([("csrf", csrf), ("do", "connect"), ("step", "enter-credentials")]);
        Ask::post("").form(&fields).header("cookie", &cookie)
    };
    for path in [base.clone(), format!("{base}/handoff"), format!("{base}/confirm")] {
        for (who, ask) in [
            ("no token", form("")),
            ("a wrong token", form(&"0".repeat(32))),
            ("the token of another session", form(&other)),
            ("from another site", form(&csrf).header("sec-fetch-site", "cross-site")),
            ("from another origin of the site", form(&csrf).header("sec-fetch-site", "same-site")),
        ] {
            siege.no_page(who, ask.at(&path), 409);
        }
        let text = Ask::post(&path).header("cookie", &cookie).header("content-type", "text/plain");
        siege.no_page("a form as plain text", text.body(format!("csrf={csrf}&do=yes").into_bytes()), 409);
        siege.no_page(
            "a form without a cookie",
            Ask::post(&path).form(&[("csrf", &csrf), ("do", "yes")]),
            401,
        );
    }
    let preview = |csrf: &str| json!({ "csrf": csrf, "values": { "organization_slug": "acme" } });
    for ask in [
        Ask::post("").json(&preview("")),
        Ask::post("").json(&preview(&other)),
        Ask::post("").json(&preview(&csrf)).header("sec-fetch-site", "cross-site"),
        Ask::post("").header("content-type", "application/json").body(b"{".to_vec()),
    ] {
        let answer = siege.ask(ask.at(&format!("{base}/preview")).header("cookie", &cookie));
        assert_eq!(answer.status, 400, "{}", answer.body);
    }
    // With its own token it goes on: nothing but the token was missing.
    let sent = siege.ask(form(&csrf).at(&base).header("sec-fetch-site", "same-origin"));
    assert_eq!(sent.status, 303, "{}", sent.body);
}

pub(super) fn in_frames(siege: &mut Siege) {
    let allowed = "https://app.example.com";
    let body = json!({ "allowed_origins": [allowed] });
    let framed = |siege: &mut Siege, parent: &str| {
        let made = siege.session(&body);
        let mut browser = Browser::new(&format!("{}?parent={parent}", made.link), &[]);
        let address = siege.address();
        let page = browser.open(|| address).expect("it answers");
        assert_eq!(page.status, 200, "{parent}: {}", page.body);
        let policy = page.header("content-security-policy").unwrap_or_default().to_owned();
        let secret = browser.cookies()[0].1.clone();
        siege.keep_secret(&secret);
        (between(&policy, "frame-ancestors ", ";").to_owned(), page.body)
    };
    assert_eq!(framed(siege, "https%3A%2F%2Fapp.example.com").0, allowed);
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
        // No page, no cookie, no frame; and a link that works once is not used up.
        let made = siege.session(&body);
        let refused = siege.ask(Ask::get(&format!("{}?parent={parent}", made.link)));
        assert_eq!(refused.status, 403, "{parent}: {}", refused.body);
        let policy = refused.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("frame-ancestors 'none'"), "{parent}: {policy}");
        assert!(refused.header("set-cookie").is_none(), "{parent}");
        assert!(!refused.body.contains("evil.example"), "{parent}");
    }
    let made = siege.session(&body);
    let twice = siege.ask(Ask::get(&format!("{}?parent={allowed}&parent=https://evil.example", made.link)));
    assert_eq!(twice.status, 400, "which of the two it is, nobody knows: {}", twice.body);
}
