//! An answer that is handed on piece by piece.
//!
//! **Invariant:** no more than the caller's cap passes, and no longer than a provider may say nothing is waited for the
//! next piece; a header that is of the connection alone does not pass.

use bytes::Bytes;
use guide::Fault;

use crate::fault::Failure;

/// What belongs to one connection
/// ([RFC 9110, 7.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1)), or was changed by decoding.
const OF_THE_CONNECTION: [&str; 11] = [
    "connection",
    "content-encoding",
    "content-length",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "alt-svc",
];

/// An answer whose body is still coming.
pub struct Streamed {
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case, in the order received.
    pub headers: Vec<(String, Vec<u8>)>,
    response: reqwest::Response,
    left: u64,
}

/// Why there is no more of it, or nothing at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What it was.
    pub fault: Fault,
    /// What the transport said, without anything that was sent.
    pub detail: String,
}

impl Streamed {
    /// The head of a response; `cap`: how much of its body may pass, in bytes.
    pub(crate) fn new(response: reqwest::Response, cap: u64) -> Self {
        let headers = response.headers().iter();
        let headers = headers.filter(|(name, _)| !OF_THE_CONNECTION.contains(&name.as_str()));
        let headers = headers.map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
        Self { status: response.status().as_u16(), headers: headers.collect(), response, left: cap }
    }

    /// The next piece; none at the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Broken> {
        let chunk = self.response.chunk().await.map_err(|error| Broken::from(Failure::of(&error)))?;
        let Some(chunk) = chunk else { return Ok(None) };
        let left = self.left.checked_sub(chunk.len() as u64);
        let too_large =
            || Broken { fault: Fault::TooLarge, detail: "the body is larger than may pass".to_owned() };
        self.left = left.ok_or_else(too_large)?;
        Ok(Some(chunk))
    }
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        let (fault, detail) = failure.into_parts();
        Self { fault, detail }
    }
}

/// Shows its shape only.
impl std::fmt::Debug for Streamed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Streamed {{ status: {}, .. }}", self.status)
    }
}
