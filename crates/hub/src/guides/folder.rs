//! Detects changes in the guides' folder without reading its files.
//!
//! Polling works on every file system, including network mounts that report no changes. It compares names, sizes and
//! times, which costs a few system calls per guide.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The size and modification time of each file in the folder.
pub(super) type Look = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

/// Waits until the folder stops changing, so that no partly written file is read.
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
        // The folder of a guide, or a folder of such folders, but no deeper.
        gather(&folder, 1, &mut look);
        look
    });
    looked.await.unwrap_or_default()
}

fn gather(folder: &Path, depth: u8, look: &mut Look) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        // Follows symbolic links: Kubernetes replaces a mounted set of files by changing a link.
        let Ok(about) = fs::metadata(&path) else { continue };
        if about.is_dir() && 0 < depth {
            gather(&path, depth - 1, look);
        }
        if about.is_file() {
            look.insert(path, (about.len(), about.modified().ok()));
        }
    }
}
