//! `waystone check --watch`: guides are checked again when they change.
//!
//! **Invariant:** an edit costs the check of the guides that it touches, however many there are: what is known of the
//! others is a number each.

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

/// Editors write a file in several strokes; so long nothing must come before it is read.
const CALM: Duration = Duration::from_millis(30);

pub(super) fn run(checker: &Checker<'_>, args: &CheckArgs, out: &Out) -> Result<u8, Failure> {
    if args.paths.is_empty() {
        return Err(Failure::usage("--watch needs paths: the guides that ship do not change"));
    }
    if args.format != Format::Text {
        return Err(Failure::usage("--watch writes text only").help("leave out --format"));
    }
    let (sender, events) = channel();
    let fail =
        |error: &notify::Error| Failure::environment(error).help("is the path there, and may it be watched?");
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

/// The folder of a guide's file: editors replace files, and a file that was replaced is watched no more. Guides in
/// folders below that of a file were not asked for.
fn watched(path: &Path) -> (PathBuf, RecursiveMode) {
    if path.is_dir() {
        return (path.to_owned(), RecursiveMode::Recursive);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    (folder.to_owned(), RecursiveMode::NonRecursive)
}

/// The guides' files that changed, once it is calm; nothing, if nobody watches any more.
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

/// The guide's file that a changed file belongs to: itself, or the one beside it.
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

/// A path as it is known and shown here, whether a person wrote it or the system: from the current folder, if it is
/// in there.
fn plain(path: &Path) -> PathBuf {
    let Ok(whole) = path::absolute(path) else { return path.to_owned() };
    let folder = env::current_dir().unwrap_or_default();
    whole.strip_prefix(folder).map(Path::to_owned).unwrap_or(whole)
}

/// What is known: of each guide, how many findings it has.
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
            // A brand's file, for instance, lies beside the guides and is none.
            if !self.counts.contains_key(file)
                && file.file_name().is_none_or(|name| name != catalog::GUIDE_FILE)
            {
                continue;
            }
            if !file.exists() {
                if let Some(gone) = self.counts.remove(file) {
                    self.total -= gone;
                    out.say(&format!("{} is gone", file.display()));
                }
                continue;
            }
            // A file that is being written is there again in a moment.
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
