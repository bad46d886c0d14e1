//! Where links lead, and what links lead to.
//!
//! **Invariants:** a [`Href`] has a scheme that a page may follow and no character that ends an attribute, a
//! destination or a line; an [`Anchor`] needs no escaping anywhere; a [`Picture`] is a file beside the guide or an
//! https address.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::clean;

/// An address that may be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Href(String);

impl Href {
    /// The address, if it may be followed: `https:`, `mailto:`, a path of this site, or a place on this page.
    pub fn parse(text: &str) -> Option<Self> {
        let text = encoded(clean::inline(text).trim());
        let sound = text.starts_with("https://")
            || text.starts_with("mailto:")
            || (text.starts_with('/') && !text.starts_with("//"))
            || text.starts_with('#');
        if sound {
            return Some(Self(text));
        }
        let is_email = text.contains('@') && !text.contains([':', '/', '?', '#']);
        is_email.then(|| Self(format!("mailto:{text}")))
    }

    /// A place on this page.
    pub fn to(anchor: &Anchor) -> Self {
        Self(format!("#{}", anchor.as_str()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it leads to another site.
    pub fn is_external(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The place on this page to which it leads, if it is one.
    pub fn fragment(&self) -> Option<&str> {
        self.0.strip_prefix('#')
    }
}

/// Percent-encodes what may not stand in an address
/// ([RFC 3986, 2](https://www.rfc-editor.org/rfc/rfc3986#section-2)).
fn encoded(text: &str) -> String {
    encode_where(text, |ch| matches!(ch, ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' | '\''))
}

/// Percent-encodes everything but letters, digits and `-._~`: a value within an address.
pub(crate) fn encoded_component(text: &str) -> String {
    encode_where(text, |ch| !(ch.is_ascii_alphanumeric() || "-._~".contains(ch)))
}

fn encode_where(text: &str, wanted: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut buffer = [0; 4];
    for ch in text.chars() {
        if wanted(ch) {
            for byte in ch.encode_utf8(&mut buffer).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(ch);
        }
    }
    out
}

/// A place on a page: lower-case letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor(String);

impl Anchor {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The places of one page.
///
/// Steps come first, so that a step's anchor is always its key. What else wants a taken name gets `--2` behind
/// it: two hyphens cannot stand in a key, so it takes nothing from anybody.
#[derive(Clone, Debug, Default)]
pub(crate) struct Anchors(BTreeSet<String>);

impl Anchors {
    /// An anchor with this name, or as near to it as is free.
    pub(crate) fn take(&mut self, name: &str) -> Anchor {
        let mut wanted = name.to_owned();
        let mut n = 2;
        while !self.0.insert(wanted.clone()) {
            wanted = format!("{name}--{n}");
            n += 1;
        }
        Anchor(wanted)
    }

    /// The anchor with this name, if it is on the page.
    pub(crate) fn find(&self, name: &str) -> Option<Anchor> {
        self.0.contains(name).then(|| Anchor(name.to_owned()))
    }
}

/// Where an image comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// A file beside the guide.
    File(String),
    /// Another site.
    Elsewhere(Href),
}

impl Picture {
    /// The source, if an image may come from there.
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

    /// The file or address.
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
    fn only_what_may_be_followed_is_an_address() {
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
    fn a_taken_name_is_never_given_twice() {
        let mut anchors = Anchors::default();
        let names = ["a", "a", "a--2", "a"].map(|name| anchors.take(name).0);
        assert_eq!(names, ["a", "a--2", "a--2--2", "a--3"]);
    }
}
