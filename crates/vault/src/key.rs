//! The vault's key and its text.
//!
//! **Invariant:** a key is 32 random bytes; its id is computed from them, so that a key is never taken for
//! another, and tells nothing of them. Its bytes are wiped when it is dropped, and it has no `Debug`.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secret::Secret;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// What the line with the key starts with; the digit is the version of the format.
const PREFIX: &str = "wsk1-";

/// A key that wraps data keys.
#[derive(Clone)]
pub(crate) struct Key {
    id: KeyId,
    bytes: Zeroizing<[u8; 32]>,
}

/// The id of a key: the first eight bytes of a digest of it, in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 8]);

/// What is wrong with the vault's key.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeyError {
    /// Others than the owner can read or write the key file.
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The vault has been sealed before, and its key file is not there.
    Missing {
        /// Where the key file should be.
        path: PathBuf,
    },
    /// The key file could not be read or written.
    File {
        /// The key file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// There is no line with a key, or more than one.
    NotAKey {
        /// Where the text came from.
        origin: String,
    },
    /// The key command could not be run, failed, or took too long.
    Command {
        /// The program, without its arguments.
        program: String,
        /// What happened.
        cause: io::Error,
    },
    /// It is a key, but not the one that this vault is sealed under.
    Wrong {
        /// Where the key came from.
        origin: String,
        /// The key that was given.
        found: KeyId,
        /// The key that is needed.
        expected: KeyId,
    },
    /// The vault's own record of a key does not fit that key.
    Damaged {
        /// The key in question.
        id: KeyId,
    },
    /// A new key could not be made.
    Random(getrandom::Error),
}

impl Key {
    /// A fresh key.
    pub(crate) fn random() -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(KeyError::Random)?;
        Ok(Self::new(bytes))
    }

    pub(crate) fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        let digest =
            Sha256::new().chain_update("waystone vault key id 1\0").chain_update(bytes.as_slice()).finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        Self { id: KeyId(id), bytes }
    }

    /// The key in a text of comments (`#`), empty lines and exactly one key. `origin` says in an error where the
    /// text came from.
    pub(crate) fn parse(text: &str, origin: &str) -> Result<Self, KeyError> {
        let not_a_key = || KeyError::NotAKey { origin: origin.to_owned() };
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (Some(line), None) = (lines.next(), lines.next()) else { return Err(not_a_key()) };
        let encoded = line.strip_prefix(PREFIX).ok_or_else(not_a_key)?;
        // Room for all of it, so that no half-filled buffer is left behind unwiped.
        let mut decoded = Zeroizing::new(Vec::with_capacity(encoded.len()));
        URL_SAFE_NO_PAD.decode_vec(encoded, &mut decoded).map_err(|_| not_a_key())?;
        let mut bytes = Zeroizing::new([0; 32]);
        if decoded.len() != bytes.len() {
            return Err(not_a_key());
        }
        bytes.copy_from_slice(&decoded);
        Ok(Self::new(bytes))
    }

    /// The text of a key file.
    pub(crate) fn to_text(&self) -> Secret {
        let mut text = String::with_capacity(256);
        text.push_str(
            "# The key of a Waystone vault. Whoever has it can read every credential in the vault;\n",
        );
        text.push_str("# without it nobody can. Keep a copy in a safe place, away from the database.\n");
        text.push_str(PREFIX);
        URL_SAFE_NO_PAD.encode_string(self.bytes.as_slice(), &mut text);
        text.push('\n');
        Secret::new(text)
    }

    pub(crate) fn id(&self) -> KeyId {
        self.id
    }

    /// The bytes themselves, for the cipher.
    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.bytes
    }
}

impl KeyId {
    pub(crate) fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for KeyId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(|number| Self(number.to_be_bytes()))
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exposed { path, mode } => {
                let path = path.display();
                write!(f, "the key file {path} is open to others (mode {mode:04o}); run `chmod 600` on it")
            }
            Self::Missing { path } => {
                let path = path.display();
                write!(
                    f,
                    "the key file {path} is not there, and this vault has been sealed; restore the file"
                )
            }
            Self::File { path, .. } => write!(f, "the key file {} cannot be read or written", path.display()),
            Self::NotAKey { origin } => {
                write!(
                    f,
                    "{origin} does not hold exactly one key; a key is a line that starts with `{PREFIX}`"
                )
            }
            Self::Command { program, .. } => write!(f, "the key command `{program}` gave no key"),
            Self::Wrong { origin, found, expected } => write!(
                f,
                "{origin} holds key {found}, but this vault is sealed under key {expected}; start with that one"
            ),
            Self::Damaged { id } => {
                write!(f, "the vault's record of key {id} is damaged; restore the database from a backup")
            }
            Self::Random(_) => f.write_str("a new key cannot be made: the system gave no random numbers"),
        }
    }
}

impl std::error::Error for KeyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File { cause, .. } | Self::Command { cause, .. } => Some(cause),
            Self::Random(cause) => Some(cause),
            Self::Exposed { .. }
            | Self::Missing { .. }
            | Self::NotAKey { .. }
            | Self::Wrong { .. }
            | Self::Damaged { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Key {
        Key::new(Zeroizing::new([7; 32]))
    }

    #[test]
    fn the_text_of_a_key_is_read_back() {
        let key = Key::parse(sample().to_text().expose(), "it").ok().unwrap();
        assert_eq!((key.expose(), key.id()), (&[7; 32], sample().id()));
    }

    #[test]
    fn a_lone_line_will_do() {
        let text = sample().to_text();
        let line = text.expose().lines().last().unwrap();
        assert!(Key::parse(line, "it").is_ok());
    }

    #[test]
    fn other_texts_are_refused_without_being_quoted() {
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
                "the test does not hold exactly one key; a key is a line that starts with `wsk1-`"
            );
        }
        assert!(Key::parse(&format!("{line}\n{line}\n"), "it").is_err());
    }

    #[test]
    fn an_id_is_read_back_and_differs_by_key() {
        let id = sample().id();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_ne!(id, Key::new(Zeroizing::new([8; 32])).id());
    }
}
