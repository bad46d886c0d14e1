//! Reads responses up to the policy's limits.
//!
//! **Invariant:** the amount of data held in memory never exceeds the limits. The limits apply to decompressed bytes,
//! so compressed and uncompressed responses have the same limits.

use guide::Fault;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::content::Content;
use crate::fault::Failure;
use crate::policy::Policy;

/// Reads a complete response. Fails if the response exceeds a limit.
pub(crate) async fn read(response: reqwest::Response, policy: &Policy) -> Result<probe::Response, Failure> {
    let status = response.status().as_u16();
    let (headers, mut content) = Content::open(response).await?;
    let headers = pairs(&headers);
    let header_bytes: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    // The HTTP client limits the number of headers, but not their total size.
    if policy.max_header_bytes < header_bytes {
        return Err(Failure::new(Fault::TooLarge, "the headers are too large"));
    }
    let mut body = Vec::new();
    while let Some(chunk) = content.chunk().await? {
        if policy.max_body - body.len() < chunk.len() {
            return Err(Failure::new(Fault::TooLarge, "the body is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(probe::Response { status, headers, body })
}

fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let pair = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    headers.iter().map(pair).collect()
}
