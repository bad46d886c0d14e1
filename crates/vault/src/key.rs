//! The vault's key, and the contents of a key file.
//!
//! **Invariant:** a key is 32 random bytes. The key's id is a digest of the bytes, so the id identifies the key without
//! revealing it. The bytes are wiped when the key is dropped, and a key does not implement `Debug`.

use std::io;
use std::path::PathBuf;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secret::Secret;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

/// The prefix of the line that contains the key. The digit is the format version.
const PREFIX: &str = "wsk1-";

/// A key that wraps data keys.
#[derive(Clone)]
pub(crate) struct Key {
    id: KeyId,
    bytes: Zeroizing<[u8; 32]>,
}

/// A key's id: the first eight bytes of a SHA-256 digest of the key, printed in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, derive_more::Display)]
#[display("{_0:016x}")]
pub struct KeyId(u64);

/// Why the vault's key cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Users other than the owner can read or write the key file.
    #[error("other users can access the key file {path} (mode {mode:04o}); run `chmod 600` on it")]
    Exposed {
        /// The path to the key file.
        path: PathBuf,
        /// The key file's permission bits.
        mode: u32,
    },
    /// The vault has been sealed before, but its key file is missing.
    #[error("the key file {path} is missing, and this vault is sealed under its key; restore the file")]
    Missing {
        /// The expected path to the key file.
        path: PathBuf,
    },
    /// The key file could not be read or written.
    #[error("the key file {path} cannot be read or written")]
    File {
        /// The path to the key file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The source provided no key or more than one key.
    #[error("{origin} does not contain exactly one key; a key is a line that starts with `{PREFIX}`")]
    NotAKey {
        /// The name of the key's source, such as `the key text`.
        origin: String,
    },
    /// The key command could not be run, failed, or took too long.
    #[error("the key command `{program}` printed no key")]
    Command {
        /// The program, without its arguments.
        program: String,
        /// Why the command failed.
        source: io::Error,
    },
    /// The source provided a key other than the one this vault is sealed under.
    #[error("{origin} has key {found}, but this vault is sealed under key {expected}; use that key")]
    Wrong {
        /// The name of the key's source, such as `the key text`.
        origin: String,
        /// The id of the key that the source provided.
        found: KeyId,
        /// The id of the required key.
        expected: KeyId,
    },
    /// The key's row in the database is damaged or missing.
    #[error("the database row for key {id} is damaged or missing; restore the database from a backup")]
    Damaged {
        /// The id of the key.
        id: KeyId,
    },
    /// The system returned no random bytes for a new key.
    #[error("cannot create a key: the system returned no random bytes")]
    Random(#[from] getrandom::Error),
}

impl Key {
    /// Creates a key from random bytes.
    pub(crate) fn random() -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice())?;
        Ok(Self::new(bytes))
    }

    pub(crate) fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        let digest =
            Sha256::new().chain_update("waystone vault key id 1\0").chain_update(bytes.as_slice()).finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        Self { id: KeyId(u64::from_be_bytes(id)), bytes }
    }

    /// Parses the contents of a key file: comments (`#`), empty lines and exactly one key. `origin` names the key's
    /// source in errors.
    pub(crate) fn parse(text: &str, origin: &str) -> Result<Self, KeyError> {
        let not_a_key = || KeyError::NotAKey { origin: origin.to_owned() };
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (Some(line), None) = (lines.next(), lines.next()) else { return Err(not_a_key()) };
        let encoded = line.strip_prefix(PREFIX).ok_or_else(not_a_key)?;
        // Allocates space for the whole key, because a growing buffer would leave an unwiped copy in memory.
        let mut decoded = Zeroizing::new(Vec::with_capacity(encoded.len()));
        URL_SAFE_NO_PAD.decode_vec(encoded, &mut decoded).map_err(|_| not_a_key())?;
        let mut bytes = Zeroizing::new([0; 32]);
        if decoded.len() != bytes.len() {
            return Err(not_a_key());
        }
        bytes.copy_from_slice(&decoded);
        Ok(Self::new(bytes))
    }

    /// Returns the contents of a key file for this key.
    pub(crate) fn to_text(&self) -> Secret {
        let mut text = String::with_capacity(256);
        text.push_str(
            "# The key to a Waystone vault. It opens every credential in the vault, and without it none can\n",
        );
        text.push_str(
            "# be opened. Keep it secret, and keep a copy in a safe place away from the database.\n",
        );
        text.push_str(PREFIX);
        URL_SAFE_NO_PAD.encode_string(self.bytes.as_slice(), &mut text);
        text.push('\n');
        Secret::new(text)
    }

    pub(crate) fn id(&self) -> KeyId {
        self.id
    }

    /// Returns the key's bytes, for the cipher.
    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.bytes
    }
}

impl KeyId {
    pub(crate) fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }
}

impl FromStr for KeyId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Key {
        Key::new(Zeroizing::new([7; 32]))
    }

    #[test]
    fn a_key_survives_its_text_form() {
        let key = Key::parse(sample().to_text().expose(), "it").ok().unwrap();
        assert_eq!((key.expose(), key.id()), (&[7; 32], sample().id()));
    }

    #[test]
    fn a_key_line_alone_is_enough() {
        let text = sample().to_text();
        let line = text.expose().lines().last().unwrap();
        assert!(Key::parse(line, "it").is_ok());
    }

    #[test]
    fn malformed_keys_are_refused_without_being_quoted() {
        let key = sample().to_text();
        let line = key.expose().lines().last().unwrap();
        for text in [
            "",
            "# nothing",
            "wsk1-",
            "canary",
            "wsk1-canary",
            "wsk2-BwcH",
            &format!("{line}A"),
            &line.repeat(2),
        ] {
            let error = Key::parse(text, "the test").err().unwrap();
            assert_eq!(
                error.to_string(),
                "the test does not contain exactly one key; a key is a line that starts with `wsk1-`"
            );
        }
        assert!(Key::parse(&format!("{line}\n{line}\n"), "it").is_err());
    }

    #[test]
    fn a_key_id_survives_its_text_form_and_differs_by_key() {
        let id = sample().id();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_ne!(id, Key::new(Zeroizing::new([8; 32])).id());
    }
}
