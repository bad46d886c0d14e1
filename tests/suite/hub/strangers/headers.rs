//! Headers that would be split, addresses that lead elsewhere, paths that climb, methods that are none, and guessing.

use serde_json::json;

use super::siege::Siege;
use crate::hub::browser::Browser;
use crate::hub::client::{Ask, raw};

pub(super) fn injected(siege: &mut Siege) {
    for id in ["a\u{1}bcdefgh", "short", "has space in it", &"x".repeat(65), "%0d%0aset-cookie:a=b"] {
        let answer = siege.ask(Ask::get("/health/live").header("x-request-id", id));
        assert!(answer.header("x-request-id").is_none_or(|said| said.starts_with("req_")), "{id:?}");
    }
    // Encoded line ends stay what they are, wherever they are put.
    for path in [
        "/link/wst_%0d%0aset-cookie:%20evil=1",
        "/session/1%0d%0aset-cookie:%20evil=1",
        "/help/x%0d%0aset-cookie:%20evil=1",
        "/assets/x%0d%0aset-cookie:%20evil=1",
        "/connectors/x%0d%0aset-cookie:%20evil=1/icon",
        "/guides/x%0d%0aset-cookie:%20evil=1/y",
        "/%0d%0aset-cookie:%20evil=1",
    ] {
        let answer = siege.ask(Ask::get(path));
        assert_eq!(answer.status, 404, "{path}");
        let is_set = answer
            .headers
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case("set-cookie") || value.contains("evil"));
        assert!(!is_set, "{path}: {:?}", answer.headers);
    }
    // A session's texts come to pages as texts.
    let made = siege.session(&json!({
        "origin_owner_id": "<script>", "origin_owner_name": "\"><script>alert(1)</script>",
        "label": "<img src=x onerror=alert(1)>",
    }));
    let mut browser = Browser::new(&made.link, &[]);
    let address = siege.address();
    let page = browser.open(|| address).expect("it answers");
    assert!(!page.body.contains("<script>alert") && !page.body.contains("<img src=x"), "{}", page.body);
    siege.keep_secret(&browser.cookies()[0].1.clone());
    // Raw bytes where a value stands.
    for head in
        ["x-hub-session-token: a\u{0}b", "cookie: waystone_session_1=\u{7f}", "authorization: Bearer \u{0}"]
    {
        let text = format!("GET /hub/settings HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{head}\r\n\r\n");
        let answer = raw(siege.address(), text.as_bytes());
        assert!(
            answer.as_ref().map_or(true, |answer| matches!(answer.status, 400 | 401)),
            "{head:?}: {answer:?}"
        );
    }
    let many: String = (0..500).map(|n| format!("x-{n}: {}\r\n", "y".repeat(2_000))).collect();
    let text = format!("GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{many}\r\n");
    let answer = raw(siege.address(), text.as_bytes());
    assert!(answer.as_ref().map_or(true, |answer| matches!(answer.status, 400 | 431)), "{answer:?}");
}

pub(super) fn led_astray(siege: &mut Siege) {
    let allowed = "https://app.example.com";
    for url in [
        "https://evil.example/",
        "//evil.example",
        "https:evil.example",
        "https://app.example.com.evil.example/",
        "https://app.example.com@evil.example/",
        "https://app.example.com:444/",
        "http://app.example.com/",
        "javascript:alert(1)",
        "data:text/html,x",
        "/relative",
        "",
    ] {
        let body = json!({
            "origin_owner_id": "a", "origin_owner_name": "A", "allowed_origins": [allowed], "return_url": url,
        });
        let ask = Ask::post("/connect_sessions").key(&siege.key).json(&body);
        siege.refused(url, ask, 400, "invalid_value");
    }
    // A line end is taken out by the reader of URLs, as browsers do; it comes to no header.
    let made = siege.session(&json!({
        "allowed_origins": [allowed], "return_url": "https://app.example.com/\r\nset-cookie:a=b",
    }));
    let mut browser = Browser::new(&made.link, &[]);
    let address = siege.address();
    let page = browser.open(|| address).expect("it answers");
    assert!(page.header("set-cookie").is_none());
    siege.keep_secret(&browser.cookies()[0].1.clone());
    // What a browser says of the address changes nothing that others are told.
    let ask = Ask::post("/connect_sessions").key(&siege.key).header("x-forwarded-host", "evil.example");
    let made = siege.ask(ask.json(&json!({ "origin_owner_id": "a", "origin_owner_name": "A" })));
    assert!(
        made.text("auth_link_url").starts_with(&format!("http://{}/link/", siege.address())),
        "{}",
        made.body
    );
    siege.keep_secret(&made.text("token"));
}

