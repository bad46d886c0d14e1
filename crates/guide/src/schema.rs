//! Generates the JSON Schemas for the format, and validates trees against them.
//!
//! The schemas are generated from the shapes, so they always match the shapes. A schema validates the whole tree at
//! once, and schema errors are explained in the author's terms. No other module uses a schema validator.

mod branches;
mod names;
mod tree;
mod words;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jsonschema::Validator;
use jsonschema::json::Json;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

pub(crate) use self::words::Repair;

use self::tree::Tree;
use crate::code::{MISSING_KEY, WRONG_TYPE, WRONG_VERSION};
use crate::finding::Finding;
use crate::node::{Kind as NodeKind, Node};
use crate::shape::{BrandShape, GuideShape};
use crate::source::{Source, Span};
use crate::spelling::nearest;

/// Returns the JSON Schema for guides.
pub fn guide_schema() -> Value {
    schema_of::<GuideShape>("guide")
}

/// Returns the JSON Schema for brand files.
pub fn brand_schema() -> Value {
    schema_of::<BrandShape>("brand")
}

/// A type of YAML file: its identifying keys and its schema.
///
/// Guides and brand files each have a form. Other crates can define forms for their own files, which then produce the
/// same kinds of findings.
#[derive(Debug)]
pub struct Form {
    /// The key that holds the version, as in `waystone: 1`.
    mark: &'static str,
    /// The name of the file type in messages, with an article, such as "a guide".
    name: &'static str,
    /// Keys that identify such a file if the mark is missing.
    alike: &'static [&'static str],
    schema: fn() -> Value,
    /// Whether a file is interpreted only if no schema errors remain after repairs.
    pub(crate) is_read_whole: bool,
    compiled: OnceLock<Compiled>,
}

pub(crate) static GUIDE: Form =
    Form::new("waystone", "a guide", &["provider", "methods"], guide_schema).read_whole();
pub(crate) static BRAND: Form =
    Form::new("waystone_brand", "a brand file", &["wording", "hub"], brand_schema).read_whole();

/// The marks of all file types that Waystone reads, used to recognize a file of the wrong type.
const MARKS: &[(&str, &str)] = &[
    ("waystone", "a guide"),
    ("waystone_brand", "a brand file"),
    ("waystone_hub", "a settings file for `waystone serve`"),
];

#[derive(Debug)]
struct Compiled {
    schema: Value,
    /// Decides whether a tree is valid, without converting the tree to JSON.
    judge: Validator<Tree>,
    /// Lists the errors in a tree that was converted to JSON. Built when the first invalid tree is found.
    explain: OnceLock<Validator>,
}

fn compile<T: Json>(schema: &Value) -> Validator<T> {
    jsonschema::options_for::<T>()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(schema)
        .expect("a test ensures that the generated schema is valid")
}

/// Reports all schema errors in a tree. Returns the repairs for mistakes with an obvious correction, or `None` if the
/// tree is valid.
pub(crate) fn check(
    form: &Form,
    root: &Node,
    source: &Source,
    findings: &mut Vec<Finding>,
) -> Option<BTreeMap<Span, Repair>> {
    let compiled = form.compiled();
    if compiled.judge.is_valid(root) {
        return None;
    }
    let value = root.to_json();
    let mut words = words::Words::new(root, source, &compiled.schema, findings);
    let explain = compiled.explain.get_or_init(|| compile(&compiled.schema));
    for error in explain.iter_errors(&value) {
        words.report(&error);
    }
    Some(words.finish())
}

/// Returns whether a tree is valid.
pub(crate) fn is_valid(form: &Form, root: &Node) -> bool {
    form.compiled().judge.is_valid(root)
}

