//! The settings file: its values, and its schema, which is generated from the table.

use std::borrow::Cow;
use std::fmt;

use guide::{Form, Spanned, schema_of};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};

use super::resolver::FileValues;
use super::setting::Setting;
use super::table::{GROUPS, SETTINGS};

/// The top-level key that contains the format version.
const MARK: &str = "waystone_hub";

/// The form of the settings file: its identifying keys and its schema.
pub(super) static FORM: Form =
    Form::new(MARK, "a settings file for `waystone serve`", &["listen", "public_url", "limits"], schema);

/// Returns the JSON Schema for the settings file.
pub fn schema() -> Value {
    schema_of::<File>("hub")
}

/// The settings file as a tree, already validated against its schema.
#[derive(serde::Deserialize)]
#[serde(transparent)]
pub(super) struct File(Spanned<Node>);

/// A value, a list or a group.
#[derive(Debug)]
enum Node {
    Text(String),
    List(Vec<Spanned<Node>>),
    Group(Vec<(String, Spanned<Node>)>),
}

impl File {
    /// Returns the settings' values, by key.
    pub(super) fn values(self) -> FileValues {
        let mut values = FileValues::new();
        add(&mut values, "", self.0);
        values
    }
}

/// Adds the values of the settings at and below `key`. Unknown keys are skipped, because schema validation reports
/// them.
fn add(values: &mut FileValues, key: &str, node: Spanned<Node>) {
    match node.value {
        Node::Text(text) => {
            if let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) {
                values.entry(setting.key).or_default().push((text, node.span));
            }
        }
        Node::List(nodes) => nodes.into_iter().for_each(|node| add(values, key, node)),
        Node::Group(entries) => {
            for (name, node) in entries {
                let key = if key.is_empty() { name } else { format!("{key}.{name}") };
                add(values, &key, node);
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, a list or a mapping")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::List(Vec::new()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = items.next_element()? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            nodes.push(entry);
        }
        Ok(Node::Group(nodes))
    }
}

impl JsonSchema for File {
    fn schema_name() -> Cow<'static, str> {
        "Waystone Hub settings".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut properties = Map::new();
        properties.insert(
            MARK.to_owned(),
            json!({ "description": "The format version. Must be `1`.", "type": "integer", "const": 1 }),
        );
        for setting in SETTINGS.iter().filter(|setting| setting.is_in_file()) {
            match setting.key.split_once('.') {
                None => drop(properties.insert(setting.key.to_owned(), value_schema(setting))),
                Some((group, name)) => {
                    let group = properties.entry(group).or_insert_with(|| group_schema(group));
                    group["properties"][name] = value_schema(setting);
                }
            }
        }
        schemars::json_schema!({
            "title": "Waystone Hub settings",
            "description": "Settings for `waystone serve`. Environment variables override them, and flags override both.",
            "type": "object",
            "properties": properties,
            "required": [MARK],
            "additionalProperties": false,
        })
    }
}

fn value_schema(setting: &Setting) -> Value {
    let mut schema = (setting.schema)();
    schema["description"] = setting.description().into();
    let examples = setting.examples;
    if !examples.is_empty() {
        let is_list = schema["type"] == "array";
        schema["examples"] = if is_list { json!([examples]) } else { json!(examples) };
    }
    schema
}

fn group_schema(name: &str) -> Value {
    let about = GROUPS.iter().find(|(prefix, _)| prefix.strip_suffix('.') == Some(name));
    json!({
        "description": about.map(|(_, about)| about.trim()),
        "type": "object",
        "properties": {},
        "additionalProperties": false,
    })
}
