//! One change to a guide, chosen by a number.

use serde_json::{Map, Value, json};

use super::written::{Slip, written};

/// A change, and where it is made.
#[derive(Debug)]
pub(super) enum Change {
    /// A key and its value are gone.
    Drop(String, String),
    /// A key is spelled otherwise.
    Rename(String, String, String),
    /// A text is spelled otherwise.
    Respell(String, String),
    /// A value is of another kind.
    Retype(String, Value),
    /// A key stands twice.
    Twice(String, String),
    /// A key stands one column too far right.
    Indent(String, String),
    /// The keys of a mapping stand in another order.
    Turn(String, usize),
}

/// What is to be said about the guide then.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expected {
    /// At least one error.
    Bad,
    /// No error.
    Good,
    /// The shape is sound, so it depends on what the change means.
    Either,
}

/// Numbers that look drawn by lot, and are the same in every run
/// ([SplitMix64](https://doi.org/10.1145/2714064.2660195)).
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: usize) -> Self {
        Self(seed as u64)
    }

    /// A number below this one.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let drawn = (z ^ (z >> 31)) % end.max(1) as u64;
        usize::try_from(drawn).expect("smaller than `end`")
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

impl Change {
    /// The change with this number, somewhere in the tree. Every kind comes as often as the others.
    pub(super) fn any(tree: &Value, number: usize, chance: &mut Chance) -> Self {
        let mut places = Vec::new();
        gather(tree, String::new(), &mut places);
        let entries: Vec<(&str, &str)> = places
            .iter()
            .filter_map(|(at, value)| Some((at, value.as_object()?)))
            .flat_map(|(at, map)| map.keys().map(move |key| (at.as_str(), key.as_str())))
            .collect();
        let own = |(at, key): (&str, &str)| (at.to_owned(), key.to_owned());
        match number % 7 {
            0 => {
                let (at, key) = own(*chance.pick(&entries));
                Self::Drop(at, key)
            }
            1 => {
                let (at, key) = own(*chance.pick(&entries));
                let wrong = misspelled(&key, chance);
                Self::Rename(at, key, wrong)
            }
            2 => {
                let texts: Vec<(&String, &str)> =
                    places.iter().filter_map(|(at, value)| Some((at, value.as_str()?))).collect();
                // One word in small letters may be a word of the format; a sentence never is.
                let words: Vec<_> = texts.iter().filter(|(_, text)| is_word(text)).collect();
                let (at, text) = **chance.pick(&words);
                Self::Respell(at.clone(), misspelled(text, chance))
            }
            3 => {
                let (at, value) = chance.pick(&places);
                Self::Retype(at.clone(), another_kind(value, chance))
            }
            4 => {
                let (at, key) = own(*chance.pick(&entries));
                Self::Twice(at, key)
            }
            5 => {
                // The first key of a mapping says how far right the others stand.
                let later: Vec<_> = entries
                    .iter()
                    .filter(|(at, key)| {
                        let map = tree.pointer(at).and_then(Value::as_object);
                        map.and_then(|map| map.keys().next()).is_some_and(|first| first != key)
                    })
                    .collect();
                let (at, key) = own(**chance.pick(&later));
                Self::Indent(at, key)
            }
            _ => {
                let maps: Vec<_> = places
                    .iter()
                    .filter_map(|(at, value)| Some((at, value.as_object()?.len())))
                    .filter(|(_, n)| 1 < *n)
                    .collect();
                let (at, n) = *chance.pick(&maps);
                Self::Turn(at.clone(), 1 + chance.below(n - 1))
            }
        }
    }

    /// The text with the change in it, and what is to be said about it.
    pub(super) fn make(&self, tree: &Value, is_sound: impl Fn(&Value) -> bool) -> (String, Expected) {
        let mut changed = tree.clone();
        let at = |tree: &mut Value, pointer: &str, then: &mut dyn FnMut(&mut Map<String, Value>)| {
            if let Some(map) = tree.pointer_mut(pointer).and_then(Value::as_object_mut) {
                then(map);
            }
        };
        match self {
            Self::Twice(pointer, key) => {
                return (written(tree, Some(&Slip::Twice(pointer, key))), Expected::Bad);
            }
            Self::Indent(pointer, key) => {
                return (written(tree, Some(&Slip::Indent(pointer, key))), Expected::Bad);
            }
            Self::Turn(pointer, n) => {
                at(&mut changed, pointer, &mut |map| {
                    let mut entries: Vec<_> = std::mem::take(map).into_iter().collect();
                    entries.rotate_left(*n);
                    *map = entries.into_iter().collect();
                });
                return (written(&changed, None), Expected::Good);
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
        let expected = if is_sound(&changed) { Expected::Either } else { Expected::Bad };
        (written(&changed, None), expected)
    }
}

/// Every value of a tree, with the pointer to it, outer before inner.
fn gather<'v>(value: &'v Value, pointer: String, out: &mut Vec<(String, &'v Value)>) {
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

/// A word with one letter gone, doubled, changed or in the place of its neighbour.
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

fn another_kind(value: &Value, chance: &mut Chance) -> Value {
    let kinds =
        [json!("a text"), json!(7), json!(0.5), json!(true), json!(["a", "list"]), json!({ "a": "mapping" })];
    let others: Vec<Value> = kinds
        .into_iter()
        .filter(|kind| std::mem::discriminant(kind) != std::mem::discriminant(value))
        .collect();
    chance.pick(&others).clone()
}
