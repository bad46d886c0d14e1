//! An HTTP client that sends exactly the given bytes, valid or not.
//!
//! **Invariant:** the client never adds a header, follows a redirect, repeats a request or decodes a body. Each
//! connection serves one request.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A request that a test builds.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// A response. The default is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self { method: method.to_owned(), path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub(crate) fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    #[must_use]
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Replaces the path.
    #[must_use]
    pub(crate) fn path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// The method and the path, separated by a space as in a request line.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Adds an API key, as StackOne's SDK sends it.
    #[must_use]
    pub(crate) fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    /// Adds a session token, as the widget sends it.
    #[must_use]
    pub(crate) fn session(self, token: &str) -> Self {
        self.header("x-hub-session-token", token)
    }

    #[must_use]
    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string().into_bytes())
    }

    #[must_use]
    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let text: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        self.header("content-type", "application/x-www-form-urlencoded").body(text.join("&").into_bytes())
    }

    #[must_use]
    pub(crate) fn body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// Sends the request and closes the connection as soon as a condition holds.
    pub(crate) fn disconnect_when(self, address: SocketAddr, condition: impl Fn() -> bool) -> io::Result<()> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(&self.bytes(address))?;
        let began = Instant::now();
        while !condition() {
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "the condition did not hold within 30 seconds"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Sends the request and reads the whole response.
    pub(crate) fn send_to(self, address: SocketAddr) -> io::Result<Response> {
        raw(address, &self.bytes(address))
    }

    fn bytes(&self, address: SocketAddr) -> Vec<u8> {
        let mut head =
            format!("{} {} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.body.is_empty() || matches!(self.method.as_str(), "POST" | "PATCH" | "PUT") {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// Sends the bytes unchanged and reads the whole response.
pub(crate) fn raw(address: SocketAddr, bytes: &[u8]) -> io::Result<Response> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    stream.set_nodelay(true)?;
    // A server that rejects a body may stop reading it, but still responds.
    let sent = stream.write_all(bytes);
    let mut response = Vec::new();
    let read = stream.read_to_end(&mut response);
    if response.is_empty() {
        sent?;
        read?;
    }
    parsed(&response, bytes.starts_with(b"HEAD "))
        .ok_or_else(|| io::Error::new(io::ErrorKind::UnexpectedEof, "the response was truncated"))
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The first cookie that the response sets, as `name=value`, or an empty string if it sets none.
    pub(crate) fn cookie(&self) -> &str {
        self.header("set-cookie").and_then(|text| text.split(';').next()).unwrap_or_default()
    }

    /// The path of a new session's link.
    #[track_caller]
    pub(crate) fn link(&self) -> String {
        let url = self.text("auth_link_url");
        url[url.find("/link/").expect("a link")..].to_owned()
    }

    /// The body as JSON, or `null` if it is not JSON.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// A string member of the JSON body, or an empty string if there is none.
    pub(crate) fn text(&self, name: &str) -> String {
        self.value()[name].as_str().unwrap_or_default().to_owned()
    }
}

/// Parses a complete response. A response to `HEAD` has no body, whatever its `content-length`.
fn parsed(bytes: &[u8], is_head: bool) -> Option<Response> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let pair =
        |line: &str| line.split_once(':').map(|(key, value)| (key.to_owned(), value.trim().to_owned()));
    let headers: Vec<_> = lines.filter_map(pair).collect();
    let mut response = Response { status, headers, body: String::new() };
    let body = &bytes[end + 4..];
    let body = if is_head {
        Vec::new()
    } else if response.header("transfer-encoding").is_some() {
        unchunked(body)?
    } else {
        let length = response.header("content-length").and_then(|text| text.parse().ok());
        if length.is_some_and(|length: usize| body.len() < length) {
            return None;
        }
        body.to_vec()
    };
    response.body = String::from_utf8_lossy(&body).into_owned();
    Some(response)
}

fn unchunked(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).ok()?.trim(), 16).ok()?;
        bytes = &bytes[end + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(bytes.get(..size)?);
        bytes = bytes.get(size + 2..)?;
    }
}

/// Percent-encodes a string for a form or a query.
pub(crate) fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
