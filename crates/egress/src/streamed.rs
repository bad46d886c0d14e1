//! Responses whose bodies are streamed through to the caller.
//!
//! **Invariant:** the body is decoded, never exceeds its bounds, and the read timeout applies to each chunk. Headers that
//! apply only to the connection are not passed on.

use bytes::Bytes;
use guide::Fault;
use tokio::time::{Instant, timeout_at};

use crate::content::Content;
use crate::fault::Failure;

/// Headers that apply only to one connection ([RFC 9110, 7.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1)).
/// `content-length` and `content-encoding` are passed on unless the body was decoded.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "alt-svc",
];

/// A response whose body is still arriving.
pub struct Streamed {
    /// The status code.
    pub status: u16,
    /// The headers in the order received, with names in lowercase.
    pub headers: Vec<(String, Vec<u8>)>,
    content: Content,
    bounds: Bounds,
}

/// The bounds of a response's body.
pub(crate) struct Bounds {
    /// The maximum size of the rest of the body, in bytes after decoding.
    pub(crate) max_body: u64,
    /// The time at which the body must have ended.
    pub(crate) end: Instant,
}

impl Streamed {
    /// Reads the headers of a response.
    pub(crate) async fn open(response: reqwest::Response, bounds: Bounds) -> Result<Self, Failure> {
        let status = response.status().as_u16();
        let (headers, content) = Content::open(response).await?;
        let headers = headers.iter().filter(|(name, _)| !HOP_BY_HOP.contains(&name.as_str()));
        let headers = headers.map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
        Ok(Self { status, headers: headers.collect(), content, bounds })
    }

    /// Returns the next chunk of the body, or `None` at the end of the body. Fails if the body exceeds its bounds.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let too_long = |_| Failure::new(Fault::Timeout, "the body took too long");
        let chunk = timeout_at(self.bounds.end, self.content.chunk()).await.map_err(too_long)??;
        let Some(chunk) = chunk else { return Ok(None) };
        let remaining = self.bounds.max_body.checked_sub(chunk.len() as u64);
        let too_large = || Failure::new(Fault::TooLarge, "the body is too large");
        self.bounds.max_body = remaining.ok_or_else(too_large)?;
        Ok(Some(chunk))
    }
}

/// Shows only the status.
impl std::fmt::Debug for Streamed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Streamed {{ status: {}, .. }}", self.status)
    }
}
