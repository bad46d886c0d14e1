//! Accounts whose credentials are still sealed.
//!
//! **Invariant:** a [`SealedAccount`] contains no plaintext secret, so it may stay in memory. Outside this crate, only a
//! [`UseRecorder`](crate::UseRecorder) opens it, which adds an entry to the audit trail.

use std::fmt;

use sqlx::Row as _;

use crate::account::{Account, Credentials};
use crate::envelope;
use crate::error::StoreError;
use crate::id::AccountId;
use crate::key::KeyId;
use crate::open::Vault;
use crate::row::{account, parsed};

/// An account and its sealed credentials, as they were stored at one moment.
#[derive(Clone)]
pub struct SealedAccount {
    account: Account,
    /// The id of the vault key that wraps the data key.
    kek: KeyId,
    wrapped_key: Vec<u8>,
    /// The names and sealed values of the secret fields.
    fields: Vec<(String, Vec<u8>)>,
}

impl SealedAccount {
    /// Returns the account.
    pub fn account(&self) -> &Account {
        &self.account
    }
}

impl Vault {
    /// Reads an account and its sealed credentials with one statement. `None` if there is no such account.
    pub async fn sealed_account(&self, id: &AccountId) -> Result<Option<SealedAccount>, StoreError> {
        let rows = sqlx::query(
            "select a.*, c.field as credential_field, c.sealed as credential_sealed \
             from accounts a left join credentials c on c.account_id = a.id where a.id = $1",
        )
        .bind(id.as_str())
        .fetch_all(&self.readers)
        .await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let mut fields = Vec::with_capacity(rows.len());
        for row in &rows {
            // An account without secrets has one row, whose field is null.
            if let Some(field) = row.try_get("credential_field")? {
                fields.push((field, row.try_get("credential_sealed")?));
            }
        }
        Ok(Some(SealedAccount {
            account: account(first)?,
            kek: parsed(first, "accounts", "kek_id")?,
            wrapped_key: first.try_get("wrapped_key")?,
            fields,
        }))
    }

    /// Opens an account's credentials. Use this only after the use has been recorded.
    pub(crate) async fn open_sealed(&self, sealed: &SealedAccount) -> Result<Credentials, StoreError> {
        let key = self.key(sealed.kek).await?;
        let account = sealed.account.clone();
        let secrets = envelope::open(&key, &account, &sealed.wrapped_key, &sealed.fields)?;
        Ok(Credentials { account, secrets })
    }
}

impl fmt::Debug for SealedAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedAccount").field("account", &self.account.id).finish_non_exhaustive()
    }
}
