//! Hides the secrets in a settings file, which findings quote.
//!
//! **Invariant:** masking preserves the number of bytes and the line breaks, so that locations in the file stay valid.
//! No part of a password in a URL remains visible, even if the URL is malformed. A vault key is hidden wherever it
//! appears, even in a comment or in a file that is not valid YAML.

use std::path::Path;

/// The prefix of a vault key.
const KEY: &str = "wsk1-";

/// How a password is set in PostgreSQL's other form of an address: `host=db password=…`.
const PASSWORD: &str = "password=";

/// Replaces the password and the query in a URL with asterisks.
pub(super) fn url(text: &str) -> String {
    let begin = text.find("://").map_or(0, |at| at + 3);
    // A password may contain an unescaped `@` or `?`, so the password is assumed to end at the last `@`.
    let at = text.rfind('@').filter(|at| begin <= *at);
    let password = at.map(|at| (text[begin..at].find(':').map_or(begin, |colon| begin + colon + 1), at));
    let rest = password.map_or(0, |(_, to)| to);
    let query = text[rest..].find('?').map_or(text.len(), |n| rest + n);
    let is_hidden = |n: usize| query < n || password.is_some_and(|(from, to)| (from..to).contains(&n));
    let mask = |(n, ch): (usize, char)| if is_hidden(n) { "*".repeat(ch.len_utf8()) } else { ch.to_string() };
    text.char_indices().map(mask).collect()
}

/// Whether a value is a vault key, or the beginning of one.
pub(super) fn is_key(text: &str) -> bool {
    text.trim_start().starts_with(KEY)
}

/// Formats a path for a message. If it could be an address with a password, shows only asterisks.
pub fn path(path: &Path) -> String {
    let text = path.display().to_string();
    if may_contain_password(&text) { all(&text) } else { text }
}

/// Whether a value looks like the address of a server, like the parameters of a connection, or like a vault key, any of
/// which may contain a password.
pub(super) fn may_contain_password(text: &str) -> bool {
    let user = text.split_once('@').map(|(user, _)| user);
    // `user:password@host`, without a scheme.
    let has_user = user.is_some_and(|user| user.contains(':') && !user.contains('/'));
    has_user || text.contains("://") || text.contains(PASSWORD) || is_key(text)
}

/// Replaces every visible character with asterisks.
pub(super) fn all(text: &str) -> String {
    let mask = |ch: char| if ch.is_whitespace() { ch.to_string() } else { "*".repeat(ch.len_utf8()) };
    text.chars().map(mask).collect()
}

/// Replaces vault keys and passwords with asterisks, wherever they appear in the text.
pub(super) fn anywhere(text: &str) -> String {
    // A word ends where a YAML value can end. Flow brackets and commas do not end a word, because a password may
    // contain them.
    let is_end = |ch: char| ch.is_whitespace() || matches!(ch, '"' | '\'');
    text.split_inclusive(is_end).map(word).collect()
}

fn word(text: &str) -> String {
    let after_scheme = text.split_once("://").map(|(_, rest)| rest);
    let user = after_scheme.unwrap_or(text).rsplit_once('@').map(|(user, _)| user);
    let may_have_slash = after_scheme.is_some();
    let has_password = user.is_some_and(|user| user.contains(':') && (may_have_slash || !user.contains('/')));
    let text = if has_password { url(text) } else { text.to_owned() };
    let from = [KEY, PASSWORD].iter().filter_map(|mark| text.find(mark).map(|at| at + mark.len())).min();
    match from {
        Some(from) => format!("{}{}", &text[..from], all(&text[from..])),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let masked = url(text);
        assert_eq!(masked, expected);
        assert_eq!(masked.len(), text.len());
    }

    #[test]
    fn passwords_are_replaced_with_asterisks() {
        check("postgres://hub:pass@db/hub", "postgres://hub:****@db/hub");
        check("postgres://hub@db/hub", "postgres://***@db/hub");
        check("postgres://hub:pa@ss?é@db/hub?password=x", "postgres://hub:********@db/hub?**********");
        check("hub:pass@proxy:3128", "hub:****@proxy:3128");
        check("http://proxy:3128", "http://proxy:3128");
    }

    #[test]
    fn keys_and_passwords_are_hidden_anywhere_in_a_file() {
        for (text, expected) in [
            ("key: { text: wsk1-abc_-9 }\nlisten: x", "key: { text: wsk1-****** }\nlisten: x"),
            ("# 'wsk1-a' \"wsk1-b\"", "# 'wsk1-** \"wsk1-**"),
            ("a: [http://u:p@h]\nb: https://h/?q", "a: [http://u:*@h]\nb: https://h/?q"),
            ("such as `postgres://user@host/name`", "such as `postgres://user@host/name`"),
            (
                "database_url: 'host=db password=abc:p@ user=u'",
                "database_url: 'host=db password=****** user=u'",
            ),
        ] {
            let masked = anywhere(text);
            assert_eq!(masked.len(), text.len());
            assert!(!masked.contains("abc") && !masked.contains(":p@"), "{masked}");
            assert_eq!(masked, expected);
        }
        assert_eq!(all("a é\n"), "* **\n");
    }
}
