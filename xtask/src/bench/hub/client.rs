//! A persistent HTTP connection. The client does as little work as possible, because it shares the machine with the
//! server that is being measured.
//!
//! Every response must have a `Content-Length`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use anyhow::{Context as _, Result, ensure};

/// A connection to a server.
pub(super) struct Connection {
    stream: BufReader<TcpStream>,
    /// The `x-next-cursor` header of the last response. `None` if the response had none.
    pub(super) next_cursor: Option<String>,
}

impl Connection {
    pub(super) fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), next_cursor: None })
    }

    /// Sends a request. Returns the body of a successful response; any other response is an error.
    pub(super) fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &str,
    ) -> Result<String> {
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: bench\r\n");
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            text.push_str(&format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len()));
        }
        self.stream.get_mut().write_all(format!("{text}\r\n{body}").as_bytes())?;
        let status = self.line()?;
        let mut length = 0;
        self.next_cursor = None;
        loop {
            let header = self.line()?.to_ascii_lowercase();
            match header.split_once(": ") {
                Some(("content-length", value)) => length = value.parse()?,
                Some(("x-next-cursor", value)) => self.next_cursor = Some(value.to_owned()),
                Some(_) => {}
                None => break,
            }
        }
        let mut response = vec![0; length];
        self.stream.read_exact(&mut response)?;
        let response = String::from_utf8_lossy(&response).into_owned();
        ensure!(status.contains(" 20"), "{method} {path}: {status}: {response}");
        Ok(response)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        line.truncate(line.trim_end().len());
        Ok(line)
    }
}
