//! Bodies that are too large, cut off, too deep, of another type, or no text; and texts that databases do not take.

use serde_json::{Value, json};

use super::siege::{Siege, right};
use crate::hub::client::{Ask, raw};

/// Whatever lets a request in.
type With = Box<dyn Fn(Ask) -> Ask>;

pub(super) fn that_are_none(siege: &mut Siege) {
    let session = siege.session(&json!({}));
    let key = siege.key.clone();
    let to: [(&str, With); 3] = [
        ("/connect_sessions", Box::new(move |ask: Ask| ask.key(&key))),
        ("/hub/accounts", Box::new(move |ask: Ask| ask.session(&session.token))),
        ("/api_keys", {
            let key = siege.key.clone();
            Box::new(move |ask: Ask| ask.key(&key))
        }),
    ];
    let deep =
        |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000)).into_bytes();
    let nested = format!("{{\"credentials\":{}}}", "[".repeat(5_000)).into_bytes();
    for (path, with) in &to {
        let ask =
            |kind: &str, body: &[u8]| with(Ask::post(path).header("content-type", kind).body(body.to_vec()));
        let json = |body: &[u8]| ask("application/json", body);
        let large = vec![b' '; 1024 * 1024 + 1];
        siege.refused("too large a body", json(&large), 413, "body_too_large");
        for (who, body) in [
            ("no body", &b""[..]),
            ("a body that is cut off", b"{\"a\":"),
            ("another language", b"<a/>"),
            ("a list", b"[]"),
            ("a text", b"\"x\""),
            ("null", b"null"),
            ("no UTF-8", b"{\"origin_owner_id\":\"\xff\xfe\"}"),
            ("half a surrogate", b"{\"origin_owner_id\":\"\\ud800\",\"origin_owner_name\":\"\",\"integration_id\":\"\\ud800\"}"),
            ("two bodies", b"{}{}"),
            ("a number that is none", b"{\"expires_in\":1e999}"),
            ("twice the same", b"{\"origin_owner_id\":\"a\",\"origin_owner_id\":\"b\",\"integration_id\":\"a\",\"integration_id\":\"b\",\"name\":\"a\",\"name\":\"b\"}"),
            ("very deep", &deep("[", "]")),
            ("very deep and open", &deep("{\"a\":", "")),
            ("deep where something else belongs", &nested),
        ] {
            siege.refused(who, json(body), 400, "unreadable_body");
        }
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/jsonp",
            "",
        ] {
            siege.refused(kind, ask(kind, b"{}"), 415, "unsupported_media_type");
        }
        siege.refused("no type", with(Ask::post(path).body(b"{}".to_vec())), 415, "unsupported_media_type");
    }
    // Sent in pieces, without saying how much is to come.
    let piece = format!("10000\r\n{}\r\n", " ".repeat(0x10000)).repeat(20);
    let head = format!(
        "POST /connect_sessions HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
        siege.key
    );
    let answer = raw(siege.address(), format!("{head}{piece}0\r\n\r\n").as_bytes()).expect("it answers");
    assert_eq!((answer.status, answer.text("code").as_str()), (413, "body_too_large"), "{}", answer.body);
    // Two lengths: what a proxy in front may read in another way.
    let smuggled = format!(
        "POST /connect_sessions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: 2\r\n\
         content-length: 40\r\n\r\n{{}}GET /accounts HTTP/1.1\r\nhost: x\r\n\r\n",
        siege.key
    );
    let answer = raw(siege.address(), smuggled.as_bytes());
    assert!(answer.as_ref().map_or(true, |answer| answer.status == 400), "{answer:?}");
}

