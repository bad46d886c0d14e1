//! Sealing bytes to the place where they belong.
//!
//! A sealed blob is a header, a nonce and what XChaCha20-Poly1305 made of the plaintext:
//!
//! ```text
//! a value:     format 1 | algorithm 1 |          nonce, 24 bytes | ciphertext and tag
//! a data key:  format 1 | algorithm 1 | key id 8 | nonce, 24 bytes | ciphertext and tag
//! ```
//!
//! **Invariant:** header and place (what it is, whose, which version) are authenticated with every blob, so that
//! one that was changed, moved to another row or field, or put back from an earlier version does not open.

use std::fmt;

use chacha20poly1305::{AeadInOut as _, KeyInit as _, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::key::{Key, KeyId};

/// The layout of a blob.
const FORMAT: u8 = 1;
/// XChaCha20-Poly1305. 2 is kept for AES-256-GCM-SIV.
const ALGORITHM: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;

/// Where a blob belongs. The first part says what it is, so that blobs of different kinds never fit each other.
pub(crate) type AssociatedData<'a> = [&'a str];

/// The key of one account or draft.
pub(crate) struct DataKey(Zeroizing<[u8; 32]>);

/// Why something under seal could not be sealed or opened.
#[derive(Debug)]
pub enum SealError {
    /// The system gave no random numbers.
    Random(getrandom::Error),
    /// It is too long to be sealed in one piece.
    TooLong,
    /// It was sealed by a newer version, or is not sealed at all.
    UnknownFormat,
    /// It was changed, moved from elsewhere, or sealed under another key.
    DoesNotOpen,
}

impl DataKey {
    /// A fresh key.
    pub(crate) fn random() -> Result<Self, SealError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(SealError::Random)?;
        Ok(Self(bytes))
    }

    /// Seals a value to its place.
    pub(crate) fn seal(&self, place: &AssociatedData<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        seal(&self.0, &header(None), place, plain)
    }

    /// Opens a value that was sealed to this place.
    pub(crate) fn open(
        &self,
        place: &AssociatedData<'_>,
        blob: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        open(&self.0, &header(None), place, blob)
    }

    /// Wraps the key for storing.
    pub(crate) fn wrap(&self, under: &Key, place: &AssociatedData<'_>) -> Result<Vec<u8>, SealError> {
        wrap(under, place, self.0.as_slice())
    }

    /// The key that was wrapped for this place.
    pub(crate) fn unwrap(under: &Key, place: &AssociatedData<'_>, blob: &[u8]) -> Result<Self, SealError> {
        unwrap(under, place, blob).map(Self)
    }
}

/// Wraps 32 bytes under a key of the vault.
pub(crate) fn wrap(under: &Key, place: &AssociatedData<'_>, bytes: &[u8]) -> Result<Vec<u8>, SealError> {
    seal(under.expose(), &header(Some(under.id())), place, bytes)
}

/// The 32 bytes that were wrapped.
pub(crate) fn unwrap(
    under: &Key,
    place: &AssociatedData<'_>,
    blob: &[u8],
) -> Result<Zeroizing<[u8; 32]>, SealError> {
    let plain = open(under.expose(), &header(Some(under.id())), place, blob)?;
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
    place: &AssociatedData<'_>,
    plain: &[u8],
) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(SealError::Random)?;
    // Encrypted in place, in a buffer that need not grow: no second copy of the plaintext is ever made.
    let mut text = Zeroizing::new(Vec::with_capacity(plain.len() + TAG));
    text.extend_from_slice(plain);
    XChaCha20Poly1305::new(key.into())
        .encrypt_in_place(&XNonce::from(nonce), &associated(header, place), &mut *text)
        .map_err(|_| SealError::TooLong)?;
    Ok([header, &nonce, &text].concat())
}

fn open(
    key: &[u8; 32],
    header: &[u8],
    place: &AssociatedData<'_>,
    blob: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    if !blob.starts_with(&[FORMAT, ALGORITHM]) {
        return Err(SealError::UnknownFormat);
    }
    let rest = blob.strip_prefix(header).ok_or(SealError::DoesNotOpen)?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(SealError::DoesNotOpen)?;
    let mut text = Zeroizing::new(sealed.to_vec());
    XChaCha20Poly1305::new(key.into())
        .decrypt_in_place(&XNonce::from(*nonce), &associated(header, place), &mut *text)
        .map_err(|_| SealError::DoesNotOpen)?;
    Ok(text)
}

