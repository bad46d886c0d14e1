//! Signatures and JSON Web Tokens.
//!
//! The signing library uses random numbers for ECDSA (`ES…`) and RSA-PSS (`PS…`), so these signatures differ each time.
//! All other signatures are deterministic.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use guide::{Algorithm, KeyEncoding};
use hmac::Hmac;
use jsonwebtoken::EncodingKey;
use secret::{Secret, SecretBytes};

/// The error for a key that the algorithm does not accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidKey;

/// Decodes an HMAC key. Keys for other algorithms are in PEM format and are returned unchanged.
pub(crate) fn key_bytes(
    algorithm: Algorithm,
    text: &Secret,
    encoding: KeyEncoding,
) -> Result<SecretBytes, InvalidKey> {
    if !algorithm.is_hmac() {
        return Ok(SecretBytes::from(text));
    }
    let text = text.expose();
    match encoding {
        KeyEncoding::Text => Ok(SecretBytes::new(text.as_bytes())),
        KeyEncoding::Base64 => {
            let plain: String = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
            STANDARD_NO_PAD.decode(plain).map(SecretBytes::new).map_err(|_| InvalidKey)
        }
        KeyEncoding::Hex => hex::decode(text).map(SecretBytes::new).map_err(|_| InvalidKey),
    }
}

/// Signs a message. HMAC algorithms accept any bytes as the key. All other algorithms require a key in PEM format.
pub(crate) fn sign(algorithm: Algorithm, key: &SecretBytes, text: &[u8]) -> Result<Vec<u8>, InvalidKey> {
    use jsonwebtoken::Algorithm as A;
    let bytes = key.expose();
    if algorithm.is_hmac() && bytes.is_empty() {
        return Err(InvalidKey);
    }
    let (key, algorithm) = match algorithm {
        Algorithm::Hs1 => return Ok(hmac::<Hmac<sha1::Sha1>>(bytes, text)),
        Algorithm::Hs256 => return Ok(hmac::<Hmac<sha2::Sha256>>(bytes, text)),
        Algorithm::Hs384 => return Ok(hmac::<Hmac<sha2::Sha384>>(bytes, text)),
        Algorithm::Hs512 => return Ok(hmac::<Hmac<sha2::Sha512>>(bytes, text)),
        Algorithm::Rs256 => (EncodingKey::from_rsa_pem(bytes), A::RS256),
        Algorithm::Rs384 => (EncodingKey::from_rsa_pem(bytes), A::RS384),
        Algorithm::Rs512 => (EncodingKey::from_rsa_pem(bytes), A::RS512),
        Algorithm::Ps256 => (EncodingKey::from_rsa_pem(bytes), A::PS256),
        Algorithm::Es256 => (EncodingKey::from_ec_pem(bytes), A::ES256),
        Algorithm::Es384 => (EncodingKey::from_ec_pem(bytes), A::ES384),
        Algorithm::EdDsa => (EncodingKey::from_ed_pem(bytes), A::EdDSA),
    };
    let signed =
        jsonwebtoken::crypto::sign(text, &key.map_err(|_| InvalidKey)?, algorithm).map_err(|_| InvalidKey)?;
    URL_SAFE_NO_PAD.decode(signed).map_err(|_| InvalidKey)
}

fn hmac<M: hmac::Mac + hmac::KeyInit>(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = <M as hmac::KeyInit>::new_from_slice(key).expect("an HMAC accepts a key of any length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// Signs a JSON Web Token, in compact form ([RFC 7515, 7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)).
pub(crate) fn jwt(
    algorithm: Algorithm,
    key: &SecretBytes,
    header: &serde_json::Value,
    claims: &serde_json::Value,
) -> Result<Secret, InvalidKey> {
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = Secret::new(format!("{}.{}", part(header), part(claims)));
    let signature = URL_SAFE_NO_PAD.encode(sign(algorithm, key, text.expose().as_bytes())?);
    Ok(Secret::new(format!("{}.{signature}", text.expose())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(key: &[u8], text: &[u8], algorithm: Algorithm, expected: &str) {
        let signed = sign(algorithm, &SecretBytes::new(key), text).expect("a key");
        assert_eq!(hex::encode(&signed), expected);
    }

    /// Test case 2 from <https://www.rfc-editor.org/rfc/rfc4231#section-4.3> and from
    /// <https://www.rfc-editor.org/rfc/rfc2202#section-3>.
    #[test]
    fn hmacs_match_the_published_test_vectors() {
        let (key, text) = (b"Jefe".as_slice(), b"what do ya want for nothing?".as_slice());
        check(key, text, Algorithm::Hs1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
        check(
            key,
            text,
            Algorithm::Hs256,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        );
        check(
            key,
            text,
            Algorithm::Hs512,
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd\
caeab1a34d4a6b4b636e070a38bce737",
        );
    }

    #[test]
    fn keys_are_decoded_from_each_encoding() {
        let bytes = |text: &str, encoding| {
            let key = key_bytes(Algorithm::Hs256, &Secret::from(text), encoding);
            key.map(|key| key.expose().to_vec())
        };
        assert_eq!(bytes("aGk_", KeyEncoding::Base64), Ok(b"hi?".to_vec()));
        assert_eq!(bytes("aGk/", KeyEncoding::Base64), Ok(b"hi?".to_vec()));
        assert_eq!(bytes("aGk=", KeyEncoding::Base64), Ok(b"hi".to_vec()));
        assert_eq!(bytes("6869", KeyEncoding::Hex), Ok(b"hi".to_vec()));
        assert_eq!(bytes("686", KeyEncoding::Hex), Err(InvalidKey));
        assert_eq!(bytes("+6+9", KeyEncoding::Hex), Err(InvalidKey));
        assert_eq!(bytes("hi", KeyEncoding::Text), Ok(b"hi".to_vec()));
    }

    #[test]
    fn an_invalid_key_is_rejected() {
        let key = SecretBytes::new("not a key");
        for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa, Algorithm::Ps256] {
            assert_eq!(sign(algorithm, &key, b"text"), Err(InvalidKey));
        }
        assert_eq!(sign(Algorithm::Hs256, &SecretBytes::default(), b"text"), Err(InvalidKey));
    }
}
