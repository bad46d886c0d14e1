//! Requests through an account: what reaches the provider, and what a hostile provider's response does to the caller.

mod held;
mod lengths;
mod provider;
mod shapes;

use std::path::Path;

use serde_json::{Value, json};

use super::client::{Request, Response, escaped};
use super::process::{Installation, RunningHub};
use super::world::Database;

use self::provider::Provider;

/// The credential of every account. Its characters are encoded differently in each place.
const KEY: &str = "real/key+\"0123456789";

/// An account at a hostile provider, linked with a guide from the corpus.
struct Linked {
    provider: Provider,
    hub: RunningHub,
    key: String,
    account: String,
    installation: Installation,
    guides: tempfile::TempDir,
}

impl Linked {
    fn new(guide: &str, method: &str, more: &Value) -> Self {
        let provider = Provider::start();
        let guides = tempfile::tempdir().expect("cannot create a temporary folder");
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/guides/ok").join(guide);
        std::fs::create_dir(guides.path().join(guide)).expect("cannot create the folder");
        std::fs::copy(from.join("guide.yaml"), guides.path().join(guide).join("guide.yaml"))
            .expect("cannot copy the guide");
        let folder = guides.path().to_str().expect("the path is not UTF-8");
        let upstreams = ["acme.example", "*.acme.example"].map(|host| format!("{host}={}", provider.origin));
        let more_arguments = ["--guides", folder, "--upstream", &upstreams[0], "--upstream", &upstreams[1]];
        let installation = Installation::new(Database::Sqlite, "http://127.0.0.1:1").with(&more_arguments);
        let hub = installation.start();
        let key = hub.key.clone().expect("a first key");
        let session = json!({ "origin_owner_id": "mine", "origin_owner_name": "Mine", "provider": guide });
        let session = Request::post("/connect_sessions").key(&key).json(&session).send_to(hub.address);
        let token = session.expect("no response").text("token");
        let mut credentials = json!({ "api_key": KEY });
        for (name, value) in more.as_object().into_iter().flatten() {
            credentials[name] = value.clone();
        }
        credentials.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        let body = json!({ "integration_id": format!("{guide}.{method}"), "credentials": credentials });
        let linked = Request::post("/hub/accounts").session(&token).json(&body).send_to(hub.address);
        let linked = linked.expect("no response");
        assert_eq!(linked.status, 201, "{}", linked.body);
        provider.requests();
        let account = linked.text("id");
        Self { provider, hub, key, account, installation, guides }
    }

    /// An account whose key is sent in the query.
    fn in_query() -> Self {
        Self::new("a-key-in-the-query-that-is-warned-of", "api-key", &json!({}))
    }

    fn send(&self, request: Request) -> Response {
        request.key(&self.key).send_to(self.hub.address).expect("no response")
    }

    /// A request through the account. `path` is the path at the provider, with the query.
    fn through(&self, method: &str, path: &str) -> Request {
        Request::new(method, &format!("/accounts/{}/proxy{path}", self.account))
    }

    /// The same request, as StackOne's SDK describes it.
    fn described(&self, body: &Value) -> Request {
        Request::post("/unified/proxy").header("x-account-id", &self.account).json(body)
    }

    /// The target of the only request that the provider received since the last call.
    #[track_caller]
    fn target(&self) -> String {
        let requests = self.provider.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests[0].split(' ').nth(1).expect("a target").to_owned()
    }
}

#[test]
fn the_path_arrives_byte_for_byte_and_credentials_are_replaced() {
    let linked = Linked::in_query();
    let key = format!("key={}", escaped(KEY));
    for path in
        ["/projects/group%2Fname", "/projects/group%2fname", "/%ff%C3%A4", "/a;b=1/c", "//x", "/a%252Fb"]
    {
        assert_eq!(linked.send(linked.through("GET", path)).status, 200, "{path}");
        assert_eq!(linked.target(), format!("{path}?{key}"));
        assert_eq!(linked.send(linked.described(&json!({ "path": path }))).status, 200, "{path}");
        assert_eq!(linked.target(), format!("{path}?{key}"));
    }
    for path in [
        "/x/..;/admin",
        "/x/..%2Fadmin",
        "/x/%2e%2e/admin",
        "/x/%2e%2e%2fadmin",
        "/x/..%3b/admin",
        "/x/..%20/admin",
        "/x/%c0%ae%c0%ae/admin",
        "/x/%ef%bc%8e%ef%bc%8e/admin",
        "/x/..%5cadmin",
        "/x%0a",
        "/%zz",
        "/a{b}",
    ] {
        for request in [linked.through("GET", path), linked.described(&json!({ "path": path }))] {
            let refused = linked.send(request);
            assert_eq!((refused.status, &*refused.text("code")), (400, "invalid_value"), "{path}");
            assert!(refused.text("message").starts_with("The path is not valid: "), "{}", refused.body);
        }
    }
    assert!(linked.provider.requests().is_empty());
    let query = "/x?key=ATTACKER&page=2&KEY=b&key%5B%5D=c&key[0]=d&keyring=e";
    assert_eq!(linked.send(linked.through("GET", query)).status, 200);
    assert_eq!(linked.target(), format!("/x?page=2&keyring=e&{key}"));
}

