//! `waystone check --watch`: checks guides again when they change.
//!
//! **Invariant:** after an edit, only the affected guides are checked again, regardless of the number of guides. For
//! the other guides, the watcher stores only the number of findings.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::{self, Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::{Event, RecursiveMode, Watcher as _};

use super::checker::{CheckedGuide, Checker, summary};
use crate::args::CheckArgs;
use crate::failure::Failure;
use crate::findings::{Count, Format};
use crate::guides::{self, Place};
use crate::out::Out;

/// How long to wait after the last event before reading a changed file. Editors write a file in several steps, and each
/// step can cause an event.
const CALM: Duration = Duration::from_millis(30);

pub(super) fn run(checker: &Checker<'_>, args: &CheckArgs, out: &Out) -> Result<u8, Failure> {
    if args.paths.is_empty() {
        return Err(Failure::usage("--watch requires paths, because the built-in guides do not change"));
    }
    if args.format != Format::Text {
        return Err(Failure::usage("--watch supports only the text format").help("remove --format"));
    }
    let (sender, events) = channel();
    let fail =
        |error: notify::Error| Failure::from(error).help("check that the path exists and can be watched");
    let mut watcher = notify::recommended_watcher(sender).map_err(fail)?;
    for path in &args.paths {
        let (folder, mode) = watched(path);
        watcher.watch(&folder, mode).map_err(fail)?;
    }
    let mut state = State::default();
    for path in &args.paths {
        state.all(checker, &guides::located(path)?, out);
    }
    out.message(&state.summary(out));
    loop {
        let changed = next_changes(&events);
        if changed.is_empty() {
            return Ok(0);
        }
        state.changed(checker, &changed, out);
        out.message(&state.summary(out));
    }
}

/// Returns the folder to watch for a path, and whether to watch its subfolders. For a file, this is the file's folder
/// without subfolders, because editors replace files and replacing a file ends any watch on it.
fn watched(path: &Path) -> (PathBuf, RecursiveMode) {
    if path.is_dir() {
        return (path.to_owned(), RecursiveMode::Recursive);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    (folder.to_owned(), RecursiveMode::NonRecursive)
}

/// Waits for changes and returns the guide files that changed, or an empty list if the watcher has stopped.
fn next_changes(events: &Receiver<notify::Result<Event>>) -> BTreeSet<PathBuf> {
    let mut changed = BTreeSet::new();
    while changed.is_empty() {
        let Ok(first) = events.recv() else { return changed };
        let mut take = |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            if event.kind.is_access() {
                return;
            }
            changed.extend(event.paths.iter().filter_map(|path| guide_file(path)));
        };
        take(first);
        while let Ok(event) = events.recv_timeout(CALM) {
            take(event);
        }
    }
    changed
}

/// Returns the guide file to check after a file has changed: the file itself or, for an image, the guide file in the
/// same folder. Returns `None` for any other type of file.
fn guide_file(path: &Path) -> Option<PathBuf> {
    let path = plain(path);
    match path.extension()?.to_str()? {
        "svg" | "png" => Some(path.with_file_name(catalog::GUIDE_FILE)),
        "yaml" | "yml" => Some(path),
        _ => None,
    }
}

/// Makes a path relative if it is inside the current folder, and absolute otherwise.
fn plain(path: &Path) -> PathBuf {
    let Ok(whole) = path::absolute(path) else { return path.to_owned() };
    let folder = env::current_dir().unwrap_or_default();
    whole.strip_prefix(folder).map(Path::to_owned).unwrap_or(whole)
}

/// Writes notes about fixes, if there are any.
fn note(notes: &str, out: &Out) {
    if !notes.is_empty() {
        out.message(notes.trim_end());
    }
}

/// The number of findings in each guide.
#[derive(Default)]
struct State(BTreeMap<PathBuf, Count>);

impl State {
    fn all(&mut self, checker: &Checker<'_>, files: &[PathBuf], out: &Out) {
        crate::parallel::in_order(
            files,
            |file| (file.clone(), checker.one(&Place::File(file.clone()))),
            |(file, result)| match result {
                Ok(CheckedGuide { piece, notes, .. }) => {
                    note(&notes, out);
                    out.data(&piece.text);
                    self.0.insert(plain(&file), piece.count);
                }
                Err(failure) => out.failure(&failure),
            },
        );
    }

    fn changed(&mut self, checker: &Checker<'_>, files: &BTreeSet<PathBuf>, out: &Out) {
        for file in files {
            // The folder may contain other YAML files, such as a brand file. They are skipped.
            if !self.0.contains_key(file) && file.file_name().is_none_or(|name| name != catalog::GUIDE_FILE) {
                continue;
            }
            if !file.exists() {
                if self.0.remove(file).is_some() {
                    out.message(&format!("{} was removed", file.display()));
                }
                continue;
            }
            // A file that cannot be read is probably being replaced, and the replacement causes another event.
            let Ok(checked) = checker.one(&Place::File(file.clone())) else { continue };
            let piece = checked.piece;
            note(&checked.notes, out);
            out.data(&piece.text);
            let grade = piece.grade.as_ref().map(|(_, report)| format!(": {report}")).unwrap_or_default();
            out.message(&format!("{}{grade}", file.display()));
            self.0.insert(file.clone(), piece.count);
        }
    }

    fn summary(&self, out: &Out) -> String {
        format!("{}; watching", summary(self.0.len(), self.0.values().copied().sum(), out))
    }
}
