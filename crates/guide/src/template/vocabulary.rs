//! What can stand between `{{` and `}}`, as data: for the page that lists it.
//!
//! The words and their descriptions are those of the types, doc comments included, so nothing is written twice.

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use super::{Clock, Context, Filter, Lot, RequestPart, Target};

/// Everything that can stand between `{{` and `}}`.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// The kinds of texts, and what a reference in each can begin with.
    pub kinds: Vec<TextKind>,
    /// What can be referred to; `…` stands for a name.
    pub references: Vec<Word>,
    /// The names after `request.`, `now.` and `random.`, by that word.
    pub members: Vec<(&'static str, Vec<Word>)>,
    /// The filters.
    pub filters: Vec<Word>,
}

/// A kind of text with references in it.
#[derive(Clone, Debug)]
pub struct TextKind {
    /// What it is called, and what it is.
    pub word: Word,
    /// What a reference in it can begin with.
    pub roots: &'static [&'static str],
    /// Whether filters mean something in it.
    pub has_filters: bool,
}

/// A word of the language.
#[derive(Clone, Debug)]
pub struct Word {
    /// As it is written.
    pub name: String,
    /// What it means.
    pub says: String,
}

/// Everything that can stand between `{{` and `}}`.
pub fn vocabulary() -> Vocabulary {
    let kinds = words::<Context>().into_iter().zip(Context::ALL);
    Vocabulary {
        kinds: kinds
            .map(|(word, kind)| TextKind { word, roots: kind.roots(), has_filters: kind.has_filters() })
            .collect(),
        references: words::<Target>(),
        members: vec![
            ("request", words::<RequestPart>()),
            ("now", words::<Clock>()),
            ("random", words::<Lot>()),
        ],
        filters: words::<Filter>(),
    }
}

/// The variants of a type, with their doc comments.
fn words<T: JsonSchema>() -> Vec<Word> {
    let schema = schema_for!(T);
    let variants = schema.get("oneOf").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let name = |variant: &Value| {
        let with_argument = || variant["properties"].as_object()?.keys().next().cloned();
        variant["const"].as_str().map(str::to_owned).or_else(with_argument).unwrap_or_default()
    };
    let says = |variant: &Value| variant["description"].as_str().unwrap_or_default().to_owned();
    variants.iter().map(|variant| Word { name: name(variant), says: says(variant) }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::read::ROOTS;
    use super::*;

    fn names(words: &[Word]) -> Vec<&str> {
        words.iter().map(|word| word.name.as_str()).collect()
    }

    #[test]
    fn every_word_is_one_that_is_read() {
        let all = vocabulary();
        let is_root = |word: &Word| ROOTS.contains(&word.name.split('.').next().unwrap_or_default());
        assert!(all.references.iter().all(is_root), "{:?}", names(&all.references));
        for root in ROOTS {
            assert!(all.references.iter().any(|word| word.name.starts_with(&format!("{root}."))), "{root}");
        }
        assert_eq!(names(&all.members[0].1), RequestPart::NAMES.map(|(name, _)| name));
        assert_eq!(names(&all.members[1].1), Clock::NAMES.map(|(name, _)| name));
        assert_eq!(names(&all.members[2].1), Lot::NAMES.map(|(name, _)| name));
        let filters = names(&all.filters);
        assert_eq!(filters[0], "host_labels");
        assert_eq!(filters[1..], Filter::NAMES.map(|(name, _)| name));
        let described =
            all.references.iter().chain(&all.filters).chain(all.kinds.iter().map(|one| &one.word));
        assert!(described.clone().all(|word| !word.says.is_empty()), "every word says what it means");
    }
}
