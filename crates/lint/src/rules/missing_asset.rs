//! A file that the guide shows but that is not in its folder.

use guide::{CodePage, Finding, Inline, Severity, Span, listed, nearest};

use crate::place;
use crate::rule::Subject;
use crate::texts;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0326",
    name: "missing-asset",
    severity: Severity::Error,
    summary: "A file that the guide shows is not in the guide's folder",
    why: "every page that shows the file would have a broken image",
    help: "put the file in the guide's folder, or correct its name",
    bad: "provider:
  icon: icon.svg   # but the folder has no icon.svg",
    good: "provider:
  icon: icon.svg",
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    // A guide that was read as a single file has no folder, so its assets are unknown.
    if subject.entry.folder.is_empty() {
        return;
    }
    let source = &subject.guide.source;
    if let Some(icon) = &subject.guide.provider.icon {
        let span = place::after(source, subject.guide.provider.span, icon);
        report(subject, icon, span, "icon", findings);
    }
    for (_, prose) in texts::of_guide(subject.guide) {
        for inline in prose.inlines() {
            let Inline::Image { source: file, .. } = inline else { continue };
            if !file.starts_with("https://") {
                report(subject, file, place::nth(source, prose.span, file, 0), "image", findings);
            }
        }
    }
}

fn report(subject: &Subject<'_>, file: &str, span: Span, what: &str, findings: &mut Vec<Finding>) {
    let assets = &subject.entry.assets;
    if assets.contains_key(file) {
        return;
    }
    let names = || assets.keys().map(String::as_str);
    let found = Finding::new(&PAGE, span, format!("the guide's folder has no {what} `{file}`"));
    findings.push(if file.contains(['/', '\\']) {
        found.help("put the file in the guide's folder, and refer to it by file name only")
    } else if ![".svg", ".png"].iter().any(|end| file.ends_with(end)) {
        found.help("use an SVG or PNG file in the guide's folder; other types are ignored")
    } else if let Some(near) = nearest(file, names()) {
        found.did_you_mean(span, file, near, names())
    } else if assets.is_empty() {
        found.help("put the file in the guide's folder, which has no SVG or PNG files yet")
    } else {
        found.help(format!("put the file in the guide's folder, which has {}", listed(names())))
    });
}
