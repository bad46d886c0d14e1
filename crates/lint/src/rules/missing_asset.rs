//! A file that is not beside the guide.

use guide::{CodePage, Finding, Inline, Severity, Span, listed, nearest};

use crate::place;
use crate::rule::{Rule, Subject};
use crate::texts;

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0326",
    name: "missing-asset",
    severity: Severity::Error,
    summary: "A file that the guide shows is not beside it",
    why: "every page that shows it would have a hole in its place",
    mend: "put the file into the folder of the guide, or correct its name",
    bad: "provider:
  icon: icon.svg   # and the folder has no icon.svg",
    good: "provider:
  icon: icon.svg",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    // A file that stands alone was read without its folder, so nothing is known of what is beside it.
    if subject.entry.folder.is_empty() {
        return;
    }
    let source = &subject.guide.source;
    if let Some(icon) = &subject.guide.provider.icon {
        let span = place::after(source, subject.guide.provider.span, icon);
        say(subject, icon, span, "icon", findings);
    }
    for (_, prose) in texts::of_guide(subject.guide) {
        for inline in prose.inlines() {
            let Inline::Image { source: file, .. } = inline else { continue };
            if !file.starts_with("https://") {
                say(subject, file, place::nth(source, prose.span, file, 0), "image", findings);
            }
        }
    }
}

fn say(subject: &Subject<'_>, file: &str, span: Span, what: &str, findings: &mut Vec<Finding>) {
    let assets = &subject.entry.assets;
    if assets.contains_key(file) {
        return;
    }
    let names = || assets.keys().map(String::as_str);
    let found = Finding::new(&PAGE, span, format!("there is no {what} `{file}` beside the guide"));
    findings.push(if file.contains(['/', '\\']) {
        found.mend("put the file beside the guide, and write its name alone")
    } else if ![".svg", ".png"].iter().any(|end| file.ends_with(end)) {
        found.mend("use an SVG or PNG file beside the guide; other kinds are not looked for")
    } else if let Some(near) = nearest(file, names()) {
        found.mend(format!("did you mean `{near}`?")).fix(span, near)
    } else if assets.is_empty() {
        found.mend("put the file into the folder of the guide; there is no SVG or PNG file yet")
    } else {
        found.mend(format!("put the file into the folder of the guide; there is {}", listed(names())))
    });
}
