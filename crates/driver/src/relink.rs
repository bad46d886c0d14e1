//! Flows over accounts that are linked already.

use guide::Key;
use link::{Purpose, Start};
use probe::Values;
use vault::Account;

use crate::stored::Tokens;

/// Why a flow over a linked account runs. `allow_different` is whether a different account at the provider may replace it.
pub fn purpose(account: &Account, allow_different: bool) -> Purpose {
    Purpose::Relink { external_id: account.external_id.clone(), allow_different }
}

/// How a flow over a linked account starts: in the account's environment, with its stored values and tokens.
/// It accepts only the same account at the provider.
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
