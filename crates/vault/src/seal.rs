//! Sealing: authenticated encryption, bound to a context.
//!
//! A sealed blob is a header, a nonce, and the output of XChaCha20-Poly1305:
//!
//! ```text
//! a value:     format 1 | algorithm 1 |          nonce, 24 bytes | ciphertext and tag
//! a data key:  format 1 | algorithm 1 | key id 8 | nonce, 24 bytes | ciphertext and tag
//! ```
//!
//! The context that a blob is bound to is passed to the cipher as associated data. The first part of the context is the
//! kind of blob, so that a blob of one kind never opens as another kind.
//!
//! **Invariant:** each blob's header and associated data (its kind, owner and version) are authenticated. Therefore, a
//! blob does not open if it has been changed, moved to another row or field, or replaced with an earlier version.

use chacha20poly1305::{AeadInOut as _, KeyInit as _, XChaCha20Poly1305, XNonce};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::key::{Key, KeyId};

/// The version of the blob layout.
const FORMAT: u8 = 1;
/// 1 is XChaCha20-Poly1305, and 2 is reserved for AES-256-GCM-SIV.
const ALGORITHM: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;

/// The data key for one account or one row of sealed data.
pub(crate) struct DataKey(Zeroizing<[u8; 32]>);

/// Why an item could not be sealed or unsealed.
#[derive(Debug, Error)]
pub enum SealError {
    /// The system returned no random bytes.
    #[error("the system returned no random bytes")]
    Random(#[from] getrandom::Error),
    /// The plaintext is too long.
    #[error("it is too long")]
    TooLong,
    /// The blob was sealed by a newer version, or is not a sealed blob.
    #[error("this version does not recognize its format; a newer waystone may be able to open it")]
    UnknownFormat,
    /// The blob has been changed or moved, or is sealed under another key.
    #[error("it was changed, moved, or sealed under another key")]
    DoesNotOpen,
}

impl DataKey {
    /// Creates a random key.
    pub(crate) fn random() -> Result<Self, SealError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// Seals a value.
    pub(crate) fn seal(&self, context: &[impl AsRef<str>], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        seal(&self.0, &header(None), context, plain)
    }

    /// Opens a value that was sealed with the same associated data.
    pub(crate) fn open(
        &self,
        context: &[impl AsRef<str>],
        blob: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        open(&self.0, &header(None), context, blob)
    }

    /// Wraps the key under one of the vault's keys.
    pub(crate) fn wrap(&self, under: &Key, context: &[impl AsRef<str>]) -> Result<Vec<u8>, SealError> {
        wrap(under, context, self.0.as_slice())
    }

    /// Unwraps a key that was wrapped with the same associated data.
    pub(crate) fn unwrap(under: &Key, context: &[impl AsRef<str>], blob: &[u8]) -> Result<Self, SealError> {
        unwrap(under, context, blob).map(Self)
    }
}

/// Wraps 32 bytes under one of the vault's keys.
pub(crate) fn wrap(under: &Key, context: &[impl AsRef<str>], bytes: &[u8]) -> Result<Vec<u8>, SealError> {
    seal(under.expose(), &header(Some(under.id())), context, bytes)
}

/// Unwraps 32 bytes.
pub(crate) fn unwrap(
    under: &Key,
    context: &[impl AsRef<str>],
    blob: &[u8],
) -> Result<Zeroizing<[u8; 32]>, SealError> {
    let plain = open(under.expose(), &header(Some(under.id())), context, blob)?;
    let mut bytes = Zeroizing::new([0; 32]);
    if plain.len() != bytes.len() {
        return Err(SealError::DoesNotOpen);
    }
    bytes.copy_from_slice(&plain);
    Ok(bytes)
}

fn seal(
    key: &[u8; 32],
    header: &[u8],
    context: &[impl AsRef<str>],
    plain: &[u8],
) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce)?;
    // Encrypts in place, in a buffer that never grows, so that no other copy of the plaintext is left in memory.
    let mut text = Zeroizing::new(Vec::with_capacity(plain.len() + TAG));
    text.extend_from_slice(plain);
    XChaCha20Poly1305::new(key.into())
        .encrypt_in_place(&XNonce::from(nonce), &associated_data(header, context), &mut *text)
        .map_err(|_| SealError::TooLong)?;
    Ok([header, &nonce, &text].concat())
}

