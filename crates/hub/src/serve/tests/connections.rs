//! Tests of connections that clients keep open (idle, slow, old or too many of them), over real sockets.

use axum::body::Bytes;
use axum::http;
use h2::{Ping, client};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpSocket;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::serve::testing::TestApp;
use crate::settings::Tls;

/// How long an idle connection stays open in these tests.
const IDLE: (&str, &str) = ("WAYSTONE_LIMITS_IDLE_TIMEOUT", "400ms");
/// The time within which an idle connection must be closed, including the time that it has to close gracefully.
const CLOSED_WITHIN: Duration = Duration::from_secs(10);

/// The size of a response that takes a slow client several seconds to read.
const HUGE: usize = 24 << 20;

/// A running server, with a large response and a slow one.
struct Target {
    _test: TestApp,
    address: SocketAddr,
    server: Running,
}

impl Target {
    async fn start(variables: &[(&str, &str)], certificate: Option<RustlsConfig>) -> Self {
        let test = test_app(variables).await;
        let huge = Bytes::from(vec![b'x'; HUGE]);
        let slow = || async {
            tokio::time::sleep(Duration::from_millis(900)).await;
            "finished"
        };
        let routes = Router::new()
            .route("/large", get(|| async { "x".repeat(300_000) }))
            .route("/huge", get(|| async { huge }))
            .route("/slow", get(slow))
            .merge(crate::health::routes());
        let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let (listener, address) = listen_for_tests(&test.app, anywhere).await;
        let server = Running::start(listener, layers::around(routes, &test.app), certificate);
        Self { _test: test, address, server }
    }

    /// Waits until the server has closed all connections.
    async fn closes(&self, what: &str) {
        let closed = timeout(CLOSED_WITHIN, async {
            while 0 < self.server.control.connection_count() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        assert!(closed.await.is_ok(), "{what}: the connection stayed open");
    }

    /// Connects from a loopback address, and sends a request. Returns the connection if there is a response.
    async fn open_from(&self, address: [u8; 4]) -> Option<TcpStream> {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((address, 0))).unwrap();
        let mut stream = socket.connect(self.address).await.unwrap();
        answers(&mut stream).await.then_some(stream)
    }

    /// Connects over TLS and HTTP/2. The returned task ends when the server closes the connection.
    async fn http2(&self, root: &RootCertStore, window: u32) -> (client::SendRequest<Bytes>, JoinHandle<()>) {
        let mut config = ClientConfig::builder().with_root_certificates(root.clone()).with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let tcp = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let tls: TlsStream<TcpStream> =
            TlsConnector::from(Arc::new(config)).connect(name, tcp).await.unwrap();
        let (sender, mut connection) =
            client::Builder::new().initial_window_size(window).handshake(tls).await.unwrap();
        let mut pings = connection.ping_pong().unwrap();
        let pinging = tokio::spawn(async move {
            while pings.ping(Ping::opaque()).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        let task = tokio::spawn(async move {
            let _ = connection.await;
            pinging.abort();
        });
        (sender, task)
    }
}

/// Requests the Hub's health. Returns whether the response is 200.
async fn answers(stream: &mut TcpStream) -> bool {
    let request = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut head = [0; 12];
    stream.write_all(request).await.is_ok()
        && stream.read_exact(&mut head).await.is_ok()
        && head.starts_with(b"HTTP/1.1 200")
}

/// Reads until the server closes the connection.
async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut response = Vec::new();
    let read = timeout(CLOSED_WITHIN, stream.read_to_end(&mut response)).await;
    assert!(read.is_ok(), "the connection stayed open");
    String::from_utf8_lossy(&response).into_owned()
}

/// Creates a certificate for `localhost`.
fn certificate() -> (RustlsConfig, RootCertStore) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let pair = Tls { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
    std::fs::write(&pair.certificate, cert.pem()).unwrap();
    std::fs::write(&pair.key, signing_key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    (RustlsConfig::from_config(tls::load(&pair).unwrap()), roots)
}

fn request_for(path: &str) -> http::Request<()> {
    http::Request::get(format!("https://localhost{path}")).body(()).unwrap()
}

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
    let (certificate, roots) = certificate();
    let target = Target::start(&[IDLE], Some(certificate)).await;
    let (mut sender, closed) = target.http2(&roots, 1 << 20).await;
    let response = sender.send_request(request_for("/slow"), true).unwrap().0.await.unwrap();
    assert_eq!(response.status(), 200);
    let mut body = response.into_body();
    while let Some(data) = body.data().await {
        assert_eq!(data.unwrap(), "finished");
    }
    assert!(!closed.is_finished(), "the connection was closed during a request");
    assert!(timeout(CLOSED_WITHIN, closed).await.is_ok(), "the connection stayed open");
    target.closes("an idle HTTP/2 connection").await;
}

#[tokio::test]
async fn an_http2_client_that_takes_no_response_is_disconnected() {
    let (certificate, roots) = certificate();
    let target = Target::start(&[IDLE], Some(certificate)).await;
    let (mut sender, closed) = target.http2(&roots, 0).await;
    let response = sender.send_request(request_for("/large"), true).unwrap().0.await.unwrap();
    assert_eq!(response.status(), 200);
    // The body cannot be sent, because the client's window is 0.
    assert!(timeout(CLOSED_WITHIN, closed).await.is_ok(), "the connection stayed open");
    target.closes("a window of 0").await;
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
