//! Decides whether an actor may still use an account's credentials.

use jiff::Timestamp;
use vault::{AccountId, ChangeError, KeyState, Vault};

use crate::wire::error::{ApiError, NOT_FOUND, UNAUTHORIZED};

/// The beginning of a key's name in the audit trail. The key's id follows.
pub(crate) const KEY_ACTOR: &str = "key:";

/// Returns an error unless an account's credentials may be sent to its provider for this actor: the account exists and is
/// not on hold, and the actor is not a key that was revoked or has expired. Call this after a wait, in which either may
/// have changed.
pub(crate) async fn require_usable_by(
    vault: &Vault,
    account: &AccountId,
    actor: &str,
) -> Result<(), ApiError> {
    if let Some(id) = actor.strip_prefix(KEY_ACTOR) {
        let key = vault.key_by_id(id).await?;
        key.filter(|key| key.state(Timestamp::now()) == KeyState::Active).ok_or_else(no_key)?;
    }
    let account = vault.get(account).await?;
    let account = account.ok_or_else(|| ApiError::new(&NOT_FOUND, "No account has this id"))?;
    match account.hold {
        Some(hold) => Err(ChangeError::OnHold { id: account.id, hold }.into()),
        None => Ok(()),
    }
}

/// Returns the error for a key that does not work.
pub(crate) fn no_key() -> ApiError {
    ApiError::new(&UNAUTHORIZED, "The API key is unknown, revoked or expired")
}
