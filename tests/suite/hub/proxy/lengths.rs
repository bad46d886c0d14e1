//! The length of a provider's response: what a caller reads is what the provider announced, so a connection stays usable.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use super::Linked;

#[test]
fn lengths_are_those_of_the_provider() {
    let linked = Linked::in_query();
    linked.provider.respond("200 OK\ncontent-type: text/plain\ncontent-length: 83", "");
    let response = linked.send(linked.through("HEAD", "/x"));
    assert_eq!((response.status, response.header("content-length")), (200, Some("83")));
    linked.provider.respond("200 OK\ncontent-type: text/plain\ncontent-length: 5", "12345");
    let response = linked.send(linked.through("GET", "/x"));
    assert_eq!((response.header("content-length"), response.header("transfer-encoding")), (Some("5"), None));
    assert_eq!(response.body, "12345");
    linked.provider.respond("204 -\ncontent-length: 5", "");
    let response = linked.send(linked.through("DELETE", "/x"));
    assert_eq!((response.status, response.header("content-length")), (204, None));
}

#[test]
fn a_repeated_length_is_returned_once() {
    let linked = Linked::in_query();
    for length in ["content-length: 5, 5", "content-length: 5\ncontent-length: 5"] {
        for (method, body) in [("GET", "12345"), ("HEAD", "")] {
            linked.provider.respond(&format!("200 OK\ncontent-type: text/plain\n{length}"), body);
            let response = linked.send(linked.through(method, "/x"));
            assert_eq!((response.status, response.body.as_str()), (200, body), "{method} {length}");
            assert_eq!(response.header("content-length"), Some("5"), "{method} {length}");
        }
    }
    for length in ["content-length: 5, 6", "content-length: 5\ncontent-length: 6", "content-length: x"] {
        for (method, body) in [("GET", "12345"), ("HEAD", "")] {
            linked.provider.respond(&format!("200 OK\ncontent-type: text/plain\n{length}"), body);
            let response = linked.send(linked.through(method, "/x"));
            assert_eq!(response.status, 502, "{method} {length}: {}", response.body);
            if method == "GET" {
                assert_eq!(response.text("code"), "provider_failed", "{method} {length}");
            }
        }
    }
}

/// Returns whether a part of a connection's bytes is a complete response without a body.
fn is_head(bytes: &[u8]) -> bool {
    bytes.ends_with(b"\r\n\r\n")
}

/// Returns whether a part of a connection's bytes is a response whose body is complete.
fn is_complete(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    length.map_or(body.ends_with("0\r\n\r\n"), |length| body.len() == length)
}

#[test]
fn a_connection_stays_usable_after_head() {
    let linked = Linked::in_query();
    let described = |verb: &str| json!({ "method": verb, "path": "/x" }).to_string();
    let id = &linked.account;
    let direct = |verb: &str| format!("{verb} /accounts/{id}/proxy/x HTTP/1.1\r\n\r\n");
    let by_post = |verb: &str| {
        let body = described(verb);
        let head = format!("x-account-id: {id}\r\ncontent-type: application/json");
        format!("POST /unified/proxy HTTP/1.1\r\n{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    };
    let key = format!(" HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer {}\r\n", linked.key);
    let mut connection = TcpStream::connect(linked.hub.address).expect("the Hub does not accept connections");
    connection.set_read_timeout(Some(Duration::from_secs(10))).expect("cannot set a timeout");
    let mut sent = |request: &str, is_whole: fn(&[u8]) -> bool| {
        let request = request.replacen(" HTTP/1.1\r\n", &key, 1);
        connection.write_all(request.as_bytes()).expect("the connection was closed");
        let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
        while !is_whole(&bytes) {
            let n = connection.read(&mut piece).expect("the response is not complete");
            assert_ne!(n, 0, "closed after {}", String::from_utf8_lossy(&bytes));
            bytes.extend_from_slice(&piece[..n]);
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
        text
    };
    for _ in 0..2 {
        linked.provider.respond("200 OK\ncontent-type: text/plain\ncontent-length: 83", "");
        let head = sent(&direct("HEAD"), is_head);
        assert!(head.contains("\r\ncontent-length: 83\r\n"), "{head}");
        linked.provider.respond("200 OK\ncontent-type: text/plain\ncontent-length: 83", &"a".repeat(83));
        assert!(sent(&direct("GET"), is_complete).ends_with(&"a".repeat(83)));
        // The response to POST has a body, so the length of another body has another name.
        linked.provider.respond("200 OK\ncontent-type: text/plain\ncontent-length: 83", "");
        let head = sent(&by_post("head"), is_complete);
        assert!(head.contains("\r\nx-provider-content-length: 83\r\n"), "{head}");
        assert!(!head.contains("\r\ncontent-length: 83\r\n"), "{head}");
        linked.provider.respond("200 OK\ncontent-type: text/plain\ncontent-length: 5", "12345");
        assert!(sent(&by_post("get"), is_complete).ends_with("12345"));
    }
}
