//! Flows for accounts that are already linked.

use guide::Key;
use link::{Purpose, Start};
use probe::Values;
use vault::Account;

use crate::stored::Tokens;

/// Returns the purpose of a flow for a linked account. `allow_different` specifies whether a different account at the
/// provider may replace the linked account.
pub fn purpose(account: &Account, allow_different: bool) -> Purpose {
    Purpose::Relink { external_id: account.external_id.clone(), allow_different }
}

/// Returns the initial values of a flow for a linked account: the account's environment, stored values and tokens. The
/// flow accepts only the account that is already linked.
pub fn relink(account: &Account, stored: Values, tokens: Tokens) -> Start {
    Start {
        purpose: purpose(account, false),
        environment: account.environment.as_deref().and_then(Key::parse),
        stored,
        tokens: tokens.values,
        tokens_expire_at: tokens.end,
        ..Start::default()
    }
}
