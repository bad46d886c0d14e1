//! Looks at the guides' folder now and then.
//!
//! Looking works on every file system, also one that is mounted from elsewhere and tells of no change. What is looked
//! at are names, sizes and times, so it costs a few calls to the system for each guide.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::app::{App, Stop};

/// So often.
const EVERY: Duration = Duration::from_secs(2);

/// What can be seen of the folder without reading a file.
type Look = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

/// Reads the guides again when something in their folder changed, until it is time to stop.
pub(crate) async fn watch(app: Arc<App>, mut stop: Stop) {
    let Some(folder) = app.settings.server.guides.value.clone() else { return };
    let mut known = look(&folder).await;
    loop {
        tokio::select! {
            () = stop.asked() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let now = look(&folder).await;
        if now == known {
            continue;
        }
        known = settled(&folder, now).await;
        let app = Arc::clone(&app);
        // A panic in there is logged where it happens; the next change is another chance.
        let _ = tokio::task::spawn_blocking(move || app.guides.reload()).await;
    }
}

/// Waits until nobody writes any more, so that half a file is not taken for all of it.
async fn settled(folder: &Path, mut last: Look) -> Look {
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

async fn look(folder: &Path) -> Look {
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
