//! An image whose text says only that it is one.

use guide::{CodePage, Finding, Inline, Severity};

use crate::place;
use crate::rule::{Rule, Subject};
use crate::texts;

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0340",
    name: "empty-image-text",
    severity: Severity::Warning,
    summary: "The text of an image says that it is an image, and not what it shows",
    why: "people who do not see it learn that they miss something, and not what",
    mend: "say in the brackets what the image shows, as you would on the telephone",
    bad: "body: '![screenshot](menu.png)'",
    good: "body: '![The menu, with API Tokens as its last entry](menu.png)'",
};

/// What fits every image, and so says nothing about one.
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

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    for (_, prose) in texts::of_guide(subject.guide) {
        for inline in prose.inlines() {
            let Inline::Image { source: file, text } = inline else { continue };
            if says_nothing(text, file) {
                let span = place::nth(source, prose.span, &format!("![{text}]"), 0);
                findings.push(Finding::new(&PAGE, span, format!("the image's text is `{text}`")));
            }
        }
    }
}

fn says_nothing(text: &str, file: &str) -> bool {
    let text = text.trim().to_lowercase();
    let name = file.rsplit('/').next().unwrap_or(file).to_lowercase();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let bare = text.trim_matches(|ch: char| !ch.is_alphabetic());
    let bare = ["a ", "an ", "the "].iter().find_map(|article| bare.strip_prefix(article)).unwrap_or(bare);
    EMPTY.contains(&bare) || text == name || text == stem
}
