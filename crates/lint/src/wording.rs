//! Splits prose into sentences and words, for the rules about wording.
//!
//! Rules about wording rely on guesses, so they ignore ambiguous text: a missed finding is better than a false one.

use guide::{Inline, Part, Prose, Template};

use crate::texts::paragraphs;

/// A sentence of running text.
#[derive(Debug)]
pub(crate) struct Sentence {
    /// The text of the sentence, without references.
    pub(crate) text: String,
    /// Whether the sentence names an element, that is, contains bold text, code, a link, a reference or a quotation.
    pub(crate) names: bool,
}

/// Marks the start of a name while prose is split into sentences.
const NAMED: char = '\u{1}';

/// Verbs that guides use in the imperative.
const VERBS: &[&str] = &[
    "add",
    "agree",
    "allow",
    "ask",
    "assign",
    "authorize",
    "change",
    "check",
    "choose",
    "clear",
    "click",
    "close",
    "complete",
    "confirm",
    "connect",
    "continue",
    "copy",
    "create",
    "delete",
    "disable",
    "download",
    "drag",
    "edit",
    "enable",
    "enter",
    "expand",
    "fill",
    "find",
    "follow",
    "generate",
    "give",
    "go",
    "grant",
    "hover",
    "install",
    "invite",
    "keep",
    "leave",
    "locate",
    "log",
    "look",
    "make",
    "move",
    "name",
    "navigate",
    "open",
    "paste",
    "pick",
    "press",
    "provide",
    "put",
    "read",
    "register",
    "reload",
    "remove",
    "repeat",
    "replace",
    "request",
    "return",
    "review",
    "revoke",
    "run",
    "save",
    "scroll",
    "search",
    "see",
    "select",
    "send",
    "set",
    "share",
    "sign",
    "skip",
    "start",
    "store",
    "submit",
    "switch",
    "tap",
    "tell",
    "tick",
    "toggle",
    "turn",
    "type",
    "update",
    "upload",
    "use",
    "verify",
    "visit",
    "wait",
    "write",
];

/// Whether a word can be an imperative verb.
pub(crate) fn is_verb(word: &str) -> bool {
    VERBS.contains(&bare(word).as_str())
}

/// A word in lowercase, without the punctuation around it.
pub(crate) fn bare(word: &str) -> String {
    word.trim_matches(|ch: char| !ch.is_alphanumeric()).to_lowercase()
}

/// Whether a sentence contains an instruction, that is, an imperative verb at the start of the sentence or of a clause.
pub(crate) fn is_instruction(sentence: &str) -> bool {
    const BEFORE: &[&str] = &["and", "first", "next", "now", "or", "please", "then", "to"];
    let words: Vec<&str> = sentence.split_whitespace().collect();
    words.iter().enumerate().any(|(n, word)| {
        let begins = match n.checked_sub(1).map(|before| words[before]) {
            None => true,
            Some(before) => before.ends_with([',', ';', ':']) || BEFORE.contains(&bare(before).as_str()),
        };
        begins && is_verb(word)
    })
}

/// The sentences in a piece of prose, in order. Code blocks are skipped.
pub(crate) fn sentences(prose: &Prose) -> Vec<Sentence> {
    paragraphs(&prose.blocks).into_iter().flat_map(|content| split(&marked(content))).collect()
}

/// The text of a message, with each reference replaced by a space.
pub(crate) fn literal(template: &Template) -> String {
    let texts = template.parts.iter().map(|part| match part {
        Part::Text(text) => text.as_str(),
        Part::Reference(_) => " ",
    });
    texts.collect()
}

fn marked(content: &[Inline]) -> String {
    content
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) => text.clone(),
            Inline::Emphasis(inner) => marked(inner),
            Inline::Strong(inner) | Inline::Link { content: inner, .. } => {
                format!("{NAMED}{}", marked(inner))
            }
            Inline::Code(template) => format!("{NAMED}{}", literal(template)),
            Inline::Reference(_) => NAMED.to_string(),
            Inline::Image { .. } | Inline::SoftBreak | Inline::HardBreak => " ".to_owned(),
        })
        .collect()
}

fn split(text: &str) -> Vec<Sentence> {
    let mut list = Vec::new();
    let mut begin = 0;
    let ends = text.match_indices(['.', '!', '?']).map(|(at, mark)| at + mark.len());
    for end in ends.chain([text.len()]) {
        let is_end = text[end..].chars().next().is_none_or(char::is_whitespace);
        let is_short = ["e.g.", "i.e."].iter().any(|short| text[begin..end].ends_with(short));
        if is_end && !is_short {
            list.push(&text[begin..end]);
            begin = end;
        }
    }
    list.into_iter()
        .map(|raw| Sentence {
            text: raw.replace(NAMED, "").trim().to_owned(),
            names: raw.contains([NAMED, '"', '“', '‘', '«']),
        })
        .filter(|sentence| sentence.names || !sentence.text.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_at_its_punctuation_mark() {
        let texts = |text: &str| split(text).into_iter().map(|sentence| sentence.text).collect::<Vec<_>>();
        assert_eq!(
            texts("Open acme.example. Choose one, e.g. the first! Done"),
            ["Open acme.example.", "Choose one, e.g. the first!", "Done"]
        );
    }

    #[test]
    fn a_verb_makes_an_instruction_only_at_the_start_of_a_clause() {
        assert!(is_instruction("Copy the token"));
        assert!(is_instruction("In the menu, choose the first entry"));
        assert!(is_instruction("An administrator has to enable it"));
        assert!(!is_instruction("The name of the set is a request"));
    }
}
