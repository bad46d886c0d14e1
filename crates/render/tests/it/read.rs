//! Small, strict readers for each medium, which are used only in tests.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// The content that a reader extracts from an output.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// All text, without white space.
    pub(crate) text: String,
    /// The titles of the steps.
    pub(crate) steps: Vec<String>,
    /// The labels of the form's fields.
    pub(crate) labels: Vec<String>,
    /// The level and text of each heading.
    pub(crate) headings: Vec<(u8, String)>,
    /// The targets of links and the sources of images.
    pub(crate) links: Vec<String>,
    /// The ids of the elements.
    pub(crate) ids: Vec<String>,
}

/// Returns the text without white space, because media wrap and indent differently.
pub(crate) fn without_spaces(text: &str) -> String {
    text.chars().filter(|ch| !ch.is_whitespace()).collect()
}

/// Reads `CommonMark` with a third-party parser. Panics if it finds HTML.
pub(crate) fn markdown(text: &str) -> Found {
    let mut found = Found::default();
    let mut strong: Option<String> = None;
    let (mut lists, mut items_begun): (Vec<bool>, bool) = (Vec::new(), false);
    let mut heading: Option<String> = None;
    for event in Parser::new(text) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => panic!("Markdown contains a tag: {html}\n{text}"),
            Event::Text(piece) | Event::Code(piece) => {
                found.text.push_str(&without_spaces(&piece));
                items_begun = false;
                for open in [&mut strong, &mut heading].into_iter().flatten() {
                    open.push_str(&piece);
                }
            }
            Event::Start(Tag::List(first)) => lists.push(first.is_some()),
            Event::End(TagEnd::List(_)) => {
                lists.pop();
            }
            Event::Start(Tag::Item) => items_begun = true,
            Event::Start(Tag::Strong) if items_begun => strong = Some(String::new()),
            Event::End(TagEnd::Strong) => {
                if let Some(title) = strong.take() {
                    if lists == [true] {
                        found.steps.push(title);
                    } else if lists == [true, false] {
                        found.labels.push(title);
                    }
                }
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(level)) => {
                found.headings.push((level as u8, heading.take().unwrap_or_default()));
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                found.links.push(dest_url.to_string());
            }
            _ => {}
        }
    }
    found
}

/// Elements without an end tag.
const VOID: &[&str] = &["meta", "img", "br", "input"];
/// Elements that a page can contain.
const TAGS: &[&str] = &[
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "a",
    "header",
    "footer",
    "main",
    "nav",
    "div",
    "section",
    "h1",
    "h2",
    "h3",
    "p",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "strong",
    "em",
    "code",
    "pre",
    "var",
    "span",
    "br",
    "img",
    "figure",
    "figcaption",
    "label",
    "input",
    "select",
    "option",
    "textarea",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "details",
    "summary",
];
/// Attributes that a page can contain.
const ATTRIBUTES: &[&str] = &[
    "lang",
    "charset",
    "name",
    "content",
    "class",
    "id",
    "href",
    "rel",
    "src",
    "alt",
    "for",
    "type",
    "placeholder",
    "disabled",
    "rows",
    "role",
    "scope",
    "start",
    "tabindex",
    "aria-hidden",
    "aria-labelledby",
    "data-name",
];

/// Reads HTML strictly. Panics if an element is not closed in order, an attribute is not quoted, or an `&` does not
/// begin a reference.
pub(crate) fn html(text: &str) -> Found {
    let mut found = Found::default();
    let mut open: Vec<String> = Vec::new();
    let mut heading = String::new();
    let mut rest = text.strip_prefix("<!DOCTYPE html>").unwrap_or(text);
    while let Some(at) = rest.find('<') {
        let piece = decoded(&rest[..at]);
        found.text.push_str(&without_spaces(&piece));
        heading.push_str(&piece);
        let close =
            rest[at..].find('>').unwrap_or_else(|| panic!("a tag without an end: {}", &rest[at..])) + at;
        let tag = &rest[at + 1..close];
        rest = &rest[close + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "elements must be closed in order\n{text}");
            match name {
                "h1" | "h2" | "h3" => {
                    found.headings.push((name.as_bytes()[1] - b'0', std::mem::take(&mut heading)));
                }
                "label" => found.labels.push(std::mem::take(&mut heading)),
                _ => {}
            }
            if name == "h3" && open.last().map(String::as_str) == Some("li") {
                let title = found.headings.last().expect("a heading").1.clone();
                found.steps.push(title);
            }
            continue;
        }
        // Without an icon of its own, the page would make browsers request `/favicon.ico`.
        if tag == r#"link rel="icon" href="data:,""# {
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(TAGS.contains(&name), "a page cannot contain <{name}>\n{text}");
        if matches!(name, "h1" | "h2" | "h3" | "label") {
            heading.clear();
        }
        read_attributes(attributes, &mut found, text);
        if name == "style" {
            let (_, after) = rest.split_once("</style>").expect("an end");
            rest = after;
        } else if !VOID.contains(&name) {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty(), "{open:?} are never closed");
    found
}

