//! One random change to a guide, determined by a number.

use serde_json::{Map, Value, json};

use super::yaml::{Mistake, to_yaml};

/// A change. The first string in each variant is a JSON pointer to the mapping or value to change.
#[derive(Debug)]
pub(super) enum Change {
    /// Removes a key and its value.
    Drop(String, String),
    /// Misspells a key.
    Rename(String, String, String),
    /// Misspells a string.
    Respell(String, String),
    /// Replaces a value with a value of another type.
    Retype(String, Value),
    /// Repeats a key.
    Duplicate(String, String),
    /// Indents a key one column too far.
    Indent(String, String),
    /// Rotates the keys of a mapping.
    Rotate(String, usize),
}

/// Whether the changed guide must have errors.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expected {
    /// The guide must have at least one error.
    Bad,
    /// The guide must have no error.
    Good,
    /// The schema accepts the guide, so whether the guide has errors depends on the meaning of the change.
    Either,
}

/// Pseudorandom numbers that are the same in every run ([SplitMix64](https://doi.org/10.1145/2714064.2660195)).
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: usize) -> Self {
        Self(seed as u64)
    }

    /// Returns a random number less than `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let number = (z ^ (z >> 31)) % end.max(1) as u64;
        usize::try_from(number).expect("the number is less than `end`")
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

impl Change {
    /// Creates a change at a random location. The number determines its kind: all kinds are equally frequent.
    pub(super) fn any(tree: &Value, number: usize, chance: &mut Chance) -> Self {
        let mut values = Vec::new();
        gather(tree, String::new(), &mut values);
        let entries: Vec<(&str, &str)> = values
            .iter()
            .filter_map(|(at, value)| Some((at, value.as_object()?)))
            .flat_map(|(at, map)| map.keys().map(move |key| (at.as_str(), key.as_str())))
            .collect();
        let owned = |(at, key): (&str, &str)| (at.to_owned(), key.to_owned());
        match number % 7 {
            0 => {
                let (at, key) = owned(*chance.pick(&entries));
                Self::Drop(at, key)
            }
            1 => {
                let (at, key) = owned(*chance.pick(&entries));
                let wrong = misspelled(&key, chance);
                Self::Rename(at, key, wrong)
            }
            2 => {
                let texts: Vec<(&String, &str)> =
                    values.iter().filter_map(|(at, value)| Some((at, value.as_str()?))).collect();
                // A single lowercase word can be a keyword in the format. A sentence cannot.
                let words: Vec<_> = texts.iter().filter(|(_, text)| is_word(text)).collect();
                let (at, text) = **chance.pick(&words);
                Self::Respell(at.clone(), misspelled(text, chance))
            }
            3 => {
                let (at, value) = chance.pick(&values);
                Self::Retype(at.clone(), another_type(value, chance))
            }
            4 => {
                let (at, key) = owned(*chance.pick(&entries));
                Self::Duplicate(at, key)
            }
            5 => {
                // The first key of a mapping determines the indentation of the others.
                let later: Vec<_> = entries
                    .iter()
                    .filter(|(at, key)| {
                        let map = tree.pointer(at).and_then(Value::as_object);
                        map.and_then(|map| map.keys().next()).is_some_and(|first| first != key)
                    })
                    .collect();
                let (at, key) = owned(**chance.pick(&later));
                Self::Indent(at, key)
            }
            _ => {
                let maps: Vec<_> = values
                    .iter()
                    .filter_map(|(at, value)| Some((at, value.as_object()?.len())))
                    .filter(|(_, n)| 1 < *n)
                    .collect();
                let (at, n) = *chance.pick(&maps);
                Self::Rotate(at.clone(), 1 + chance.below(n - 1))
            }
        }
    }

    /// Returns the text of the changed guide, and whether it must have errors.
    pub(super) fn apply(&self, tree: &Value, is_valid: impl Fn(&Value) -> bool) -> (String, Expected) {
        let mut changed = tree.clone();
        let at = |tree: &mut Value, pointer: &str, then: &mut dyn FnMut(&mut Map<String, Value>)| {
            if let Some(map) = tree.pointer_mut(pointer).and_then(Value::as_object_mut) {
                then(map);
            }
        };
        match self {
            Self::Duplicate(pointer, key) => {
                return (to_yaml(tree, Some(&Mistake::Duplicate(pointer, key))), Expected::Bad);
            }
            Self::Indent(pointer, key) => {
                return (to_yaml(tree, Some(&Mistake::Indent(pointer, key))), Expected::Bad);
            }
            Self::Rotate(pointer, n) => {
                at(&mut changed, pointer, &mut |map| {
                    let mut entries: Vec<_> = std::mem::take(map).into_iter().collect();
                    entries.rotate_left(*n);
                    *map = entries.into_iter().collect();
                });
                return (to_yaml(&changed, None), Expected::Good);
            }
            Self::Drop(pointer, key) => at(&mut changed, pointer, &mut |map| {
                map.shift_remove(key);
            }),
            Self::Rename(pointer, key, wrong) => at(&mut changed, pointer, &mut |map| {
                let renamed =
                    |(name, value)| if name == *key { (wrong.clone(), value) } else { (name, value) };
                *map = std::mem::take(map).into_iter().map(renamed).collect();
            }),
            Self::Respell(pointer, wrong) => {
                changed.pointer_mut(pointer).into_iter().for_each(|value| *value = json!(wrong));
            }
            Self::Retype(pointer, other) => {
                changed.pointer_mut(pointer).into_iter().for_each(|value| value.clone_from(other));
            }
        }
        let expected = if is_valid(&changed) { Expected::Either } else { Expected::Bad };
        (to_yaml(&changed, None), expected)
    }
}

/// Collects every value of a tree with its JSON pointer, inner values first.
pub(crate) fn gather<'v>(value: &'v Value, pointer: String, out: &mut Vec<(String, &'v Value)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                gather(inner, format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), out);
            }
        }
        Value::Array(list) => {
            for (n, inner) in list.iter().enumerate() {
                gather(inner, format!("{pointer}/{n}"), out);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    out.push((pointer, value));
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// Returns the word with one letter removed, doubled, changed or swapped with the next.
fn misspelled(word: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = chance.below(letters.len());
    match chance.below(4) {
        0 if 1 < letters.len() => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 if at + 1 < letters.len() && letters[at] != letters[at + 1] => letters.swap(at, at + 1),
        _ => letters[at] = if letters[at] == 'q' { 'x' } else { 'q' },
    }
    letters.into_iter().collect()
}

fn another_type(value: &Value, chance: &mut Chance) -> Value {
    let types =
        [json!("a text"), json!(7), json!(0.5), json!(true), json!(["a", "list"]), json!({ "a": "mapping" })];
    let others: Vec<Value> = types
        .into_iter()
        .filter(|other| std::mem::discriminant(other) != std::mem::discriminant(value))
        .collect();
    chance.pick(&others).clone()
}
