//! Decides which linked accounts a session may see and edit.
//!
//! **Invariant:** a session can access only accounts that [`vault::NewSession::may_edit`] allows. This is checked again
//! for every request, and by the vault in the transaction that stores an account.

use std::sync::Arc;

use vault::{Account, Session, StoreError, Vault};

use crate::wire::error::{ApiError, NOT_FOUND};

/// Finds the accounts that sessions may edit.
pub(crate) struct SessionAccounts {
    vault: Arc<Vault>,
}

impl SessionAccounts {
    pub(crate) fn new(vault: Arc<Vault>) -> Self {
        Self { vault }
    }

    /// Returns the account with this id, if the session may edit it.
    pub(crate) async fn by_id(&self, session: &Session, id: &str) -> Result<Account, ApiError> {
        let none = || ApiError::new(&NOT_FOUND, "This session has no account with this id");
        let found = self.vault.get(&id.parse().map_err(|_| none())?).await?;
        found.filter(|account| session.parameters.may_edit(account)).ok_or_else(none)
    }

    /// Returns the account that the session was created for. `None` if the session was not created for an account, or
    /// may no longer edit it.
    pub(crate) async fn named(&self, session: &Session) -> Result<Option<Account>, StoreError> {
        let Some(id) = session.parameters.account.as_deref().and_then(|id| id.parse().ok()) else {
            return Ok(None);
        };
        Ok(self.vault.get(&id).await?.filter(|account| session.parameters.may_edit(account)))
    }

    /// Returns whether the session can no longer link anything, because it was created for an account that it may no
    /// longer edit.
    pub(crate) async fn lost_its_account(&self, session: &Session) -> Result<bool, StoreError> {
        Ok(session.parameters.account.is_some() && self.named(session).await?.is_none())
    }

    /// Returns the account that the session edits: the account it was created for or, failing that, the first account
    /// that [`Self::at`] returns for the session's provider.
    pub(crate) async fn edited(&self, session: &Session) -> Result<Option<Account>, StoreError> {
        match session.parameters.provider.as_deref() {
            Some(provider) => Ok(self.at(session, provider).await?.into_iter().next()),
            None => self.named(session).await,
        }
    }

    /// Returns the accounts at a provider that a new link may replace, oldest first. If the session was created for an
    /// account, this is the only one. Otherwise, these are the owner's accounts, or none if the session links
    /// additional accounts.
    pub(crate) async fn at(&self, session: &Session, provider: &str) -> Result<Vec<Account>, StoreError> {
        let parameters = &session.parameters;
        let mut found = if parameters.account.is_some() {
            self.named(session).await?.into_iter().collect()
        } else if parameters.multiple {
            Vec::new()
        } else {
            self.vault
                .accounts_of(&parameters.project, &parameters.owner.id, provider, parameters.kind)
                .await?
        };
        found.retain(|account| account.provider == provider && parameters.may_edit(account));
        Ok(found)
    }
}
