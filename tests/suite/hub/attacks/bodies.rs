//! Request bodies that are too large, incomplete, too deeply nested, of the wrong type or not UTF-8, and values that a
//! database cannot store.

use serde_json::{Value, json};

use super::target::{Target, valid_link};
use crate::hub::client::{Request, raw};

/// Adds the credentials that a request needs.
type Authenticate = Box<dyn Fn(Request) -> Request>;

pub(super) fn malformed_bodies_are_rejected(target: &mut Target) {
    let session = target.session(&json!({}));
    let key = target.key.clone();
    let endpoints: [(&str, Authenticate); 3] = [
        ("/connect_sessions", Box::new(move |request: Request| request.key(&key))),
        ("/hub/accounts", Box::new(move |request: Request| request.session(&session.token))),
        ("/api_keys", {
            let key = target.key.clone();
            Box::new(move |request: Request| request.key(&key))
        }),
    ];
    let deep =
        |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000)).into_bytes();
    let nested = format!("{{\"credentials\":{}}}", "[".repeat(5_000)).into_bytes();
    for (path, authenticate) in &endpoints {
        let request = |kind: &str, body: &[u8]| {
            authenticate(Request::post(path).header("content-type", kind).body(body.to_vec()))
        };
        let json = |body: &[u8]| request("application/json", body);
        let large = vec![b' '; 1024 * 1024 + 1];
        target.assert_rejected("a body that is too large", json(&large), 413, "body_too_large");
        for (case, body) in [
            ("no body", &b""[..]),
            ("an incomplete body", b"{\"a\":"),
            ("XML", b"<a/>"),
            ("a list", b"[]"),
            ("a string", b"\"x\""),
            ("null", b"null"),
            ("invalid UTF-8", b"{\"origin_owner_id\":\"\xff\xfe\"}"),
            ("half a surrogate", b"{\"origin_owner_id\":\"\\ud800\",\"origin_owner_name\":\"\",\"integration_id\":\"\\ud800\"}"),
            ("two bodies", b"{}{}"),
            ("an infinite number", b"{\"expires_in\":1e999}"),
            ("duplicate keys", b"{\"origin_owner_id\":\"a\",\"origin_owner_id\":\"b\",\"integration_id\":\"a\",\"integration_id\":\"b\",\"name\":\"a\",\"name\":\"b\"}"),
            ("deeply nested lists", &deep("[", "]")),
            ("deeply nested, unclosed objects", &deep("{\"a\":", "")),
            ("deeply nested lists instead of an object", &nested),
        ] {
            target.assert_rejected(case, json(body), 400, "unreadable_body");
        }
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/jsonp",
            "",
        ] {
            target.assert_rejected(kind, request(kind, b"{}"), 415, "unsupported_media_type");
        }
        target.assert_rejected(
            "no content type",
            authenticate(Request::post(path).body(b"{}".to_vec())),
            415,
            "unsupported_media_type",
        );
    }
    // A chunked body does not declare its length in advance.
    let piece = format!("10000\r\n{}\r\n", " ".repeat(0x10000)).repeat(20);
    let head = format!(
        "POST /connect_sessions HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
        target.key
    );
    let response = raw(target.address(), format!("{head}{piece}0\r\n\r\n").as_bytes()).expect("no response");
    assert_eq!(
        (response.status, response.text("code").as_str()),
        (413, "body_too_large"),
        "{}",
        response.body
    );
    // If a request declares two lengths, a proxy in front of the Hub could interpret part of the body as another
    // request.
    let smuggled = format!(
        "POST /connect_sessions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: 2\r\n\
         content-length: 40\r\n\r\n{{}}GET /accounts HTTP/1.1\r\nhost: x\r\n\r\n",
        target.key
    );
    let response = raw(target.address(), smuggled.as_bytes());
    assert!(response.as_ref().map_or(true, |response| response.status == 400), "{response:?}");
}

