//! Every method of every guide, into a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use catalog::Entry;

use super::Writer;
use crate::args::{Common, RenderArgs};
use crate::failure::{FOUND, Failure};
use crate::findings::text;
use crate::guides;
use crate::out::{Out, replace};
use crate::parallel;

/// What became of a guide.
struct Written {
    /// The file of the guide, and the provider's key under which its pages are.
    from: (String, Option<String>),
    pages: usize,
    /// What is wrong with a guide that cannot be used.
    findings: String,
}

pub(super) fn run(common: &Common, args: &RenderArgs, writer: &Writer<'_>, out: &Out) -> Result<u8, Failure> {
    let folder = args.out.as_deref().ok_or_else(|| Failure::usage("--all needs --out"))?;
    let paths: Vec<PathBuf> = args.guide.iter().map(PathBuf::from).collect();
    let places = guides::places(common, &paths)?;
    let (mut pages, mut broken, mut failure) = (0, 0, None);
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    parallel::in_order(
        &places,
        |place| place.read().and_then(|entry| write(&entry, folder, writer)),
        |written| match written {
            Err(error) => {
                failure.get_or_insert(error);
            }
            Ok(Written { from: (file, key), pages: more, findings }) => {
                pages += more;
                if let Some(other) = key.and_then(|key| owners.insert(key, file.clone())) {
                    let message = format!("`{other}` and `{file}` are guides of one provider");
                    let help = "their pages would have one place; render them into folders of their own";
                    failure.get_or_insert(Failure::usage(message).help(help));
                }
                if !findings.is_empty() {
                    broken += 1;
                    out.say(&findings);
                }
            }
        },
    );
    if let Some(failure) = failure {
        return Err(failure);
    }
    let number = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    out.say(&format!("{} in `{}`", number(pages, "page"), folder.display()));
    if broken > 0 {
        let message = format!("{} could not be rendered", number(broken, "guide"));
        return Err(Failure { code: FOUND, message, help: Some("mend what is said above".to_owned()) });
    }
    Ok(0)
}

fn write(entry: &Entry, out: &Path, writer: &Writer<'_>) -> Result<Written, Failure> {
    let file = entry.reading.source.name.clone();
    let Some(guide) = entry.guide() else {
        let source = &entry.reading.source;
        let findings: Vec<String> =
            entry.reading.findings.iter().map(|finding| text(source, finding, false)).collect();
        return Ok(Written { from: (file, None), pages: 0, findings: findings.join("\n") });
    };
    let folder = out.join(guide.provider.key.as_str());
    let mut pages = 0;
    for method in guide.methods.iter().filter(|method| writer.has_page(method)) {
        let path = folder.join(format!("{}.{}", method.key, writer.to.ending()));
        let text = writer.page(guide, method);
        let written = replace(&path, &text).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => fs::create_dir_all(&folder).and_then(|()| replace(&path, &text)),
            _ => Err(error),
        });
        written.map_err(|error| Failure::io(format!("cannot write `{}`", path.display()), &error))?;
        pages += 1;
    }
    Ok(Written { from: (file, Some(guide.provider.key.to_string())), pages, findings: String::new() })
}
