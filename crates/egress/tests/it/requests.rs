//! Tests the exact bytes that are sent, and requests that must be refused.

use egress::Egress;
use guide::{Fault, Verb};
use probe::Request;
use secret::Secret;

use crate::world::{self, Server, header, text};

const OK: &str = "HTTP/1.1 200 OK\r\nX-Answer: Yes\r\ncontent-length: 0\r\n\r\n";

/// Sends a modified request. Returns the requests that the server received, and the result.
async fn sent(change: impl FnOnce(&mut Request)) -> (Vec<String>, probe::Answer) {
    let server = Server::start(vec![text(OK)]).await;
    let egress = Egress::new(world::mapped("http", server.port)).expect("an egress");
    let mut request = world::request();
    change(&mut request);
    let answer = world::send(&egress, &request).await;
    (server.seen(), answer)
}

async fn refused(case: &str, change: impl FnOnce(&mut Request)) {
    let (seen, answer) = sent(change).await;
    world::assert_fault(&answer, Fault::Refused, case);
    assert_eq!(seen, [""; 0], "{case}: no request may be sent");
}

#[tokio::test]
async fn a_request_is_sent_as_it_is_written() {
    let (seen, answer) = sent(|_| ()).await;
    let version = env!("CARGO_PKG_VERSION");
    let expected = [
        "POST /v1/c4n4ry?key=c4n4ry%20%26%20more HTTP/1.1",
        "authorization: Bearer c4n4ry",
        "content-type: application/json",
        "accept: application/json",
        "accept-encoding: gzip",
        "host: acme.example.com",
        &format!("user-agent: waystone/{version}"),
        "content-length: 16",
        "",
        "{\"key\":\"c4n4ry\"}",
    ];
    assert_eq!(seen, [expected.join("\r\n")]);
    assert_eq!(world::response(answer).header("x-answer"), Some("Yes"));
}

#[tokio::test]
async fn a_range_is_requested_without_an_encoding() {
    let (seen, _) = sent(|request| request.headers.push(header("range", "bytes=0-9"))).await;
    assert!(seen[0].contains("\r\naccept-encoding: identity\r\n"), "{seen:?}");
}

#[tokio::test]
async fn every_verb_is_sent_as_itself() {
    for &verb in Verb::ALL {
        let (seen, _) = sent(|request| request.verb = verb).await;
        assert!(seen[0].starts_with(&format!("{verb} /v1/")), "{seen:?}");
    }
}

#[tokio::test]
async fn the_host_header_contains_the_original_host() {
    let (seen, _) = sent(|request| request.port = Some(8443)).await;
    assert!(seen[0].contains("\r\nhost: acme.example.com:8443\r\n"), "{seen:?}");
    let (seen, _) = sent(|request| request.port = Some(443)).await;
    assert!(seen[0].contains("\r\nhost: acme.example.com\r\n"), "{seen:?}");
    refused("port 0", |request| request.port = Some(0)).await;
}

#[tokio::test]
async fn a_guide_can_set_accept_and_repeat_a_header() {
    let (seen, _) = sent(|request| {
        request.headers = vec![header("accept", "text/plain"), header("x-a", "1"), header("x-a", "2")];
        request.body = None;
    })
    .await;
    assert!(seen[0].contains("accept: text/plain\r\n") && !seen[0].contains("application/json"), "{seen:?}");
    assert!(seen[0].contains("x-a: 1\r\nx-a: 2\r\n"), "{seen:?}");
}

#[tokio::test]
async fn a_value_cannot_become_structure() {
    let values = [
        "a\r\nx-evil: b",
        "a\nx-evil: b",
        "a\rx-evil: b",
        "a\r\n\r\nGET /evil HTTP/1.1\r\n\r\n",
        "a\r\n b",
        "a\0b",
        "a\u{b}b",
        "a\u{7f}b",
        "\r",
        "\n",
    ];
    for value in values {
        refused(value, |request| {
            request.headers = vec![header("x-key", &format!("{}{value}", world::CANARY))];
        })
        .await;
        refused(value, |request| request.body.as_mut().expect("a body").content_type = format!("a/b{value}"))
            .await;
    }
    for name in ["", "x y", "x:y", "x\r\ny", "x\0", "x\u{e4}", "(x)", "x-key:", " x-key", "x-key\n"] {
        refused(name, |request| request.headers = vec![header(name, world::CANARY)]).await;
    }
    let (seen, _) =
        sent(|request| request.query = vec![("a&b=c\r\n".to_owned(), Secret::new("d&e=f\r\n#/../"))]).await;
    assert!(
        seen[0].starts_with("POST /v1/c4n4ry?a%26b%3Dc%0D%0A=d%26e%3Df%0D%0A%23%2F..%2F HTTP/1.1\r\n"),
        "{seen:?}"
    );
}

#[tokio::test]
async fn a_guide_cannot_set_headers_that_frame_the_message() {
    let names = [
        "host",
        "Host",
        "HOST",
        "connection",
        "content-length",
        "Content-Length",
        "transfer-encoding",
        "te",
        "trailer",
        "upgrade",
        "expect",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "http2-settings",
        "accept-encoding",
        "user-agent",
    ];
    for name in names {
        refused(name, |request| request.headers = vec![header(name, "1")]).await;
    }
}

#[tokio::test]
async fn a_path_is_sent_unchanged_or_not_at_all() {
    let paths = [
        "",
        "v1",
        "*",
        "@evil.net/",
        ":443/",
        "/a?b=c",
        "/a#b",
        "/a\\b",
        "\\\\evil.net/",
        "/a b",
        "/a\r\nx-evil: b",
        "/a\tb",
        "/a\0b",
        "/\u{e4}",
        "/v1/../admin",
        "/v1/..",
        "/./v1",
        "/v1/%2e%2e/admin",
        "/v1/%2E./admin",
        "/v1/.%2e",
        "/\"<>\"",
        "https://evil.net/",
    ];
    for path in paths {
        refused(path, |request| request.path = path.to_owned()).await;
    }
    for path in [
        "/",
        "//evil.net/",
        "/a/b%2Fc",
        "/a;b=c",
        "/a:b@c",
        "/.well-known/x",
        "/a..b",
        "/%F0%9F%92%A9",
        "/a//b",
    ] {
        let (seen, _) = sent(|request| path.clone_into(&mut request.path)).await;
        assert!(seen[0].starts_with(&format!("POST {path}?key=")), "{seen:?}");
        assert!(seen[0].contains("\r\nhost: acme.example.com\r\n"), "{seen:?}");
    }
}
