//! Tests responses that are invalid, too slow, too large or truncated.

use guide::Fault;
use tokio::net::TcpSocket;

use crate::world::{self, Act, Server, answer, text};

async fn bad(case: &str, acts: Vec<Act>, expected: Fault) {
    check(case, acts, expected.as_str(), false).await;
}

async fn slow(case: &str, acts: Vec<Act>) {
    check(case, acts, Fault::Timeout.as_str(), true).await;
}

async fn check(case: &str, acts: Vec<Act>, expected: &str, is_impatient: bool) {
    let server = Server::start(acts).await;
    let policy = world::mapped("http", server.port);
    let policy = if is_impatient { world::impatient(policy) } else { policy };
    let egress = egress::Egress::new(policy).expect("an egress");
    let answer = world::send(&egress, &world::request()).await;
    assert_eq!(world::outcome(&answer), expected, "{case}: {answer:?}");
    assert_eq!(server.seen().len(), 1, "{case}: the request must be sent once");
}

#[tokio::test]
async fn answers_that_are_not_http_are_malformed() {
    bad("another protocol", vec![text("SSH-2.0-OpenSSH_9.6\r\n")], Fault::Malformed).await;
    bad("binary", vec![Act::Send(vec![0, 159, 146, 150, 13, 10, 13, 10])], Fault::Malformed).await;
    bad("endless garbage", vec![Act::Forever(vec![b'A'; 4096])], Fault::Malformed).await;
    bad("unrequested HTTP/2", vec![text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")], Fault::Malformed).await;
    bad("HTTP/0.9", vec![text("<html>hello</html>")], Fault::Malformed).await;
    bad("an unknown version", vec![text("HTTP/9.9 200 OK\r\n\r\n")], Fault::Malformed).await;
    bad("a five-digit status", vec![text("HTTP/1.1 20000 OK\r\n\r\n")], Fault::Malformed).await;
    bad(
        "an echo of the request",
        vec![text(&format!("POST /{} HTTP/1.1\r\n\r\n", world::CANARY))],
        Fault::Malformed,
    )
    .await;
}

#[tokio::test]
async fn ambiguous_headers_are_malformed() {
    bad("no colon", vec![answer("no colon here\r\n", b"")], Fault::Malformed).await;
    bad("a space before the colon", vec![answer("x-a : b\r\n", b"")], Fault::Malformed).await;
    bad("a folded line", vec![answer("x-a: b\r\n c\r\n", b"")], Fault::Malformed).await;
    bad("a zero byte", vec![answer("x-a: b\0c\r\n", b"")], Fault::Malformed).await;
    bad("two lengths", vec![answer("content-length: 2\r\ncontent-length: 3\r\n", b"abc")], Fault::Malformed)
        .await;
    bad("a length in words", vec![answer("content-length: two\r\n", b"ab")], Fault::Malformed).await;
    bad("a negative length", vec![answer("content-length: -1\r\n", b"ab")], Fault::Malformed).await;
    bad(
        "a length that overflows",
        vec![answer("content-length: 99999999999999999999999\r\n", b"")],
        Fault::Malformed,
    )
    .await;
}

#[tokio::test]
async fn invalid_chunks_are_malformed() {
    let chunked = |body: &str| vec![answer("transfer-encoding: chunked\r\n", body.as_bytes())];
    bad("a size in words", chunked("five\r\nhello\r\n0\r\n\r\n"), Fault::Malformed).await;
    bad("a size that overflows", chunked("fffffffffffffffff\r\nhello"), Fault::Malformed).await;
    bad("no line break after a chunk", chunked("5\r\nhelloworld\r\n0\r\n\r\n"), Fault::Malformed).await;
    let mut extension = chunked("5;");
    extension.push(Act::Forever(vec![b'a'; 4096]));
    bad("an endless chunk extension", extension, Fault::Malformed).await;
}

#[tokio::test]
async fn truncated_answers_are_resets() {
    bad("closed before the response", vec![text("")], Fault::Reset).await;
    bad("reset before the response", vec![Act::Reset], Fault::Reset).await;
    bad("closed in the status line", vec![text("HTTP/1.1 20")], Fault::Reset).await;
    bad("closed in the headers", vec![text("HTTP/1.1 200 OK\r\nx-a: ")], Fault::Reset).await;
    bad("reset in the headers", vec![text("HTTP/1.1 200 OK\r\nx-a: "), Act::Reset], Fault::Reset).await;
    bad("closed in the body", vec![answer("content-length: 9\r\n", b"hello")], Fault::Reset).await;
    bad("reset in the body", vec![answer("content-length: 9\r\n", b"hello"), Act::Reset], Fault::Reset).await;
    let chunk = answer("transfer-encoding: chunked\r\n", b"5\r\nhello\r\n");
    bad("closed between chunks", vec![chunk.clone()], Fault::Reset).await;
    bad("reset between chunks", vec![chunk, Act::Reset], Fault::Reset).await;
    bad("closed in a chunk", vec![answer("transfer-encoding: chunked\r\n", b"9\r\nhello")], Fault::Reset)
        .await;
}

#[tokio::test]
async fn endless_headers_are_too_large() {
    let head = || text("HTTP/1.1 200 OK\r\n");
    bad("endless headers", vec![head(), Act::Forever(b"x-a: b\r\n".to_vec())], Fault::TooLarge).await;
    bad(
        "one endless header",
        vec![text("HTTP/1.1 200 OK\r\nx-a: "), Act::Forever(vec![b'a'; 4096])],
        Fault::TooLarge,
    )
    .await;
    bad("an endless reason", vec![text("HTTP/1.1 200 "), Act::Forever(vec![b'a'; 4096])], Fault::TooLarge)
        .await;
    bad("101 headers", vec![answer(&"x-a: b\r\n".repeat(101), b"")], Fault::TooLarge).await;
    let large = format!("x-a: {}\r\n", "a".repeat(65 * 1024));
    bad("one large header", vec![answer(&large, b"")], Fault::TooLarge).await;
    bad(
        "100 medium headers",
        vec![answer(&format!("x-a: {}\r\n", "a".repeat(700)).repeat(100), b"")],
        Fault::TooLarge,
    )
    .await;
    let allowed = format!("connection: close\r\n{}", "x-a: b\r\n".repeat(90));
    check("many headers within the limits", vec![answer(&allowed, b"")], "200", false).await;
}

#[tokio::test]
async fn slow_answers_time_out() {
    slow("silence", vec![Act::Hang]).await;
    slow("silence in the headers", vec![text("HTTP/1.1 200 OK\r\n"), Act::Hang]).await;
    slow("silence in the body", vec![answer("content-length: 9\r\n", b"hello"), Act::Hang]).await;
    slow("dribbled headers", vec![text("HTTP/1.1 200 OK\r\nx-a: "), Act::Dribble(b'a')]).await;
    slow("a dribbled body", vec![answer("content-length: 99999\r\n", b""), Act::Dribble(b'a')]).await;
    slow("a dribbled body without length", vec![answer("", b""), Act::Dribble(b'a')]).await;
    slow("endless 100 Continue", vec![Act::Forever(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec())]).await;
    slow("endless early hints", vec![Act::Forever(b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n".to_vec())])
        .await;
}

#[tokio::test]
async fn a_closed_port_is_a_connect_fault() {
    // The socket is bound but does not listen, so the port stays closed and no other test can open it.
    let closed = TcpSocket::new_v4().expect("a socket");
    closed.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let port = closed.local_addr().expect("an address").port();
    for scheme in ["http", "https"] {
        let egress = egress::Egress::new(world::mapped(scheme, port)).expect("an egress");
        let answer = world::send(&egress, &world::request()).await;
        world::assert_fault(&answer, Fault::Connect, scheme);
    }
}
