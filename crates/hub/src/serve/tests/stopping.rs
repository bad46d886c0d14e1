//! Stopping with clients that are silent, or whose requests take long, over real sockets.

use rustls::RootCertStore;
use tokio_rustls::client::TlsStream;

use super::target::{CLOSED_WITHIN, Target, answers, certificate, read_to_end};
use super::*;

/// A grace period that no test waits for.
const LONG: (&str, &str) = ("WAYSTONE_SHUTDOWN_GRACE", "1h");
/// A grace period that ends before connections without a request in progress are closed.
const SHORT: (&str, &str) = ("WAYSTONE_SHUTDOWN_GRACE", "200ms");

const PART_OF_A_REQUEST: &[u8] = b"GET /health/live HTTP/1.1\r\nhost:";
/// The beginning of an HTTP/2 connection: the preface, and an empty SETTINGS frame.
const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// Opens connections without a request in progress, of each kind that is possible without TLS.
async fn silent(target: &Target) -> [TcpStream; 4] {
    let mut part = TcpStream::connect(target.address).await.unwrap();
    part.write_all(PART_OF_A_REQUEST).await.unwrap();
    let mut idle = TcpStream::connect(target.address).await.unwrap();
    assert!(answers(&mut idle).await);
    let mut next = TcpStream::connect(target.address).await.unwrap();
    assert!(answers(&mut next).await);
    next.write_all(PART_OF_A_REQUEST).await.unwrap();
    [part, idle, next, TcpStream::connect(target.address).await.unwrap()]
}

/// Opens connections without a request in progress over TLS, and one whose handshake does not finish.
async fn silent_over_tls(target: &Target, roots: &RootCertStore) -> (TcpStream, [TlsStream<TcpStream>; 4]) {
    let mut handshake = TcpStream::connect(target.address).await.unwrap();
    // The beginning of a record with a ClientHello.
    handshake.write_all(&[22, 3, 1, 1, 0, 1]).await.unwrap();
    let mut connections = Vec::new();
    for (protocol, sent) in
        [(&b"h2"[..], HTTP2), (b"h2", &HTTP2[..10]), (b"http/1.1", PART_OF_A_REQUEST), (b"http/1.1", b"")]
    {
        let mut stream = target.tls(roots, protocol).await;
        stream.write_all(sent).await.unwrap();
        connections.push(stream);
    }
    (handshake, connections.try_into().unwrap())
}

#[tokio::test]
async fn clients_without_a_request_in_progress_do_not_delay_the_stop() {
    let target = Target::start(&[LONG], None).await;
    let silent = silent(&target).await;
    target.accepts(silent.len()).await;
    assert_eq!(target.stop().await, Ended::Finished);

    let (certificate, roots) = certificate();
    let target = Target::start(&[LONG], Some(certificate)).await;
    let (_handshake, silent) = silent_over_tls(&target, &roots).await;
    target.accepts(silent.len() + 1).await;
    assert_eq!(target.stop().await, Ended::Finished);
}

#[tokio::test]
async fn nothing_is_aborted_if_no_request_is_in_progress_when_the_grace_period_ends() {
    let target = Target::start(&[SHORT], None).await;
    let silent = silent(&target).await;
    target.accepts(silent.len()).await;
    assert_eq!(target.stop().await, Ended::Finished);

    let (certificate, roots) = certificate();
    let target = Target::start(&[SHORT], Some(certificate)).await;
    let (_handshake, silent) = silent_over_tls(&target, &roots).await;
    target.accepts(silent.len() + 1).await;
    assert_eq!(target.stop().await, Ended::Finished);
}

#[tokio::test]
async fn a_request_that_is_being_received_when_the_hub_stops_can_finish() {
    let target = Target::start(&[LONG], None).await;
    let mut stream = TcpStream::connect(target.address).await.unwrap();
    stream.write_all(PART_OF_A_REQUEST).await.unwrap();
    target.accepts(1).await;
    let (address, stopping) = (target.address, target.server.connections.clone());
    let ended = tokio::spawn(target.stop());
    stopping.stopped().await;
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    stream.write_all(b" x\r\n\r\n").await.unwrap();
    let response = read_to_end(&mut stream).await;
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    assert!(response.contains("connection: close"), "{response}");
    assert_eq!(ended.await.unwrap(), Ended::Finished);
}

#[tokio::test]
async fn a_streamed_response_is_finished_unless_the_grace_period_ends() {
    for (grace, is_complete, ended) in [(LONG, true, Ended::Finished), (SHORT, false, Ended::Aborted)] {
        let target = Target::start(&[grace], None).await;
        let (address, connections) = (target.address, target.server.connections.clone());
        let response = tokio::spawn(async move { request(address, "/stream").await });
        while connections.requests() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(target.stop().await, ended);
        let response = timeout(CLOSED_WITHIN, response).await.unwrap().unwrap();
        assert_eq!(response.ends_with("0\r\n\r\n"), is_complete, "{response}");
    }
}

#[tokio::test]
async fn a_task_beyond_the_grace_period_is_aborted() {
    let test = test_app(&[SHORT]).await;
    let (_, server) = serving(&test.app, Duration::ZERO).await;
    test.app.tasks.spawn(|_| pending());
    assert_eq!(drain(Arc::clone(&test.app), server, None, pending()).await, Ended::Aborted);
}
