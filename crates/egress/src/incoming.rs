//! How much of an answer is read.
//!
//! **Invariant:** no more than the caps is ever held, counted after decompression; so a small answer that
//! swells is stopped at the same size as a large one.

use guide::Fault;
use reqwest::header::CONTENT_ENCODING;

use crate::fault::Failure;
use crate::policy::Policy;

/// Reads a response to its end, or to a cap.
pub(crate) async fn read(
    mut response: reqwest::Response,
    policy: &Policy,
) -> Result<probe::Response, Failure> {
    let headers = headers(&response);
    let header_bytes: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    // The count is capped while reading; the client has no such setting for their size.
    if policy.max_header_bytes < header_bytes {
        return Err(Failure::new(Fault::TooLarge, "the headers are larger than is read"));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Failure::of(&error))? {
        if policy.max_body - body.len() < chunk.len() {
            return Err(Failure::new(Fault::TooLarge, "the body is larger than is read"));
        }
        body.extend_from_slice(&chunk);
    }
    if !body.is_empty() && is_still_encoded(&response) {
        return Err(Failure::new(Fault::Malformed, "the body came in an encoding that was not asked for"));
    }
    Ok(probe::Response { status: response.status().as_u16(), headers, body })
}

fn headers(response: &reqwest::Response) -> Vec<(String, String)> {
    let pair = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    response.headers().iter().map(pair).collect()
}

/// The client takes the header away where it has decoded; what is left was not decoded.
fn is_still_encoded(response: &reqwest::Response) -> bool {
    response
        .headers()
        .get_all(CONTENT_ENCODING)
        .iter()
        .any(|it| !it.as_bytes().eq_ignore_ascii_case(b"identity"))
}
