//! Encoding a value for the place it lands in, so that a value can never become structure.

use std::fmt::Write as _;

/// Percent-encodes everything but the unreserved characters of
/// [RFC 3986, 2.3](https://www.rfc-editor.org/rfc/rfc3986#section-2.3): safe as a path segment or query part.
pub fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
