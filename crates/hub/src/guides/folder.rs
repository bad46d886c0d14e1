//! Detects changes in the guide folder without reading its files.
//!
//! Polling works on every file system, including network mounts that do not report changes. Each poll compares names,
//! sizes and modification times, which takes a few system calls per guide.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The size and modification time of each file in the folder.
pub(super) type Scan = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

/// Waits until the folder stops changing, so that partly written files are not read.
pub(super) async fn settled(folder: &Path, mut last: Scan) -> Scan {
    const QUIET: Duration = Duration::from_millis(100);
    for _ in 0..20 {
        tokio::time::sleep(QUIET).await;
        let now = scan(folder).await;
        if now == last {
            break;
        }
        last = now;
    }
    last
}

pub(super) async fn scan(folder: &Path) -> Scan {
    let folder = folder.to_owned();
    let scanned = tokio::task::spawn_blocking(move || {
        let mut found = Scan::new();
        // The folder is a guide folder or contains guide folders. Deeper nesting is not supported.
        gather(&folder, 1, &mut found);
        found
    });
    scanned.await.unwrap_or_default()
}

fn gather(folder: &Path, depth: u8, found: &mut Scan) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        // Follows symbolic links, because Kubernetes updates mounted files by replacing a symbolic link.
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if metadata.is_dir() && 0 < depth {
            gather(&path, depth - 1, found);
        }
        if metadata.is_file() {
            found.insert(path, (metadata.len(), metadata.modified().ok()));
        }
    }
}
