//! Removes known secrets from text that comes from other sources.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

use crate::value::Secret;

/// The text that replaces a secret.
const MARK: &str = "(hidden)";

/// The minimum length, in bytes, of a secret that the redactor replaces. Redacting a two-letter "secret" would hide
/// half of every page.
const SHORTEST: usize = 4;

/// Removes a set of secrets from text, in every encoding used to send them: as typed, percent-encoded, as a JSON
/// string, and in Base64 at each of its three alignments, so that a token is found even in a Basic authentication
/// header.
#[derive(Clone, Default)]
pub struct Redactor {
    needles: Vec<Secret>,
}

impl Redactor {
    /// Creates a redactor for these secrets. The redactor replaces longer encodings first and ignores secrets that are
    /// shorter than four bytes.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut needles = Vec::new();
        for secret in secrets {
            let text = secret.expose();
            if text.len() < SHORTEST {
                continue;
            }
            needles.push(Secret::new(text));
            needles.push(Secret::new(percent_encoded(text)));
            needles.push(json_escaped(text));
            needles.extend(base64_cores(text.as_bytes()));
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

/// Percent-encodes everything except unreserved characters ([RFC 3986,
/// 2.3](https://www.rfc-editor.org/rfc/rfc3986#section-2.3)). The result is safe in a path segment or query. Requests
/// are encoded with this function, so the redactor recognizes the secrets in them.
pub fn percent_encoded(text: &str) -> String {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Encodes text as a JSON string, without the quotation marks.
fn json_escaped(text: &str) -> Secret {
    // Serializing a string cannot fail. Converting it to a `Value` first would create a copy that is not wiped.
    let quoted = Zeroizing::new(serde_json::to_string(text).unwrap_or_default());
    Secret::new(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or(text))
}

/// Returns the part of the Base64 encoding that does not depend on adjacent bytes, for each of the three alignments and
/// for both the standard and the URL-safe alphabet.
fn base64_cores(bytes: &[u8]) -> Vec<Secret> {
    let mut cores = Vec::new();
    for lead in 0..3 {
        // The vector has its full capacity from the start, so it never moves and leaves no copy of the secret behind.
        let mut padded = Zeroizing::new(Vec::with_capacity(lead + bytes.len()));
        padded.resize(lead, 0);
        padded.extend_from_slice(bytes);
        let whole = padded.len() / 3 * 3;
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let encoded = Zeroizing::new(engine.encode(&padded[..whole]));
            let core = encoded.get(if lead == 0 { 0 } else { 4 }..).unwrap_or_default();
            if core.len() >= SHORTEST {
                cores.push(Secret::from(core));
            }
        }
    }
    cores
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
