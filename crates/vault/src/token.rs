//! Tokens and API keys.
//!
//! **Invariant:** a token consists of a prefix, which identifies its purpose, and 256 bits, which are random or derived
//! from a random token. Only its SHA-256 digest is stored, and the token cannot be derived from the digest. A token with
//! this much randomness needs neither a salt nor a slow hash.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secret::Secret;
use sha2::{Digest as _, Sha256};

use crate::error::StoreError;

/// A new token. It is shown only once, because only its digest is stored.
#[derive(Clone, Debug)]
pub struct Token(Secret);

/// The SHA-256 digest of a token or a request.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Digest(Vec<u8>);

impl Token {
    /// Creates a random token with this prefix.
    pub fn random(prefix: &str) -> Result<Self, StoreError> {
        let mut bytes = zeroize::Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice())?;
        let mut text = String::with_capacity(prefix.len() + 43);
        text.push_str(prefix);
        URL_SAFE_NO_PAD.encode_string(bytes.as_slice(), &mut text);
        Ok(Self(Secret::new(text)))
    }

    /// Derives a token from another token. The other token cannot be computed from the derived one, and the derived token
    /// cannot be computed from the other token's digest.
    pub(crate) fn derived(prefix: &str, from: &Secret, purpose: &str) -> Self {
        let inner = Sha256::new().chain_update(prefix).chain_update(from.expose()).finalize();
        let digest = Sha256::new().chain_update(inner).chain_update(purpose).finalize();
        Self(Secret::new(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(digest))))
    }

    /// Returns the token itself.
    pub fn secret(&self) -> &Secret {
        &self.0
    }

    /// Returns the digest to store.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.expose())
    }
}

impl Digest {
    /// Returns the digest of a token that a client sent.
    pub fn of(token: &str) -> Self {
        Self::of_bytes(token.as_bytes())
    }

    /// Returns the digest of any bytes, such as the bytes of a request.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).to_vec())
    }

    /// Returns a digest that was read from the database.
    pub(crate) fn stored(bytes: Vec<u8>) -> Self {
        Self(bytes)
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
