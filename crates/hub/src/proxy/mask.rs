//! Removes the credentials from a provider's response while it passes through.
//!
//! Some providers repeat a request's credentials, for example in the link to the next page. Each byte of a credential
//! is replaced with `*`, so the response keeps its length and stays valid JSON, and the body can be streamed: only the
//! end of a chunk that could be the start of a credential waits for the next chunk.
//!
//! **Limits:** a credential is found in every encoding that [`Redactor`] recognizes, unless the provider compresses the
//! body without being asked.

use std::ops::Range;

use axum::body::Bytes;
use secret::{Places, Redactor, Secret};

/// The minimum length, in bytes, of a credential that is masked. Shorter strings also occur in responses for other
/// reasons.
const SHORTEST: usize = 8;

/// The maximum number of bytes that wait for the next chunk. No partial credential is that long in any encoding.
const MOST_HELD: usize = 64 * 1024;

/// How many bytes before the possible start of a credential wait with it. In Base64, a credential can begin within a
/// group of four characters, which can only be decoded as a whole. Nested encodings make such a group longer.
const CONTEXT: usize = 64;

/// Masks a set of credentials in the parts of one response.
pub(super) struct Mask {
    redactor: Redactor,
    /// The bytes that wait for the next chunk, because they could be the start of a credential.
    held: Vec<u8>,
    /// The places in `held` that contain credentials. Without the bytes before `held`, they might not be found again.
    hidden: Vec<Range<usize>>,
}

impl Mask {
    /// Creates a mask for these credentials. Ignores credentials that are shorter than 8 bytes or consist of digits,
    /// because masking a number would make JSON invalid.
    pub(super) fn new(credentials: &[Secret]) -> Self {
        let is_masked = |secret: &&Secret| {
            let text = secret.expose();
            SHORTEST <= text.len() && !text.bytes().all(|byte| byte.is_ascii_digit())
        };
        let redactor = Redactor::new(credentials.iter().filter(is_masked));
        Self { redactor, held: Vec::new(), hidden: Vec::new() }
    }

    /// Returns the bytes with the credentials masked.
    pub(super) fn masked(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        let places = self.redactor.places(&bytes).hidden;
        fill(&mut bytes, places);
        bytes
    }

    /// Adds a chunk of the body, and returns the part of the body that can be passed on, which may be empty.
    pub(super) fn push(&mut self, chunk: Bytes) -> Bytes {
        let bytes = match std::mem::take(&mut self.held) {
            held if held.is_empty() => chunk,
            held => [held.as_slice(), &chunk].concat().into(),
        };
        let Places { mut hidden, open } = self.redactor.places(&bytes);
        hidden.append(&mut self.hidden);
        if hidden.is_empty() && open == bytes.len() {
            return bytes;
        }
        let mut end = open.max(bytes.len().saturating_sub(MOST_HELD));
        // A credential that is cut in two would not be found again.
        while let Some(cut) = hidden.iter().find(|place| place.start < end && end < place.end) {
            end = cut.start;
        }
        let (known, begin) = (end, end.saturating_sub(CONTEXT));
        let is_known = |place: &&Range<usize>| place.end <= known && begin < place.end;
        let places = hidden.iter().filter(is_known);
        self.hidden = places.map(|place| place.start.saturating_sub(begin)..place.end - begin).collect();
        self.held = bytes[begin..].to_vec();
        let mut passed = bytes[..begin].to_vec();
        fill(&mut passed, hidden);
        passed.into()
    }

    /// Returns the rest of the body.
    pub(super) fn finish(mut self) -> Bytes {
        let mut held = std::mem::take(&mut self.held);
        let places = self.redactor.places(&held).hidden;
        fill(&mut held, places);
        fill(&mut held, std::mem::take(&mut self.hidden));
        held.into()
    }
}

/// Replaces each byte in these places with `*`, as far as the places are within `bytes`.
fn fill(bytes: &mut [u8], places: impl IntoIterator<Item = Range<usize>>) {
    let length = bytes.len();
    for place in places {
        bytes[place.start.min(length)..place.end.min(length)].fill(b'*');
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

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
            r#"ab\/cd\u002bef==\\\"gh"#,
            "ab&#x2F;cd+ef==&quot;gh",
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

    /// Breaks a text into lines of 12 characters, each with an end.
    fn wrapped(text: &str, end: &str) -> String {
        text.as_bytes().chunks(12).map(|line| format!("{}{end}", String::from_utf8_lossy(line))).collect()
    }

    /// A credential that is part of a longer text in Base64 begins within a group of four characters.
    #[test]
    fn a_credential_in_base64_is_masked_wherever_chunks_end() {
        let secret = Secret::from("glpat-aB3dE6gH9jK2mN5pQ8sT");
        for prefix in ["", "a", "ab", "abc", "ann:", "anna:"] {
            for suffix in ["", "x", "xy", " and more text"] {
                let plain = format!("{prefix}{}{suffix}", secret.expose());
                let encoded = [
                    STANDARD.encode(&plain),
                    STANDARD_NO_PAD.encode(&plain),
                    STANDARD.encode(STANDARD.encode(&plain)),
                    wrapped(&STANDARD.encode(&plain), "\n"),
                    wrapped(&STANDARD.encode(&plain), "\\u000d\\n"),
                ];
                for encoded in encoded {
                    for body in [
                        encoded.clone(),
                        format!("{{\"a\":\"Basic {encoded}\"}}"),
                        format!("{encoded} {encoded}"),
                    ] {
                        let whole =
                            Mask::new(std::slice::from_ref(&secret)).masked(body.clone().into_bytes());
                        assert!(
                            String::from_utf8_lossy(&whole).matches('*').count() >= secret.expose().len(),
                            "{body}"
                        );
                        for cut in 0..=body.len() {
                            let mut mask = Mask::new(std::slice::from_ref(&secret));
                            let mut out = Vec::new();
                            for chunk in [&body[..cut], &body[cut..]] {
                                out.extend_from_slice(&mask.push(Bytes::copy_from_slice(chunk.as_bytes())));
                            }
                            out.extend_from_slice(&mask.finish());
                            assert_eq!(out, whole, "{body} cut at {cut}: {}", String::from_utf8_lossy(&out));
                        }
                    }
                }
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
        let long = [b"word ".repeat(20), b"cab/cd".to_vec()].concat();
        let (passed, waiting) = long.split_at(long.len() - "ab/cd".len() - CONTEXT);
        assert_eq!(mask.push(long.clone().into()), passed);
        assert_eq!(mask.push(Bytes::from_static(b" \n")), [waiting, b" \n"].concat());
        assert_eq!(mask.finish(), "");
        assert_eq!(streamed(r#"{"id":1234567890,"name":"abc"}"#, 3), r#"{"id":1234567890,"name":"abc"}"#);
    }
}
