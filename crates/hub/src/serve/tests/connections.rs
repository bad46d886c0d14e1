//! Tests of connections that clients keep open (idle, slow, old or too many of them), over real sockets.

use std::sync::atomic::Ordering;

use tokio::net::TcpStream;

use super::target::{
    CLOSED_WITHIN, HUGE, LARGE, STREAMED, Target, answers, certificate, read_to_end, request_for,
};
use super::*;

/// How long an idle connection stays open in these tests.
const IDLE: (&str, &str) = ("WAYSTONE_LIMITS_IDLE_TIMEOUT", "400ms");

#[tokio::test]
async fn a_client_that_never_reads_is_disconnected() {
    let target = Target::start(&[IDLE], None).await;
    let mut stream = TcpStream::connect(target.address).await.unwrap();
    stream.write_all("GET /large HTTP/1.1\r\nhost: x\r\n\r\n".repeat(400).as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(target.server.control.connection_count(), 1);
    target.closes("400 unread responses").await;
}

#[tokio::test]
async fn a_client_that_reads_slowly_gets_the_whole_response() {
    let target = Target::start(&[("WAYSTONE_LIMITS_IDLE_TIMEOUT", "1s")], None).await;
    let mut stream = TcpStream::connect(target.address).await.unwrap();
    stream.write_all(b"GET /huge HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    // Reading takes longer than a connection may be idle, and longer than closing may take.
    let (began, mut received, mut buffer) = (Instant::now(), 0, vec![0; 64 * 1024]);
    while received < HUGE {
        let read = timeout(CLOSED_WITHIN, stream.read(&mut buffer)).await.unwrap().unwrap();
        assert_ne!(read, 0, "the connection was closed after {received} bytes");
        received += read;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(Duration::from_secs(7) < began.elapsed(), "the client read too fast for this test");
}

#[tokio::test]
async fn an_idle_connection_is_closed_but_not_one_with_a_request_in_progress() {
    let target = Target::start(&[IDLE], None).await;
    // The request takes longer than a connection may be idle.
    let response = timeout(CLOSED_WITHIN, request(target.address, "/slow")).await.unwrap();
    assert!(response.ends_with("finished"), "{response}");
    let mut stream = TcpStream::connect(target.address).await.unwrap();
    assert!(answers(&mut stream).await);
    read_to_end(&mut stream).await;
    // The head of a request does not keep a connection open, even if more of it keeps arriving.
    let mut stream = TcpStream::connect(target.address).await.unwrap();
    assert!(answers(&mut stream).await);
    let drip = async {
        while stream.write_all(b"G").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(timeout(CLOSED_WITHIN, drip).await.is_ok(), "the connection stayed open");
    target.closes("an unfinished request").await;
}

#[tokio::test]
async fn http2_needs_tls() {
    let target = Target::start(&[], None).await;
    let mut stream = TcpStream::connect(target.address).await.unwrap();
    // The preface, and an empty SETTINGS frame.
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let response = read_to_end(&mut stream).await;
    assert!(response.is_empty() || response.starts_with("HTTP/1.1 400"), "{response:?}");
}

#[tokio::test]
async fn pings_do_not_keep_an_http2_connection_open() {
    /// The size of a ping on the wire: its frame in a TLS record.
    const PING: usize = 17 + 22;
    let (certificate, roots) = certificate();
    let idle = ("WAYSTONE_LIMITS_IDLE_TIMEOUT", "2s");
    let target = Target::start(&[idle], Some(certificate)).await;
    let mut client = target.http2(&roots, 1 << 20).await;
    assert_eq!(client.get("/slow").await, b"finished");
    let before = client.pings.load(Ordering::SeqCst);
    assert!(timeout(CLOSED_WITHIN, client.closed).await.is_ok(), "the connection stayed open");
    target.closes("an idle HTTP/2 connection").await;
    // The responses to the pings are as large as a response that would keep the connection open.
    let pings = client.pings.load(Ordering::SeqCst) - before;
    assert!(4096 < pings * PING, "only {pings} pings were sent");
}

#[tokio::test]
async fn an_http2_client_that_takes_no_response_is_disconnected() {
    let (certificate, roots) = certificate();
    let target = Target::start(&[IDLE], Some(certificate)).await;
    let mut client = target.http2(&roots, 0).await;
    let response = client.sender.send_request(request_for("/large"), true).unwrap().0.await.unwrap();
    assert_eq!(response.status(), 200);
    // The body cannot be sent, because the client's window is 0.
    assert!(timeout(CLOSED_WITHIN, client.closed).await.is_ok(), "the connection stayed open");
    target.closes("a window of 0").await;
}

#[tokio::test]
async fn an_http2_client_that_takes_a_response_slowly_gets_all_of_it() {
    let (certificate, roots) = certificate();
    let target = Target::start(&[("WAYSTONE_LIMITS_IDLE_TIMEOUT", "2s")], Some(certificate)).await;
    let mut client = target.http2(&roots, 16 << 10).await;
    let response = client.sender.send_request(request_for("/large"), true).unwrap().0.await.unwrap();
    let (mut body, mut received) = (response.into_body(), 0);
    // Taking the response takes longer than a connection may be idle, and longer than closing may take.
    while let Some(data) = body.data().await {
        let taken = data.expect("the connection was closed").len();
        received += taken;
        tokio::time::sleep(Duration::from_micros(16 * u64::try_from(taken).unwrap())).await;
        body.flow_control().release_capacity(taken).unwrap();
    }
    assert_eq!(received, LARGE);
    assert!(timeout(CLOSED_WITHIN, client.closed).await.is_ok(), "the connection stayed open");
}

#[tokio::test]
async fn an_old_connection_serves_one_last_request() {
    let target = Target::start(&[("WAYSTONE_LIMITS_CONNECTION_AGE", "300ms")], None).await;
    let mut stream = TcpStream::connect(target.address).await.unwrap();
    assert!(answers(&mut stream).await);
    tokio::time::sleep(Duration::from_millis(400)).await;
    stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let response = read_to_end(&mut stream).await;
    assert!(response.contains("HTTP/1.1 200"), "{response}");
    assert!(response.contains("connection: close"), "{response}");
}

/// The idle timeout is longer than [`CLOSED_WITHIN`].
#[tokio::test]
async fn an_old_connection_is_closed_without_another_request() {
    let age = [("WAYSTONE_LIMITS_CONNECTION_AGE", "300ms")];
    let target = Target::start(&age, None).await;
    let mut stream = TcpStream::connect(target.address).await.unwrap();
    assert!(answers(&mut stream).await);
    read_to_end(&mut stream).await;
    target.closes("an old connection").await;

    let (certificate, roots) = certificate();
    let target = Target::start(&age, Some(certificate)).await;
    let mut client = target.http2(&roots, 1 << 20).await;
    assert_eq!(client.get("/slow").await, b"finished");
    assert!(timeout(CLOSED_WITHIN, client.closed).await.is_ok(), "the connection stayed open");
    target.closes("an old HTTP/2 connection").await;
}

#[tokio::test]
async fn a_streamed_response_outlives_the_idle_timeout_and_the_connections_age() {
    let limits = [("WAYSTONE_LIMITS_CONNECTION_AGE", "300ms"), IDLE];
    let target = Target::start(&limits, None).await;
    let response = request(target.address, "/stream").await;
    assert_eq!(response.matches("piece").count(), STREAMED, "{response}");

    let (certificate, roots) = certificate();
    let target = Target::start(&limits, Some(certificate)).await;
    let mut client = target.http2(&roots, 1 << 20).await;
    assert_eq!(client.get("/stream").await, b"piece".repeat(STREAMED));
    assert!(timeout(CLOSED_WITHIN, client.closed).await.is_ok(), "the connection stayed open");
}

#[tokio::test]
async fn a_slow_upload_is_a_request_that_takes_too_long() {
    let target = Target::start(&[("WAYSTONE_LIMITS_REQUEST_TIMEOUT", "900ms"), IDLE], None).await;
    let (mut reading, mut writing) = TcpStream::connect(target.address).await.unwrap().into_split();
    writing.write_all(b"POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n").await.unwrap();
    let drip = tokio::spawn(async move {
        while writing.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let mut head = [0; 12];
    timeout(CLOSED_WITHIN, reading.read_exact(&mut head)).await.unwrap().unwrap();
    assert_eq!(&head, b"HTTP/1.1 408");
    assert!(timeout(CLOSED_WITHIN, drip).await.is_ok(), "the connection stayed open");
    target.closes("a slow upload").await;
}

#[tokio::test]
async fn a_head_request_is_finished_without_a_body() {
    let target = Target::start(&[IDLE], None).await;
    let mut stream = TcpStream::connect(target.address).await.unwrap();
    stream.write_all(b"HEAD /stream HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    assert!(answers(&mut stream).await);
    read_to_end(&mut stream).await;
    assert_eq!(target.server.connections.requests(), 0);
}

#[tokio::test]
async fn the_listener_for_metrics_closes_idle_connections() {
    let test = test_app(&[IDLE]).await;
    let limits = ConnectionLimits::new(&test.app.settings, usize::MAX).for_metrics();
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let (listener, address) =
        listen(anywhere, &test.app.settings.server.listen.set_by, limits).await.unwrap();
    let _server = Running::start(listener, router::numbers(&test.app), None);
    let mut stream = TcpStream::connect(address).await.unwrap();
    assert!(answers(&mut stream).await);
    read_to_end(&mut stream).await;
}

#[tokio::test]
async fn one_address_cannot_use_up_the_connections() {
    let (one, other) = ([127, 0, 0, 1], [127, 0, 0, 2]);
    let limits = [("WAYSTONE_LIMITS_CONNECTIONS", "4"), ("WAYSTONE_LIMITS_ADDRESS_CONNECTIONS", "2")];
    let target = Target::start(&limits, None).await;
    let (first, second) = (target.open_from(one).await, target.open_from(one).await);
    assert!(first.is_some() && second.is_some());
    assert!(target.open_from(one).await.is_none(), "the address exceeded its share");
    assert!(target.open_from(other).await.is_some(), "another address was refused");
    // A closed connection no longer counts.
    drop(first);
    let again = timeout(CLOSED_WITHIN, async {
        while target.open_from(one).await.is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    assert!(again.await.is_ok(), "the closed connection is still counted");
}

#[tokio::test]
async fn a_networks_share_shrinks_while_more_than_half_of_the_connections_are_open() {
    let limits = [("WAYSTONE_LIMITS_CONNECTIONS", "8"), ("WAYSTONE_LIMITS_ADDRESS_CONNECTIONS", "100")];
    let target = Target::start(&limits, None).await;
    let mut open = Vec::new();
    for number in 0..4 {
        open.push(
            target
                .open_from([127, 0, 0, 1])
                .await
                .unwrap_or_else(|| panic!("connection {number} was refused")),
        );
    }
    assert!(
        target.open_from([127, 0, 0, 1]).await.is_none(),
        "one address has more than half of the connections"
    );
    for last in 2..=5 {
        open.push(target.open_from([127, 0, 0, last]).await.expect("a new address was refused"));
        if last < 5 {
            assert!(target.open_from([127, 0, 0, last]).await.is_none(), "an address exceeded its share");
        }
    }
}

#[tokio::test]
async fn the_default_share_is_a_quarter_and_proxies_have_none() {
    let one = [127, 0, 0, 1];
    let target = Target::start(&[("WAYSTONE_LIMITS_CONNECTIONS", "4")], None).await;
    let first = target.open_from(one).await;
    assert!(first.is_some() && target.open_from(one).await.is_none());
    let proxy = ("WAYSTONE_TRUSTED_PROXIES", "127.0.0.0/8");
    let target = Target::start(&[("WAYSTONE_LIMITS_CONNECTIONS", "4"), proxy], None).await;
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(target.open_from(one).await.expect("a connection from a trusted proxy was refused"));
    }
}
