//! Host names, and patterns for the hosts to which a method can send requests.
//!
//! **Invariant:** a [`HostPattern`] is lowercase ASCII, ends in at least two literal labels, and can have a wildcard
//! only as its first label. Therefore, no pattern can match an entire top-level domain.

use std::str::FromStr;

use derive_more::Display;

/// A pattern such as `api.example.com`, `*.example.com` (one label) or `**.example.com` (one or more labels).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Display)]
#[display("{wild}{suffix}")]
pub struct HostPattern {
    wild: Wild,
    suffix: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Display)]
enum Wild {
    #[display("")]
    None,
    #[display("*.")]
    OneLabel,
    #[display("**.")]
    Labels,
}

impl HostPattern {
    /// Returns whether the pattern matches a host. The host must be in lowercase and have no trailing dot.
    pub fn matches(&self, host: &str) -> bool {
        if self.wild == Wild::None {
            return host == self.suffix;
        }
        let Some(front) = host.strip_suffix(self.suffix.as_str()).and_then(|rest| rest.strip_suffix('.'))
        else {
            return false;
        };
        let labels_are_sound = front.split('.').all(is_label);
        labels_are_sound && (self.wild == Wild::Labels || !front.contains('.'))
    }

    /// Returns the part without wildcards: `example.com` in `*.example.com`.
    pub fn suffix(&self) -> &str {
        &self.suffix
    }

    /// Returns whether the pattern has a wildcard.
    pub fn is_wild(&self) -> bool {
        self.wild != Wild::None
    }
}

/// Why a string is not a valid host pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostPatternError {
    /// The pattern has a scheme, a port or a path.
    #[error("a host cannot have a scheme, port or path")]
    NotAHost,
    /// A label is empty, is too long, or contains a character other than `a-z`, `0-9` and `-`.
    #[error("each label must consist of 1 to 63 characters from `a-z`, `0-9` and `-`")]
    BadLabel,
    /// The pattern is longer than a host name can be, or its last label is that of an IP address or of the local
    /// machine.
    #[error("a host must be a public DNS name whose last label begins with a letter")]
    NotAName,
    /// The pattern ends in fewer than two literal labels, so it would match an entire top-level domain.
    #[error("a host must end in at least two literal labels, such as `example.com`")]
    TooWide,
    /// A wildcard is outside the first label or is only part of it.
    #[error("`*` and `**` must be the whole first label")]
    MisplacedWildcard,
}

impl FromStr for HostPattern {
    type Err = HostPatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains(['/', ':', '@', '?', '#', ' ']) {
            return Err(HostPatternError::NotAHost);
        }
        let (wild, suffix) = if let Some(rest) = text.strip_prefix("**.") {
            (Wild::Labels, rest)
        } else if let Some(rest) = text.strip_prefix("*.") {
            (Wild::OneLabel, rest)
        } else {
            (Wild::None, text)
        };
        if suffix.contains('*') {
            return Err(HostPatternError::MisplacedWildcard);
        }
        if !suffix.split('.').all(is_label) {
            return Err(HostPatternError::BadLabel);
        }
        if !suffix.contains('.') {
            return Err(HostPatternError::TooWide);
        }
        if !is_host_name(suffix) {
            return Err(HostPatternError::NotAName);
        }
        Ok(Self { wild, suffix: suffix.to_owned() })
    }
}

/// Returns whether a host is a lowercase DNS name with at least two labels and no trailing dot.
///
/// No parser reads such a name as an IP address: its last label begins with a letter, whereas numbers in every base
/// begin with a digit. Names under `localhost` are not valid, because they always refer to the local machine
/// ([RFC 6761, 6.3](https://www.rfc-editor.org/rfc/rfc6761#section-6.3)), which would be the proxy itself if a proxy
/// resolved the name.
pub fn is_host_name(host: &str) -> bool {
    let Some((front, last)) = host.rsplit_once('.') else {
        return false;
    };
    host.len() <= 253
        && front.split('.').all(is_label)
        && is_label(last)
        && last.starts_with(|c: char| c.is_ascii_lowercase())
        && last != "localhost"
        // The parser rejects labels that begin with `xn--` but are not valid Punycode.
        && url::Host::parse(host).is_ok()
}

/// Returns whether a string is a valid host name label: `a-z`, `0-9`, inner hyphens, 1 to 63 characters.
pub fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, host: &str, expected: bool) {
        assert_eq!(
            pattern.parse::<HostPattern>().expect("a pattern").matches(host),
            expected,
            "{pattern} {host}"
        );
    }

    #[test]
    fn a_star_is_one_label_and_two_are_one_or_more() {
        check("api.example.com", "api.example.com", true);
        check("api.example.com", "x.api.example.com", false);
        check("*.example.com", "acme.example.com", true);
        check("*.example.com", "acme.us-1.example.com", false);
        check("**.example.com", "acme.us-1.example.com", true);
        check("**.example.com", "example.com", false);
        check("**.example.com", "evilexample.com", false);
        check("**.example.com", "example.com.evil.example", false);
        check("**.example.com", "..example.com", false);
        check("**.example.com", "a_b.example.com", false);
    }

    #[test]
    fn a_pattern_cannot_match_a_top_level_domain() {
        let parse = |text: &str| text.parse::<HostPattern>();
        assert_eq!(parse("**.com"), Err(HostPatternError::TooWide));
        assert_eq!(parse("localhost"), Err(HostPatternError::TooWide));
        assert_eq!(parse("a.*.com"), Err(HostPatternError::MisplacedWildcard));
        assert_eq!(parse("https://a.com"), Err(HostPatternError::NotAHost));
        assert_eq!(parse("a..com"), Err(HostPatternError::BadLabel));
        assert_eq!(parse("Acme.com"), Err(HostPatternError::BadLabel));
        for name in [
            "1.2.3.4",
            "**.acme.123",
            "app.localhost",
            "xn--a.example.com",
            &format!("{}example.com", "a.".repeat(130)),
        ] {
            assert_eq!(parse(name), Err(HostPatternError::NotAName), "{name}");
        }
    }
}
