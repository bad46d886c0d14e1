//! Finds Markdown and HTML in text that is not prose.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Parser, Tag};

/// A piece of markup in a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Markup {
    /// The byte range of the markup in the string.
    pub range: Range<usize>,
    /// The kind of markup, as in "contains bold text".
    pub kind: &'static str,
    /// The text without the markup. `None` if removing the markup would lose something, such as a link's target.
    pub content: Option<String>,
}

/// Finds the markup in a string. Markup inside other markup is not listed.
pub fn markup(text: &str) -> Vec<Markup> {
    let mut found: Vec<Markup> = Vec::new();
    let mut end = 0;
    for (event, range) in Parser::new(text).into_offset_iter() {
        if range.start < end {
            continue;
        }
        let written = &text[range.clone()];
        let inner = |mark: usize| written.get(mark..written.len() - mark).map(str::to_owned);
        let (kind, content) = match event {
            Event::Start(Tag::Strong) => ("bold text", inner(2)),
            Event::Start(Tag::Emphasis) => ("italics", inner(1)),
            Event::Code(code) => ("code in backticks", Some(code.to_string())),
            Event::Start(Tag::Image { .. }) => ("an image", None),
            Event::Start(Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. }) => continue,
            Event::Start(Tag::Link { .. }) => ("a link", None),
            Event::InlineHtml(_) | Event::Html(_) if is_formatting(written) => ("HTML", None),
            _ => continue,
        };
        end = range.end;
        found.push(Markup { range, kind, content });
    }
    found
}

/// Returns whether a tag begins an element that formats text. Other words in angle brackets are often placeholders.
fn is_formatting(tag: &str) -> bool {
    const FORMATTING: &[&str] = &["a", "b", "br", "code", "em", "i", "kbd", "p", "strong", "u"];
    let name = tag.trim_start_matches('<').split([' ', '>', '/']).next().unwrap_or_default();
    FORMATTING.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_found_once_and_plain_text_is_left_alone() {
        let found = |text: &str| {
            let list = markup(text)
                .into_iter()
                .map(|one| format!("{}: {}", one.kind, one.content.unwrap_or_default()));
            list.collect::<Vec<_>>().join("; ")
        };
        assert_eq!(
            found("Open **OAuth *and* more** or `x`."),
            "bold text: OAuth *and* more; code in backticks: x"
        );
        assert_eq!(found("See [here](https://a.example), <b>now</b>."), "a link: ; HTML: ");
        assert_eq!(found("**{{ label.api_token }}** of _A_"), "bold text: {{ label.api_token }}; italics: A");
        for text in [
            "2 * 3 * 4",
            "snake_case_words",
            "<your-subdomain>.example",
            "#1 and 10 > 5",
            "<https://a.example>",
        ] {
            assert_eq!(found(text), "", "{text}");
        }
    }
}
