//! Renders every method of every guide into a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use catalog::Entry;

use super::writer::Writer;
use crate::args::{Common, RenderArgs};
use crate::failure::{Failure, cannot};
use crate::file::replace;
use crate::findings::text;
use crate::guides;
use crate::out::{Out, count};
use crate::parallel;

/// Maps each provider key, which names an output folder, to the guide whose pages are written to that folder.
type Owners = Mutex<BTreeMap<String, String>>;

pub(super) fn run(common: &Common, args: &RenderArgs, writer: &Writer<'_>, out: &Out) -> Result<u8, Failure> {
    let folder = args.out.as_deref().ok_or_else(|| Failure::usage("--all needs --out"))?;
    let paths: Vec<PathBuf> = args.guide.iter().map(PathBuf::from).collect();
    let places = guides::places(common, &paths)?;
    let (mut pages, mut broken, mut failure) = (0, 0, None);
    let owners = Owners::default();
    parallel::in_order(
        &places,
        |place| place.read().and_then(|entry| write(&entry, folder, writer, &owners)),
        |written| match written {
            Err(error) => _ = failure.get_or_insert(error),
            Ok(Ok(written)) => pages += written,
            Ok(Err(findings)) => {
                broken += 1;
                out.message(&findings);
            }
        },
    );
    if let Some(failure) = failure {
        return Err(failure);
    }
    out.message(&format!("{} in `{}`", count(pages, "page"), folder.display()));
    if broken > 0 {
        let message = format!("{} could not be rendered", count(broken, "guide"));
        return Err(Failure::found(message).help("fix the findings above"));
    }
    Ok(0)
}

/// Returns the number of pages that were written, or the guide's findings if the guide cannot be used.
fn write(
    entry: &Entry,
    out: &Path,
    writer: &Writer<'_>,
    owners: &Owners,
) -> Result<Result<usize, String>, Failure> {
    let source = &entry.reading.source;
    let Some(guide) = entry.guide() else {
        let findings = entry.reading.findings.iter().map(|finding| text(source, finding, false));
        return Ok(Err(findings.collect::<Vec<_>>().join("\n")));
    };
    // This check comes before anything is written, so that no guide overwrites another guide's pages.
    let mut known = owners.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(other) = known.insert(guide.provider.key.to_string(), source.name.clone()) {
        let message = format!("`{other}` and `{}` have the same provider key", source.name);
        let help = "render them into separate folders, because their pages would overwrite each other";
        return Err(Failure::usage(message).help(help));
    }
    drop(known);
    let folder = out.join(guide.provider.key.as_str());
    let mut pages = 0;
    for method in guide.methods.iter().filter(|method| writer.has_page(method)) {
        let path = folder.join(format!("{}.{}", method.key, <&str>::from(writer.to)));
        let text = writer.page(guide, method);
        let written = replace(&path, &text).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => fs::create_dir_all(&folder).and_then(|()| replace(&path, &text)),
            _ => Err(error),
        });
        written.map_err(cannot("write", &path))?;
        pages += 1;
    }
    Ok(Ok(pages))
}