pub(super) fn invalid_sessions_and_accounts_are_rejected(target: &mut Target) {
    let create = |more: Value| {
        let mut body = json!({ "origin_owner_id": "a", "origin_owner_name": "A" });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        Request::post("/connect_sessions").json(&body)
    };
    let long = "x".repeat(256);
    // All of them appear in one response header, so their number is limited.
    let origins = |n: usize| -> Vec<String> { (1..=n).map(|n| format!("https://app-{n}.example")).collect() };
    target.session(&json!({ "allowed_origins": origins(20) }));
    for (case, body) in [
        ("too many origins", json!({ "allowed_origins": origins(21) })),
        ("no owner", json!({ "origin_owner_id": " " })),
        ("a long owner", json!({ "origin_owner_id": long })),
        ("an owner with a NUL", json!({ "origin_owner_id": "a\0b" })),
        ("a name with a line break", json!({ "origin_owner_name": "a\nb" })),
        ("a label with a NUL", json!({ "label": "a\0" })),
        ("a label that is a number", json!({ "label": 1 })),
        ("a provider with a NUL", json!({ "provider": "\0" })),
        ("an unknown provider", json!({ "provider": "none" })),
        ("a connector profile with a NUL", json!({ "connector_profile_id": "cpr_\0" })),
        ("an unknown connector profile", json!({ "integration_id": "cpr_none" })),
        ("a negative lifetime", json!({ "expires_in": -1 })),
        ("an infinite lifetime", json!({ "expires_in": 1e300 })),
        ("an unknown type", json!({ "type": "live" })),
        ("a language with a NUL", json!({ "language": "\0" })),
        ("any origin", json!({ "allowed_origins": ["*"] })),
        ("an origin with a CSP directive", json!({ "allowed_origins": ["https://a.example; script-src *"] })),
        ("an origin with a space", json!({ "allowed_origins": [" https://a.example"] })),
        ("an origin with a tab", json!({ "allowed_origins": ["https://a.exa\tmple"] })),
        ("an origin that ends with a line break", json!({ "allowed_origins": ["https://a.example\n"] })),
        ("a name that changes the direction", json!({ "origin_owner_name": "Acme\u{202e}moc" })),
        ("a name with an isolate", json!({ "origin_username": "Ada\u{2066}x" })),
        ("a label with a zero-width space", json!({ "label": "a\u{200b}b" })),
        (
            "an origin with a line break",
            json!({ "allowed_origins": ["https://a.example\r\nset-cookie: a=b"] }),
        ),
    ] {
        target.assert_rejected(case, create(body).key(&target.key), 400, "invalid_value");
    }
    let account = json!({ "account_id": "acc_\0" });
    target.assert_rejected("an account with a NUL", create(account).key(&target.key), 400, "invalid_value");
    let path = format!("/accounts/{}", target.account);
    for (case, body) in [
        ("a label with a NUL", json!({ "label": "a\0b" })),
        ("an owner with a NUL", json!({ "origin_owner_id": "a\0b" })),
        ("a name with a line break", json!({ "origin_owner_name": "a\nb" })),
        ("a long label", json!({ "label": long })),
        ("an unknown status", json!({ "status": "linked" })),
        ("a name that changes the direction", json!({ "origin_owner_name": "Acme\u{202e}moc" })),
        ("an unknown type", json!({ "type": "live" })),
        ("credentials", json!({ "credentials": { "api_token": "x" } })),
        ("metadata that is a list", json!({ "metadata": [] })),
    ] {
        target.assert_rejected(
            case,
            Request::new("PATCH", &path).key(&target.key).json(&body),
            400,
            "invalid_value",
        );
    }
    for (case, query) in [
        ("an owner with a NUL", "origin_owner_id=%00"),
        ("owners with a NUL", "origin_owner_ids=a,%00"),
        ("a provider with a NUL", "provider=%00"),
        ("ids with a NUL", "account_ids=acc_%00"),
        ("page 0", "page=0"),
        ("a negative page", "page=-1"),
        ("a page number that is too large", "page=99999999999999999999"),
        ("a page size that is too large", "page_size=100000"),
        ("a cursor that is not one", "cursor=2"),
        ("a cursor with a NUL", "cursor=%00"),
        ("an unknown status", "status=%00"),
        ("an unknown type", "type=x"),
    ] {
        target.assert_rejected(
            case,
            Request::get(&format!("/accounts?{query}")).key(&target.key),
            400,
            "invalid_value",
        );
    }
}

