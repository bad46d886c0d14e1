//! What the parts of a guide are called, and what the schema says of them.

use serde_json::Value;

use crate::finding::listed;
use crate::node::{Kind, Node};
use crate::source::Span;

/// A place in the tree with the part of the schema that judges it.
#[derive(Clone, Copy)]
pub(super) struct Spot<'n, 's> {
    pub(super) node: &'n Node,
    /// The key under which it or its list stands.
    pub(super) key: Option<(&'n str, Span)>,
    /// Whether it is an item of a list.
    is_item: bool,
    /// What the schema says of it, references followed.
    pub(super) schema: &'s Value,
    /// The choice that was made on the way to it, where there is one.
    pub(super) choice: Option<&'s Value>,
    /// The name of its shape in the schema.
    shape: Option<&'s str>,
}

impl<'n, 's> Spot<'n, 's> {
    /// The place at a JSON pointer.
    pub(super) fn find(root: &'n Node, schema: &'s Value, pointer: &str) -> Self {
        let mut spot = Self { node: root, key: None, is_item: false, schema, choice: None, shape: None };
        for part in pointer.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            if let Some(entry) = spot.node.entry(&part) {
                let inner = spot.schema.pointer("/properties").and_then(|all| all.get(&part));
                let inner = inner.or_else(|| spot.schema.get("additionalProperties")).unwrap_or(&Value::Null);
                (spot.node, spot.is_item) = (&entry.value, false);
                spot.key = Some((entry.key.as_str(), entry.key_span));
                spot.enter(schema, inner);
            } else if let Some(item) = part.parse().ok().and_then(|index| spot.node.item(index)) {
                let inner = spot.schema.get("items").unwrap_or(&Value::Null);
                spot.key = spot.key.map(|(name, _)| (name, item.place()));
                (spot.node, spot.is_item) = (item, true);
                spot.enter(schema, inner);
            } else {
                break;
            }
        }
        spot
    }

    /// What to call it: ``the field `api_token` ``, `` `label` ``, `the guide`.
    pub(super) fn name(&self) -> String {
        match (self.key, self.is_item, self.shape) {
            (None, ..) => self.whole(),
            (Some((key, _)), true, _) if matches!(self.node.kind, Kind::Text(_)) => format!("`{key}`"),
            (Some(_), true, Some(shape)) => match self.own_name() {
                Some(own) => format!("the {} `{own}`", noun(shape)),
                None => format!("this {}", noun(shape)),
            },
            (Some((key, _)), true, None) => format!("an item of `{key}`"),
            (Some((key, _)), false, _) => format!("`{key}`"),
        }
    }

    /// What to call one of its kind: `a step`, `` `bearer` ``.
    pub(super) fn kind(&self) -> String {
        match (self.key, self.is_item, self.shape) {
            (Some(_), true, Some(shape)) => with_article(&noun(shape)),
            _ => self.name(),
        }
    }

    /// Where a finding about the whole of it belongs: a block begins nowhere a reader would look, so its key
    /// stands for it, or the first key of an item.
    pub(super) fn place(&self) -> Span {
        match (&self.node.kind, self.key) {
            (Kind::Mapping(_) | Kind::Sequence(_), Some((_, span))) => span,
            _ => self.node.place(),
        }
    }

    /// The keys that can stand in it.
    pub(super) fn keys(&self) -> Vec<&'s str> {
        let properties = self.schema.get("properties").and_then(Value::as_object);
        properties.into_iter().flatten().map(|(key, _)| key.as_str()).collect()
    }

    /// What a key of it is for: the first sentence of its description.
    pub(super) fn purpose(&self, key: &str) -> Option<String> {
        let text = self.schema.get("properties")?.get(key)?.get("description")?.as_str()?;
        let sentence = text.split(". ").next()?.split(['\n', ':']).next()?.trim_end_matches('.');
        let mut chars = sentence.chars();
        let first = chars.next()?.to_lowercase();
        Some(first.chain(chars).collect())
    }

    /// Follows references, and at a choice the branch that is for this kind of node.
    fn enter(&mut self, root: &'s Value, mut schema: &'s Value) {
        (self.choice, self.shape) = (None, None);
        loop {
            if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
                self.shape = target.rsplit('/').next();
                schema = follow(root, target);
            } else if let Some(branches) = branches(schema) {
                self.choice = self.choice.or(Some(schema));
                match branches.iter().find(|branch| fits(root, branch, self.node)) {
                    Some(branch) => schema = branch,
                    None => break,
                }
            } else {
                break;
            }
        }
        self.schema = schema;
    }

    /// What to call all of it.
    fn whole(&self) -> String {
        let name = match self.schema.get("$id").and_then(Value::as_str) {
            Some("guide.schema.json") => "the guide",
            Some("brand.schema.json") => "the brand file",
            _ => "the file",
        };
        name.to_owned()
    }

    fn own_name(&self) -> Option<&'n str> {
        ["key", "name"].iter().find_map(|key| match &self.node.entry(key)?.value.kind {
            Kind::Text(text) if text.len() <= 40 => Some(text.as_str()),
            _ => None,
        })
    }
}

