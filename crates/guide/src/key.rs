//! Keys: the names of methods, fields, steps and other parts of a guide.

use std::borrow::Borrow;

/// A key: lowercase letters and digits with single hyphens or underscores between them. It begins with a letter and has
/// at most 64 characters.
///
/// Keys are used in anchors, URLs and variable names, so they contain only characters that need no escaping.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, derive_more::Display, serde::Serialize)]
pub struct Key(String);

impl Key {
    /// Parses a key. Returns `None` if the string is not a valid key.
    pub fn parse(text: &str) -> Option<Self> {
        let sound = text.len() <= 64
            && text.starts_with(|ch: char| ch.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
            && !text.ends_with(['-', '_'])
            && !["--", "__", "-_", "_-"].iter().any(|two| text.contains(two));
        sound.then(|| Self(text.to_owned()))
    }

    /// Returns the key as a string.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns a valid key that resembles an invalid key, or `None` if there is none.
    pub(crate) fn suggestion(text: &str) -> Option<Self> {
        let mut out = String::new();
        for ch in text.to_lowercase().chars() {
            match ch {
                'a'..='z' | '0'..='9' => out.push(ch),
                '_' => out.push('_'),
                _ => out.push('-'),
            }
        }
        while let Some(at) = ["--", "__", "-_", "_-"].iter().find_map(|two| out.find(two)) {
            out.remove(at);
        }
        Self::parse(out.trim_matches(['-', '_']))
    }
}

impl<'de> serde::Deserialize<'de> for Key {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("invalid key"))
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Key {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Key {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}
