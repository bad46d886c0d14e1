//! Serving a script over real HTTP, on loopback.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use guide::{Fault, Reply};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming as Body;
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use secret::Secret;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::script::{Incoming, Line, Script};

/// More than this is never read by the way out.
const TOO_LARGE: usize = 4 << 20;

/// A provider on loopback. It stops when it is dropped.
pub struct Simulator {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    lines: Option<UnboundedReceiver<Line>>,
    task: JoinHandle<()>,
}

impl Simulator {
    /// Serves a script at a port of 127.0.0.1; 0 takes any that is free.
    pub async fn start(script: Script, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let script = Arc::new(Mutex::new(script));
        let (said, lines) = unbounded_channel();
        let shared = Arc::clone(&script);
        let task = tokio::spawn(async move {
            // Connections end with the simulator, or a test could speak to the last one's.
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&shared), said.clone()));
            }
        });
        Ok(Self { address, script, lines: Some(lines), task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it says about every request; can be taken once.
    pub fn lines(&mut self) -> Option<UnboundedReceiver<Line>> {
        self.lines.take()
    }

    /// Leaves out the next turn: it failed before it could come here.
    pub fn skip(&self) {
        self.script.lock().unwrap_or_else(PoisonError::into_inner).skip();
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A connection that ends without an answer.
#[derive(Debug)]
struct HangUp;

impl fmt::Display for HangUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the scenario ends the connection here")
    }
}

impl std::error::Error for HangUp {}

async fn serve(stream: TcpStream, script: Arc<Mutex<Script>>, said: UnboundedSender<Line>) {
    let answer = service_fn(|request: Request<Body>| async {
        let incoming = incoming(request).await.ok_or(HangUp)?;
        let (reply, line) = script.lock().unwrap_or_else(PoisonError::into_inner).answer(&incoming);
        let _ = said.send(line);
        respond(reply).await
    });
    // An error here is the client's or the scenario's doing, and what the scenario wanted.
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
        // A content encoding that is not what it says cannot be decoded.
        Reply::Fails(Fault::Malformed) => {
            let mut response = Response::new(Full::new(Bytes::from_static(b"this is not gzip")));
            response.headers_mut().insert("content-encoding", HeaderValue::from_static("gzip"));
            Ok(response)
        }
        Reply::Fails(Fault::TooLarge) => Ok(Response::new(Full::new(Bytes::from(vec![b' '; TOO_LARGE])))),
        Reply::Fails(_) => Err(HangUp),
    }
}

/// The request as the script sees it; none, if its body does not come whole or is larger than any of ours.
async fn incoming(request: Request<Body>) -> Option<Incoming> {
    let (request, body) = request.into_parts();
    let body = Limited::new(body, TOO_LARGE).collect().await.ok()?.to_bytes();
    let header =
        |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = request.uri.host().unwrap_or_else(|| header("host"));
    let host = host.split(':').next().unwrap_or_default().to_owned();
    let headers = request.headers.iter().filter_map(|(name, value)| {
        // A header is text or it is not one that a guide can make.
        Some((name.as_str().to_owned(), Secret::new(value.to_str().ok()?)))
    });
    let query = request.uri.query().unwrap_or_default();
    let query = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), Secret::new(decoded(value))));
    Some(Incoming {
        verb: request.method.as_str().to_owned(),
        host,
        path: request.uri.path().to_owned(),
        parameters: headers.chain(query).collect(),
        body: Secret::new(String::from_utf8_lossy(&body).into_owned()),
    })
}

/// A text without its percent-encoding.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = tail
            .get(..2)
            .and_then(|two| std::str::from_utf8(two).ok())
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        if let (b'%', Some(byte)) = (first, escaped) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
