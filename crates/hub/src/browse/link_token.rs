//! Reads the token in a link that a person opens.

/// Returns the token at the beginning of a path segment. Ignores what follows it, because mail programs and chat apps
/// often append punctuation to a link.
pub(super) fn token_of(segment: &str) -> &str {
    let is_foreign = |ch: char| !(ch.is_ascii_alphanumeric() || ch == '-' || ch == '_');
    segment.find(is_foreign).map_or(segment, |end| &segment[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_after_a_token_is_ignored() {
        for end in ["", ".", ",", ")", ">.", "\u{201d}", "&utm_source=mail", "%20", "…"] {
            assert_eq!(token_of(&format!("wst_a-B_9{end}")), "wst_a-B_9", "{end}");
        }
    }
}
