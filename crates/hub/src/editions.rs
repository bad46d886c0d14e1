//! Finds the exact version of a guide that a session or an account started with, by the guide's digest.
//!
//! **Invariant:** the guide with a given digest never changes. The guide's text is stored in the database, so any
//! replica can read it, even after the guide has been edited or its file removed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use guide::Guide;
use jiff::Timestamp;
use vault::{GuideText, Session, Vault};

use crate::guides::{Edition, Guides};
use crate::wire::error::{ApiError, INTERNAL};

/// The maximum number of guides that are cached in addition to the current ones.
const MAX_CACHED: usize = 256;

/// Finds guides by digest among the current guides and in the database.
pub(crate) struct Editions {
    vault: Arc<Vault>,
    guides: Arc<Guides>,
    /// Guides that were read from the database.
    cache: Mutex<BTreeMap<String, Arc<Guide>>>,
}

impl Editions {
    pub(crate) fn new(vault: Arc<Vault>, guides: Arc<Guides>) -> Self {
        Self { vault, guides, cache: Mutex::default() }
    }

    /// Returns the version of a guide that a session uses. A session keeps the version that it used first.
    pub(crate) async fn pinned(&self, session: &Session, edition: &Edition) -> Result<Arc<Guide>, ApiError> {
        let guide = &edition.guide;
        let text = GuideText {
            digest: &guide.digest,
            provider: guide.provider.key.as_str(),
            source: &edition.source.text,
        };
        let digest = self.vault.pin_guide(session.seq, text, Timestamp::now()).await?;
        if digest == guide.digest {
            return Ok(Arc::clone(guide));
        }
        self.by_digest(&digest).await?.ok_or_else(|| {
            tracing::error!(digest, "a guide's text is missing from the database");
            ApiError::of(&INTERNAL)
        })
    }

    /// Returns the guide with this digest; `None` if it is neither current nor stored in the database, or if the stored
    /// text can no longer be read.
    pub(crate) async fn by_digest(&self, digest: &str) -> Result<Option<Arc<Guide>>, ApiError> {
        let current = self.guides.snapshot();
        if let Some(edition) = current.values().find(|edition| edition.guide.digest == digest) {
            return Ok(Some(Arc::clone(&edition.guide)));
        }
        if let Some(guide) = self.cache.lock().unwrap_or_else(PoisonError::into_inner).get(digest) {
            return Ok(Some(Arc::clone(guide)));
        }
        let Some(text) = self.vault.guide_text(digest).await? else { return Ok(None) };
        let Ok(guide) = guide::read_for("guide.yaml", text.as_bytes(), self.guides.product()).into_usable()
        else {
            tracing::error!(digest, "this version cannot read a guide that an older version stored");
            return Ok(None);
        };
        let guide = Arc::new(guide);
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if MAX_CACHED <= cache.len() {
            cache.clear();
        }
        cache.insert(digest.to_owned(), Arc::clone(&guide));
        Ok(Some(guide))
    }
}

#[cfg(test)]
mod tests {
    use guide::Product;

    use super::*;

    #[tokio::test]
    async fn a_guide_is_found_by_its_digest_after_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let key = vault::KeySource::File(folder.path().join("key"));
        let vault = Arc::new(Vault::open(folder.path(), key).await.unwrap());
        let guides = Arc::new(Guides::open(None, Product::named("Acme")).unwrap());
        let editions = Editions::new(Arc::clone(&vault), Arc::clone(&guides));
        let current = guides.snapshot().values().next().map(Arc::clone).unwrap();
        let found = editions.by_digest(&current.guide.digest).await.unwrap().unwrap();
        assert!(Arc::ptr_eq(&found, &current.guide));

        let text = format!("{}\n# edited", current.source.text);
        let old = guide::read("guide.yaml", text.as_bytes()).into_usable().unwrap();
        assert!(editions.by_digest(&old.digest).await.unwrap().is_none());
        let stored = GuideText { digest: &old.digest, provider: old.provider.key.as_str(), source: &text };
        vault.store_guide(stored, Timestamp::now()).await.unwrap();
        let found = editions.by_digest(&old.digest).await.unwrap().unwrap();
        assert_eq!(found.digest, old.digest);
        let cached = editions.by_digest(&old.digest).await.unwrap().unwrap();
        assert!(Arc::ptr_eq(&found, &cached), "the guide is read only once");
    }
}
