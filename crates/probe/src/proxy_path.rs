//! The path of a request that a caller sends through a linked account.
//!
//! **Invariant:** a path is sent exactly as the caller wrote it, byte for byte, and no server can take it for a path
//! outside the guide's base address.

use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode;

/// A path below the guide's base address, encoded, with its leading slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyPath(String);

/// Why a string is not a valid path. The messages do not repeat the path.
#[derive(Clone, Copy, Debug, derive_more::Display, PartialEq, Eq)]
pub enum ProxyPathError {
    /// The path does not start with a slash.
    #[display("it must start with `/`")]
    NotAbsolute,
    /// The path contains a character that must be percent-encoded, or a `%` that encodes nothing.
    #[display("it contains a character that must be percent-encoded")]
    NotEncoded,
    /// The path contains an encoded control character.
    #[display("it contains a control character")]
    Control,
    /// The path contains a dot segment, in any of the forms that servers resolve.
    #[display("it contains a segment that a server could read as `.` or `..`")]
    DotSegment,
}

impl std::error::Error for ProxyPathError {}

impl ProxyPath {
    /// Returns the path as the caller wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProxyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ProxyPath {
    type Err = ProxyPathError;

    fn from_str(path: &str) -> Result<Self, ProxyPathError> {
        if !path.starts_with('/') {
            return Err(ProxyPathError::NotAbsolute);
        }
        if !is_encoded(path) {
            return Err(ProxyPathError::NotEncoded);
        }
        // Some servers, and the proxies in front of them, decode a path more than once, so the path is checked
        // again after each decoding.
        let mut seen = path.as_bytes().to_vec();
        loop {
            seen = plain(&seen);
            if seen.iter().any(u8::is_ascii_control) {
                return Err(ProxyPathError::Control);
            }
            if has_dot_segment(&seen) {
                return Err(ProxyPathError::DotSegment);
            }
            let decoded: Vec<u8> = percent_decode(&seen).collect();
            if decoded == seen {
                return Ok(Self(path.to_owned()));
            }
            seen = decoded;
        }
    }
}

/// Whether the path contains only characters that are allowed, and every `%` starts an encoded byte. Brackets and bars
/// are not valid in a URL path, but are allowed here, because clients and servers use them and no parser changes them.
fn is_encoded(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%[]|".contains(&byte);
    let is_code = |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_hexdigit());
    path.bytes().all(is_plain)
        && path.match_indices('%').all(|(at, _)| path.get(at + 1..at + 3).is_some_and(is_code))
}

/// Whether a server could resolve part of the path as `.` or `..`. Some servers treat a backslash as a slash, some remove
/// parameters, a query or a fragment before they resolve the path, and some remove spaces and dots at the end of a name.
fn has_dot_segment(path: &[u8]) -> bool {
    path.split(|byte| matches!(byte, b'/' | b'\\')).any(|segment| {
        let name = segment.split(|byte| matches!(byte, b';' | b'?' | b'#')).next().unwrap_or_default();
        name.contains(&b'.') && name.iter().all(|byte| matches!(byte, b'.' | b' '))
    })
}

/// Replaces the characters that some servers read as ASCII with ASCII: overlong UTF-8, and the variants of the characters
/// that structure a path.
fn plain(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path;
    while let [first, after @ ..] = rest {
        let (text, length) = match overlong(rest) {
            Some((byte, length)) => (Some(vec![byte]), length),
            None => VARIANTS
                .iter()
                .find(|(variant, _)| rest.starts_with(variant.as_bytes()))
                .map_or((None, 1), |(variant, text)| (Some(text.as_bytes().to_vec()), variant.len())),
        };
        match text {
            Some(text) => out.extend(text),
            None => out.push(*first),
        }
        rest = after.get(length - 1..).unwrap_or_default();
    }
    out
}

/// Returns the ASCII character that begins a path in overlong UTF-8, and its length. Some servers do not check the last
/// byte of two, so a sequence that they read as part of a path's structure counts whatever that byte is.
fn overlong(path: &[u8]) -> Option<(u8, usize)> {
    let joined = |high: u8, low: u8| (high & 1) << 6 | low & 0x3f;
    let is_last = |byte: u8| byte & 0xc0 == 0x80;
    match *path {
        [high @ (0xc0 | 0xc1), low, ..] => {
            let byte = joined(high, low);
            (is_last(low) || matches!(byte, b'.' | b'/' | b'\\')).then_some((byte, 2))
        }
        [0xe0, high @ (0x80 | 0x81), low, ..] if is_last(low) => Some((joined(high, low), 3)),
        [0xf0, 0x80, high @ (0x80 | 0x81), low, ..] if is_last(low) => Some((joined(high, low), 4)),
        [0xf8, 0x80, 0x80, high @ (0x80 | 0x81), low, ..] if is_last(low) => Some((joined(high, low), 5)),
        [0xfc, 0x80, 0x80, 0x80, high @ (0x80 | 0x81), low, ..] if is_last(low) => {
            Some((joined(high, low), 6))
        }
        _ => None,
    }
}