fn header(under: Option<KeyId>) -> Vec<u8> {
    let mut header = vec![FORMAT, ALGORITHM];
    if let Some(id) = under {
        header.extend_from_slice(id.as_bytes());
    }
    header
}

/// Every part with its length in front, so that no two places have the same bytes.
fn associated(header: &[u8], place: &AssociatedData<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in std::iter::once(header).chain(place.iter().map(|part| part.as_bytes())) {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Random(_) => "the system gave no random numbers",
            Self::TooLong => "it is too long to be sealed in one piece",
            Self::UnknownFormat => {
                "it is not sealed in a way this version knows; a newer waystone may open it"
            }
            Self::DoesNotOpen => "the seal does not open: it was changed, moved, or made with another key",
        })
    }
}

impl std::error::Error for SealError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Random(cause) => Some(cause),
            Self::TooLong | Self::UnknownFormat | Self::DoesNotOpen => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &AssociatedData<'_> = &["credential", "acc_a", "token", "1"];

    #[test]
    fn what_was_sealed_opens_at_its_place() {
        let key = DataKey::random().unwrap();
        for plain in [&b""[..], b"canary", &[0; 10_000]] {
            let blob = key.seal(PLACE, plain).unwrap();
            assert_eq!(blob.len(), 2 + NONCE + plain.len() + TAG);
            assert_eq!(key.open(PLACE, &blob).unwrap().as_slice(), plain);
        }
    }

    #[test]
    fn the_same_value_is_never_sealed_alike() {
        let key = DataKey::random().unwrap();
        assert_ne!(key.seal(PLACE, b"canary").unwrap(), key.seal(PLACE, b"canary").unwrap());
    }

    #[test]
    fn no_other_place_opens_it() {
        let key = DataKey::random().unwrap();
        let blob = key.seal(PLACE, b"canary").unwrap();
        for place in [
            &["credential", "acc_b", "token", "1"][..],
            &["credential", "acc_a", "other", "1"],
            &["credential", "acc_a", "token", "2"],
            &["draft", "acc_a", "token", "1"],
            &["credential", "acc_a", "token1"],
            &["credential", "acc_atoken", "", "1"],
            &[],
        ] {
            assert!(matches!(key.open(place, &blob), Err(SealError::DoesNotOpen)), "{place:?}");
        }
    }

    #[test]
    fn a_change_of_any_byte_is_noticed() {
        let vault = Key::random().ok().unwrap();
        let key = DataKey::random().unwrap();
        let value = key.seal(PLACE, b"canary").unwrap();
        let wrapped = key.wrap(&vault, PLACE).unwrap();
        for at in 0..value.len() {
            let mut changed = value.clone();
            changed[at] ^= 1;
            assert!(key.open(PLACE, &changed).is_err(), "byte {at} of a value");
            assert!(key.open(PLACE, &value[..at]).is_err(), "the first {at} bytes of a value");
        }
        for at in 0..wrapped.len() {
            let mut changed = wrapped.clone();
            changed[at] ^= 1;
            assert!(DataKey::unwrap(&vault, PLACE, &changed).is_err(), "byte {at} of a wrapped key");
            assert!(DataKey::unwrap(&vault, PLACE, &wrapped[..at]).is_err(), "the first {at} bytes of it");
        }
    }

    #[test]
    fn another_key_does_not_open_it() {
        let (vault, other) = (Key::random().ok().unwrap(), Key::random().ok().unwrap());
        let key = DataKey::random().unwrap();
        let wrapped = key.wrap(&vault, PLACE).unwrap();
        assert!(matches!(DataKey::unwrap(&other, PLACE, &wrapped), Err(SealError::DoesNotOpen)));
        let value = key.seal(PLACE, b"canary").unwrap();
        assert!(DataKey::random().unwrap().open(PLACE, &value).is_err());
        assert!(DataKey::unwrap(&vault, PLACE, &wrapped).unwrap().open(PLACE, &value).is_ok());
    }
}
