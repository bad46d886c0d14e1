//! The exact guide that a session or an account began with, by its digest.
//!
//! **Invariant:** what a digest names never changes; the texts are in the database, so any replica can read them, also
//! after the guide was edited or its file is gone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use guide::Guide;
use jiff::Timestamp;
use vault::{GuideText, Session};

use crate::app::App;
use crate::guides::Edition;
use crate::wire::error::{ApiError, INTERNAL};

/// So many guides that are not current are kept ready.
const MOST: usize = 256;

/// Guides that were read from the database.
#[derive(Default)]
pub(crate) struct Old(Mutex<BTreeMap<String, Arc<Guide>>>);

/// The guide with which a session links a provider: the one it began with.
pub(crate) async fn pinned(app: &App, session: &Session, edition: &Edition) -> Result<Arc<Guide>, ApiError> {
    let guide = &edition.guide;
    let now = Timestamp::now();
    let text = GuideText {
        digest: &guide.digest,
        provider: guide.provider.key.as_str(),
        source: &edition.source.text,
    };
    let pinned = app.vault.pin_guide(session.seq, text, now).await;
    let digest = pinned.map_err(|error| ApiError::internal(&error))?;
    if digest == guide.digest {
        return Ok(Arc::clone(guide));
    }
    let old = by_digest(app, &digest).await?;
    old.ok_or_else(|| {
        tracing::error!(digest, "the text of a guide is not in the database");
        ApiError::of(&INTERNAL)
    })
}

/// The guide with a digest, if it is known.
pub(crate) async fn by_digest(app: &App, digest: &str) -> Result<Option<Arc<Guide>>, ApiError> {
    let current = app.guides.snapshot();
    if let Some(edition) = current.values().find(|edition| edition.guide.digest == digest) {
        return Ok(Some(Arc::clone(&edition.guide)));
    }
    if let Some(guide) = app.old_guides.0.lock().unwrap_or_else(PoisonError::into_inner).get(digest) {
        return Ok(Some(Arc::clone(guide)));
    }
    let text = app.vault.guide_text(digest).await.map_err(|error| ApiError::internal(&error))?;
    let Some(text) = text else { return Ok(None) };
    let Ok(guide) = guide::read("guide.yaml", text.as_bytes()).into_usable() else {
        tracing::error!(digest, "this version of the program cannot read a guide that an older one kept");
        return Ok(None);
    };
    let guide = Arc::new(guide);
    let mut kept = app.old_guides.0.lock().unwrap_or_else(PoisonError::into_inner);
    if MOST <= kept.len() {
        kept.clear();
    }
    kept.insert(digest.to_owned(), Arc::clone(&guide));
    Ok(Some(guide))
}
