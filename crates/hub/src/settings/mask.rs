//! Hides the secrets in a URL that appears in a file.
//!
//! **Invariant:** masking preserves the number of bytes, so that locations in the file stay valid. No part of a
//! password remains visible, even if the URL is malformed.

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
}
