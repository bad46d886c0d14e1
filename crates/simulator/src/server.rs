//! Serves a script over real HTTP on loopback.
//!
//! **Invariant:** the listener is bound to 127.0.0.1.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use guide::{Fault, Key, Reply};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming as Body;
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use probe::Placeholders;
use secret::Secret;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::exchange::{Incoming, LogLine, percent_decoded};
use crate::script::Script;

/// The size of the body that simulates [`Fault::TooLarge`], in bytes: more than a check reads from any response. Also
/// the size of the largest request body that the simulator accepts.
const TOO_LARGE: usize = 4 << 20;

/// A running simulator. Dropping this value stops the simulator and closes its connections.
pub struct Simulator {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    /// The log lines, one per response.
    pub lines: UnboundedReceiver<LogLine>,
    task: JoinHandle<()>,
}

impl Simulator {
    /// Serves a script on the specified port of 127.0.0.1. Port 0 selects any free port.
    ///
    /// # Errors
    ///
    /// Returns an error if the port cannot be bound.
    pub async fn start(script: Script, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let script = Arc::new(Mutex::new(script));
        let (log, lines) = unbounded_channel();
        let shared = Arc::clone(&script);
        let task = tokio::spawn(async move {
            // This set closes all connections when the simulator stops. Otherwise, the next test could reuse a
            // connection to the previous script.
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&shared), log.clone()));
            }
        });
        Ok(Self { address, script, lines, task })
    }

    /// Returns the address that the simulator listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns placeholders for the secrets that the next request of the first scenario can contain: its secret values,
    /// and the captures and tokens from the responses so far. `name` returns the placeholder for a kind of value
    /// (`value`, `capture` or `token`) and a key.
    pub fn placeholders(&self, name: impl Fn(&str, &Key) -> String) -> Placeholders {
        self.script.lock().unwrap_or_else(PoisonError::into_inner).placeholders(name)
    }

    /// Skips the next turn. Call this when the turn's request failed before it could reach the simulator.
    pub fn skip(&self) {
        self.script.lock().unwrap_or_else(PoisonError::into_inner).skip();
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The error that makes the server close a connection without a response.
#[derive(Debug, thiserror::Error)]
#[error("the scenario closes the connection here")]
struct HangUp;

async fn serve(stream: TcpStream, script: Arc<Mutex<Script>>, log: UnboundedSender<LogLine>) {
    let answer = service_fn(|request: Request<Body>| async {
        let incoming = incoming(request).await.ok_or(HangUp)?;
        let (reply, line) = script.lock().unwrap_or_else(PoisonError::into_inner).answer(&incoming);
        let _ = log.send(line);
        respond(reply).await
    });
    // Errors here are expected: either the client or the scenario causes them.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
}

async fn respond(reply: Reply) -> Result<Response<Full<Bytes>>, HangUp> {
    match reply {
        Reply::Response { status, headers, body } => {
            let mut response = Response::new(Full::new(Bytes::from(body)));
            *response.status_mut() =
                StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            for (name, value) in headers {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                    response.headers_mut().append(name, value);
                }
            }
            Ok(response)
        }
        Reply::Fails(Fault::Timeout) => {
            std::future::pending::<Infallible>().await;
            Err(HangUp)
        }
        // The body does not match its content encoding, so it cannot be decoded.
        Reply::Fails(Fault::Malformed) => {
            let mut response = Response::new(Full::new(Bytes::from_static(b"this is not gzip")));
            response.headers_mut().insert("content-encoding", HeaderValue::from_static("gzip"));
            Ok(response)
        }
        Reply::Fails(Fault::TooLarge) => Ok(Response::new(Full::new(Bytes::from(vec![b' '; TOO_LARGE])))),
        Reply::Fails(_) => Err(HangUp),
    }
}

/// Converts an HTTP request to the script's format. Returns `None` if the body is incomplete or larger than
/// [`TOO_LARGE`].
async fn incoming(request: Request<Body>) -> Option<Incoming> {
    let (request, body) = request.into_parts();
    let body = Limited::new(body, TOO_LARGE).collect().await.ok()?.to_bytes();
    let header =
        |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = request.uri.host().unwrap_or_else(|| header("host"));
    let host = host.split(':').next().unwrap_or_default().to_owned();
    let headers = request.headers.iter().filter_map(|(name, value)| {
        // Skips values that are not valid text, because a guide never produces them.
        Some((name.as_str().to_owned(), Secret::new(value.to_str().ok()?)))
    });
    let query = request.uri.query().unwrap_or_default();
    let query = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (percent_decoded(name), Secret::new(percent_decoded(value))));
    Some(Incoming {
        verb: request.method.as_str().to_owned(),
        host,
        path: request.uri.path().to_owned(),
        headers: headers.collect(),
        query: query.collect(),
        body: Secret::new(String::from_utf8_lossy(&body).into_owned()),
    })
}
