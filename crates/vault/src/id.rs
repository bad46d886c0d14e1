//! Names for accounts and events.
//!
//! **Invariant:** an id is a prefix and 128 random bits in lower-case Base32, spelled in exactly one way; it says
//! nothing about what it names and is safe in a path, a URL and a log.

use std::fmt;
use std::str::FromStr;

/// Base32 of RFC 4648 in lower case: no `0`, `1` or `8` to be misread.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// How many characters 16 bytes take.
const LENGTH: usize = 26;

/// The id of an account: `acc_` and 26 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

/// A text is not the id of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdError;

impl AccountId {
    const PREFIX: &str = "acc_";

    /// A fresh id.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        random(Self::PREFIX).map(Self)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let random = text.strip_prefix(Self::PREFIX).ok_or(IdError)?.as_bytes();
        let known = random.iter().all(|byte| ALPHABET.contains(byte));
        // 26 characters hold two bits more than 16 bytes do. They are zero, or the id would have four spellings.
        let last = random.last().and_then(|last| ALPHABET.iter().position(|byte| byte == last));
        if random.len() != LENGTH || !known || last.is_none_or(|last| last % 4 != 0) {
            return Err(IdError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the id of an account: it is `acc_` and 26 characters of `a-z2-7`")
    }
}

impl std::error::Error for IdError {}

/// The prefix and 128 random bits.
pub(crate) fn random(prefix: &str) -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{prefix}{}", base32(u128::from_be_bytes(bytes))))
}

/// The highest five bits first; the last character holds the three bits that remain.
fn base32(bits: u128) -> String {
    (0..LENGTH)
        .map(|at| {
            let five = if at < LENGTH - 1 { bits >> (123 - 5 * at) } else { bits << 2 };
            char::from(ALPHABET[(five & 31) as usize])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fresh_id_is_read_back() {
        for _ in 0..100 {
            let id = AccountId::random().unwrap();
            assert_eq!(id.as_str().parse(), Ok(id.clone()), "{id}");
        }
    }

    #[test]
    fn bits_fill_the_text_from_the_left() {
        assert_eq!(base32(0), "aaaaaaaaaaaaaaaaaaaaaaaaaa");
        assert_eq!(base32(u128::MAX), "77777777777777777777777774");
        assert_eq!(base32(1 << 127), "qaaaaaaaaaaaaaaaaaaaaaaaaa");
        assert_eq!(base32(1), "aaaaaaaaaaaaaaaaaaaaaaaaae");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "acc_",
            "acc_aaaaaaaaaaaaaaaaaaaaaaaaa",
            "acc_aaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "acc_aaaaaaaaaaaaaaaaaaaaaaaaab",
            "acc_AAAAAAAAAAAAAAAAAAAAAAAAAA",
            "acc_aaaaaaaaaaaa../aaaaaaaaaaa",
            "evt_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert_eq!(text.parse::<AccountId>(), Err(IdError), "{text}");
        }
    }
}
