//! A connection that is kept, and requests on it: no more than measuring needs.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// A request as it is written, and the status that is success.
pub(crate) struct Asked {
    pub(crate) bytes: Vec<u8>,
    pub(crate) expect: u64,
}

impl Asked {
    /// Of a line of standard input: `method`, `path`, `headers`, `body`, `expect`.
    pub(crate) fn new(line: &Value) -> Result<Self> {
        let text = |name: &str| line[name].as_str().unwrap_or_default();
        let headers = line["headers"].as_object().into_iter().flatten();
        let headers: Vec<(&str, &str)> =
            headers.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default())).collect();
        let expect = line["expect"].as_u64().context("`expect` is a status")?;
        Ok(Self::of(text("method"), text("path"), &headers, text("body"), expect))
    }

    /// With a body, which may be empty.
    pub(crate) fn of(method: &str, path: &str, headers: &[(&str, &str)], body: &str, expect: u64) -> Self {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: bench\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        Self { bytes: head.into_bytes(), expect }
    }
}

/// A connection.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    /// To a host and port.
    pub(crate) async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request, and waits for the end of its answer, whose body is given.
    pub(crate) async fn ask(&mut self, asked: &Asked) -> Result<Vec<u8>> {
        self.0.get_mut().write_all(&asked.bytes).await?;
        let (status, body) = self.read().await?;
        if status != asked.expect {
            let asked = String::from_utf8_lossy(&asked.bytes).lines().next().unwrap_or_default().to_owned();
            bail!("{asked}: status {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(body)
    }

    async fn read(&mut self) -> Result<(u64, Vec<u8>)> {
        let head = String::from_utf8_lossy(&self.until(b"\r\n\r\n").await?).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).context("a status")?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
        let mut body = Vec::new();
        match length {
            Some(length) => self.more(length, &mut body).await?,
            None if head.contains("transfer-encoding: chunked") => loop {
                let size = String::from_utf8_lossy(&self.until(b"\r\n").await?).trim().to_owned();
                let size = usize::from_str_radix(&size, 16).context("a chunk has a size")?;
                self.more(size, &mut body).await?;
                self.until(b"\r\n").await?;
                if size == 0 {
                    break;
                }
            },
            None => {}
        }
        Ok((status, body))
    }

    /// What comes up to an end, which is included.
    async fn until(&mut self, end: &[u8]) -> Result<Vec<u8>> {
        let mut text = Vec::new();
        while !text.ends_with(end) {
            text.push(self.0.read_u8().await?);
        }
        Ok(text)
    }

    /// So many bytes more.
    async fn more(&mut self, bytes: usize, body: &mut Vec<u8>) -> Result<()> {
        let before = body.len();
        body.resize(before + bytes, 0);
        self.0.read_exact(&mut body[before..]).await?;
        Ok(())
    }
}