pub(super) fn unchangeable_members_and_other_urls_are_rejected(target: &Target) {
    let path = format!("/accounts/{}", target.account);
    for (name, value) in [
        ("type", json!("test")),
        ("provider", json!("ashby")),
        ("environment", json!("sandbox")),
        ("authentication_config_key", json!("oauth")),
        ("integration_id", json!("cpr_other")),
        ("connector_profile_id", json!("cpr_other")),
        ("external_id", json!("org-2")),
        ("color", json!(1)),
    ] {
        let request = Request::new("PATCH", &path).key(&target.key).json(&json!({ name: value }));
        let refused = target.assert_rejected(name, request, 400, "invalid_value");
        assert!(refused.text("message").contains(&format!("`{name}`")), "{}", refused.body);
    }
    let key = json!({ "name": "x", "scopes": ["platform:read"], "expires": "2000-01-01T00:00:00Z" });
    let profile = json!({ "provider": "gladly", "methodd": "api-key", "active": false });
    for (path, body, name, meant) in
        [("/api_keys", key, "expires", "expires_at"), ("/connector_profiles", profile, "methodd", "method")]
    {
        let request = Request::post(path).key(&target.key).json(&body);
        let refused = target.assert_rejected(name, request, 400, "invalid_value");
        let message = format!("`{name}` cannot be set, or does not exist; did you mean `{meant}`?");
        assert_eq!(refused.text("message"), message, "{}", refused.body);
    }
    // StackOne's SDK sends these members with every change.
    let sdk = json!({ "type": "production", "label": {}, "credentials": {}, "secrets": {},
        "setup_information": {}, "metadata": {}, "shared": false, "provider": "gladly" });
    let request = Request::new("PATCH", &path).key(&target.key).json(&sdk);
    assert_eq!(target.send(request).status, 200);
    let origins = json!(["https://app.example.com"]);
    for url in [
        "blob:https://app.example.com/0f8f",
        "data:text/html,x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "about:blank",
        "https://app.example.com/\n",
    ] {
        let body = json!({ "origin_owner_id": "a", "origin_owner_name": "A", "allowed_origins": origins,
            "return_url": url });
        let request = Request::post("/connect_sessions").key(&target.key).json(&body);
        let refused = target.assert_rejected(url, request, 400, "invalid_value");
        assert!(refused.text("message").contains("`return_url`"), "{}", refused.body);
    }
}

pub(super) fn invalid_identifiers_and_credentials_are_rejected(target: &mut Target) {
    let session = target.session(&json!({}));
    for path in
        ["/link_attempts/%00", "/connector_profiles/%00", "/connectors/meta/%00", "/accounts/%00/proxy/x"]
    {
        target.assert_rejected(path, Request::get(path).key(&target.key), 404, "not_found");
    }
    let attempt = Request::get("/hub/connection_attempts/%00").session(&session.token);
    target.assert_rejected("an attempt with a NUL", attempt, 404, "not_found");
    target.assert_rejected(
        "an audit query with a NUL",
        Request::get("/audit?account_id=%00").key(&target.key),
        400,
        "invalid_value",
    );
    target.assert_rejected(
        "an audit query with a duplicate page",
        Request::get("/audit?page=1&page=2").key(&target.key),
        400,
        "invalid_value",
    );
    target.assert_rejected(
        "a digest with a NUL",
        Request::get("/guides/gladly/api-key?digest=%00"),
        400,
        "invalid_value",
    );
    target.assert_rejected(
        "an unknown audience",
        Request::get("/guides/gladly/api-key?audience=admin"),
        400,
        "invalid_value",
    );
    let link = |body: &Value| Request::post("/hub/accounts").session(&session.token).json(body);
    for value in [json!([]), json!({ "a": 1 })] {
        let mut body = valid_link();
        body["credentials"]["api_token"] = value;
        target.assert_rejected("a secret that is not a string", link(&body), 400, "invalid_value");
    }
    for id in ["gladly.\u{1}", "gladly.api-key\r\nx: y", ""] {
        let mut body = valid_link();
        body["integration_id"] = json!(id);
        target.assert_rejected("an unknown connector", link(&body), 404, "not_found");
    }
    for (field, value) in [
        ("organization_slug", "acme\0"),
        ("organization_slug", "127.0.0.1/"),
        ("organization_slug", "evil.example#"),
        ("organization_slug", "acme\r\nhost: evil.example"),
        ("agent_email", "a@b.example\r\nx: y"),
        ("environment", "\0"),
        ("environment", "nowhere"),
    ] {
        let mut body = valid_link();
        body["credentials"][field] = json!(value);
        let response = target.send(link(&body));
        assert_eq!(response.status, 400, "{field} {value:?}: {}", response.body);
    }
}