#[test]
fn credentials_in_a_body_are_replaced() {
    let linked = Linked::new("a-key-in-a-cookie-and-in-the-body", "main", &json!({ "workspace": "7" }));
    let sent = |request: Request| {
        assert_eq!(linked.send(request).status, 200);
        let requests = linked.provider.requests();
        requests[0].split_once("\r\n\r\n").expect("a body").1.to_owned()
    };
    let form = [("key", "ATTACKER"), ("a", "1"), ("Key", "b"), ("key[]", "c")];
    let body = sent(linked.through("POST", "/x").form(&form));
    assert_eq!(body, format!("a=1&key={}", escaped(KEY)));
    let body = sent(linked.through("POST", "/x").json(&json!({ "KEY": "ATTACKER", "key": "b", "a": 1 })));
    assert_eq!(serde_json::from_str::<Value>(&body).expect("JSON"), json!({ "a": 1, "key": KEY }));
}

#[test]
fn a_body_keeps_its_numbers_and_the_order_of_its_members() {
    let linked = Linked::new("a-key-in-a-cookie-and-in-the-body", "main", &json!({ "workspace": "7" }));
    let body = r#"{"id":12345678901234567890123,"amount":1.10,"b":1,"b":{"z":1e400,"a":[]}}"#;
    let expected = format!(r#"{},"key":{}}}"#, body.strip_suffix('}').expect("an object"), json!(KEY));
    let direct = |content_type: &str| {
        linked.through("POST", "/x").header("content-type", content_type).body(body.as_bytes().to_vec())
    };
    let described = format!(r#"{{ "method": "post", "path": "/x", "body": {body} }}"#);
    let described =
        Request::post("/unified/proxy").header("x-account-id", &linked.account).body(described.into());
    for (request, content_type) in [
        (direct("application/json"), "application/json"),
        (direct("Application/VND.api+json; charset=utf-8"), "Application/VND.api+json; charset=utf-8"),
        (described.header("content-type", "application/json"), "application/json"),
    ] {
        assert_eq!(linked.send(request).status, 200);
        let requests = linked.provider.requests();
        let (head, sent) = requests[0].split_once("\r\n\r\n").expect("a body");
        assert_eq!(sent, expected);
        assert!(head.contains(&format!("\r\ncontent-type: {content_type}\r\n")), "{head}");
    }
}

#[test]
fn a_hostile_providers_headers_do_not_reach_the_caller() {
    let linked = Linked::in_query();
    let hostile = "X-Accel-Redirect: /internal/secret\nX-Accel-Limit-Rate: 1\nX-Sendfile: /etc/passwd\n\
                   Clear-Site-Data: \"*\"\nRefresh: 0; url=https://evil.example\nReferrer-Policy: unsafe-url\n\
                   X-Content-Type-Options: sniff\nX-Frame-Options: ALLOWALL\nCache-Control: public, max-age=9999\n\
                   Expires: Fri, 01 Jan 2100 00:00:00 GMT\nVary: *\nAccess-Control-Allow-Origin: *\n\
                   Access-Control-Allow-Credentials: true\nSet-Cookie: a=b\nSet-Cookie2: a=b\n\
                   WWW-Authenticate: Basic realm=x\nContent-Security-Policy: default-src *\nAlt-Svc: h3=\":443\"\n\
                   Strict-Transport-Security: max-age=0\nServer: evil\nSourceMap: https://evil.example\n\
                   Service-Worker-Allowed: /\nX-Request-Id: theirs-0123456789\nX-Waystone-Answered-By: hub\n\
                   Transfer-Encoding: chunked\nTrailer: set-cookie";
    let wanted = "Content-Type: application/json\nETag: \"1\"\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\n\
                  Link: <https://api.acme.example/x?page=2>; rel=\"next\"\nRetry-After: 7\n\
                  X-RateLimit-Remaining: 3\nX-Total-Count: 9\nContent-Language: de\nLocation: /items/1";
    linked
        .provider
        .respond(&format!("201 Created\n{wanted}\n{hostile}"), "2\r\n{}\r\n0\r\nset-cookie: c=d\r\n\r\n");
    let response = linked.send(linked.through("GET", "/x"));
    assert_eq!((response.status, &*response.body), (201, "{}"));
    for line in wanted.lines() {
        let (name, value) = line.split_once(": ").expect("a header");
        assert_eq!(response.header(name), Some(value), "{name}");
    }
    let ours = [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-waystone-answered-by", "provider"),
        ("x-provider-request-id", "theirs-0123456789"),
    ];
    for (name, value) in ours {
        let all: Vec<_> = response.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).collect();
        assert_eq!(all.len(), 1, "{name}: {all:?}");
        assert_eq!(all[0].1, value);
    }
    let known = |name: &str| {
        ["content-security-policy", "x-request-id", "connection", "date", "transfer-encoding", "vary"]
            .contains(&name)
            || ours.iter().any(|(one, _)| *one == name)
            || wanted.lines().any(|line| line.to_ascii_lowercase().starts_with(&format!("{name}: ")))
    };
    for (name, value) in &response.headers {
        assert!(known(&name.to_ascii_lowercase()), "{name}: {value}");
    }
    assert!(response.header("vary").is_none_or(|vary| vary == "accept-encoding"));
    assert!(response.header("x-request-id").is_some_and(|id| id.starts_with("req_")));
    assert!(
        response
            .header("content-security-policy")
            .is_some_and(|policy| policy.starts_with("default-src 'none'"))
    );

    linked.provider.respond("307 -\nlocation: /api_keys\ncontent-length: 0", "");
    let response = linked.send(linked.through("POST", "/x"));
    assert_eq!((response.status, response.header("location")), (307, None));
    assert_eq!(response.header("x-provider-location"), Some("/api_keys"));

    linked
        .provider
        .respond("101 -\nupgrade: x\nconnection: upgrade", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let response = linked.send(linked.through("GET", "/x"));
    assert_eq!((response.status, &*response.text("code")), (502, "provider_failed"), "{}", response.body);
}

#[test]
fn a_credential_that_the_provider_repeats_is_masked() {
    let linked = Linked::in_query();
    let encoded = escaped(KEY);
    let quoted = KEY.replace('"', "\\\"").replace('/', "\\/");
    let body =
        format!(r#"{{"next":"https://api.acme.example/x?key={encoded}&page=2","key":"{quoted}","id":1}}"#);
    let length = body.len();
    let head = format!(
        "200 OK\nlink: <https://api.acme.example/x?key={encoded}&page=2>; rel=\"next\"\nx-request-id: {KEY}"
    );
    linked
        .provider
        .respond(&format!("{head}\ncontent-type: application/json\ncontent-length: {length}"), &body);
    let response = linked.send(linked.through("GET", "/x"));
    let stars = |text: &str| "*".repeat(text.len());
    let link = format!("<https://api.acme.example/x?key={}&page=2>; rel=\"next\"", stars(&encoded));
    assert_eq!(response.header("link"), Some(&*link));
    assert_eq!(response.header("x-provider-request-id"), Some(&*stars(KEY)));
    assert_eq!(response.header("content-length"), Some(&*length.to_string()));
    let expected = json!({
        "next": format!("https://api.acme.example/x?key={}&page=2", stars(&encoded)), "key": stars(&quoted), "id": 1,
    });
    assert_eq!(response.value(), expected, "{}", response.body);
    // The link to the next page still works, because the Hub replaces the masked credential.
    linked.provider.requests();
    linked.send(linked.through("GET", &format!("/x?key={}&page=2", stars(&encoded))));
    assert_eq!(linked.target(), format!("/x?page=2&key={encoded}"));
}

#[test]
fn a_body_that_cannot_be_decoded_is_not_returned() {
    let linked = Linked::in_query();
    for coding in ["br", "gzip, br", "gzip, gzip, gzip", "GZIP", "x-gzip", "gzip, gzip"] {
        linked.provider.respond(&format!("200 OK\ncontent-encoding: {coding}\ncontent-length: 3"), "abc");
        for request in [linked.through("GET", "/x"), linked.described(&json!({ "path": "/x" }))] {
            let response = linked.send(request);
            let found = (response.status, &*response.text("code"));
            assert_eq!(found, (502, "provider_failed"), "{coding}: {}", response.body);
            assert!(response.text("message").contains("response could not be used"), "{}", response.body);
        }
    }
    // A body of other codings than those requested is a body all the same if there is nothing to decode.
    linked.provider.respond("200 OK\ncontent-encoding: br\ncontent-length: 0", "");
    assert_eq!(linked.send(linked.through("GET", "/x")).status, 200);
}

#[test]
fn a_signature_and_its_key_are_masked() {
    let more =
        json!({ "api_key": null, "environment": "eu", "access_key_id": "ak1", "secret_access_key": KEY });
    let linked = Linked::new("a-signature-over-the-request", "main", &more);
    linked.provider.respond("200 OK\ncontent-type: text/plain", &format!("the key is {KEY}."));
    let response = linked.send(linked.through("GET", "/x"));
    assert_eq!(response.body, format!("the key is {}.", "*".repeat(KEY.len())));
    linked.provider.requests();
    linked.provider.repeat();
    let response = linked.send(linked.through("GET", "/x"));
    let sent = linked.provider.requests().concat();
    let (_, signature) = sent.split_once("Signature=").expect("a signature");
    let signature = signature.lines().next().expect("a line");
    assert!(
        response.body.contains("Credential=ak1") && !response.body.contains(signature),
        "{}",
        response.body
    );
}

#[test]
fn a_callers_mistakes_are_reported_as_such() {
    let linked = Linked::in_query();
    for headers in
        [json!({ "a b": "c" }), json!({ "x-a": "b\r\nc: d" }), json!({ "": "a" }), json!({ "x-a": 1 })]
    {
        let refused = linked.send(linked.described(&json!({ "path": "/x", "headers": headers })));
        assert_eq!((refused.status, &*refused.text("code")), (400, "invalid_value"), "{headers}");
    }
    assert!(linked.provider.requests().is_empty());
    let sent =
        linked.send(linked.described(&json!({ "path": "/x", "headers": { "X-A": "b", "x-null": null } })));
    assert_eq!(sent.status, 200);
    assert!(linked.provider.requests()[0].contains("\r\nx-a: b\r\n"));
}

#[test]
fn a_providers_failure_is_not_logged_as_the_hubs_own() {
    let linked = Linked::in_query();
    for (head, status) in [("500 -\ncontent-length: 0", 500), ("200 OK\ncontent-encoding: br", 502)] {
        linked.provider.respond(head, "x");
        for request in [linked.through("GET", "/x"), linked.described(&json!({ "path": "/x" }))] {
            assert_eq!(linked.send(request).status, status);
        }
    }
    let log = linked.installation.log();
    let failed = |status: &str| log.lines().filter(|line| line.contains(status)).collect::<Vec<_>>();
    for status in ["\"status\":500", "\"status\":502"] {
        let lines = failed(status);
        assert_eq!(lines.len(), 2, "{log}");
        assert!(lines.iter().all(|line| line.contains("\"level\":\"WARN\"")), "{lines:?}");
    }
    assert!(!log.contains("\"level\":\"ERROR\""), "{log}");
}

#[test]
fn no_response_of_the_api_is_stored() {
    let linked = Linked::in_query();
    for path in
        ["/accounts", &format!("/accounts/{}", linked.account), "/actions", "/audit", "/api_keys", "/nothing"]
    {
        let response = linked.send(Request::get(path));
        assert_eq!(response.header("cache-control"), Some("no-store"), "{path}");
    }
}

/// Uses are written in batches, but a Hub that is stopped loses none of them.
#[test]
fn uses_of_credentials_are_in_the_trail_after_a_stop() {
    let linked = Linked::in_query();
    for path in ["/x", "/x", "/y", "/x"] {
        assert_eq!(linked.send(linked.through("GET", path)).status, 200);
    }
    let Linked { hub, key, account, installation, guides: _guides, .. } = linked;
    assert_eq!(hub.stop(), Some(0));
    let hub = installation.start();
    let trail = format!("/audit?account_id={account}&action=account.unsealed");
    let trail = Request::get(&trail).key(&key).send_to(hub.address).expect("no response").value();
    let count = |detail: &str| -> i64 {
        let entries = trail.as_array().into_iter().flatten();
        entries.filter(|entry| entry["detail"] == detail).filter_map(|entry| entry["count"].as_i64()).sum()
    };
    assert_eq!((count("request: GET /x"), count("request: GET /y")), (3, 1), "{trail}");
}
