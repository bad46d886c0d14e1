//! Removes the credentials from a provider's response while it passes through.
//!
//! Some providers repeat a request's credentials, for example in the link to the next page. Each byte of a credential
//! is replaced with `*`, so the response keeps its length and stays valid JSON, and the body can be streamed: only the
//! end of a chunk that could be the start of a credential waits for the next chunk.
//!
//! **Limits:** a credential is found as sent, percent-encoded, or escaped in JSON. It is not found if the provider
//! transforms it in another way, or compresses the body without being asked.

use std::ops::Range;

use axum::body::Bytes;
use memchr::memmem;
use secret::{Secret, SecretBytes, percent_encoded};

/// The minimum length, in bytes, of a credential that is masked. Shorter strings also occur in responses for other
/// reasons.
const SHORTEST: usize = 8;

/// Masks a set of credentials in the parts of one response.
pub(super) struct Mask {
    needles: Vec<SecretBytes>,
    /// The bytes that wait for the next chunk, because they could be the start of a credential.
    held: Vec<u8>,
}

impl Mask {
    /// Creates a mask for these credentials. Ignores credentials that are shorter than 8 bytes or consist of digits,
    /// because masking a number would make JSON invalid.
    pub(super) fn new(credentials: &[Secret]) -> Self {
        let credentials = credentials.iter().map(Secret::expose);
        let credentials = credentials
            .filter(|text| SHORTEST <= text.len() && !text.bytes().all(|byte| byte.is_ascii_digit()));
        let mut needles: Vec<Vec<u8>> = credentials.flat_map(spellings).map(String::into_bytes).collect();
        needles.sort();
        needles.dedup();
        Self { needles: needles.into_iter().map(SecretBytes::new).collect(), held: Vec::new() }
    }

    /// Returns the bytes with the credentials masked.
    pub(super) fn masked(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        for place in self.places(&bytes) {
            bytes[place].fill(b'*');
        }
        bytes
    }

    /// Adds a chunk of the body, and returns the part of the body that can be passed on, which may be empty.
    pub(super) fn push(&mut self, chunk: Bytes) -> Bytes {
        if self.held.is_empty() && self.places(&chunk).is_empty() && self.started(&chunk) == 0 {
            return chunk;
        }
        let mut bytes = std::mem::take(&mut self.held);
        bytes.extend_from_slice(&chunk);
        let places = self.places(&bytes);
        let mut end = bytes.len() - self.started(&bytes);
        // Credentials can overlap. A credential that is cut in two would not be found again.
        while let Some(cut) = places.iter().find(|place| place.start < end && end < place.end) {
            end = cut.start;
        }
        self.held = bytes.split_off(end);
        for place in places.into_iter().filter(|place| place.end <= end) {
            bytes[place].fill(b'*');
        }
        bytes.into()
    }

    /// Returns the rest of the body.
    pub(super) fn finish(mut self) -> Bytes {
        let held = std::mem::take(&mut self.held);
        self.masked(held).into()
    }

    /// Returns the positions of the credentials. Those of different credentials can overlap.
    fn places(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let places = |needle: &SecretBytes| {
            let length = needle.expose().len();
            let starts = memmem::find_iter(bytes, needle.expose());
            starts.map(move |start| start..start + length).collect::<Vec<_>>()
        };
        self.needles.iter().flat_map(places).collect()
    }

    /// Returns the length of the longest suffix of the bytes that could be the start of a credential.
    fn started(&self, bytes: &[u8]) -> usize {
        let longest = |needle: &SecretBytes| {
            let needle = needle.expose();
            let most = bytes.len().min(needle.len() - 1);
            (1..=most).rev().find(|n| bytes.ends_with(&needle[..*n])).unwrap_or(0)
        };
        self.needles.iter().map(longest).max().unwrap_or(0)
    }
}

/// Returns a credential in the encodings in which a response could repeat it.
fn spellings(text: &str) -> Vec<String> {
    let json = serde_json::Value::from(text).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let percent = percent_encoded(text);
    let lower = lowercase_codes(&percent);
    let form = percent.replace("%20", "+");
    vec![json.replace('/', "\\/"), json, lower, form, percent, text.to_owned()]
}

/// Converts the hexadecimal digits of percent-encoded bytes to lowercase, as some servers write them.
fn lowercase_codes(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_at(part.len().min(2));
        out.push('%');
        out.push_str(&code.to_ascii_lowercase());
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "ab/cd+ef==\"gh";

    /// Masks a body that arrives in chunks of `size` bytes.
    fn streamed(body: &str, size: usize) -> String {
        let mut mask = Mask::new(&[Secret::from(SECRET), Secret::from("1234567890"), Secret::from("abc")]);
        let mut out = Vec::new();
        for chunk in body.as_bytes().chunks(size) {
            out.extend_from_slice(&mask.push(Bytes::copy_from_slice(chunk)));
        }
        out.extend_from_slice(&mask.finish());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_credential_is_masked_wherever_chunks_end() {
        for spelling in [
            SECRET,
            "ab%2Fcd%2Bef%3D%3D%22gh",
            "ab%2fcd%2bef%3d%3d%22gh",
            r#"ab/cd+ef==\"gh"#,
            r#"ab\/cd+ef==\"gh"#,
        ] {
            let body = format!("ab {spelling}{spelling}ab/c {spelling}");
            let stars = "*".repeat(spelling.len());
            for size in 1..=body.len() {
                assert_eq!(
                    streamed(&body, size),
                    format!("ab {stars}{stars}ab/c {stars}"),
                    "{spelling} {size}"
                );
            }
        }
    }

    #[test]
    fn overlapping_credentials_are_masked_wherever_chunks_end() {
        let secrets = ["token-abcdef", "abcdef-token", "token-abcdef-token-and-more"].map(Secret::from);
        for body in ["x token-abcdef-token y", "token-abcdef-token-and-more", "token-abcdef-token-and-mo"] {
            let whole = Mask::new(&secrets).masked(body.as_bytes().to_vec());
            for size in 1..=body.len() {
                let mut mask = Mask::new(&secrets);
                let mut out = Vec::new();
                for chunk in body.as_bytes().chunks(size) {
                    out.extend_from_slice(&mask.push(Bytes::copy_from_slice(chunk)));
                }
                out.extend_from_slice(&mask.finish());
                assert_eq!(out, whole, "{body} {size}");
                assert!(!String::from_utf8_lossy(&out).contains("abcdef"), "{body} {size}");
            }
        }
    }

    #[test]
    fn other_bytes_pass_unchanged_and_do_not_wait() {
        let mut mask = Mask::new(&[Secret::from(SECRET)]);
        assert_eq!(mask.push(Bytes::from_static(b"data: 1\n\n")), "data: 1\n\n");
        assert_eq!(mask.push(Bytes::from_static(b"cab/cd")), "c");
        assert_eq!(mask.push(Bytes::from_static(b"x")), "ab/cdx");
        assert_eq!(mask.finish(), "");
        assert_eq!(streamed(r#"{"id":1234567890,"name":"abc"}"#, 3), r#"{"id":1234567890,"name":"abc"}"#);
    }
}
