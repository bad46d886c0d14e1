//! Removes the credentials from a provider's response while it passes through.
//!
//! Some providers repeat a request's credentials, for example in the link to the next page. Each byte of a credential
//! is replaced with `*`, so the response keeps its length and stays valid JSON, and the body can be streamed: only the
//! end of a chunk that could be the start of a credential waits for the next chunk.
//!
//! **Work:** the bytes that wait are searched again together with the bytes that follow, so they are searched only once
//! at least a quarter as many bytes have arrived ([`Mask::is_due`]). The work is therefore linear in the length of the
//! body, even if the provider sends it byte by byte. If nothing waits, a chunk is searched at once. Otherwise, the caller
//! also searches when the provider pauses.
//!
//! **Limits:** a credential is found in every encoding that [`Redactor`] recognizes, unless the provider compresses the
//! body without being asked.

use std::ops::Range;

use axum::body::Bytes;
use secret::{Places, Redactor, Secret};

/// The minimum length, in bytes, of a credential that is masked. Shorter strings also occur in responses for other
/// reasons.
const SHORTEST: usize = 8;

/// How many bytes that were searched before are searched again for each new byte, at most.
const AGAIN: usize = 4;

/// Masks a set of credentials in the parts of one response.
pub(super) struct Mask {
    redactor: Redactor,
    /// The bytes that have not been passed on.
    waiting: Vec<u8>,
    /// How many of the waiting bytes have been searched. They could be the start of a credential.
    searched: usize,
    /// The places in the searched bytes that contain credentials. Without the bytes before, they might not be found again.
    hidden: Vec<Range<usize>>,
    /// How many bytes have been searched, counted again each time.
    #[cfg(test)]
    work: usize,
}

impl Mask {
    /// Creates a mask for these credentials. Ignores credentials that are shorter than 8 bytes or consist of digits,
    /// because masking a number would make JSON invalid.
    pub(super) fn new(credentials: &[Secret]) -> Self {
        let is_masked = |secret: &&Secret| {
            let text = secret.expose();
            SHORTEST <= text.len() && !text.bytes().all(|byte| byte.is_ascii_digit())
        };
        Self {
            redactor: Redactor::new(credentials.iter().filter(is_masked)),
            waiting: Vec::new(),
            searched: 0,
            hidden: Vec::new(),
            #[cfg(test)]
            work: 0,
        }
    }

    /// Returns the bytes with the credentials masked.
    pub(super) fn masked(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        let places = self.redactor.places(&bytes).hidden;
        fill(&mut bytes, places);
        bytes
    }

    /// Adds a chunk of the body.
    pub(super) fn push(&mut self, chunk: &[u8]) {
        self.waiting.extend_from_slice(chunk);
    }

    /// Returns the number of bytes that have not been passed on.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Returns whether enough new bytes have arrived to search again.
    pub(super) fn is_due(&self) -> bool {
        self.searched <= AGAIN * (self.waiting.len() - self.searched)
    }

    /// Searches the waiting bytes, and returns those that can be passed on.
    pub(super) fn search(&mut self) -> Bytes {
        #[cfg(test)]
        {
            self.work += self.waiting.len();
        }
        let Places { mut hidden, open } = self.redactor.places(&self.waiting);
        hidden.append(&mut self.hidden);
        let rest = self.waiting.split_off(open);
        let mut passed = std::mem::replace(&mut self.waiting, rest);
        self.searched = self.waiting.len();
        let shifted = |place: &Range<usize>| place.start.saturating_sub(open)..place.end - open;
        self.hidden = hidden.iter().filter(|place| open < place.end).map(shifted).collect();
        fill(&mut passed, hidden);
        passed.into()
    }

