//! Header injection, redirects to other origins, path traversal, unknown methods and guessing.

use serde_json::json;

use super::target::Target;
use crate::hub::browser::Browser;
use crate::hub::client::{Request, raw};

pub(super) fn injected_headers_have_no_effect(target: &mut Target) {
    for id in ["a\u{1}bcdefgh", "short", "has space in it", &"x".repeat(65), "%0d%0aset-cookie:a=b"] {
        let response = target.send(Request::get("/health/live").header("x-request-id", id));
        assert!(
            response.header("x-request-id").is_none_or(|id| id.starts_with("req_")),
            "the request id {id:?} was accepted"
        );
    }
    // Encoded line breaks in a path must not be decoded into a response header.
    for path in [
        "/link/wst_%0d%0aset-cookie:%20evil=1",
        "/session/1%0d%0aset-cookie:%20evil=1",
        "/help/x%0d%0aset-cookie:%20evil=1",
        "/assets/x%0d%0aset-cookie:%20evil=1",
        "/connectors/x%0d%0aset-cookie:%20evil=1/icon",
        "/guides/x%0d%0aset-cookie:%20evil=1/y",
        "/%0d%0aset-cookie:%20evil=1",
    ] {
        let response = target.send(Request::get(path));
        assert_eq!(response.status, 404, "{path}");
        let is_set = response
            .headers
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case("set-cookie") || value.contains("evil"));
        assert!(!is_set, "{path}: {:?}", response.headers);
    }
    // Pages escape the session's strings.
    let created = target.session(&json!({
        "origin_owner_id": "<script>", "origin_owner_name": "\"><script>alert(1)</script>",
        "label": "<img src=x onerror=alert(1)>",
    }));
    let mut browser = Browser::new(&created.link, &[]);
    let address = target.address();
    let page = browser.open(|| address).expect("no response");
    assert!(!page.body.contains("<script>alert") && !page.body.contains("<img src=x"), "{}", page.body);
    target.keep_secret(&browser.cookies()[0].1.clone());
    // Header values with control characters.
    for head in
        ["x-hub-session-token: a\u{0}b", "cookie: waystone_session_1=\u{7f}", "authorization: Bearer \u{0}"]
    {
        let text = format!("GET /hub/settings HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{head}\r\n\r\n");
        let response = raw(target.address(), text.as_bytes());
        assert!(
            response.as_ref().map_or(true, |response| matches!(response.status, 400 | 401)),
            "{head:?}: {response:?}"
        );
    }
    let many: String = (0..500).map(|n| format!("x-{n}: {}\r\n", "y".repeat(2_000))).collect();
    let text = format!("GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{many}\r\n");
    let response = raw(target.address(), text.as_bytes());
    assert!(response.as_ref().map_or(true, |response| matches!(response.status, 400 | 431)), "{response:?}");
}

pub(super) fn redirects_to_other_origins_are_rejected(target: &mut Target) {
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
        "https://app.example.com/\r\nset-cookie:a=b",
        "/relative",
        "",
    ] {
        let body = json!({
            "origin_owner_id": "a", "origin_owner_name": "A", "allowed_origins": [allowed], "return_url": url,
        });
        let request = Request::post("/connect_sessions").key(&target.key).json(&body);
        target.assert_rejected(url, request, 400, "invalid_value");
    }
    // A forwarded host must not change the addresses in responses.
    let request =
        Request::post("/connect_sessions").key(&target.key).header("x-forwarded-host", "evil.example");
    let created = target.send(request.json(&json!({ "origin_owner_id": "a", "origin_owner_name": "A" })));
    assert!(
        created.text("auth_link_url").starts_with(&format!("http://{}/link/", target.address())),
        "{}",
        created.body
    );
    target.keep_secret(&created.text("token"));
}

