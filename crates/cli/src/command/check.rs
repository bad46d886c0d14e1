//! `waystone check`: everything that is wrong with guides.

use std::fs;
use std::path::Path;

use catalog::Entry;
use guide::{Edit, Finding};
use jiff::Timestamp;

use crate::args::{CheckArgs, Common};
use crate::failure::{FOUND, Failure};
use crate::findings::{self, Checked, Count, Format};
use crate::guides;
use crate::out::{Ink, Out};

/// Edits can uncover others; so often the file is read again at the most.
const ROUNDS: usize = 8;

pub(crate) fn run(common: &Common, args: &CheckArgs, out: &Out) -> Result<u8, Failure> {
    let today = match &args.today {
        Some(day) => {
            let date: Result<jiff::civil::Date, _> = day.parse();
            date.map_err(|_| {
                Failure::usage(format!("--today `{day}` is not a date")).help("write YYYY-MM-DD")
            })?;
            day.clone()
        }
        None => Timestamp::now().to_string()[..10].to_owned(),
    };
    let mut entries = guides::at_paths(common, &args.paths)?;
    let mut mended = 0;
    if args.fix {
        if args.paths.is_empty() {
            return Err(Failure::usage("--fix needs paths: the guides that ship cannot be changed"));
        }
        for entry in &mut entries {
            mended += mend(entry, &today)?;
        }
    }
    let checked: Vec<Checked<'_>> = entries
        .iter()
        .map(|entry| {
            let findings = lint::check(entry, Some(&today));
            let grade = lint::grade(entry, &findings, Some(&today));
            Checked { entry, findings, grade }
        })
        .collect();
    out.data(&findings::write(&checked, args.format, out.color));
    let count = Count::of(&checked);
    if args.format == Format::Text {
        if mended > 0 {
            out.say(&format!("made {mended} {}", if mended == 1 { "edit" } else { "edits" }));
        }
        for one in &checked {
            if let (Some(guide), Some(grade)) = (one.entry.guide(), &one.grade) {
                out.say(&format!("{}: {grade}", guide.provider.key));
            }
        }
        out.say(&summary(checked.len(), count, out));
    }
    let failed = count.errors > 0 || (args.deny.is_some() && count.warnings > 0);
    Ok(if failed { FOUND } else { 0 })
}

fn summary(files: usize, count: Count, out: &Out) -> String {
    let guides = if files == 1 { "guide" } else { "guides" };
    let number = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    if count == Count::default() {
        return format!("{} {files} {guides}, nothing to say", out.ink(Ink::Good, "✓"));
    }
    format!("{files} {guides}: {}, {}", number(count.errors, "error"), number(count.warnings, "warning"))
}

/// Makes every edit that findings offer, and reads the file again until there is none.
fn mend(entry: &mut Entry, today: &str) -> Result<usize, Failure> {
    let mut made = 0;
    for _ in 0..ROUNDS {
        let findings = lint::check(entry, Some(today));
        let edits = apart(&findings);
        if edits.is_empty() {
            break;
        }
        let mut text = entry.reading.source.text.clone();
        for edit in edits.iter().rev() {
            text.replace_range(edit.span.range(), &edit.text);
        }
        made += edits.len();
        let path = Path::new(&entry.reading.source.name).to_owned();
        replace(&path, &text)
            .map_err(|error| Failure::io(format!("cannot write `{}`", path.display()), &error))?;
        *entry = catalog::read_guide_file(&path).map_err(|error| Failure::environment(&error))?;
    }
    Ok(made)
}

/// The edits, in order, that do not touch one another.
fn apart(findings: &[Finding]) -> Vec<&Edit> {
    let mut edits: Vec<&Edit> = findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
    edits.sort_by_key(|edit| edit.span);
    let mut end = 0;
    edits.retain(|edit| {
        let free = edit.span.start >= end;
        if free {
            end = edit.span.end.max(edit.span.start + 1);
        }
        free
    });
    edits
}

/// Writes a file as a whole: whoever reads it sees the old text or the new one.
pub(crate) fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.tmp", std::process::id()));
    fs::write(&beside, text)?;
    fs::rename(&beside, path).inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}
