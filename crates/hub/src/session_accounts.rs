//! Decides which linked accounts a session may see and edit.
//!
//! **Invariant:** a session can access only accounts with the same project, owner and kind. If it was created for an
//! account or a provider, it can access only that account or that provider's accounts. The vault compares project,
//! owner and kind again when it stores an account.

use std::sync::Arc;

use vault::{Account, NewSession, Session, StoreError, Vault};

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
        found.filter(|account| may_edit(&session.parameters, account)).ok_or_else(none)
    }

    /// Returns the account that the session was created for. `None` if the session was not created for an account, or
    /// may no longer edit it.
    pub(crate) async fn named(&self, session: &Session) -> Result<Option<Account>, StoreError> {
        let Some(id) = session.parameters.account.as_deref().and_then(|id| id.parse().ok()) else {
            return Ok(None);
        };
        Ok(self.vault.get(&id).await?.filter(|account| may_edit(&session.parameters, account)))
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
        found.retain(|account| account.provider == provider && may_edit(parameters, account));
        Ok(found)
    }
}

/// Whether a session with these parameters may edit an account.
fn may_edit(parameters: &NewSession, account: &Account) -> bool {
    let is_own = account
        .home
        .as_ref()
        .is_some_and(|home| home.belongs_to(&parameters.project, &parameters.owner.id, parameters.kind));
    is_own
        && parameters.account.as_deref().is_none_or(|only| only == account.id.as_str())
        && parameters.provider.as_deref().is_none_or(|only| only == account.provider)
}