fn open(
    key: &[u8; 32],
    header: &[u8],
    context: &[impl AsRef<str>],
    blob: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    if !blob.starts_with(&[FORMAT, ALGORITHM]) {
        return Err(SealError::UnknownFormat);
    }
    let rest = blob.strip_prefix(header).ok_or(SealError::DoesNotOpen)?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(SealError::DoesNotOpen)?;
    let mut text = Zeroizing::new(sealed.to_vec());
    XChaCha20Poly1305::new(key.into())
        .decrypt_in_place(&XNonce::from(*nonce), &associated_data(header, context), &mut *text)
        .map_err(|_| SealError::DoesNotOpen)?;
    Ok(text)
}

fn header(under: Option<KeyId>) -> Vec<u8> {
    let mut header = vec![FORMAT, ALGORITHM];
    if let Some(id) = under {
        header.extend_from_slice(&id.to_bytes());
    }
    header
}

/// Encodes the header and the context. Prefixes every part with its length, so that two different contexts never
/// produce the same bytes.
fn associated_data(header: &[u8], context: &[impl AsRef<str>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in std::iter::once(header).chain(context.iter().map(|part| part.as_ref().as_bytes())) {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: &[&str] = &["credential", "acc_a", "token", "1"];

    #[test]
    fn a_sealed_value_opens_with_the_same_associated_data() {
        let key = DataKey::random().unwrap();
        for plain in [&b""[..], b"canary", &[0; 10_000]] {
            let blob = key.seal(CONTEXT, plain).unwrap();
            assert_eq!(blob.len(), 2 + NONCE + plain.len() + TAG);
            assert_eq!(key.open(CONTEXT, &blob).unwrap().as_slice(), plain);
        }
    }

    #[test]
    fn sealing_a_value_twice_gives_different_blobs() {
        let key = DataKey::random().unwrap();
        assert_ne!(key.seal(CONTEXT, b"canary").unwrap(), key.seal(CONTEXT, b"canary").unwrap());
    }

    #[test]
    fn other_associated_data_does_not_open_a_value() {
        let key = DataKey::random().unwrap();
        let blob = key.seal(CONTEXT, b"canary").unwrap();
        for context in [
            &["credential", "acc_b", "token", "1"][..],
            &["credential", "acc_a", "other", "1"],
            &["credential", "acc_a", "token", "2"],
            &["draft", "acc_a", "token", "1"],
            &["credential", "acc_a", "token1"],
            &["credential", "acc_atoken", "", "1"],
            &[],
        ] {
            assert!(matches!(key.open(context, &blob), Err(SealError::DoesNotOpen)), "{context:?}");
        }
    }

    #[test]
    fn a_change_of_any_byte_is_noticed() {
        let vault = Key::random().ok().unwrap();
        let key = DataKey::random().unwrap();
        let value = key.seal(CONTEXT, b"canary").unwrap();
        let wrapped = key.wrap(&vault, CONTEXT).unwrap();
        for at in 0..value.len() {
            let mut changed = value.clone();
            changed[at] ^= 1;
            assert!(key.open(CONTEXT, &changed).is_err(), "byte {at} of a value");
            assert!(key.open(CONTEXT, &value[..at]).is_err(), "the first {at} bytes of a value");
        }
        for at in 0..wrapped.len() {
            let mut changed = wrapped.clone();
            changed[at] ^= 1;
            assert!(DataKey::unwrap(&vault, CONTEXT, &changed).is_err(), "byte {at} of a wrapped key");
            assert!(DataKey::unwrap(&vault, CONTEXT, &wrapped[..at]).is_err(), "the first {at} bytes of it");
        }
    }

    #[test]
    fn a_wrapped_key_names_the_key_that_wraps_it() {
        let vault = Key::random().ok().unwrap();
        let wrapped = DataKey::random().unwrap().wrap(&vault, CONTEXT).unwrap();
        assert_eq!(wrapped[..2], [FORMAT, ALGORITHM]);
        assert_eq!(hex::encode(&wrapped[2..10]), vault.id().to_string());
    }

    #[test]
    fn another_key_does_not_open_it() {
        let (vault, other) = (Key::random().ok().unwrap(), Key::random().ok().unwrap());
        let key = DataKey::random().unwrap();
        let wrapped = key.wrap(&vault, CONTEXT).unwrap();
        assert!(matches!(DataKey::unwrap(&other, CONTEXT, &wrapped), Err(SealError::DoesNotOpen)));
        let value = key.seal(CONTEXT, b"canary").unwrap();
        assert!(DataKey::random().unwrap().open(CONTEXT, &value).is_err());
        assert!(DataKey::unwrap(&vault, CONTEXT, &wrapped).unwrap().open(CONTEXT, &value).is_ok());
    }
}
