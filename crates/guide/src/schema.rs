//! The JSON Schemas of the format, and what they say about a tree.
//!
//! The schema is made from the shapes, so the two cannot disagree; it judges the whole tree at once, and its
//! complaints are put into an author's words here. The only file that names the schema validator.

mod words;

use std::sync::LazyLock;

use jsonschema::Validator;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use crate::finding::Finding;
use crate::node::Node;
use crate::shape::{BrandShape, GuideShape};
use crate::source::Source;

/// The JSON Schema of a guide.
pub fn guide_schema() -> Value {
    schema::<GuideShape>("guide")
}

/// The JSON Schema of a brand file.
pub fn brand_schema() -> Value {
    schema::<BrandShape>("brand")
}

/// Which of the two.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Guide,
    Brand,
}

static GUIDE: LazyLock<Compiled> = LazyLock::new(|| Compiled::new(guide_schema()));
static BRAND: LazyLock<Compiled> = LazyLock::new(|| Compiled::new(brand_schema()));

pub(crate) struct Compiled {
    pub(crate) schema: Value,
    validator: Validator,
}

impl Compiled {
    fn new(schema: Value) -> Self {
        let validator = jsonschema::options()
            .with_pattern_options(jsonschema::PatternOptions::regex())
            .build(&schema)
            .expect("the generated schema is a schema, as a test shows");
        Self { schema, validator }
    }
}

/// Says everything that is wrong with the shape of a tree.
pub(crate) fn check(kind: Kind, root: &Node, source: &Source, findings: &mut Vec<Finding>) {
    let compiled: &Compiled = match kind {
        Kind::Guide => &GUIDE,
        Kind::Brand => &BRAND,
    };
    let value = root.to_json();
    if compiled.validator.is_valid(&value) {
        return;
    }
    for error in compiled.validator.iter_errors(&value) {
        words::say(&error, root, source, &compiled.schema, findings);
    }
}

fn schema<T: JsonSchema>(name: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = false;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    RecursiveTransform(tidy).transform(&mut schema);
    schema.insert("$id".to_owned(), json!(format!("{name}.schema.json")));
    serde_json::to_value(&schema).expect("a schema is JSON")
}

/// Makes the schema what an editor wants: no explicit nulls, Markdown where descriptions are shown.
fn tidy(schema: &mut Schema) {
    if schema.get("default").is_some_and(|value| value.is_null() || *value == json!({}) || *value == json!([])) {
        schema.remove("default");
    }
    let branches = schema.get("anyOf").and_then(Value::as_array).cloned();
    if let Some(branches) = branches {
        let rest: Vec<_> = branches.iter().filter(|branch| **branch != json!({ "type": "null" })).cloned().collect();
        if rest.len() == 1 && branches.len() == 2 {
            schema.remove("anyOf");
            if let Value::Object(map) = &rest[0] {
                for (key, value) in map {
                    schema.ensure_object().entry(key.clone()).or_insert_with(|| value.clone());
                }
            }
        }
    }
    if let Some(Value::Array(types)) = schema.get("type").cloned() {
        let rest: Vec<_> = types.iter().filter(|one| **one != "null").cloned().collect();
        if types.len() == 2 && rest.len() == 1 {
            schema.insert("type".to_owned(), rest[0].clone());
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("enum") {
        choices.retain(|choice| !choice.is_null());
    }
    schema.remove("format");
    if let Some(description) = schema.get("description").cloned() {
        schema.insert("markdownDescription".to_owned(), description);
    }
}