/// In which other parts of a guide a key can stand, as prose.
pub(super) fn at_home(schema: &Value, key: &str) -> Option<String> {
    const MOST: usize = 3;
    let shapes = schema.get("$defs").and_then(Value::as_object)?;
    let has = |shape: &Value| shape.get("properties").is_some_and(|keys| keys.get(key).is_some());
    let mut homes: Vec<String> =
        shapes.iter().filter(|(_, shape)| has(shape)).map(|(name, _)| with_article(&noun(name))).collect();
    if has(schema) {
        homes.push("the guide itself".to_owned());
    }
    if homes.is_empty() || homes.len() > MOST {
        return None;
    }
    let last = homes.pop()?;
    Some(if homes.is_empty() { last } else { format!("{} and of {last}", homes.join(", of ")) })
}

/// The branches of a choice.
pub(super) fn branches(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array)
}

/// What a reference leads to.
pub(super) fn follow<'s>(root: &'s Value, target: &str) -> &'s Value {
    root.pointer(target.trim_start_matches('#')).unwrap_or(&Value::Null)
}

fn fits(root: &Value, schema: &Value, node: &Node) -> bool {
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        return fits(root, follow(root, target), node);
    }
    if let Some(branches) = branches(schema) {
        return branches.iter().any(|branch| fits(root, branch, node));
    }
    let tag = schema.pointer("/required/0").and_then(Value::as_str).filter(|_| is_tagged(schema));
    let kind = match &node.kind {
        Kind::Null => "null",
        Kind::Bool(_) => "boolean",
        Kind::Integer(_) | Kind::Float(_) => "number",
        Kind::Text(_) => "string",
        Kind::Sequence(_) => "array",
        Kind::Mapping(_) => "object",
    };
    let is_kind = |name: &str| name == kind || (name == "integer" && kind == "number");
    let of_kind = match schema.get("type") {
        Some(Value::String(name)) => is_kind(name),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).any(is_kind),
        _ => true,
    };
    of_kind && tag.is_none_or(|tag| node.entry(tag).is_some())
}

/// Whether a schema is that of a mapping with one key, which says which of several things is meant.
pub(super) fn is_tagged(schema: &Value) -> bool {
    let only = |name: &str, n: usize| match schema.get(name) {
        Some(Value::Array(list)) => list.len() == n,
        Some(Value::Object(map)) => map.len() == n,
        _ => false,
    };
    only("required", 1)
        && only("properties", 1)
        && schema.get("additionalProperties") == Some(&Value::Bool(false))
        && schema.get("description").is_some()
        && schema.get("title").is_none()
}

/// A shape's name as a word: `ExchangeStepShape` is an exchange step.
fn noun(shape: &str) -> String {
    match shape {
        "AllowShape" => return "entry of `allow`".to_owned(),
        "EvidenceShape" => return "fact".to_owned(),
        "FoundShape" => return "account of a scenario".to_owned(),
        "JsonTestShape" => return "test of JSON".to_owned(),
        "LifecycleShape" => return "dated event".to_owned(),
        "OutcomeShape" => return "outcome rule".to_owned(),
        "PartShape" => return "guide for one audience".to_owned(),
        "RefuseShape" => return "refusal".to_owned(),
        "ThenShape" => return "conclusion of a scenario".to_owned(),
        _ => {}
    }
    let mut out = String::new();
    for ch in shape.trim_end_matches("Shape").chars() {
        if ch.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(ch.to_lowercase());
    }
    out
}

fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}

/// The keys as a list, for a message.
pub(super) fn keys_listed(keys: &[&str]) -> String {
    listed(keys.iter().copied())
}
