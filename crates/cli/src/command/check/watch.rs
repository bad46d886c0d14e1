//! `waystone check --watch`: checks guides again when they change.
//!
//! **Invariant:** only the guides that an edit touches are checked again, however many guides there are. Of the others,
//! only the counts of findings are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::{self, Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::{Event, RecursiveMode, Watcher as _};

use super::checker::{Checker, summary};
use crate::args::CheckArgs;
use crate::failure::Failure;
use crate::findings::{Count, Format};
use crate::guides::{self, Place};
use crate::out::Out;

/// How long no event may arrive before a file is read, because editors write a file in several steps.
const CALM: Duration = Duration::from_millis(30);

pub(super) fn run(checker: &Checker<'_>, args: &CheckArgs, out: &Out) -> Result<u8, Failure> {
    if args.paths.is_empty() {
        return Err(Failure::usage("--watch requires paths, because the built-in guides do not change"));
    }
    if args.format != Format::Text {
        return Err(Failure::usage("--watch supports the text format only").help("remove --format"));
    }
    let (sender, events) = channel();
    let fail = |error: &notify::Error| {
        Failure::environment(error).help("check that the path exists and can be watched")
    };
    let mut watcher = notify::recommended_watcher(move |event| {
        let _ = sender.send(event);
    })
    .map_err(|error| fail(&error))?;
    for path in &args.paths {
        let (folder, mode) = watched(path);
        watcher.watch(&folder, mode).map_err(|error| fail(&error))?;
    }
    let mut state = State::default();
    for path in &args.paths {
        state.all(checker, &guides::located(path)?, out);
    }
    out.say(&state.summary(out));
    loop {
        let changed = next_changes(&events);
        if changed.is_empty() {
            return Ok(0);
        }
        state.changed(checker, &changed, out);
        out.say(&state.summary(out));
    }
}

/// The folder to watch for a path. A file's folder is watched instead of the file, because editors replace files and the
/// watch on a replaced file ends. Folders below it are not watched.
fn watched(path: &Path) -> (PathBuf, RecursiveMode) {
    if path.is_dir() {
        return (path.to_owned(), RecursiveMode::Recursive);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    (folder.to_owned(), RecursiveMode::NonRecursive)
}

/// Waits for changes and returns the guide files that changed. Empty if the watcher has stopped.
fn next_changes(events: &Receiver<notify::Result<Event>>) -> BTreeSet<PathBuf> {
    let mut changed = BTreeSet::new();
    while changed.is_empty() {
        let Ok(first) = events.recv() else { return changed };
        let mut take = |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            if event.kind.is_access() {
                return;
            }
            changed.extend(event.paths.iter().filter_map(|path| guide_of(path)));
        };
        take(first);
        while let Ok(event) = events.recv_timeout(CALM) {
            take(event);
        }
    }
    changed
}

/// The guide file that a changed file belongs to: itself, or the guide file in the same folder.
fn guide_of(path: &Path) -> Option<PathBuf> {
    let path = plain(path);
    let is_asset = path.extension().is_some_and(|end| end == "svg" || end == "png");
    let is_guide = path.extension().is_some_and(|end| end == "yaml" || end == "yml");
    match path.file_name()? {
        name if name == catalog::GUIDE_FILE => Some(path),
        _ if is_asset => Some(path.with_file_name(catalog::GUIDE_FILE)),
        _ if is_guide => Some(path),
        _ => None,
    }
}

/// A path in the form used here: relative to the current folder if it is inside it, and absolute otherwise.
fn plain(path: &Path) -> PathBuf {
    let Ok(whole) = path::absolute(path) else { return path.to_owned() };
    let folder = env::current_dir().unwrap_or_default();
    whole.strip_prefix(folder).map(Path::to_owned).unwrap_or(whole)
}

/// The number of findings in each guide.
#[derive(Default)]
struct State {
    counts: BTreeMap<PathBuf, Count>,
    total: Count,
}

impl State {
    fn all(&mut self, checker: &Checker<'_>, files: &[PathBuf], out: &Out) {
        crate::parallel::in_order(
            files,
            |file| (file.clone(), checker.one(&Place::File(file.clone()))),
            |(file, result)| match result {
                Ok((piece, _)) => {
                    out.data(&piece.text);
                    self.put(plain(&file), piece.count);
                }
                Err(failure) => out.failure(&failure),
            },
        );
    }

    fn changed(&mut self, checker: &Checker<'_>, files: &BTreeSet<PathBuf>, out: &Out) {
        for file in files {
            // Other YAML files, such as a brand file, may be in the same folder.
            if !self.counts.contains_key(file)
                && file.file_name().is_none_or(|name| name != catalog::GUIDE_FILE)
            {
                continue;
            }
            if !file.exists() {
                if let Some(gone) = self.counts.remove(file) {
                    self.total -= gone;
                    out.say(&format!("{} was removed", file.display()));
                }
                continue;
            }
            // A file that cannot be read is being replaced; its next event follows.
            let Ok((piece, _)) = checker.one(&Place::File(file.clone())) else { continue };
            out.data(&piece.text);
            let grade = piece.grade.as_ref().map(|(_, report)| format!(": {report}")).unwrap_or_default();
            out.say(&format!("{}{grade}", file.display()));
            self.put(file.clone(), piece.count);
        }
    }

    fn put(&mut self, file: PathBuf, count: Count) {
        let before = self.counts.insert(file, count).unwrap_or_default();
        self.total -= before;
        self.total += count;
    }

    fn summary(&self, out: &Out) -> String {
        format!("{}; watching", summary(self.counts.len(), self.total, out))
    }
}
