//! Reads responses up to the policy's limits.
//!
//! **Invariant:** the amount of data held in memory never exceeds the limits. The limits apply to decompressed bytes,
//! so compressed and uncompressed responses have the same limits.

use guide::Fault;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

use crate::fault::Failure;
use crate::policy::Policy;

/// Reads a complete response. Fails if the response exceeds a limit.
pub(crate) async fn read(
    mut response: reqwest::Response,
    policy: &Policy,
) -> Result<probe::Response, Failure> {
    let headers = headers(&response);
    let header_bytes: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    // The HTTP client limits the number of headers, but not their total size.
    if policy.max_header_bytes < header_bytes {
        return Err(Failure::new(Fault::TooLarge, "the headers are too large"));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Failure::of(&error))? {
        if policy.max_body - body.len() < chunk.len() {
            return Err(Failure::new(Fault::TooLarge, "the body is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    if !body.is_empty() && is_still_encoded(response.headers()) {
        return Err(Failure::new(Fault::Malformed, "the body has an encoding that was not requested"));
    }
    Ok(probe::Response { status: response.status().as_u16(), headers, body })
}

fn headers(response: &reqwest::Response) -> Vec<(String, String)> {
    let pair = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    response.headers().iter().map(pair).collect()
}

/// Values of `content-encoding` that do not mean that the body is encoded: `identity`, and others that are not codings,
/// such as character sets. Some old servers send them, and browsers ignore them.
const NOT_ENCODED: [&[u8]; 8] =
    [b"", b"identity", b"none", b"binary", b"utf-8", b"utf8", b"iso-8859-1", b"us-ascii"];

/// Returns whether the body is still encoded. The HTTP client removes the `content-encoding` header when it decodes the
/// body.
fn is_still_encoded(headers: &HeaderMap) -> bool {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let mut codings = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    !codings.all(|coding| NOT_ENCODED.iter().any(|known| known.eq_ignore_ascii_case(coding.trim_ascii())))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn only_codings_count_as_encodings() {
        for (value, expected) in [
            ("br", true),
            ("GZIP", true),
            ("identity, zstd", true),
            ("rot13", true),
            ("identity", false),
            ("UTF-8", false),
            ("none", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static(value))]);
            assert_eq!(is_still_encoded(&headers), expected, "{value}");
        }
    }
}