/// Returns a finding if the file does not have the expected type and version, and `None` otherwise. No other findings
/// are then reported, because they would all result from the same mistake.
pub(crate) fn another_file(form: &Form, root: &Node, source: &Source) -> Option<Finding> {
    let Form { mark, name, .. } = *form;
    let NodeKind::Mapping(entries) = &root.kind else {
        let message = format!("the file is {}, but {name} must be a mapping", root.described());
        let found = Finding::new(&WRONG_TYPE, source.first_line(root.place()), message);
        return Some(found.help(format!("write {name}, which begins with `{mark}: 1`")));
    };
    let other = MARKS.iter().find_map(|(mark, name)| Some((root.entry(mark)?, name)));
    if let Some((entry, other)) = other.filter(|_| root.entry(mark).is_none()) {
        let found = Finding::new(
            &WRONG_TYPE,
            entry.key_span,
            format!("this is {other}, but {name} is expected here"),
        );
        return Some(found.help(format!("use {name}, which begins with `{mark}: 1`")));
    }
    let Some(entry) = root.entry(mark) else {
        let known = || form.alike.iter().copied().chain([mark]);
        let is_alike = entries.iter().any(|entry| nearest(&entry.key, known()).is_some());
        let place = source.first_line(root.place());
        let found =
            Finding::new(&MISSING_KEY, place, format!("this is not {name}: the key `{mark}` is missing"));
        return (!is_alike).then(|| found.help(format!("begin {name} with `{mark}: 1`")));
    };
    match &entry.value.kind {
        NodeKind::Number(n) if n.as_i64() == Some(1) => None,
        NodeKind::Text(text) if text == "1" => {
            let span = entry.value.span;
            let found =
                Finding::new(&WRONG_TYPE, span, format!("`{mark}` must be a number, but this is a string"));
            Some(found.help("write `1` without quotes").fix(span, "1"))
        }
        _ => {
            let span = source.first_line(entry.value.place());
            Some(Finding::new(&WRONG_VERSION, span, "this is not version 1 of the format"))
        }
    }
}

impl Form {
    /// Creates the form for files that contain the key `mark`. `alike` lists keys that identify such a file if the mark
    /// is missing.
    pub const fn new(
        mark: &'static str,
        name: &'static str,
        alike: &'static [&'static str],
        schema: fn() -> Value,
    ) -> Self {
        Self { mark, name, alike, schema, is_read_whole: false, compiled: OnceLock::new() }
    }

    /// Changes the form so that files are interpreted only if no schema errors remain after repairs.
    const fn read_whole(mut self) -> Self {
        self.is_read_whole = true;
        self
    }

    fn compiled(&self) -> &Compiled {
        self.compiled.get_or_init(|| {
            let schema = (self.schema)();
            Compiled { judge: compile(&schema), schema, explain: OnceLock::new() }
        })
    }
}

/// Returns the JSON Schema for a shape, prepared for editors.
pub fn schema_of<T: JsonSchema>(name: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = false;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    RecursiveTransform(tidy).transform(&mut schema);
    schema.insert("$id".to_owned(), json!(format!("{name}.schema.json")));
    serde_json::to_value(&schema).expect("a schema is JSON")
}

/// Prepares a schema for editors: removes explicit nulls and adds Markdown descriptions.
fn tidy(schema: &mut Schema) {
    if schema.get("default").is_some_and(|value| [json!(null), json!({}), json!([])].contains(value)) {
        schema.remove("default");
    }
    if let Some([branch, null]) = array(schema, "anyOf")
        && *null == json!({ "type": "null" })
    {
        let branch = branch.as_object().cloned().unwrap_or_default();
        schema.remove("anyOf");
        for (key, value) in branch {
            schema.ensure_object().entry(key).or_insert(value);
        }
    }
    if let Some([kind, null]) = array(schema, "type")
        && null == "null"
    {
        let kind = kind.clone();
        schema.insert("type".to_owned(), kind);
    }
    if let Some(Value::Array(choices)) = schema.get_mut("enum") {
        choices.retain(|choice| !choice.is_null());
    }
    schema.remove("format");
    if let Some(description) = schema.get("description").cloned() {
        schema.insert("markdownDescription".to_owned(), description);
    }
}

fn array<'s>(schema: &'s Schema, key: &str) -> Option<&'s [Value]> {
    schema.get(key)?.as_array().map(Vec::as_slice)
}
