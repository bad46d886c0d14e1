//! A step whose first sentence does not say who acts.

use guide::{CodePage, Finding, Method, Severity};

use crate::place;
use crate::rule::Subject;
use crate::texts;
use crate::wording::{bare, is_instruction, sentences};

pub(super) static PAGE: CodePage = CodePage {
    code: "W0339",
    name: "passive-step",
    severity: Severity::Warning,
    summary: "A step's first sentence is in the passive voice",
    why: "readers cannot tell whether they need to do something or whether it happens automatically",
    help: "begin with an instruction: open, choose, click, copy",
    bad: "body: The token is created under **Settings**.",
    good: "body: Under **Settings**, create a token.",
};

/// Actions that people take in settings. `is shown` and `is called` are not listed, because they only describe.
const DONE: &[&str] = &[
    "activated",
    "added",
    "assigned",
    "chosen",
    "clicked",
    "configured",
    "copied",
    "created",
    "deleted",
    "enabled",
    "entered",
    "filled",
    "generated",
    "given",
    "granted",
    "installed",
    "invited",
    "made",
    "opened",
    "pasted",
    "pressed",
    "put",
    "replaced",
    "revoked",
    "saved",
    "selected",
    "set",
    "switched",
    "ticked",
    "typed",
];

/// Words that begin a subordinate clause.
const SUBORDINATE: &[&str] =
    &["after", "as", "before", "if", "once", "since", "that", "until", "when", "which", "who"];

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    for step in texts::steps(method) {
        let sentences = sentences(&step.body);
        let Some(first) = sentences.first().filter(|first| !is_instruction(&first.text)) else { continue };
        if let Some(passive) = passive(&first.text) {
            let span = place::nth(&subject.guide.source, step.body.span, &passive, 0);
            let message = format!("the step `{}` does not say who acts", step.key);
            findings.push(Finding::new(&PAGE, span, message).label("who does this?"));
        }
    }
}

/// The passive verb in the main clause of a sentence, such as `is created`.
fn passive(sentence: &str) -> Option<String> {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let n = words.windows(2).position(|pair| {
        ["are", "be", "been", "being", "is", "was", "were"].contains(&pair[0])
            && DONE.contains(&bare(pair[1]).as_str())
    })?;
    let is_main = !words[..n].iter().any(|word| SUBORDINATE.contains(&bare(word).as_str()));
    is_main
        .then(|| format!("{} {}", words[n], words[n + 1].trim_end_matches(|ch: char| !ch.is_alphanumeric())))
}
