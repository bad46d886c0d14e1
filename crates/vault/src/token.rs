//! Tokens: what somebody shows to be let in.
//!
//! **Invariant:** a token is 256 random bits behind a prefix that says what it is for; what is kept of it is its
//! SHA-256, which is of no use to whoever reads it. With that much randomness it needs no salt and no slow hash.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secret::Secret;
use sha2::{Digest as _, Sha256};

use crate::error::StoreError;
use crate::seal::SealError;

/// A fresh token, to be shown once.
#[derive(Clone, Debug)]
pub struct Token(Secret);

/// What is kept of a token.
#[derive(Clone, PartialEq, Eq)]
pub struct Digest(Vec<u8>);

impl Token {
    /// A token with a prefix.
    pub fn random(prefix: &str) -> Result<Self, StoreError> {
        let mut bytes = zeroize::Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice())
            .map_err(SealError::Random)
            .map_err(StoreError::seal("the token"))?;
        let mut text = String::with_capacity(prefix.len() + 43);
        text.push_str(prefix);
        URL_SAFE_NO_PAD.encode_string(bytes.as_slice(), &mut text);
        Ok(Self(Secret::new(text)))
    }

    /// The token itself.
    pub fn secret(&self) -> &Secret {
        &self.0
    }

    /// What is kept of it.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.expose())
    }
}

impl Digest {
    /// Of a token that somebody shows.
    pub fn of(token: &str) -> Self {
        Self::of_bytes(token.as_bytes())
    }

    /// Of anything.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).to_vec())
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.clone()
    }

    pub(crate) fn is(&self, bytes: &[u8]) -> bool {
        self.0 == bytes
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(..)")
    }
}
