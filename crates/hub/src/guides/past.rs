//! Editions that are not current any more, and are still needed: by a flow that began with one, or an account.
//!
//! **Invariant:** an edition is found by its digest, so it is the one that was meant. There is room for so many; what
//! was asked for least of late gives way, and is read again from the text that the database keeps.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Edition;

/// So many are kept.
const MOST: usize = 64;

/// Editions by digest, each with when it was last asked for.
#[derive(Default)]
pub(super) struct Past(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    editions: BTreeMap<String, (u64, Arc<Edition>)>,
    asked: u64,
}

impl Past {
    /// The edition with this digest, if it is kept.
    pub(super) fn find(&self, digest: &str) -> Option<Arc<Edition>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.asked += 1;
        let now = kept.asked;
        let (asked, edition) = kept.editions.get_mut(digest)?;
        *asked = now;
        Some(Arc::clone(edition))
    }

    /// Keeps an edition.
    pub(super) fn remember(&self, edition: Arc<Edition>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.asked += 1;
        let now = kept.asked;
        kept.editions.insert(edition.guide.digest.clone(), (now, edition));
        if MOST < kept.editions.len() {
            let oldest =
                kept.editions.iter().min_by_key(|(_, (asked, _))| *asked).map(|(digest, _)| digest.clone());
            oldest.and_then(|digest| kept.editions.remove(&digest));
        }
    }
}

/// Reads the text that was kept of an edition. It was kept without a byte-order mark, and the digest is of the file.
pub(super) fn read(digest: &str, text: &str) -> Option<Edition> {
    ["", "\u{feff}"].into_iter().find_map(|mark| {
        let name = format!("{digest:.12}.yaml");
        let reading = guide::read(&name, format!("{mark}{text}").as_bytes());
        let source = Arc::clone(&reading.source);
        let guide = reading.into_usable().ok().filter(|guide| guide.digest == digest)?;
        Some(Edition { guide: Arc::new(guide), source, assets: BTreeMap::new() })
    })
}