pub(super) fn with_texts_that_are_none(siege: &mut Siege) {
    let session = siege.session(&json!({}));
    let create = |more: Value| {
        let mut body = json!({ "origin_owner_id": "a", "origin_owner_name": "A" });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        Ask::post("/connect_sessions").json(&body)
    };
    let long = "x".repeat(256);
    for (who, body) in [
        ("no owner", json!({ "origin_owner_id": " " })),
        ("a long owner", json!({ "origin_owner_id": long })),
        ("an owner with a NUL", json!({ "origin_owner_id": "a\0b" })),
        ("a name with a line", json!({ "origin_owner_name": "a\nb" })),
        ("a label with a NUL", json!({ "label": "a\0" })),
        ("a label that is a number", json!({ "label": 1 })),
        ("a provider with a NUL", json!({ "provider": "\0" })),
        ("a provider that is none", json!({ "provider": "none" })),
        ("a configuration with a NUL", json!({ "connector_profile_id": "cpr_\0" })),
        ("a configuration that is none", json!({ "integration_id": "cpr_none" })),
        ("a time that is over", json!({ "expires_in": -1 })),
        ("a time without end", json!({ "expires_in": 1e300 })),
        ("a kind that is none", json!({ "type": "live" })),
        ("a language with a NUL", json!({ "language": "\0" })),
        ("any origin", json!({ "allowed_origins": ["*"] })),
        ("an origin with a policy", json!({ "allowed_origins": ["https://a.example; script-src *"] })),
        ("an origin with a line", json!({ "allowed_origins": ["https://a.example\r\nset-cookie: a=b"] })),
    ] {
        siege.refused(who, create(body).key(&siege.key), 400, "invalid_value");
    }
    let account = json!({ "account_id": "acc_\0" });
    siege.refused("an account with a NUL", create(account).key(&siege.key), 400, "invalid_value");
    let path = format!("/accounts/{}", siege.account);
    for (who, body) in [
        ("a label with a NUL", json!({ "label": "a\0b" })),
        ("an owner with a NUL", json!({ "origin_owner_id": "a\0b" })),
        ("a name with a line", json!({ "origin_owner_name": "a\nb" })),
        ("a long label", json!({ "label": long })),
        ("a status that is none", json!({ "status": "linked" })),
        ("credentials", json!({ "credentials": { "api_token": "x" } })),
        ("metadata that is a list", json!({ "metadata": [] })),
    ] {
        siege.refused(who, Ask::new("PATCH", &path).key(&siege.key).json(&body), 400, "invalid_value");
    }
    for (who, query) in [
        ("an owner with a NUL", "origin_owner_id=%00"),
        ("owners with a NUL", "origin_owner_ids=a,%00"),
        ("a provider with a NUL", "provider=%00"),
        ("ids with a NUL", "account_ids=acc_%00"),
        ("page 0", "page=0"),
        ("a page that is none", "page=-1"),
        ("a page without end", "page=99999999999999999999"),
        ("a page too large", "page_size=100000"),
        ("a status that is none", "status=%00"),
        ("a kind that is none", "type=x"),
    ] {
        siege.refused(who, Ask::get(&format!("/accounts?{query}")).key(&siege.key), 400, "invalid_value");
    }
    for path in
        ["/link_attempts/%00", "/connector_profiles/%00", "/connectors/meta/%00", "/accounts/%00/proxy/x"]
    {
        siege.refused(path, Ask::get(path).key(&siege.key), 404, "not_found");
    }
    let tries = Ask::get("/hub/connection_attempts/%00").session(&session.token);
    siege.refused("an attempt with a NUL", tries, 404, "not_found");
    siege.refused("a trail", Ask::get("/audit?account_id=%00").key(&siege.key), 400, "invalid_value");
    siege.refused("a trail", Ask::get("/audit?page=1&page=2").key(&siege.key), 400, "invalid_value");
    siege.refused("a guide", Ask::get("/guides/gladly/api-key?digest=%00"), 400, "invalid_value");
    siege.refused("a guide", Ask::get("/guides/gladly/api-key?audience=admin"), 400, "invalid_value");
    let link = |body: &Value| Ask::post("/hub/accounts").session(&session.token).json(body);
    for value in [json!([]), json!({ "a": 1 })] {
        let mut body = right();
        body["credentials"]["api_token"] = value;
        siege.refused("a secret that is no text", link(&body), 400, "invalid_value");
    }
    for id in ["gladly.\u{1}", "gladly.api-key\r\nx: y", ""] {
        let mut body = right();
        body["integration_id"] = json!(id);
        siege.refused("a connector that is none", link(&body), 404, "not_found");
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
        let mut body = right();
        body["credentials"][field] = json!(value);
        let answer = siege.ask(link(&body));
        assert_eq!(answer.status, 400, "{field} {value:?}: {}", answer.body);
    }
}
