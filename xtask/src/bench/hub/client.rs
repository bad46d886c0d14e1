//! Requests that prepare what is measured: one connection each, and nothing is timed.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// A request to a Hub.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
}

impl Request {
    /// Without headers or body.
    pub(super) fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: None }
    }

    /// With a header more.
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With a body.
    pub(super) fn body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }.header("content-type", "application/json")
    }

    /// The line that tells the sender of it; `expect` is the status that is success.
    pub(super) fn line(&self, expect: u16) -> String {
        let headers: serde_json::Map<String, Value> =
            self.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let line = json!({
            "method": self.method, "path": self.path, "headers": headers, "body": self.text(), "expect": expect,
        });
        line.to_string()
    }

    fn text(&self) -> String {
        self.body.as_ref().map(Value::to_string).unwrap_or_default()
    }

    /// Sends it; gives status and body.
    pub(super) fn send(&self, address: &str) -> Result<(u16, String)> {
        let body = self.text();
        let mut text =
            format!("{} {} HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        let mut stream = TcpStream::connect(address).context("the Hub cannot be reached")?;
        stream.write_all(text.as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").context("the answer has no end")?;
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).context("it has no status")?;
        Ok((status, body.to_owned()))
    }

    /// Sends it; gives the body of what has to be a success.
    pub(super) fn json(&self, address: &str) -> Result<Value> {
        let (status, body) = self.send(address)?;
        if !(200..300).contains(&status) {
            bail!("{} {}: status {status}: {body}", self.method, self.path);
        }
        serde_json::from_str(&body).with_context(|| format!("{} {}: no JSON", self.method, self.path))
    }
}
