//! Drafts: flows that people have started in the terminal but not yet finished.
//!
//! **Invariant:** a draft contains the values that the person entered, so it is sealed. Expired drafts are never
//! returned. A draft that edits an account exists only as long as the account does.

use jiff::Timestamp;
use secret::Secret;

use crate::database::DbConnection;
use crate::error::{ChangeError, StoreError};
use crate::id::AccountId;
use crate::open::Vault;
use crate::prune::{self, Stale};
use crate::sealed::{self, Content, Item};
use crate::writer::{Work, Writer};

/// The maximum number of expired rows that are deleted when a draft is saved. In the terminal, nothing else deletes them.
const PRUNED: u32 = 100;

/// An unfinished flow, kept at most until it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The digest of the guide that the flow was started with.
    pub guide_digest: String,
    /// The snapshot of the flow.
    pub snapshot: Secret,
    /// When the draft was saved, with millisecond precision.
    pub saved_at: Timestamp,
    /// When the draft expires, with millisecond precision.
    pub expires_at: Timestamp,
}

/// Returns the key of the draft that edits an account.
pub fn edit_draft_key(account: &AccountId) -> String {
    format!("edit/{account}")
}

impl Vault {
    /// Returns the draft saved under this key, or `None` if there is no such draft or it has expired.
    pub async fn load_draft(&self, key: &str, now: Timestamp) -> Result<Option<Draft>, StoreError> {
        let opened = self.read_sealed(Content::Draft, key).await?;
        let Some(opened) = opened.and_then(|opened| opened.unless_expired(now)) else { return Ok(None) };
        let expires_at =
            opened.expires_at.ok_or_else(|| StoreError::damaged(format!("the expiry of draft {key}")))?;
        Ok(Some(Draft {
            guide_digest: opened.binding,
            snapshot: opened.plain,
            saved_at: opened.saved_at,
            expires_at,
        }))
    }
}

impl Writer {
    /// Saves a draft under a key chosen by the caller, replacing any draft with the same key. Also deletes all expired
    /// sealed data.
    pub async fn save_draft(&self, key: &str, draft: &Draft) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        write(&mut work, key, draft).await?;
        work.commit().await
    }

    /// Saves the draft that edits an account under [`edit_draft_key`]. Fails if the account has been deleted.
    pub async fn save_edit_draft(&self, account: &AccountId, draft: &Draft) -> Result<(), ChangeError> {
        let mut work = self.begin().await?;
        work.hold("account", account.as_str()).await?;
        let found = sqlx::query("select id from accounts where id = $1").bind(account.as_str());
        if found.fetch_optional(work.tx()).await?.is_none() {
            return Err(ChangeError::NotFound { id: account.clone() });
        }
        write(&mut work, &edit_draft_key(account), draft).await?;
        Ok(work.commit().await?)
    }

    /// Deletes a draft, if it exists.
    pub async fn delete_draft(&self, key: &str) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        sealed::delete(work.tx(), Content::Draft, key).await?;
        work.commit().await
    }
}

async fn write(work: &mut Work, key: &str, draft: &Draft) -> Result<(), StoreError> {
    prune::delete(work, Stale::Sealed, draft.saved_at, PRUNED).await?;
    let item = Item {
        content: Content::Draft,
        key,
        binding: &draft.guide_digest,
        expires_at: Some(draft.expires_at),
    };
    work.write_sealed(&item, &draft.snapshot, draft.saved_at).await
}

/// Deletes the draft that edits an account, if it exists.
pub(crate) async fn delete_edit(
    connection: &mut DbConnection,
    account: &AccountId,
) -> Result<(), StoreError> {
    sealed::delete(connection, Content::Draft, &edit_draft_key(account)).await
}
