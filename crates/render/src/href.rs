//! The targets of links, and the sources of images.
//!
//! **Invariants:** an [`Href`] has a scheme that is safe to follow and no character that ends an attribute, a
//! link destination or a line; an [`Anchor`] needs no escaping in any medium; a [`Picture`] is a file next to the
//! guide or an https address.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::clean;

/// The target of a link: an `https:` or `mailto:` address, a path on this site, or `#` followed by an anchor on this
/// page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Href(String);

impl Href {
    /// Parses a link target, percent-encoding the characters that an address cannot contain. An email address becomes a
    /// `mailto:` address. Returns `None` if the target has any other scheme or is relative.
    pub fn parse(text: &str) -> Option<Self> {
        let text = encoded(clean::inline(text).trim());
        let is_safe = text.starts_with("https://")
            || text.starts_with("mailto:")
            || (text.starts_with('/') && !text.starts_with("//"))
            || text.starts_with('#');
        if is_safe {
            return Some(Self(text));
        }
        let is_email = text.contains('@') && !text.contains([':', '/', '?', '#']);
        is_email.then(|| Self(format!("mailto:{text}")))
    }

    /// Creates a target that points to an anchor on this page.
    pub fn to(anchor: &Anchor) -> Self {
        Self(format!("#{}", anchor.as_str()))
    }

    /// Returns the target as a string.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the target is an `https:` address.
    pub fn is_external(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Returns the name of the anchor, or `None` if the target is not on this page.
    pub fn fragment(&self) -> Option<&str> {
        self.0.strip_prefix('#')
    }
}

/// Percent-encodes the characters that an address cannot contain
/// ([RFC 3986, 2](https://www.rfc-editor.org/rfc/rfc3986#section-2)).
fn encoded(text: &str) -> String {
    encode_where(text, |ch| matches!(ch, ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' | '\''))
}

/// Percent-encodes everything except ASCII letters, digits and `-._~`, for a value within an address.
pub(crate) fn encoded_component(text: &str) -> String {
    encode_where(text, |ch| !(ch.is_ascii_alphanumeric() || "-._~".contains(ch)))
}

fn encode_where(text: &str, is_encoded: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut buffer = [0; 4];
    for ch in text.chars() {
        if is_encoded(ch) {
            for byte in ch.encode_utf8(&mut buffer).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(ch);
        }
    }
    out
}

/// The id of an element that links can target: lowercase letters, digits, `-` and `_`. Unique within its page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Anchor(String);

impl Anchor {
    /// Returns the id as a string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The anchors of one page.
///
/// Steps get their anchors first, so that a step's anchor is always its key. If a later name is already taken, it gets
/// a suffix such as `--2`. Keys cannot contain two hyphens in a row, so the resulting anchor never collides with a key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Anchors(BTreeSet<String>);

impl Anchors {
    /// Reserves the anchor with this name, with a numbered suffix if the name is taken.
    pub(crate) fn take(&mut self, name: &str) -> Anchor {
        let mut anchor = name.to_owned();
        let mut n = 2;
        while !self.0.insert(anchor.clone()) {
            anchor = format!("{name}--{n}");
            n += 1;
        }
        Anchor(anchor)
    }

    /// Returns the anchor with this name, or `None` if it is not on the page.
    pub(crate) fn find(&self, name: &str) -> Option<Anchor> {
        self.0.contains(name).then(|| Anchor(name.to_owned()))
    }
}

/// The source of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub enum Picture {
    /// The path of a file in the guide's folder.
    #[serde(rename = "file")]
    File(String),
    /// An address on another site.
    #[serde(rename = "image")]
    Elsewhere(Href),
}

impl Picture {
    /// Parses the source of an image. Returns `None` if it is neither a path within the guide's folder nor an `https:`
    /// address.
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.strip_prefix("./").unwrap_or(text);
        let is_file = !name.is_empty()
            && !name.starts_with(['/', '.'])
            && !name.contains("..")
            && name.chars().all(|ch| ch.is_ascii_alphanumeric() || matches!(ch, '.' | '_' | '-' | '/'));
        if is_file {
            return Some(Self::File(name.to_owned()));
        }
        Href::parse(text).filter(Href::is_external).map(Self::Elsewhere)
    }

    /// Returns the path or address as a string.
    pub fn as_str(&self) -> &str {
        match self {
            Self::File(name) => name,
            Self::Elsewhere(href) => href.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(Href::parse(text).as_ref().map(Href::as_str), expected, "{text}");
    }

    #[test]
    fn only_safe_targets_become_links() {
        check("https://example.com/a_b?c=d&e#f", Some("https://example.com/a_b?c=d&e#f"));
        check("/guides/accounts-section#linking-accounts", Some("/guides/accounts-section#linking-accounts"));
        check("help@example.com", Some("mailto:help@example.com"));
        check("#create-token", Some("#create-token"));
        check("javascript:alert(1)", None);
        check(" java\nscript:alert(1)", None);
        check("data:text/html,x", None);
        check("http://example.com", None);
        check("//evil.example", None);
        check("/\t/evil.example", Some("/%20/evil.example"));
        check("/\\evil.example", Some("/%5Cevil.example"));
        check("/\u{200b}/evil.example", None);
        check("https://e/\"><script>{x}", Some("https://e/%22%3E%3Cscript%3E%7Bx%7D"));
    }

    #[test]
    fn an_image_is_a_file_or_an_https_address() {
        assert!(matches!(Picture::parse("images/menu.png"), Some(Picture::File(_))));
        assert!(matches!(Picture::parse("https://example.com/menu.png"), Some(Picture::Elsewhere(_))));
        for bad in ["../secret.png", "/etc/passwd", "data:image/png,x", "javascript:x", "a b.png", ""] {
            assert_eq!(Picture::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn anchors_are_unique() {
        let mut anchors = Anchors::default();
        let names = ["a", "a", "a--2", "a"].map(|name| anchors.take(name).0);
        assert_eq!(names, ["a", "a--2", "a--2--2", "a--3"]);
    }
}
