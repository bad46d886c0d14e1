//! Strings and bytes that cannot be printed.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A string that must not be shown, such as a token, a password or a whole snapshot.
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a string. An owned string is moved, so no copy of it remains.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Returns the string. To find all code that reads a secret, search for calls to this method.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Appends text. If the string must be reallocated, its old memory is wiped.
    pub fn push(&mut self, text: &str) {
        if self.0.capacity() - self.0.len() < text.len() {
            let mut larger = String::with_capacity((self.0.len() + text.len()).next_power_of_two());
            larger.push_str(&self.0);
            self.0 = Zeroizing::new(larger);
        }
        self.0.push_str(text);
    }

    /// Returns whether the string is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// Compares in constant time, so that timing does not reveal how many characters match.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// Bytes that must not be shown, such as a key or a request body.
#[derive(Clone, Default)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Wraps bytes. An owned vector is moved, so no copy of it remains.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// Returns the bytes. To find all code that reads a secret, search for calls to this method.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Returns whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&Secret> for SecretBytes {
    fn from(text: &Secret) -> Self {
        Self::new(text.expose().as_bytes())
    }
}

impl PartialEq for SecretBytes {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SecretBytes {}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_text_and_bytes() {
        assert_eq!(format!("{:?}", Secret::new("canary")), "(hidden)");
        assert_eq!(format!("{:?}", SecretBytes::new("canary")), "(hidden)");
        assert_eq!(format!("{:?}", Some(Secret::new("canary"))), "Some((hidden))");
    }

    #[test]
    fn equality_compares_the_whole_text() {
        assert_eq!(Secret::new("a"), Secret::from("a"));
        assert_eq!(Secret::new("a"), Secret::from("a".to_owned()));
        assert_ne!(Secret::new("a"), Secret::from("ab"));
        assert_eq!(SecretBytes::from(&Secret::from("a")), SecretBytes::new("a"));
        assert_ne!(SecretBytes::new("a"), SecretBytes::new("b"));
    }

    #[test]
    fn text_grows_piece_by_piece() {
        let mut text = Secret::default();
        assert!(text.is_empty() && SecretBytes::default().is_empty());
        let mut expected = String::new();
        for length in [1, 0, 7, 100, 3] {
            let piece = "é".repeat(length);
            text.push(&piece);
            expected.push_str(&piece);
            assert_eq!(text.expose(), expected);
        }
        assert!(!text.is_empty() && !SecretBytes::from(&text).is_empty());
    }
}
