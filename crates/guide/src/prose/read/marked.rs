//! Removes references from prose before the Markdown is parsed, and restores them afterwards.

use crate::template::{Part, Reference, Template};

/// Encloses a reference's number in the string that the Markdown parser reads. The loader rejects private-use
/// characters, so no guide can contain this character.
pub(super) const MARK: char = '\u{e000}';

/// Prose in which each reference is replaced by a number between two marks.
pub(super) struct Marked {
    pub(super) text: String,
    references: Vec<Reference>,
}

impl Marked {
    pub(super) fn new(template: Template) -> Self {
        let (mut text, mut references) = (String::new(), Vec::new());
        for part in template.parts {
            match part {
                Part::Text(literal) => text.push_str(&literal),
                Part::Reference(reference) => {
                    text.push(MARK);
                    text.push_str(&references.len().to_string());
                    text.push(MARK);
                    references.push(reference);
                }
            }
        }
        Self { text, references }
    }

    /// Returns a piece of the prose with its references restored.
    pub(super) fn parts(&self, piece: &str) -> Vec<Part> {
        let mut parts = Vec::new();
        for (n, piece) in piece.split(MARK).enumerate() {
            let number = if n % 2 == 1 { piece.parse().ok() } else { None };
            match number.and_then(|n: usize| self.references.get(n)) {
                Some(reference) => parts.push(Part::Reference(reference.clone())),
                None if piece.is_empty() => {}
                None => parts.push(Part::Text(piece.to_owned())),
            }
        }
        parts
    }
}
