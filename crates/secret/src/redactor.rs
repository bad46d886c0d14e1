//! Removes known secrets from text that comes from elsewhere.

use std::fmt::Write as _;

use crate::value::Secret;

/// The replacement for a secret.
const MARK: &str = "(hidden)";

/// The length in bytes of the shortest secret to search for. A two-letter "secret" would redact half of every page.
const SHORTEST: usize = 4;

/// Removes a set of secrets from text, in every encoding that they are sent in: as typed, percent-encoded, as a JSON
/// string, and in Base64 at each of its three alignments, so that a token is found within a Basic header.
#[derive(Clone, Default)]
pub struct Redactor {
    needles: Vec<Secret>,
}

impl Redactor {
    /// A redactor for these secrets. It replaces longer encodings first, and ignores secrets of fewer than four bytes.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut needles = Vec::new();
        for secret in secrets {
            let text = secret.expose();
            if text.len() < SHORTEST {
                continue;
            }
            needles.push(Secret::new(text));
            needles.push(Secret::new(percent_encoded(text)));
            needles.push(Secret::new(json_escaped(text)));
            needles.extend(base64_cores(text.as_bytes()).into_iter().map(Secret::new));
        }
        needles.sort_by(|a, b| b.expose().len().cmp(&a.expose().len()).then(a.expose().cmp(b.expose())));
        needles.dedup();
        Self { needles }
    }

    /// Replaces every secret in the text with `(hidden)`.
    pub fn redact(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for needle in &self.needles {
            if clean.contains(needle.expose()) {
                clean = clean.replace(needle.expose(), MARK);
            }
        }
        clean
    }
}

fn percent_encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn json_escaped(text: &str) -> String {
    let mut out = String::new();
    for ch in text.chars() {
        match ch {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ => out.push(ch),
        }
    }
    out
}

/// The part of the Base64 encoding that does not depend on adjacent bytes, at each of the three alignments, in the
/// standard and the URL-safe alphabet.
fn base64_cores(bytes: &[u8]) -> Vec<String> {
    let mut cores = Vec::new();
    for lead in 0..3_usize {
        let mut padded = vec![0; lead];
        padded.extend_from_slice(bytes);
        let whole = padded.len() / 3 * 3;
        let start = if lead == 0 { 0 } else { 4 };
        let encoded: String = padded[..whole].chunks(3).flat_map(sextets).map(char::from).collect();
        let Some(core) = encoded.get(start..) else { continue };
        if core.len() >= SHORTEST {
            cores.push(core.replace('+', "-").replace('/', "_"));
            cores.push(core.to_owned());
        }
    }
    cores
}

fn sextets(three: &[u8]) -> [u8; 4] {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let n = (usize::from(three[0]) << 16) | (usize::from(three[1]) << 8) | usize::from(three[2]);
    [ALPHABET[n >> 18], ALPHABET[n >> 12 & 63], ALPHABET[n >> 6 & 63], ALPHABET[n & 63]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let secret = Secret::new("ca/nary \"token\"");
        assert_eq!(Redactor::new([&secret]).redact(text), expected);
    }

    #[test]
    fn every_encoding_is_redacted() {
        check("a ca/nary \"token\" b", "a (hidden) b");
        check("?key=ca%2Fnary%20%22token%22&x=1", "?key=(hidden)&x=1");
        check(r#"{"key":"ca/nary \"token\""}"#, r#"{"key":"(hidden)"}"#);
        check("nothing here", "nothing here");
    }

    #[test]
    fn base64_is_found_at_every_alignment() {
        let secret = Secret::new("canary-token");
        let redactor = Redactor::new([&secret]);
        for encoded in
            ["Y2FuYXJ5LXRva2Vu", "YTpjYW5hcnktdG9rZW4=", "YWI6Y2FuYXJ5LXRva2Vu", "YWJjOmNhbmFyeS10b2tlbg=="]
        {
            let text = format!("Basic {encoded}");
            assert_ne!(redactor.redact(&text), text);
        }
    }

    #[test]
    fn short_secrets_are_not_redacted() {
        assert_eq!(Redactor::new([&Secret::new("a")]).redact("a banana"), "a banana");
    }
}