/// Characters that Unicode normalization or a conversion to a Windows code page replaces with ASCII.
const VARIANTS: [(&str, &str); 19] = [
    ("\u{a0}", " "),
    ("\u{2024}", "."),
    ("\u{2025}", ".."),
    ("\u{2026}", "..."),
    ("\u{3000}", " "),
    ("\u{fe52}", "."),
    ("\u{ff0e}", "."),
    ("\u{2044}", "/"),
    ("\u{2215}", "/"),
    ("\u{ff0f}", "/"),
    ("\u{2216}", "\\"),
    ("\u{fe68}", "\\"),
    ("\u{ff3c}", "\\"),
    ("\u{fe54}", ";"),
    ("\u{ff1b}", ";"),
    ("\u{fe6a}", "%"),
    ("\u{ff05}", "%"),
    ("\u{ff03}", "#"),
    ("\u{ff1f}", "?"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_as_written() {
        for path in [
            "/",
            "/v1/users",
            "//x",
            "/v1/a%20b",
            "/v1/a..b",
            "/v1/.well-known",
            "/v1/x..",
            "/%C1rbol.%C1",
            "/%E2%80%A6and%20more...",
            "/%EF%BC%8Eenv",
            "/v1/~me;x=1",
            "/projects/group%2Fname",
            "/projects/group%2fname",
            "/a%5Cb",
            "/a%252Fb",
            "/a%2Eb",
            "/%ff",
            "/items[0]|x",
            "/a;b/c:d@e,f",
        ] {
            assert_eq!(path.parse::<ProxyPath>().map(|path| path.to_string()), Ok(path.to_owned()));
        }
    }

    #[test]
    fn a_path_that_servers_could_read_differently_is_rejected() {
        use ProxyPathError::{Control, DotSegment, NotAbsolute, NotEncoded};
        for (path, expected) in [
            ("", NotAbsolute),
            ("v1/x", NotAbsolute),
            ("/../x", DotSegment),
            ("/v1/./x", DotSegment),
            ("/v1/..", DotSegment),
            ("/v1/%2e%2E/x", DotSegment),
            ("/v1/.%2e", DotSegment),
            ("/v1/..;/admin", DotSegment),
            ("/v1/..;x=1/admin", DotSegment),
            ("/v1/.;/admin", DotSegment),
            ("/v1/..%3b/admin", DotSegment),
            ("/v1/%2e%2e%3Bx/admin", DotSegment),
            ("/v1/..%2Fadmin", DotSegment),
            ("/v1/x%2f..%2fadmin", DotSegment),
            ("/v1/..%5Cadmin", DotSegment),
            ("/v1/%252e%252e/admin", DotSegment),
            ("/v1/%25252e%25252e%25252fadmin", DotSegment),
            ("/v1/..%20/admin", DotSegment),
            ("/v1/%20..%20/admin", DotSegment),
            ("/v1/.%20./admin", DotSegment),
            ("/v1/.../admin", DotSegment),
            ("/v1/..%3Fx/admin", DotSegment),
            ("/v1/..%23/admin", DotSegment),
            ("/v1/..%00/admin", Control),
            ("/v1/%c0%ae%c0%ae/admin", DotSegment),
            ("/v1/%c0%ae%c0%ae%c0%afadmin", DotSegment),
            ("/v1/%C0%2E%C0%2E/admin", DotSegment),
            ("/v1/%e0%80%ae%e0%80%ae/admin", DotSegment),
            ("/v1/%f0%80%80%ae./admin", DotSegment),
            ("/v1/%f8%80%80%80%ae./admin", DotSegment),
            ("/v1/%fc%80%80%80%80%ae./admin", DotSegment),
            ("/v1/..%c1%9cadmin", DotSegment),
            ("/v1/%25c0%25ae%25c0%25ae/admin", DotSegment),
            ("/v1/%ef%bc%8e%ef%bc%8e/admin", DotSegment),
            ("/v1/%ef%bc%8e./admin", DotSegment),
            ("/v1/%e2%80%a5/admin", DotSegment),
            ("/v1/..%ef%bc%8fadmin", DotSegment),
            ("/v1/..%ef%bc%bcadmin", DotSegment),
            ("/v1/%ef%bc%852e%ef%bc%852e/admin", DotSegment),
            ("/v1/..%c2%a0/admin", DotSegment),
            ("/a%c0%8db", Control),
            ("/a\\b", NotEncoded),
            ("/a?b", NotEncoded),
            ("/a#b", NotEncoded),
            ("/a b", NotEncoded),
            ("/a{b}", NotEncoded),
            ("/ä", NotEncoded),
            ("/a\r\nb", NotEncoded),
            ("/100%", NotEncoded),
            ("/%2", NotEncoded),
            ("/%zz", NotEncoded),
            ("/%+1", NotEncoded),
            ("/a%0d%0ab", Control),
            ("/a%00", Control),
            ("/a%7F", Control),
            ("/a%250a", Control),
        ] {
            assert_eq!(path.parse::<ProxyPath>(), Err(expected), "{path}");
        }
    }
}
