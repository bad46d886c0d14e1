//! What can be seen of the guides' folder without reading a guide: whether something changed in it.
//!
//! Looking works on every file system, also one that is mounted from elsewhere and tells of no change. What is looked
//! at are names, sizes and times, so it costs a few calls to the system for each guide.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What can be seen of the folder without reading a file.
pub(super) type Look = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

/// Waits until nobody writes any more, so that half a file is not taken for all of it.
pub(super) async fn settled(folder: &Path, mut last: Look) -> Look {
    const CALM: Duration = Duration::from_millis(100);
    for _ in 0..20 {
        tokio::time::sleep(CALM).await;
        let now = look(folder).await;
        if now == last {
            break;
        }
        last = now;
    }
    last
}

pub(super) async fn look(folder: &Path) -> Look {
    let folder = folder.to_owned();
    let looked = tokio::task::spawn_blocking(move || {
        let mut look = Look::new();
        // A guide's folder, or a folder of those; no deeper.
        gather(&folder, 1, &mut look);
        look
    });
    looked.await.unwrap_or_default()
}

fn gather(folder: &Path, depth: u8, look: &mut Look) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        // Of a link, what it leads to: that is how a mounted set of files is replaced as a whole.
        let Ok(about) = fs::metadata(&path) else { continue };
        if about.is_dir() && 0 < depth {
            gather(&path, depth - 1, look);
        }
        if about.is_file() {
            look.insert(path, (about.len(), about.modified().ok()));
        }
    }
}
