//! The result of decrypting everything in a vault.

use serde_json::{Value, json};
use vault::Proof;

pub(super) fn as_json(proof: &Proof) -> Value {
    json!({ "key": proof.key.to_string(), "accounts": proof.accounts, "drafts": proof.drafts })
}

pub(super) fn summary(proof: &Proof) -> String {
    let plural = |n: u64| if n == 1 { "" } else { "s" };
    let (accounts, drafts) = (proof.accounts, proof.drafts);
    format!("decrypted {accounts} account{} and {drafts} draft{}", plural(accounts), plural(drafts))
}
