//! Drafts: flows that people have started in the terminal but not yet finished.
//!
//! **Invariant:** a draft contains the values that the person entered, so it is sealed. Expired drafts are never
//! returned.

use jiff::Timestamp;
use secret::Secret;

use crate::error::StoreError;
use crate::open::Vault;
use crate::sealed::{self, Content, Item};
use crate::writer::Writer;

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
        sealed::delete_expired(work.tx(), draft.saved_at).await?;
        let item = Item {
            content: Content::Draft,
            key,
            binding: &draft.guide_digest,
            expires_at: Some(draft.expires_at),
        };
        work.write_sealed(&item, &draft.snapshot, draft.saved_at).await?;
        work.commit().await
    }

    /// Deletes a draft, if it exists.
    pub async fn delete_draft(&self, key: &str) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        sealed::delete(work.tx(), Content::Draft, key).await?;
        work.commit().await
    }

    /// Deletes expired sealed data (drafts, snapshots, sign-ins and stored responses), and returns the number of
    /// deleted rows.
    pub async fn delete_expired_sealed(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut work = self.begin().await?;
        let deleted = sealed::delete_expired(work.tx(), now).await?;
        work.commit().await?;
        Ok(deleted)
    }
}
