//! Recognizes the forms in which people enter values: whole URLs, PEM, email addresses, and text with characters that
//! copying adds.

use crate::host::is_label;

/// Returns whether a string looks like PEM: its first and last lines have the same label. The contents are not checked
/// ([RFC 7468, 2](https://www.rfc-editor.org/rfc/rfc7468#section-2)).
pub(super) fn is_pem(text: &str) -> bool {
    let name = text
        .trim()
        .strip_prefix("-----BEGIN ")
        .and_then(|rest| rest.split_once("-----"))
        .map(|(name, _)| name);
    name.is_some_and(|name| !name.is_empty() && text.contains(&format!("-----END {name}-----")))
}

/// Returns whether a string is a private key in PEM that is protected by a passphrase: an encrypted PKCS #8 key ([RFC
/// 7468, 11](https://www.rfc-editor.org/rfc/rfc7468#section-11)), or a key in OpenSSL's older format ([RFC 1421,
/// 4.6.1.1](https://www.rfc-editor.org/rfc/rfc1421#section-4.6.1.1)).
pub fn is_protected_key(text: &str) -> bool {
    let is_header = |line: &str| {
        let header = line.strip_prefix("Proc-Type:").map(str::trim);
        header.is_some_and(|value| value.ends_with(",ENCRYPTED"))
    };
    text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.lines().any(is_header)
}

/// Returns the host in a URL, which can omit the scheme.
pub(super) fn host_of(text: &str) -> &str {
    let rest = after_scheme(text);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next().unwrap_or(host);
    host.strip_suffix('.').unwrap_or(host)
}

/// Returns the part of a URL after the scheme and the slashes. The scheme can be missing, and a pasted URL can have too few
/// slashes, or a second scheme if it was pasted after the `https://` that was already there.
pub(super) fn after_scheme(text: &str) -> &str {
    let is_scheme = |name: &str| {
        name.starts_with(|ch: char| ch.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-".contains(&byte))
    };
    let mut rest = text.strip_prefix("//").unwrap_or(text);
    while let Some((_, after)) =
        rest.split_once(':').filter(|(scheme, after)| is_scheme(scheme) && after.starts_with('/'))
    {
        rest = after.trim_start_matches('/');
    }
    rest
}

/// Returns the label in `acme/`, which people paste when they copy the end of the host along with the label.
pub(super) fn label_and_slash(text: &str) -> Option<&str> {
    text.strip_suffix('/').filter(|label| is_label(&label.to_ascii_lowercase()))
}

/// Returns whether a value was copied with the quotation marks around it.
pub(super) fn is_quoted(text: &str) -> bool {
    const PAIRS: [(char, &str); 6] =
        [('"', "\""), ('\'', "'"), ('“', "”"), ('„', "“”"), ('‘', "’"), ('«', "»")];
    let mut chars = text.chars();
    let ends = chars.next().zip(chars.next_back());
    ends.is_some_and(|(first, last)| PAIRS.iter().any(|(open, close)| first == *open && close.contains(last)))
}

/// Returns whether a value contains nothing that people can see.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(is_blank_char)
}

/// Returns whether a character is whitespace or invisible.
pub(super) fn is_blank_char(ch: char) -> bool {
    ch.is_whitespace() || is_invisible(ch)
}

/// Returns whether a character is invisible: a soft hyphen, a zero-width space or joiner, a direction mark, another
/// formatting character, or a byte order mark. Web pages, chats and files contain such characters, and copying includes
/// them.
pub(super) fn is_invisible(ch: char) -> bool {
    matches!(ch, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(ch, '\u{2060}'..='\u{206f}' | '\u{feff}')
}

pub(super) fn label_before<'t>(host: &'t str, end: &str) -> Option<&'t str> {
    let cut = host.len().checked_sub(end.len())?;
    let (front, tail) = (host.get(..cut)?, host.get(cut..)?);
    tail.eq_ignore_ascii_case(end).then_some(front)?.strip_suffix('.').filter(|front| !front.is_empty())
}

/// Returns whether a string looks like an email address. Does not check whether the address exists.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    !local.is_empty()
        && local.len() <= 64
        && local.chars().all(|ch| ch.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(ch))
        && host.contains('.')
        && host.to_ascii_lowercase().split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_found_in_pasted_addresses() {
        for (typed, expected) in [
            ("https://acme.example.com/a?b=https://other.example", "acme.example.com"),
            ("acme.example.com/login?next=https://other.example", "acme.example.com"),
            ("//acme.example.com", "acme.example.com"),
            ("https:/acme.example.com", "acme.example.com"),
            ("https://https://acme.example.com", "acme.example.com"),
            ("https://HTTP:/acme.example.com/a", "acme.example.com"),
            ("acme.example.com:/a", "acme.example.com"),
            ("https://ann:pw@acme.example.com:8443/", "acme.example.com"),
            ("acme.example.com:8443", "acme.example.com"),
            ("acme.example.com.", "acme.example.com"),
            ("acme", "acme"),
        ] {
            assert_eq!(host_of(typed), expected, "{typed}");
        }
        assert_eq!(label_and_slash("acme/"), Some("acme"));
        assert_eq!(label_and_slash("acme/x/"), None);
    }

    #[test]
    fn keys_with_a_passphrase_are_recognized() {
        let older = "-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: AES-256-CBC,00\r\n\r\nMII=\r\n";
        assert!(is_protected_key(older));
        assert!(is_protected_key("\n-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII=\n"));
        for key in [
            "-----BEGIN PRIVATE KEY-----\nMII=\n",
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,MIC-ONLY\n",
            "",
        ] {
            assert!(!is_protected_key(key), "{key}");
        }
    }

    #[test]
    fn invisible_characters_are_recognized() {
        for ch in [
            '\u{ad}', '\u{61c}', '\u{200b}', '\u{202e}', '\u{2060}', '\u{2069}', '\u{206a}', '\u{206f}',
            '\u{feff}',
        ] {
            assert!(is_invisible(ch) && is_blank(&format!(" {ch}")), "{ch:?}");
        }
        for ch in ['a', ' ', '-', 'é', '\u{2010}', '\u{2070}'] {
            assert!(!is_invisible(ch), "{ch:?}");
        }
    }

    #[test]
    fn quotation_marks_around_a_value_are_recognized() {
        for typed in ["\"a\"", "'a'", "“a”", "„a“", "‘a’", "«a»"] {
            assert!(is_quoted(typed), "{typed}");
        }
        for typed in ["\"", "a\"b", "“a", "a", ""] {
            assert!(!is_quoted(typed), "{typed}");
        }
    }
}
