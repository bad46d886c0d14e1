//! Decodes the body of a response.
//!
//! **Invariant:** a body is returned as its sender wrote it, or not at all. Nothing downstream could find a secret in a
//! body that is still encoded.

use std::io::{self, Cursor};
use std::pin::Pin;

use async_compression::tokio::bufread::GzipDecoder;
use bytes::{Bytes, BytesMut};
use guide::Fault;
use http_body_util::BodyExt as _;
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderName, TRANSFER_ENCODING};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncReadExt as _, BufReader};
use tokio_util::io::StreamReader;

use crate::fault::Failure;

/// The value of `accept-encoding` in every request: the only coding that this module decodes.
pub(crate) const ACCEPTED: &str = "gzip";

/// The maximum number of codings that are decoded.
const MOST_CODINGS: usize = 2;

/// The maximum number of decoded bytes that are returned at once. Few compressed bytes can become very many.
const CHUNK: usize = 16 * 1024;

/// Values of `content-encoding` that do not mean that the body is encoded: `identity`, and others that are not codings,
/// such as character sets. Some old servers send them, and browsers ignore them.
const NOT_CODINGS: [&str; 8] = ["", "identity", "none", "binary", "utf-8", "utf8", "iso-8859-1", "us-ascii"];

/// The body of a response, decoded while it arrives.
pub(crate) enum Content {
    /// The body is not encoded.
    Plain(Box<Response>),
    /// The body is encoded. The first chunk has been decoded.
    Encoded(Option<Bytes>, Pin<Box<dyn AsyncRead + Send>>),
    /// There is no body.
    Empty,
}

impl Content {
    /// Starts to read a response's body. Also returns the response's headers, without those that describe an encoded
    /// body. Fails if the body has a coding that cannot be decoded, or does not start with data in its coding.
    pub(crate) async fn open(mut response: Response) -> Result<(HeaderMap, Self), Failure> {
        let codings = codings(response.headers());
        let mut headers = response.headers().clone();
        if codings.is_empty() {
            return Ok((headers, Self::Plain(Box::new(response))));
        }
        headers.remove(CONTENT_ENCODING);
        headers.remove(CONTENT_LENGTH);
        // A response to HEAD names the coding that the body would have.
        let first = match response.content_length() {
            Some(0) => None,
            _ => response.chunk().await.map_err(|error| Failure::of(&error))?,
        };
        let Some(first) = first else { return Ok((headers, Self::Empty)) };
        if MOST_CODINGS < codings.len() || !codings.iter().all(|coding| is_gzip(coding)) {
            return Err(Failure::new(Fault::Malformed, "the body has an encoding that was not requested"));
        }
        let rest = reqwest::Body::from(response).map_err(io::Error::other).into_data_stream();
        let encoded = Cursor::new(first).chain(StreamReader::new(rest));
        let encoded: Pin<Box<dyn AsyncBufRead + Send>> = Box::pin(encoded);
        let mut decoded = codings.iter().fold(encoded, |body, _| decoded(body));
        let first = next(&mut decoded).await?;
        Ok((headers, Self::Encoded(first, decoded)))
    }

    /// Returns the next chunk of the body, or `None` at the end of the body.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        match self {
            Self::Plain(response) => response.chunk().await.map_err(|error| Failure::of(&error)),
            Self::Encoded(first, body) => match first.take() {
                Some(first) => Ok(Some(first)),
                None => next(body).await,
            },
            Self::Empty => Ok(None),
        }
    }
}

/// Removes a coding from a body.
fn decoded(body: Pin<Box<dyn AsyncBufRead + Send>>) -> Pin<Box<dyn AsyncBufRead + Send>> {
    let mut decoder = GzipDecoder::new(body);
    decoder.multiple_members(true);
    Box::pin(BufReader::new(decoder))
}

/// Returns the next decoded chunk, or `None` at the end of the body.
async fn next(body: &mut (impl AsyncRead + Unpin)) -> Result<Option<Bytes>, Failure> {
    let mut chunk = BytesMut::with_capacity(CHUNK);
    let read = body.read_buf(&mut chunk).await.map_err(|error| Failure::of_reading(&error))?;
    Ok((0 < read).then(|| chunk.freeze()))
}

/// Returns the codings of a body, including those of its transfer, in lowercase.
fn codings(headers: &HeaderMap) -> Vec<String> {
    let listed = |name: HeaderName, ignored: &'static [&'static str]| {
        let values = headers.get_all(name).into_iter();
        let names: Vec<String> = values
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
            .map(|name| String::from_utf8_lossy(name).trim().to_ascii_lowercase())
            .filter(|name| !ignored.contains(&&**name))
            .collect();
        names
    };
    let mut codings = listed(CONTENT_ENCODING, &NOT_CODINGS);
    // The HTTP client decodes only `chunked`.
    codings.extend(listed(TRANSFER_ENCODING, &["chunked", "identity", ""]));
    codings
}

/// Returns whether a coding is gzip ([RFC 9110, 8.4.1.3](https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.3)).
fn is_gzip(coding: &str) -> bool {
    matches!(coding, "gzip" | "x-gzip")
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn only_codings_count_as_codings() {
        for (value, expected) in [
            ("br", "br"),
            ("GZIP", "gzip"),
            ("gzip, x-gzip", "gzip x-gzip"),
            ("identity, Zstd", "zstd"),
            ("rot13", "rot13"),
            ("identity", ""),
            ("UTF-8", ""),
            ("none", ""),
            ("", ""),
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static(value))]);
            assert_eq!(codings(&headers).join(" "), expected, "{value}");
        }
    }
}
