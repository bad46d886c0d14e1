//! An image whose alt text does not describe it.

use guide::{CodePage, Finding, Inline, Method, Prose, Severity};

use crate::place;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0340",
    name: "empty-image-text",
    severity: Severity::Warning,
    summary: "An image's alt text does not describe the image",
    why: "people who cannot see the image learn that something is missing, but not what",
    help: "in the brackets, describe what the image shows, as you would on the phone",
    bad: "body: '![screenshot](menu.png)'",
    good: "body: '![The menu, with API Tokens as its last entry](menu.png)'",
};

/// Alt text that could describe any image and therefore does not help.
const EMPTY: &[&str] = &[
    "alt",
    "diagram",
    "example",
    "figure",
    "icon",
    "illustration",
    "image",
    "img",
    "logo",
    "photo",
    "pic",
    "picture",
    "screen",
    "screen shot",
    "screenshot",
];

pub(super) fn check(subject: &Subject<'_>, _: &Method, prose: &Prose, findings: &mut Vec<Finding>) {
    for inline in prose.inlines() {
        let Inline::Image { source, text } = inline else { continue };
        if is_empty_text(text, source) {
            let span = place::nth(&subject.guide.source, prose.span, &format!("![{text}]"), 0);
            let message = format!("the alt text `{text}` does not describe the image");
            findings.push(Finding::new(&PAGE, span, message));
        }
    }
}

fn is_empty_text(text: &str, file: &str) -> bool {
    let text = text.trim().to_lowercase();
    let name = file.rsplit('/').next().unwrap_or(file).to_lowercase();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let bare = text.trim_matches(|ch: char| !ch.is_alphabetic());
    let bare = ["a ", "an ", "the "].iter().find_map(|article| bare.strip_prefix(article)).unwrap_or(bare);
    EMPTY.contains(&bare) || text == name || text == stem
}