fn read_attributes(mut rest: &str, found: &mut Found, text: &str) {
    while !rest.is_empty() {
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let name = &rest[..end];
        assert!(ATTRIBUTES.contains(&name), "a page cannot contain the attribute `{name}`\n{text}");
        let Some(value) = rest[end..].strip_prefix("=\"") else {
            rest = rest[end..].trim_start();
            continue;
        };
        let (value, after) = value.split_once('"').expect("a quoted value");
        let value = decoded(value);
        match name {
            "href" | "src" => found.links.push(value),
            "id" => found.ids.push(value),
            _ => {}
        }
        assert!(after.is_empty() || after.starts_with(' '), "white space must separate attributes");
        rest = after.trim_start();
    }
}

/// Decodes the character references in a string. Panics if an `&` does not begin a reference.
pub(crate) fn decoded(text: &str) -> String {
    let mut pieces = text.split('&');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once(';').unwrap_or_else(|| panic!("a bare `&` before {piece}"));
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" | "#x27" => '\'',
            "#10" => '\n',
            // The template engine writes slashes in the page's frame as this character reference.
            "#x2f" => '/',
            _ => panic!("a page cannot contain `&{name};`"),
        });
        out.push_str(rest);
    }
    out
}

/// Elements that MDX can contain, in both styles.
const COMPONENTS: &[&str] = &[
    "Steps",
    "Step",
    "Warning",
    "Panel",
    "AccordionGroup",
    "Accordion",
    "ResponseField",
    "section",
    "div",
    "h2",
    "p",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "code",
    "a",
    "br",
    "img",
];

/// Reads MDX. Panics if it finds an expression, a line of code, or a tag that a page cannot contain.
pub(crate) fn mdx(text: &str) -> Found {
    let mut found = Found::default();
    let body = text.splitn(3, "---\n").nth(2).expect("frontmatter");
    let mut rest = body;
    let mut line_start = true;
    while let Some(ch) = rest.chars().next() {
        let run = rest.len() - rest.trim_start_matches('`').len();
        if ch == '`' {
            let (fence, after) = rest.split_at(run);
            // A line with more backticks after the opening run does not begin a code block.
            let block =
                line_start && run >= 3 && !after.lines().next().is_some_and(|line| line.contains('`'));
            let end = closing(after, fence, block);
            rest = &after[end..];
            line_start = false;
            continue;
        }
        let width = match ch {
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            '<' => tag(rest, &mut found),
            '{' | '}' => panic!("an expression: {rest:.80}"),
            _ => ch.len_utf8(),
        };
        assert!(
            !(line_start && (rest.starts_with("import") || rest.starts_with("export"))),
            "a line of code: {rest:.80}"
        );
        line_start = ch == '\n' || (line_start && ch == ' ');
        rest = &rest[width..];
    }
    found
}

/// Returns the length of the code that this fence opens, including the closing fence.
fn closing(after: &str, fence: &str, block: bool) -> usize {
    let mut at = 0;
    while let Some(n) = after[at..].find(fence) {
        let start = at + n;
        let end = start + fence.len();
        let whole = !after[..start].ends_with('`') && !after[end..].starts_with('`');
        let alone = after[..start].rsplit('\n').next().is_some_and(|line| line.trim().is_empty());
        if whole && (!block || alone) {
            return end;
        }
        at = end + after[end..].len() - after[end..].trim_start_matches('`').len();
    }
    panic!("code without an end: {after:.80}")
}

/// Returns the length of a tag. Panics if a page cannot contain the tag, or if an attribute is not quoted.
fn tag(rest: &str, found: &mut Found) -> usize {
    let end = rest.find('>').unwrap_or_else(|| panic!("a tag without an end: {rest:.80}"));
    let inner = rest[1..end].trim_end_matches(" /");
    let (name, attributes) = inner.split_once(' ').unwrap_or((inner, ""));
    let name = name.trim_start_matches('/');
    assert!(COMPONENTS.contains(&name), "a page cannot contain <{name}>: {rest:.80}");
    let mut attributes = attributes;
    while let Some((key, value)) = attributes.split_once("=\"") {
        let (value, after) = value.split_once('"').expect("a quoted value");
        // In a quoted value, braces are text.
        assert!(!value.contains(['<', '>']), "an attribute: {value}");
        if name == "Step" && key.trim() == "title" {
            let value = value
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#x22;", "\"");
            let value = value.replace("&#x7b;", "{").replace("&#x7d;", "}").replace("&#x3e;", ">");
            found.steps.push(value.replace("&amp;", "&"));
        }
        attributes = after;
    }
    end + 1
}