pub(super) fn unknown_paths_and_methods_are_rejected(target: &Target) {
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
        target.assert_rejected(path, Request::get(path), 404, "not_found");
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
        let response = target.assert_rejected(
            method,
            Request::new(method, path).key(&target.key),
            405,
            "method_not_allowed",
        );
        assert!(response.header("allow").is_some(), "{method} {path}");
    }
    // A method override header has no effect.
    let path = format!("/accounts/{}", target.account);
    let request = Request::get(&path).key(&target.key).header("x-http-method-override", "DELETE");
    assert_eq!(target.send(request).status, 200);
    // Other origins cannot read responses to requests with API keys, and cookies do not authenticate requests below
    // `/hub/`.
    let response =
        target.send(Request::get("/accounts").key(&target.key).header("origin", "https://evil.example"));
    assert!(response.header("access-control-allow-origin").is_none());
    let response =
        target.send(Request::new("OPTIONS", "/hub/accounts").header("origin", "https://evil.example"));
    assert!(response.header("access-control-allow-credentials").is_none());
}

pub(super) fn guessing_is_limited(target: &mut Target) {
    let session = target.session(&json!({}));
    let from = |request: Request| {
        request.header("x-forwarded-for", "203.0.113.7").send_to(target.address()).expect("no response")
    };
    let mut statuses = Vec::new();
    for n in 0..64 {
        let token = format!("w_{n:043}");
        let response = from(match n % 4 {
            0 => Request::get("/accounts").key(&token),
            1 => Request::get("/hub/settings").session(&token),
            2 => Request::get(&format!("/link/{token}")),
            _ => Request::get("/session/1").header("cookie", &format!("waystone_session_1={token}")),
        });
        statuses.push(response.status);
    }
    assert!(statuses[..60].iter().all(|status| matches!(status, 401 | 404)), "{statuses:?}");
    assert!(statuses[60..].iter().all(|status| *status == 429), "{statuses:?}");
    // API responses and pages both state how long to wait.
    for request in [
        Request::get("/accounts").key("wak_live_x"),
        Request::get("/link/x"),
        Request::get("/help/wsh_x"),
        Request::get("/session/1").header("cookie", "waystone_session_1=x"),
        Request::get("/connect/oauth2/gladly.api-key?token=x"),
    ] {
        let response = from(request);
        let seconds = response.header("retry-after").and_then(|text| text.parse::<u32>().ok());
        assert_eq!(response.status, 429);
        assert!(seconds.is_some_and(|seconds| (1..=600).contains(&seconds)), "{:?}", response.headers);
    }
    assert_eq!(from(Request::get("/accounts").key("wak_live_x")).text("code"), "too_many_requests");
    // A valid key, token or link works even from this address, and so do all requests from other addresses.
    assert_eq!(from(Request::get("/accounts").key(&target.key)).status, 200);
    assert_eq!(from(Request::get("/hub/settings").session(&session.token)).status, 200);
    let opened = from(Request::get(&session.link));
    assert_eq!(opened.status, 303, "{}", opened.body);
    target.assert_rejected(
        "another address",
        Request::get("/accounts").key("wak_live_x"),
        401,
        "unauthorized",
    );
    let cookie = opened.header("set-cookie").and_then(|cookie| cookie.split(['=', ';']).nth(1));
    target.keep_secret(cookie.expect("a cookie"));
}

pub(super) fn changes_in_a_session_are_limited(target: &mut Target) {
    let (busy, other) = (target.session(&json!({})), target.session(&json!({})));
    let start = || Request::post("/hub/connection_attempts").json(&json!({}));
    let mut opened = Vec::new();
    // More than twice the limit, because a new minute may begin in the meantime.
    let statuses: Vec<u16> = (0..260)
        .map(|n| {
            if n % 2 == 0 {
                return target.send(start().session(&busy.token)).status;
            }
            let response = target.send(Request::get(&busy.link));
            opened.extend(response.header("set-cookie").map(str::to_owned));
            response.status
        })
        .collect();
    assert!(statuses.iter().all(|status| matches!(status, 201 | 303 | 429)), "{statuses:?}");
    let refused = statuses.iter().filter(|status| **status == 429).count();
    assert!((20..=140).contains(&refused), "{refused} of {} changes were refused", statuses.len());
    // Reading is not limited, and neither is another session.
    assert_eq!(target.send(Request::get("/hub/settings").session(&busy.token)).status, 200);
    assert_eq!(target.send(start().session(&other.token)).status, 201);
    for cookie in opened {
        target.keep_secret(cookie.split(['=', ';']).nth(1).expect("a value"));
    }
}
