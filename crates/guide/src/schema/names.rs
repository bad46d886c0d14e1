//! Finds locations in a tree, their names in messages, and the parts of the schema that apply to them.

use serde_json::Value;

use crate::node::{Kind, Node};
use crate::source::{Source, Span};

/// A location in the tree, with the part of the schema that applies to it.
#[derive(Clone, Copy)]
pub(super) struct Spot<'n, 's> {
    pub(super) node: &'n Node,
    /// The node's key, or the key of the list that contains the node.
    pub(super) key: Option<(&'n str, Span)>,
    /// Whether the node is an item in a list.
    is_item: bool,
    /// The node's schema, with references resolved.
    pub(super) schema: &'s Value,
    /// The `anyOf` or `oneOf` that the schema was selected from, if any.
    pub(super) choice: Option<&'s Value>,
    /// The name of the node's shape in the schema, if the shape has a name.
    shape: Option<&'s str>,
}

impl<'n, 's> Spot<'n, 's> {
    /// Finds the location that a JSON pointer identifies.
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

    /// Returns the node's name in messages, such as ``the field `api_token` ``, `` `label` `` or `the guide`.
    pub(super) fn name(&self) -> String {
        match (self.key, self.is_item, self.shape) {
            (None, ..) => self.whole(),
            (Some((key, _)), true, _) if matches!(self.node.kind, Kind::Text(_)) => format!("`{key}`"),
            (Some(_), true, Some(shape)) => match self.own_name() {
                Some(own) => format!("the {} `{own}`", noun(shape)),
                None => format!("this {}", noun(shape)),
            },
            (Some((key, _)), true, None) => format!("an item in `{key}`"),
            (Some((key, _)), false, _) => format!("`{key}`"),
        }
    }

    /// Returns the name of the node's kind in messages, such as `a step` or `` `bearer` ``.
    pub(super) fn kind(&self) -> String {
        match (self.key, self.is_item, self.shape) {
            (Some(_), true, Some(shape)) => with_article(&noun(shape)),
            _ => self.name(),
        }
    }

    /// Returns the location to highlight in a finding about the whole node. For a mapping or list, this is its key in
    /// the enclosing mapping. For an item in a list, this is the item's first key.
    pub(super) fn place(&self) -> Span {
        match (&self.node.kind, self.key) {
            (Kind::Mapping(_) | Kind::Sequence(_), Some((_, span))) => span,
            _ => self.node.place(),
        }
    }

    /// Returns all keys that the schema allows in the mapping.
    pub(super) fn keys(&self) -> Vec<&'s str> {
        let properties = self.schema.get("properties").and_then(Value::as_object);
        properties.into_iter().flatten().map(|(key, _)| key.as_str()).collect()
    }

    /// Returns a key's purpose: the first sentence of its description, starting with a lowercase letter.
    pub(super) fn purpose(&self, key: &str) -> Option<String> {
        let text = self.schema.get("properties")?.get(key)?.get("description")?.as_str()?;
        let sentence = text.split(". ").next()?.split(['\n', ':']).next()?.trim_end_matches('.');
        let mut chars = sentence.chars();
        let first = chars.next()?.to_lowercase();
        Some(first.chain(chars).collect())
    }

    /// Returns advice on how to write the node's value as the mapping that the schema expects.
    pub(super) fn as_mapping(&self, source: &Source) -> String {
        let required = self.schema.get("required").and_then(Value::as_array);
        let mut keys: Vec<&str> = required.into_iter().flatten().filter_map(Value::as_str).collect();
        if keys.is_empty() {
            let all = self.keys();
            keys.extend(all.iter().find(|key| **key == "equals").or(all.first()).copied());
        }
        let value = source.slice(self.node.span);
        let is_scalar = !matches!(self.node.kind, Kind::Null | Kind::Sequence(_) | Kind::Mapping(_));
        let entries = match keys.as_slice() {
            [] => return "write a mapping".to_owned(),
            [key] if is_scalar && value.len() <= 60 && !value.contains('\n') => format!("{key}: {value}"),
            keys => keys.iter().map(|key| format!("{key}: …")).collect::<Vec<_>>().join(", "),
        };
        match self.key {
            Some((key, _)) if !self.is_item => format!("write `{key}: {{ {entries} }}`"),
            _ => format!("write `{{ {entries} }}`"),
        }
    }

    /// Resolves references, and selects the branch that matches the node's type.
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

    /// Returns the name of the whole file in messages.
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

/// Lists the parts of a guide that can have this key, as prose. Returns `None` if no part can have the key, or if there
/// are too many parts to list.
pub(super) fn parents_of(schema: &Value, key: &str) -> Option<String> {
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
    Some(if homes.is_empty() { last } else { format!("{} and in {last}", homes.join(", in ")) })
}

/// Returns the branches of an `anyOf` or `oneOf`.
pub(super) fn branches(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array)
}

/// Returns the schema that a reference points to.
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
        Kind::Number(_) => "number",
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

/// Returns whether a schema describes a single-key mapping whose key selects a variant.
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

/// Returns a shape's name as a noun: `ExchangeStepShape` becomes "exchange step".
fn noun(shape: &str) -> String {
    match shape {
        "AllowShape" => return "entry in `allow`".to_owned(),
        "EvidenceShape" => return "fact".to_owned(),
        "FoundShape" => return "expected account".to_owned(),
        "JsonTestShape" => return "JSON test".to_owned(),
        "LifecycleShape" => return "dated event".to_owned(),
        "OutcomeShape" => return "outcome rule".to_owned(),
        "PartShape" => return "walkthrough".to_owned(),
        "RefuseShape" => return "refusal".to_owned(),
        "ThenShape" => return "expected result".to_owned(),
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
