//! Looking at accounts.
//!
//! **Invariant:** what is looked at here is public; secrets are only unsealed where it is written down.

use crate::account::{Account, Filter};
use crate::error::StoreError;
use crate::id::AccountId;
use crate::open::Vault;
use crate::row::{account, account_columns};

impl Vault {
    /// The accounts, oldest first.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<Account>, StoreError> {
        let rows = sqlx::query(concat!(
            "select ",
            account_columns!(),
            " from accounts where cast($1 as text) is null or provider = $1 order by created_at, id"
        ))
        .bind(filter.provider.as_deref())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(account).collect()
    }

    /// The account with this id, if there is one.
    pub async fn get(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query(concat!("select ", account_columns!(), " from accounts where id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(account).transpose()
    }

    /// The accounts that are the same account at the provider, oldest first. Usually one or none; nothing forbids
    /// to link an account twice.
    pub async fn find_by_external(
        &self,
        provider: &str,
        external_id: &str,
    ) -> Result<Vec<Account>, StoreError> {
        let rows = sqlx::query(concat!(
            "select ",
            account_columns!(),
            " from accounts where provider = $1 and external_id = $2 order by created_at, id"
        ))
        .bind(provider)
        .bind(external_id)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(account).collect()
    }
}
