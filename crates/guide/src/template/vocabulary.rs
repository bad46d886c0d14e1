//! Everything that can be written between `{{` and `}}`, as data for the reference documentation.
//!
//! The words and descriptions come from the types and their doc comments, so they are not duplicated.

use schemars::{JsonSchema, schema_for};
use serde_json::Value;
use strum::VariantArray;

use super::{Clock, Context, Filter, Nonce, RequestPart, Target};

/// Everything that can be written between `{{` and `}}`.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// The contexts in which strings can contain references, and the first words that references can use in each
    /// context.
    pub kinds: Vec<TextKind>,
    /// The references. `…` stands for a name.
    pub references: Vec<Word>,
    /// The names that can follow `request.`, `now.` and `random.`, by that first word.
    pub members: Vec<(&'static str, Vec<Word>)>,
    /// The filters.
    pub filters: Vec<Word>,
}

/// A context in which strings can contain references.
#[derive(Clone, Debug)]
pub struct TextKind {
    /// The name and description of the context.
    pub word: Word,
    /// The first words of the references that the context allows.
    pub roots: &'static [&'static str],
    /// Whether the context allows filters.
    pub has_filters: bool,
}

/// A word that can appear in a reference.
#[derive(Clone, Debug)]
pub struct Word {
    /// The word as written in a guide.
    pub name: String,
    /// The word's description.
    pub says: String,
}

/// Returns everything that can be written between `{{` and `}}`.
pub fn vocabulary() -> Vocabulary {
    let kinds = words::<Context>().into_iter().zip(Context::VARIANTS);
    Vocabulary {
        kinds: kinds
            .map(|(word, kind)| TextKind { word, roots: kind.roots(), has_filters: kind.has_filters() })
            .collect(),
        references: words::<Target>(),
        members: vec![
            ("request", words::<RequestPart>()),
            ("now", words::<Clock>()),
            ("random", words::<Nonce>()),
        ],
        filters: words::<Filter>(),
    }
}

/// Returns the variants of a type, with their doc comments.
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
    use strum::VariantNames;

    use super::super::roots::ROOTS;
    use super::*;

    fn names(words: &[Word]) -> Vec<&str> {
        words.iter().map(|word| word.name.as_str()).collect()
    }

    #[test]
    fn every_word_can_be_read() {
        let all = vocabulary();
        let is_root = |word: &Word| ROOTS.contains(&word.name.split('.').next().unwrap_or_default());
        assert!(all.references.iter().all(is_root), "{:?}", names(&all.references));
        for root in ROOTS {
            assert!(all.references.iter().any(|word| word.name.starts_with(&format!("{root}."))), "{root}");
        }
        assert_eq!(names(&all.members[0].1), RequestPart::VARIANTS);
        assert_eq!(names(&all.members[1].1), Clock::VARIANTS);
        assert_eq!(names(&all.members[2].1), Nonce::VARIANTS);
        let filters = names(&all.filters);
        assert_eq!((filters[0], Filter::VARIANTS[0]), ("host_labels", "host_labels({0})"));
        assert_eq!(filters[1..], Filter::VARIANTS[1..]);
        let described =
            all.references.iter().chain(&all.filters).chain(all.kinds.iter().map(|one| &one.word));
        assert!(described.clone().all(|word| !word.says.is_empty()), "every word has a description");
    }
}
