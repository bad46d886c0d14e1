//! Request ids: the client's `X-Request-Id` if it is valid, otherwise an id that the Hub generates.
//!
//! **Invariant:** an id is safe in a header, a log and a page: it has 8 to [`MAX_LENGTH`] characters, which must be
//! letters, digits, `-`, `_` or `.`.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The header that contains the id, in requests and responses.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The maximum length of an id.
const MAX_LENGTH: usize = 64;

/// Sets the id of a request, and returns it.
pub(super) fn assign(request: &mut Request) -> String {
    let sent = request.headers().get(HEADER).and_then(|value| value.to_str().ok());
    let id = sent.filter(|id| is_valid(id)).map_or_else(random, str::to_owned);
    set(request.headers_mut(), &id);
    id
}

/// Adds an id to the headers of a request or response.
pub(super) fn set(headers: &mut HeaderMap, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HEADER, value);
    }
}

fn is_valid(id: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    (8..=MAX_LENGTH).contains(&id.len()) && id.bytes().all(is_plain)
}

fn random() -> String {
    // If no random bytes are available, the id is not unique, but that must not make the request fail.
    let (first, second) = (getrandom::u32().unwrap_or(0), getrandom::u64().unwrap_or(0));
    format!("req_{first:08x}{second:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_valid_client_ids_are_used() {
        assert!(is_valid("7f1b9c2e-0000-4000-8000-000000000000"));
        assert!(is_valid(&random()));
        for wrong in ["short", "has space in it", "line\nbreak-1", &"x".repeat(65), "<script>alert"] {
            assert!(!is_valid(wrong), "{wrong}");
        }
    }
}
