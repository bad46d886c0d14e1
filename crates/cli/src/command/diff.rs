//! `waystone diff`: compares the meaning of two versions of a guide.

use guide::{Guide, Span};
use lint::{Change, Impact, compare};
use serde_json::{Value, json};

use crate::args::{Common, DiffArgs, ImpactArg};
use crate::failure::{FOUND, Failure};
use crate::guides;
use crate::linking::report::wrapped;
use crate::out::{Ink, Out, count};

pub(crate) fn run(common: &Common, args: &DiffArgs, out: &Out) -> Result<u8, Failure> {
    let old = guides::guide(common, &args.old, out)?;
    let new = guides::guide(common, &args.new, out)?;
    let changes = compare(&old, &new);
    if args.json {
        out.json(&as_json(&old, &new, &changes));
    } else {
        text(&old, &new, &changes, out);
    }
    let limit = args.fail_on.map(|impact| match impact {
        ImpactArg::Relink => Impact::Relink,
        ImpactArg::Recheck => Impact::Recheck,
        ImpactArg::Offer => Impact::Offer,
        ImpactArg::Words => Impact::Words,
    });
    let fails = limit.is_some_and(|limit| changes.iter().any(|change| change.impact <= limit));
    Ok(if fails { FOUND } else { 0 })
}

fn text(old: &Guide, new: &Guide, changes: &[Change], out: &Out) {
    for impact in Impact::ALL {
        let mut changes = changes.iter().filter(|change| change.impact == impact).peekable();
        if changes.peek().is_none() {
            continue;
        }
        out.line(&out.ink(Ink::Strong, impact.heading()));
        for change in changes {
            out.data(&format!("  - {}", wrapped(&change.what, 4).trim_start()));
            for (mark, side) in [("-", &change.before), ("+", &change.after)] {
                let Some(side) = side else { continue };
                let ink = if mark == "-" { Ink::Bad } else { Ink::Good };
                out.data(&format!("    {} {}", out.ink(ink, mark), wrapped(side, 6).trim_start()));
            }
            if let Some(place) = place(old, new, change) {
                out.line(&out.ink(Ink::Dim, &format!("    {place}")));
            }
        }
        out.line("");
    }
    match changes.first() {
        None if old.digest == new.digest => out.message("The two versions are identical."),
        None => out.message("The two versions have the same meaning."),
        Some(first) => {
            let changes = count(changes.len(), "change");
            out.message(&format!("{changes}: a {} version", first.impact.version_part()));
        }
    }
}

/// Returns a change's position: in the old version if something was removed, and in the new version otherwise.
fn place(old: &Guide, new: &Guide, change: &Change) -> Option<String> {
    let shown = |guide: &Guide, span: Span| {
        let place = guide.source.place(span.start);
        format!("{}:{}:{}", guide.source.name, place.line, place.column)
    };
    change.new.map(|span| shown(new, span)).or_else(|| change.old.map(|span| shown(old, span)))
}

fn as_json(old: &Guide, new: &Guide, changes: &[Change]) -> Value {
    let side = |guide: &Guide, span: Option<Span>| {
        span.map(|span| {
            let place = guide.source.place(span.start);
            json!({ "file": guide.source.name, "line": place.line, "column": place.column })
        })
    };
    json!({
        "provider": new.provider.key,
        "old_digest": old.digest,
        "new_digest": new.digest,
        "impact": changes.first().map(|first| first.impact.to_string()),
        "version": changes.first().map(|first| first.impact.version_part()),
        "changes": changes.iter().map(|change| json!({
            "impact": change.impact.to_string(),
            "what": change.what,
            "before": change.before,
            "after": change.after,
            "old": side(old, change.old),
            "new": side(new, change.new),
        })).collect::<Vec<_>>(),
    })
}
