//! The names of things within a guide.

use std::borrow::Borrow;
use std::fmt;

/// A key: lower-case letters, digits, and single hyphens or underscores between them; 64 characters at most.
///
/// Keys become anchors, addresses and names of variables, so nothing has to escape them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Key(String);

impl Key {
    /// The key, if the text is one.
    pub fn parse(text: &str) -> Option<Self> {
        let sound = text.len() <= 64
            && text.starts_with(|ch: char| ch.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
            && !text.ends_with(['-', '_'])
            && !["--", "__", "-_", "_-"].iter().any(|two| text.contains(two));
        sound.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key that a text that is none comes nearest to: what to suggest.
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
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a key is not spelled as keys are"))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
