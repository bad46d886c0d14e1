//! Random ids.
//!
//! **Invariant:** an id consists of a prefix and 128 random bits in lowercase Base32, and there is exactly one way to
//! write it. An id reveals nothing about the item that it identifies, and is safe to use in paths, URLs and logs.

use std::str::FromStr;

use derive_more::Display;
use thiserror::Error;

/// The RFC 4648 Base32 alphabet in lowercase. It omits `0`, `1` and `8`, which are easy to misread.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The number of Base32 characters that encode 16 bytes.
const LENGTH: usize = 26;

/// The id of an account: `acc_` followed by 26 characters.
#[derive(Clone, Debug, Display, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

/// The error for a string that is not an account id.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not an account id: it must be `acc_` followed by 26 characters from `a-z2-7`")]
pub struct IdError;

impl AccountId {
    const PREFIX: &str = "acc_";

    /// Creates a random id.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        random(Self::PREFIX).map(Self)
    }

    /// Returns the id as a string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let random = text.strip_prefix(Self::PREFIX).ok_or(IdError)?.as_bytes();
        let known = random.iter().all(|byte| ALPHABET.contains(byte));
        // 26 characters encode 130 bits, two more than 16 bytes contain. The two extra bits must be zero. Otherwise,
        // four different strings would represent the same id.
        let last = random.last().and_then(|last| ALPHABET.iter().position(|byte| byte == last));
        if random.len() != LENGTH || !known || last.is_none_or(|last| last % 4 != 0) {
            return Err(IdError);
        }
        Ok(Self(text.to_owned()))
    }
}

/// Creates a random id: the prefix followed by 128 random bits.
pub(crate) fn random(prefix: &str) -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{prefix}{}", base32(u128::from_be_bytes(bytes))))
}

/// Encodes 16 bytes, starting with the highest five bits. The last character encodes the remaining three bits.
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
    fn the_highest_bits_come_first() {
        assert_eq!(base32(0), "aaaaaaaaaaaaaaaaaaaaaaaaaa");
        assert_eq!(base32(u128::MAX), "77777777777777777777777774");
        assert_eq!(base32(1 << 127), "qaaaaaaaaaaaaaaaaaaaaaaaaa");
        assert_eq!(base32(1), "aaaaaaaaaaaaaaaaaaaaaaaaae");
    }

    #[test]
    fn malformed_ids_are_refused() {
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
