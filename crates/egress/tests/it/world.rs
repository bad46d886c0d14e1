//! A server that misbehaves as scripted, and requests that contain a canary.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use egress::{Egress, Policy, Resolve, Resolving};
use guide::{Fault, Verb};
use probe::{Answer, Body, Header, Permit, Request, Response};
use secret::{Secret, SecretBytes};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A string that must never appear in a failure's detail.
pub(crate) const CANARY: &str = "c4n4ry";

/// The host to which most tests send requests.
pub(crate) const HOST: &str = "acme.example.com";

/// A server's action after reading a request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes repeatedly until the client disconnects.
    Forever(Vec<u8>),
    /// Sends this byte every few milliseconds until the client disconnects.
    Dribble(u8),
    /// Sends nothing until the client disconnects.
    Hang,
    /// Resets the connection.
    Reset,
}

pub(crate) fn text(text: &str) -> Act {
    Act::Send(text.as_bytes().to_vec())
}

/// Returns a response with status 200, the given header lines and the body.
pub(crate) fn answer(headers: &str, body: &[u8]) -> Act {
    let mut bytes = format!("HTTP/1.1 200 OK\r\n{headers}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    Act::Send(bytes)
}

/// A server on loopback that runs the same script on each connection.
pub(crate) struct Server {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let server = Self { port, seen: Arc::clone(&seen) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(play(stream, acts.clone(), Arc::clone(&seen)));
            }
        });
        server
    }

    /// Returns the requests that the server received, each as one string with the head and the body.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("a thread panicked").clone()
    }
}

async fn play(mut stream: TcpStream, acts: Vec<Act>, seen: Arc<Mutex<Vec<String>>>) {
    while let Some(request) = read_request(&mut stream).await {
        seen.lock().expect("a thread panicked").push(request);
        let mut is_open = true;
        for act in &acts {
            if matches!(act, Act::Reset) {
                let _ = stream.set_zero_linger();
                return;
            }
            is_open = perform(&mut stream, act).await.is_ok();
        }
        // A response with neither a length nor chunks ends when the connection closes.
        if !is_open || !matches!(acts.last(), Some(Act::Send(bytes)) if is_kept_alive(bytes)) {
            return;
        }
    }
}

fn is_kept_alive(bytes: &[u8]) -> bool {
    bytes.windows(10).any(|it| it == b"keep-alive")
}

/// Performs one act. An error means that the client disconnected.
pub(crate) async fn perform(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), act: &Act) -> io::Result<()> {
    match act {
        Act::Send(bytes) => stream.write_all(bytes).await,
        Act::Forever(bytes) => loop {
            stream.write_all(bytes).await?;
        },
        Act::Dribble(byte) => loop {
            stream.write_all(&[*byte]).await?;
            tokio::time::sleep(Duration::from_millis(5)).await;
        },
        Act::Hang | Act::Reset => loop {
            if stream.read(&mut [0; 512]).await? == 0 {
                return Ok(());
            }
        },
    }
}

/// Reads a complete request, or returns `None` if the connection ends first.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&bytes).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().expect("a number"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    bytes.extend_from_slice(&body);
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// A resolver that always returns the same answer and counts its calls.
pub(crate) struct Fixed {
    answer: Result<Vec<IpAddr>, io::ErrorKind>,
    calls: AtomicUsize,
}

impl Fixed {
    pub(crate) fn addresses(list: &str) -> Arc<Self> {
        let answer = list.split_whitespace().map(|address| address.parse().expect("an address")).collect();
        Arc::new(Self { answer: Ok(answer), calls: AtomicUsize::new(0) })
    }

    pub(crate) fn failing() -> Arc<Self> {
        Arc::new(Self { answer: Err(io::ErrorKind::NotFound), calls: AtomicUsize::new(0) })
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

impl Resolve for Fixed {
    fn resolve<'a>(&'a self, _host: &'a str) -> Resolving<'a> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { self.answer.clone().map_err(io::Error::from) })
    }
}

/// Returns a policy that maps all test hosts to a port on loopback.
pub(crate) fn mapped(scheme: &str, port: u16) -> Policy {
    let mapping = |pattern| format!("{pattern}={scheme}://127.0.0.1:{port}").parse().expect("a mapping");
    Policy { upstreams: vec![mapping("**.example.com")], ..Policy::default() }
}

/// Returns the same policy with short timeouts.
pub(crate) fn impatient(policy: Policy) -> Policy {
    Policy {
        connect_timeout: Duration::from_millis(400),
        read_timeout: Duration::from_millis(200),
        total_timeout: Duration::from_millis(400),
        ..policy
    }
}

/// Returns a request to [`HOST`] with a canary in every part.
pub(crate) fn request() -> Request {
    Request {
        verb: Verb::Post,
        host: HOST.to_owned(),
        port: None,
        path: format!("/v1/{CANARY}"),
        query: vec![("key".to_owned(), Secret::new(format!("{CANARY} & more")))],
        headers: vec![header("authorization", &format!("Bearer {CANARY}"))],
        body: Some(Body {
            content_type: "application/json".to_owned(),
            bytes: SecretBytes::new(format!("{{\"key\":\"{CANARY}\"}}")),
        }),
        certificate: None,
        permit: Permit { patterns: vec!["**.example.com".parse().expect("a pattern")], own_host: None },
    }
}

pub(crate) fn header(name: &str, value: &str) -> Header {
    Header { name: name.to_owned(), value: Secret::new(value) }
}

/// Sends a request and asserts that a failure's detail does not contain the canary.
pub(crate) async fn send(egress: &Egress, request: &Request) -> Answer {
    let answer = egress.send(request).await;
    if let Answer::Failed { detail, .. } = &answer {
        assert!(!detail.contains(CANARY), "the detail contains the canary: {detail}");
        assert!(
            !detail.contains("127.0.0.1") && !detail.contains("://"),
            "the detail contains a URL: {detail}"
        );
        assert!(!detail.is_empty(), "the detail is empty");
    }
    answer
}

/// Returns the status of a response, or the fault.
pub(crate) fn outcome(answer: &Answer) -> String {
    match answer {
        Answer::Response(response) => response.status.to_string(),
        Answer::Failed { fault, .. } => fault.to_string(),
    }
}

#[track_caller]
pub(crate) fn assert_fault(answer: &Answer, expected: Fault, case: &str) {
    assert!(matches!(answer, Answer::Failed { fault, .. } if *fault == expected), "{case}: {answer:?}");
}

#[track_caller]
pub(crate) fn response(answer: Answer) -> Response {
    match answer {
        Answer::Response(response) => response,
        Answer::Failed { fault, detail } => panic!("{fault}: {detail}"),
    }
}
