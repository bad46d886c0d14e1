//! Request ids: the client's `X-Request-Id` if it is valid, otherwise one that the Hub generates.
//!
//! **Invariant:** an id is safe in a header, a log and a page: it has at most [`LONGEST`] letters, digits, `-`, `_`
//! and `.`.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::hex::hex;
use crate::request_id::carried;

/// The header with the id, in requests and responses.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The maximum length of an id.
const LONGEST: usize = 64;

/// Sets the id of a request and its response.
pub(super) async fn request_id(mut request: Request, next: Next) -> Response {
    let sent = request.headers().get(HEADER).and_then(|value| value.to_str().ok());
    let id = sent.filter(|id| is_sane(id)).map_or_else(random, str::to_owned);
    let value = HeaderValue::from_str(&id).ok();
    if let Some(value) = &value {
        request.headers_mut().insert(HEADER, value.clone());
    }
    let mut response = carried(Some(id), next.run(request)).await;
    if let Some(value) = value {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

fn is_sane(id: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    (8..=LONGEST).contains(&id.len()) && id.bytes().all(is_plain)
}

fn random() -> String {
    let mut bytes = [0; 12];
    // Without randomness the id is not unique, but a request should not fail because of that.
    let _ = getrandom::fill(&mut bytes);
    format!("req_{}", hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_valid_ids_of_clients_are_used() {
        assert!(is_sane("7f1b9c2e-0000-4000-8000-000000000000"));
        assert!(is_sane(&random()));
        for wrong in ["short", "has space in it", "line\nbreak-1", &"x".repeat(65), "<script>alert"] {
            assert!(!is_sane(wrong), "{wrong}");
        }
    }
}
