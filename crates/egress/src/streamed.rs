//! Responses whose bodies are streamed through to the caller.
//!
//! **Invariant:** the body never exceeds the caller's limit, and the read timeout applies to each chunk. Headers that
//! apply only to the connection are not passed on.

use bytes::Bytes;
use guide::Fault;

use crate::fault::Failure;

/// Headers that apply only to one connection ([RFC 9110, 7.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1)).
/// `content-length` and `content-encoding` are passed on: the HTTP client removes both when it decodes the body.
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
    response: reqwest::Response,
    remaining: u64,
}

impl Streamed {
    /// Reads the headers of a response. `max_body` is the maximum size of the body, in bytes.
    pub(crate) fn new(response: reqwest::Response, max_body: u64) -> Self {
        let headers = response.headers().iter();
        let headers = headers.filter(|(name, _)| !HOP_BY_HOP.contains(&name.as_str()));
        let headers = headers.map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
        Self { status: response.status().as_u16(), headers: headers.collect(), response, remaining: max_body }
    }

    /// Returns the next chunk of the body, or `None` at the end of the body. Fails if the body exceeds its limit.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let chunk = self.response.chunk().await.map_err(|error| Failure::of(&error))?;
        let Some(chunk) = chunk else { return Ok(None) };
        let remaining = self.remaining.checked_sub(chunk.len() as u64);
        let too_large = || Failure::new(Fault::TooLarge, "the body is too large");
        self.remaining = remaining.ok_or_else(too_large)?;
        Ok(Some(chunk))
    }
}

/// Shows only the status.
impl std::fmt::Debug for Streamed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Streamed {{ status: {}, .. }}", self.status)
    }
}
