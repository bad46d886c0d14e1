//! The result of decrypting everything in a vault.

use serde_json::{Value, json};
use vault::Proof;

pub(super) fn as_json(proof: &Proof) -> Value {
    json!({ "key": proof.key.to_string(), "accounts": proof.accounts, "sealed": proof.sealed })
}

pub(super) fn summary(proof: &Proof) -> String {
    let plural = |n: u64| if n == 1 { "" } else { "s" };
    let (accounts, sealed) = (proof.accounts, proof.sealed);
    format!("decrypted {accounts} account{} and {sealed} other item{}", plural(accounts), plural(sealed))
}
