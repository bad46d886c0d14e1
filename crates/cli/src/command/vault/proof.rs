//! The result of decrypting everything in a vault.

use serde_json::{Value, json};
use vault::Proof;

use crate::out::count;

pub(super) fn as_json(proof: &Proof) -> Value {
    json!({ "key": proof.key.to_string(), "accounts": proof.accounts, "sealed": proof.sealed })
}

pub(super) fn summary(proof: &Proof) -> String {
    format!("decrypted {} and {}", count(proof.accounts, "account"), count(proof.sealed, "other item"))
}
