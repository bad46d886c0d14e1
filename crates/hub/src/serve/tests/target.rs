//! A running server for tests over real sockets, and its clients.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use axum::http;
use axum::routing::post;
use futures_util::stream;
use h2::{Ping, client};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpSocket;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::serve::testing::TestApp;
use crate::settings::Tls;

/// The time within which a connection must be closed. It is much longer than the limits in these tests, and shorter than
/// the default idle timeout.
pub(super) const CLOSED_WITHIN: Duration = Duration::from_mins(1);

/// The size of a response that is larger than what the server buffers of it.
pub(super) const LARGE: usize = 600_000;

/// The size of a response that takes a slow client several seconds to read.
pub(super) const HUGE: usize = 24 << 20;

/// The number of pieces in a response that takes longer than a closing connection stays open without a request.
pub(super) const STREAMED: usize = 14;

/// A running server, with responses that are large or slow.
pub(super) struct Target {
    test: TestApp,
    pub(super) address: SocketAddr,
    pub(super) server: Running,
}

impl Target {
    pub(super) async fn start(variables: &[(&str, &str)], certificate: Option<RustlsConfig>) -> Self {
        let test = test_app(variables).await;
        let huge = Bytes::from(vec![b'x'; HUGE]);
        let slow = || async {
            tokio::time::sleep(Duration::from_millis(900)).await;
            "finished"
        };
        let routes = Router::new()
            .route("/large", get(|| async { "x".repeat(LARGE) }))
            .route("/huge", get(|| async { huge }))
            .route("/slow", get(slow))
            .route("/stream", get(|| async { streamed() }))
            .route("/upload", post(|body: Bytes| async move { body.len().to_string() }))
            .merge(crate::health::routes());
        let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let (listener, address) = listen_for_tests(&test.app, anywhere).await;
        let server = Running::start(listener, layers::around(routes, &test.app), certificate);
        Self { test, address, server }
    }

    /// Waits until the server has closed all connections.
    pub(super) async fn closes(&self, what: &str) {
        let closed = timeout(CLOSED_WITHIN, async {
            while 0 < self.server.control.connection_count() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        assert!(closed.await.is_ok(), "{what}: the connection stayed open");
    }

    /// Waits until the server has this many open connections.
    pub(super) async fn accepts(&self, connections: usize) {
        let accepted = timeout(CLOSED_WITHIN, async {
            while self.server.control.connection_count() < connections {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        assert!(accepted.await.is_ok(), "a connection was not accepted");
    }

    /// Stops the server.
    pub(super) async fn stop(self) -> Ended {
        let stopped = timeout(CLOSED_WITHIN, drain(self.test.app, self.server, None, pending())).await;
        stopped.expect("the server did not stop")
    }

    /// Connects from a loopback address, and sends a request. Returns the connection if there is a response.
    pub(super) async fn open_from(&self, address: [u8; 4]) -> Option<TcpStream> {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((address, 0))).unwrap();
        let mut stream = socket.connect(self.address).await.unwrap();
        answers(&mut stream).await.then_some(stream)
    }

    /// Connects over TLS.
    pub(super) async fn tls(&self, root: &RootCertStore, protocol: &[u8]) -> TlsStream<TcpStream> {
        let mut config = ClientConfig::builder().with_root_certificates(root.clone()).with_no_client_auth();
        config.alpn_protocols = vec![protocol.to_vec()];
        let tcp = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, tcp).await.unwrap()
    }

    /// Connects over TLS and HTTP/2, and keeps sending pings.
    pub(super) async fn http2(&self, root: &RootCertStore, window: u32) -> Http2 {
        let tls = self.tls(root, b"h2").await;
        let (sender, mut connection) =
            client::Builder::new().initial_window_size(window).handshake(tls).await.unwrap();
        let pings = Arc::new(AtomicUsize::new(0));
        let (mut sending, answered) = (connection.ping_pong().unwrap(), Arc::clone(&pings));
        let pinging = tokio::spawn(async move {
            while sending.ping(Ping::opaque()).await.is_ok() {
                answered.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        let closed = tokio::spawn(async move {
            let _ = connection.await;
            pinging.abort();
        });
        Http2 { sender, closed, pings }
    }
}

/// Sends a small piece every half a second.
fn streamed() -> Body {
    let pieces = stream::unfold(0, |sent| async move {
        (sent < STREAMED).then_some(())?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        Some((Ok::<_, Infallible>("piece"), sent + 1))
    });
    Body::from_stream(pieces)
}

/// An HTTP/2 client.
pub(super) struct Http2 {
    pub(super) sender: client::SendRequest<Bytes>,
    /// Ends when the server closes the connection.
    pub(super) closed: JoinHandle<()>,
    /// The number of pings that the server answered.
    pub(super) pings: Arc<AtomicUsize>,
}

impl Http2 {
    /// Sends a request, and returns the response's whole body.
    pub(super) async fn get(&mut self, path: &str) -> Vec<u8> {
        let response = self.sender.send_request(request_for(path), true).unwrap().0.await.unwrap();
        assert_eq!(response.status(), 200);
        let (mut body, mut received) = (response.into_body(), Vec::new());
        while let Some(data) = body.data().await {
            received.extend_from_slice(&data.unwrap());
        }
        received
    }
}

/// Requests the Hub's health. Returns whether the response is 200.
pub(super) async fn answers(stream: &mut TcpStream) -> bool {
    let request = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut head = [0; 12];
    stream.write_all(request).await.is_ok()
        && stream.read_exact(&mut head).await.is_ok()
        && head.starts_with(b"HTTP/1.1 200")
}

/// Reads until the server closes the connection.
pub(super) async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut response = Vec::new();
    let read = timeout(CLOSED_WITHIN, stream.read_to_end(&mut response)).await;
    assert!(read.is_ok(), "the connection stayed open");
    String::from_utf8_lossy(&response).into_owned()
}

/// Creates a certificate for `localhost`.
pub(super) fn certificate() -> (RustlsConfig, RootCertStore) {
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

pub(super) fn request_for(path: &str) -> http::Request<()> {
    http::Request::get(format!("https://localhost{path}")).body(()).unwrap()
}