    /// Returns the rest of the body.
    pub(super) fn finish(mut self) -> Bytes {
        let mut rest = self.search().to_vec();
        fill(&mut self.waiting, self.hidden);
        rest.append(&mut self.waiting);
        rest.into()
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
    use proptest::prelude::*;

    use super::*;

    const SECRET: &str = "ab/cd+ef==\"gh";

    impl Mask {
        /// Adds a chunk, and returns the bytes that can be passed on.
        fn pass(&mut self, chunk: &[u8]) -> Bytes {
            self.push(chunk);
            if self.is_due() { self.search() } else { Bytes::new() }
        }
    }

    /// Masks a body that arrives in these chunks.
    fn in_chunks<'c>(secrets: &[Secret], chunks: impl IntoIterator<Item = &'c [u8]>) -> Vec<u8> {
        let mut mask = Mask::new(secrets);
        let mut out = Vec::new();
        for chunk in chunks {
            out.extend_from_slice(&mask.pass(chunk));
        }
        out.extend_from_slice(&mask.finish());
        out
    }

    /// Masks a body that arrives in chunks of `size` bytes.
    fn streamed(body: &str, size: usize) -> String {
        let secrets = [SECRET, "1234567890", "abc"].map(Secret::from);
        String::from_utf8(in_chunks(&secrets, body.as_bytes().chunks(size))).unwrap()
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
                            let chunks = [&body.as_bytes()[..cut], &body.as_bytes()[cut..]];
                            let out = in_chunks(std::slice::from_ref(&secret), chunks);
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
                let out = in_chunks(&secrets, body.as_bytes().chunks(size));
                assert_eq!(out, whole, "{body} {size}");
                assert!(!String::from_utf8_lossy(&out).contains("abcdef"), "{body} {size}");
            }
        }
    }

    #[test]
    fn other_bytes_pass_unchanged_and_do_not_wait() {
        let mut mask = Mask::new(&[Secret::from(SECRET)]);
        assert_eq!(mask.pass(b"data: 1\n\n"), "data: 1\n\n");
        let long = [b"word ".repeat(20), b"cab/cd".to_vec()].concat();
        let (passed, waiting) = long.split_at(long.len() - "ab/cd".len());
        assert_eq!(mask.pass(&long), passed);
        assert_eq!(mask.pass(b" "), "", "a quarter of the waiting bytes is more");
        assert_eq!(mask.pass(b"\n"), [waiting, b" \n"].concat());
        assert_eq!(mask.finish(), "");
        assert_eq!(streamed(r#"{"id":1234567890,"name":"abc"}"#, 3), r#"{"id":1234567890,"name":"abc"}"#);
    }
    /// The bodies that keep as many bytes waiting as possible.
    fn hostile_bodies() -> Vec<Vec<u8>> {
        let nested = |text: &str, levels: usize| {
            (0..levels).fold(text.to_owned(), |text, _| {
                text.chars().map(|ch| format!("&#{};", u32::from(ch))).collect()
            })
        };
        let parts =
            ["\\", "\\\"", "'", "a", "aaaaaaaa", "a\0", "%25", "YWFh", "YWFh\n", "61", "\n", "\u{80}"];
        let mut bodies: Vec<Vec<u8>> =
            parts.iter().map(|part| part.repeat(20_000 / part.len()).into_bytes()).collect();
        bodies.push(nested("aaaa", 5).into_bytes());
        bodies.push([b"YWFh".to_vec(), b"\r\n".repeat(10_000)].concat());
        bodies.push([b"aaaa".to_vec(), b"\\".repeat(20_000)].concat());
        bodies
    }

    #[test]
    fn a_body_that_arrives_byte_by_byte_is_searched_a_limited_number_of_times() {
        let secrets = ["aaaaaaaaaaaaaaaa", "\\aaaaaaaa", "aaaa\\''\"aaaa", "\u{80}\u{80}\u{80}\u{80}"]
            .map(Secret::from);
        for body in hostile_bodies() {
            for size in [1, 7, 100] {
                let mut mask = Mask::new(&secrets);
                let (mut passed, mut most) = (0, 0);
                for chunk in body.chunks(size) {
                    passed += mask.pass(chunk).len();
                    most = most.max(mask.waiting());
                }
                let start = String::from_utf8_lossy(&body[..20]);
                assert!(
                    mask.work <= (AGAIN + 2) * body.len(),
                    "{start:?} {size}: {} bytes searched",
                    mask.work
                );
                assert_eq!(passed + mask.finish().len(), body.len(), "{start:?}");
                // The secrets are 16 bytes long, and each byte is an escape of at most 512, in hexadecimal.
                assert!(most <= 16 * 512 * 2 * 5 / 4 + size, "{start:?} {size}: {most} bytes waited");
            }
        }
    }

    #[test]
    fn a_run_of_backslashes_waits_only_as_long_as_it_can_be_an_escape() {
        let secret = [Secret::from("\\secret-token")];
        let mut mask = Mask::new(&secret);
        let run = b"\\".repeat(100_000);
        // One escape can end where the next begins.
        assert_eq!(mask.pass(&run).len(), run.len() - 2 * 512);
        mask.push(b"secret-token");
        let last = mask.finish();
        let hidden = 512 + "secret-token".len();
        assert!(last.ends_with(&b"*".repeat(hidden)) && !last[..last.len() - hidden].contains(&b'*'));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn where_chunks_end_does_not_change_the_body(
            pieces in prop::collection::vec((0..SECRETS.len(), any::<prop::sample::Index>(), encodings(), "[\\\\%&#a-f0-9'\"+;\r\n {}]{0,6}"), 1..5),
            sizes in prop::collection::vec(1..40_usize, 1..8),
        ) {
            let secrets = SECRETS.map(Secret::from);
            let mut body = Vec::new();
            for (secret, cut, encodings, between) in pieces {
                let secret = SECRETS[secret];
                // Parts of a credential must pass.
                let cut = (1..=2 * secret.len()).nth(cut.index(2 * secret.len())).unwrap_or(0);
                let text = secret.chars().take(cut).collect::<String>().into_bytes();
                body.extend(encodings.iter().fold(text, |text, encoding| encoded(*encoding, &text)));
                body.extend(between.bytes());
            }
            let whole = Mask::new(&secrets).masked(body.clone());
            for size in sizes.iter().copied().chain([1, 2, 3]) {
                prop_assert_eq!(&in_chunks(&secrets, body.chunks(size)), &whole, "{}", String::from_utf8_lossy(&body));
            }
            let mut rest = &*body;
            let mut chunks = Vec::new();
            for size in sizes.iter().cycle() {
                let (chunk, after) = rest.split_at((*size).min(rest.len()));
                chunks.push(chunk);
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(&in_chunks(&secrets, chunks), &whole, "{}", String::from_utf8_lossy(&body));
        }
    }

    const SECRETS: [&str; 4] =
        ["glpat-aB3dE6gH9jK2", "p\\a\"ss'w%rd+x", "p\u{e4}ssw\u{f6}rd \u{20ac}", "\\\"aaaaaa"];

    /// A nested encoding: indexes for [`encoded`], the innermost first.
    fn encodings() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(0..10_u8, 0..3)
    }

    fn encoded(encoding: u8, text: &[u8]) -> Vec<u8> {
        let each =
            |encode: fn(u8) -> String| text.iter().flat_map(|byte| encode(*byte).into_bytes()).collect();
        match encoding {
            0 => STANDARD.encode(text).into_bytes(),
            1 => wrapped(&STANDARD_NO_PAD.encode(text), "\r\n").into_bytes(),
            2 => hex::encode(text).into_bytes(),
            3 => each(|byte| format!("\\u{byte:04x}")),
            4 => each(|byte| format!("%{byte:02X}")),
            5 => each(|byte| format!("&#{byte};")),
            6 => each(|byte| format!("\\x{{{byte:x}}}")),
            7 => text.iter().flat_map(|byte| [*byte, 0]).collect(),
            8 => text.iter().flat_map(|byte| [0, *byte]).collect(),
            _ => serde_json::to_string(&String::from_utf8_lossy(text)).unwrap().into_bytes(),
        }
    }
}
