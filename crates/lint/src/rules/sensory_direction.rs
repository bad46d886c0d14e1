//! Directions that rely on sight.

use guide::{CodePage, Finding, Method, Prose, Severity};

use crate::place;
use crate::rule::Subject;
use crate::wording::{Sentence, sentences};

pub(super) static PAGE: CodePage = CodePage {
    code: "W0341",
    name: "sensory-direction",
    severity: Severity::Warning,
    summary: "An element is described only by its color or position",
    why: "readers who use a screen reader, zoom in or read on a phone have no green button and no right-hand side",
    help: "name the element in bold, as the provider does; you can add its color and position",
    bad: "body: Click the green button at the top right.",
    good: "body: Click **Create Token** at the top right.",
};

const COLORS: &[&str] =
    &["black", "blue", "gray", "green", "grey", "orange", "purple", "red", "round", "white", "yellow"];

/// Elements that people look for on a screen.
const THINGS: &[&str] =
    &["button", "buttons", "dot", "dots", "icon", "icons", "link", "links", "symbol", "tab", "tabs"];

const PLACES: &[&str] = &[
    "at the bottom",
    "at the top",
    "bottom left",
    "bottom right",
    "in the corner",
    "left-hand",
    "lower left",
    "lower right",
    "on the left",
    "on the right",
    "right-hand",
    "top left",
    "top right",
    "top-left",
    "top-right",
    "upper left",
    "upper right",
];

pub(super) fn check(subject: &Subject<'_>, _: &Method, prose: &Prose, findings: &mut Vec<Finding>) {
    for words in sentences(prose).iter().filter_map(sight_only) {
        let span = place::nth(&subject.guide.source, prose.span, &words, 0);
        let message = format!("readers who cannot see the screen learn nothing from `{words}`");
        findings.push(Finding::new(&PAGE, span, message));
    }
}

/// The words in a sentence that rely on sight. `None` if there are none, or if the sentence also names the element.
fn sight_only(sentence: &Sentence) -> Option<String> {
    if sentence.names {
        return None;
    }
    let words: Vec<&str> = sentence.text.split_whitespace().collect();
    let is_thing = |word: &str| THINGS.contains(&word.trim_matches(|ch: char| !ch.is_alphanumeric()));
    let colored = words.windows(2).find(|pair| COLORS.contains(&pair[0]) && is_thing(pair[1]));
    if let Some(pair) = colored {
        return Some(format!("{} {}", pair[0], pair[1].trim_end_matches(|ch: char| !ch.is_alphanumeric())));
    }
    let lower = sentence.text.to_ascii_lowercase();
    let (at, place) = PLACES.iter().find_map(|place| Some((lower.find(place)?, place)))?;
    words.iter().any(|word| is_thing(word)).then(|| sentence.text[at..at + place.len()].to_owned())
}