pub(super) fn paths_and_methods(siege: &Siege) {
    for path in [
        "/assets/..%2f..%2fetc%2fpasswd",
        "/assets/%2e%2e/%2e%2e/Cargo.toml",
        "/assets/../data/key",
        "/assets/hub-0000000000000000.css",
        "/assets/%00",
        "/assets/",
        "/guides/..%2f..%2fetc/passwd",
        "/guides/gladly/..%2fguide.yaml",
        "/guides/gladly/api-key.yaml",
        "/guides/%00/%00",
        "/guides/gladly%00/api-key",
        "/connectors/..%2f..%2f/icon",
        "/connectors/../icon",
        "/connectors/%00/icon",
        "/connectors/gladly%2ficon.svg/icon",
        "//evil.example",
        "/.env",
        "/key",
        "/vault.db",
        "/%c0%ae%c0%ae/key",
    ] {
        siege.refused(path, Ask::get(path), 404, "not_found");
    }
    for (method, path) in [
        ("PUT", "/accounts"),
        ("POST", "/accounts"),
        ("TRACE", "/accounts"),
        ("GET", "/connect_sessions"),
        ("GET", "/hub/accounts"),
        ("PUT", "/hub/accounts"),
        ("DELETE", "/hub/settings"),
        ("PUT", "/link/x"),
        ("PUT", "/session/1/gladly.api-key"),
        ("DELETE", "/session/1"),
        ("GET", "/session/1/gladly.api-key/preview"),
        ("PATCH", "/help/x"),
        ("POST", "/assets/x"),
        ("BREW", "/health/live"),
    ] {
        let answer = siege.refused(method, Ask::new(method, path).key(&siege.key), 405, "method_not_allowed");
        assert!(answer.header("allow").is_some(), "{method} {path}");
    }
    // Said in a header, a method is nothing.
    let path = format!("/accounts/{}", siege.account);
    let ask = Ask::get(&path).key(&siege.key).header("x-http-method-override", "DELETE");
    assert_eq!(siege.ask(ask).status, 200);
    // No other origin reads what a key reads; below `/hub/`, cookies are no way in.
    let answer = siege.ask(Ask::get("/accounts").key(&siege.key).header("origin", "https://evil.example"));
    assert!(answer.header("access-control-allow-origin").is_none());
    let answer = siege.ask(Ask::new("OPTIONS", "/hub/accounts").header("origin", "https://evil.example"));
    assert!(answer.header("access-control-allow-credentials").is_none());
}

pub(super) fn guessing(siege: &Siege) {
    let from =
        |ask: Ask| ask.header("x-forwarded-for", "203.0.113.7").to(siege.address()).expect("it answers");
    let mut refused = Vec::new();
    for n in 0..64 {
        let token = format!("w_{n:043}");
        let answer = from(match n % 4 {
            0 => Ask::get("/accounts").key(&token),
            1 => Ask::get("/hub/settings").session(&token),
            2 => Ask::get(&format!("/link/{token}")),
            _ => Ask::get("/session/1").header("cookie", &format!("waystone_session_1={token}")),
        });
        refused.push(answer.status);
    }
    assert!(refused[..60].iter().all(|status| matches!(status, 401 | 404)), "{refused:?}");
    assert!(refused[60..].iter().all(|status| *status == 429), "{refused:?}");
    // Also who guesses right, then; and how long is said, on pages as well.
    for ask in [
        Ask::get("/accounts").key(&siege.key),
        Ask::get("/link/x"),
        Ask::get("/help/x"),
        Ask::get("/session/1"),
    ] {
        let answer = from(ask);
        let seconds = answer.header("retry-after").and_then(|text| text.parse::<u32>().ok());
        assert_eq!(answer.status, 429);
        assert!(seconds.is_some_and(|seconds| (1..=600).contains(&seconds)), "{:?}", answer.headers);
    }
    let api = from(Ask::get("/accounts").key(&siege.key));
    assert_eq!(api.text("code"), "too_many_requests");
    // Others are not kept out by it.
    assert_eq!(siege.ask(Ask::get("/accounts").key(&siege.key)).status, 200);
}
