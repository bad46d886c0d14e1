//! Flows over accounts that are linked already.

use guide::Key;
use link::{Purpose, Start};
use probe::Values;
use vault::Account;

use crate::stored::Tokens;

/// Why a flow over a linked account runs. `other_allowed` is whether a different account at the provider may replace it.
pub fn purpose(account: &Account, other_allowed: bool) -> Purpose {
    Purpose::Again { external_id: account.external_id.clone(), other_allowed }
}

/// How a flow over a linked account starts: in the account's environment, with its stored values and tokens.
/// It accepts only the same account at the provider.
pub fn relink(account: &Account, stored: Values, tokens: Tokens) -> Start {
    Start {
        purpose: purpose(account, false),
        environment: account.environment.as_deref().and_then(Key::parse),
        stored,
        tokens: tokens.values,
        tokens_end: tokens.end,
        ..Start::default()
    }
}
