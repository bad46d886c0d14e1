//! Tests that redirects are not followed and that no state is kept between requests.

use egress::Egress;

use crate::world::{self, Server, text};

#[tokio::test]
async fn no_redirect_is_followed() {
    let elsewhere = Server::start(vec![text("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")]).await;
    let cross = format!("http://127.0.0.1:{}/", elsewhere.port);
    let locations = [
        "/other",
        "//other.example.com/",
        "https://acme.example.com/other",
        "https://other.example.com/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "file:///etc/passwd",
        &cross,
        "not a url at all",
        "",
    ];
    for location in locations {
        for status in [300, 301, 302, 303, 307, 308] {
            let reply =
                format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
            let server = Server::start(vec![text(&reply)]).await;
            let egress = Egress::new(world::mapped("http", server.port)).expect("an egress");
            let response = world::response(world::send(&egress, &world::request()).await);
            assert_eq!(response.status, status, "{location}");
            assert_eq!(response.header("location"), Some(location));
            assert_eq!(server.seen().len(), 1, "{location}");
        }
    }
    assert_eq!(elsewhere.seen().len(), 0);
}

#[tokio::test]
async fn no_cookie_is_kept_and_no_referrer_sent() {
    let reply =
        "HTTP/1.1 200 OK\r\nset-cookie: a=b; Path=/\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start(vec![text(reply)]).await;
    let egress = Egress::new(world::mapped("http", server.port)).expect("an egress");
    for _ in 0..2 {
        let response = world::response(world::send(&egress, &world::request()).await);
        assert_eq!(response.header("set-cookie"), Some("a=b; Path=/"));
    }
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0], seen[1], "the second request must not depend on the first");
    assert!(!seen[1].contains("cookie") && !seen[1].contains("referer"));
}

#[tokio::test]
async fn an_error_status_is_a_response_and_is_not_retried() {
    for status in [400, 401, 403, 404, 408, 421, 425, 429, 500, 502, 503, 504, 599] {
        let reply = format!("HTTP/1.1 {status} No\r\nretry-after: 0\r\ncontent-length: 2\r\n\r\nno");
        let server = Server::start(vec![text(&reply)]).await;
        let egress = Egress::new(world::mapped("http", server.port)).expect("an egress");
        let response = world::response(world::send(&egress, &world::request()).await);
        assert_eq!((response.status, response.body.as_slice()), (status, b"no".as_slice()));
        assert_eq!(server.seen().len(), 1, "{status}");
    }
}
