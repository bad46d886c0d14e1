//! The JSON Schemas of the format, and the validation of trees against them.
//!
//! A schema is generated from the shapes, so the two cannot disagree. It validates the whole tree at once, and its
//! errors are explained in the author's terms. The only module that names a schema validator.

mod branches;
mod names;
mod tree;
mod words;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{LazyLock, OnceLock};

use jsonschema::Validator;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

pub(crate) use self::words::Repair;

use self::tree::Tree;
use crate::code::{MISSING_KEY, WRONG_TYPE, WRONG_VERSION};
use crate::finding::{Finding, nearest};
use crate::node::{Kind as NodeKind, Node};
use crate::shape::{BrandShape, GuideShape};
use crate::source::{Source, Span};

/// The JSON Schema of a guide.
pub fn guide_schema() -> Value {
    schema_of::<GuideShape>("guide")
}

/// The JSON Schema of a brand file.
pub fn brand_schema() -> Value {
    schema_of::<BrandShape>("brand")
}

/// A kind of YAML file: how to recognize it, and its schema.
///
/// Guides and brand files are two forms. Other crates can define forms for their own files and get the same findings.
pub struct Form {
    /// The key that holds the version, as in `waystone: 1`.
    mark: &'static str,
    /// What such a file is called, with an article.
    name: &'static str,
    /// Keys by which a file without the mark is still recognized.
    alike: &'static [&'static str],
    schema: fn() -> Value,
    is_read_whole: bool,
    compiled: OnceLock<Compiled>,
}

pub(crate) static GUIDE: Form = Form::whole("waystone", "a guide", &["provider", "methods"], guide_schema);
pub(crate) static BRAND: Form =
    Form::whole("waystone_brand", "a brand file", &["wording", "hub"], brand_schema);

/// The marks of all files that Waystone reads, to explain when one is given in place of another.
const MARKS: &[(&str, &str)] = &[
    ("waystone", "a guide"),
    ("waystone_brand", "a brand file"),
    ("waystone_hub", "a settings file for `waystone serve`"),
];

struct Compiled {
    schema: Value,
    /// Decides whether a tree is valid, without converting it.
    judge: Validator<Tree>,
    /// Lists the errors of a tree that was converted to JSON. Built when the first error is found.
    explain: LazyLock<Validator, Box<dyn FnOnce() -> Validator + Send>>,
}

impl Compiled {
    fn new(schema: Value) -> Self {
        let judge = jsonschema::options_for::<Tree>()
            .with_pattern_options(jsonschema::PatternOptions::regex())
            .build(&schema)
            .expect("a test ensures that the generated schema is valid");
        let same = schema.clone();
        let explain = LazyLock::new(Box::new(move || {
            jsonschema::options()
                .with_pattern_options(jsonschema::PatternOptions::regex())
                .build(&same)
                .expect("a test ensures that the generated schema is valid")
        }) as Box<dyn FnOnce() -> Validator + Send>);
        Self { schema, judge, explain }
    }
}

/// Reports all schema errors of a tree. Returns the repairs for mistakes whose intention is clear, or `None` if the
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
    for error in compiled.explain.iter_errors(&value) {
        words.report(&error);
    }
    Some(words.finish())
}

/// Whether a tree is valid.
pub(crate) fn is_valid(form: &Form, root: &Node) -> bool {
    form.compiled().judge.is_valid(root)
}

/// The finding about a file of another form or version. It is the only finding, because all others would follow from
/// it.
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
        NodeKind::Integer(1) => None,
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
    /// The form of files with this mark. `alike` lists keys by which a file without the mark is still recognized.
    pub const fn new(
        mark: &'static str,
        name: &'static str,
        alike: &'static [&'static str],
        schema: fn() -> Value,
    ) -> Self {
        Self { mark, name, alike, schema, is_read_whole: false, compiled: OnceLock::new() }
    }

    /// A form whose files are not interpreted at all while they have schema errors.
    const fn whole(
        mark: &'static str,
        name: &'static str,
        alike: &'static [&'static str],
        schema: fn() -> Value,
    ) -> Self {
        Self { mark, name, alike, schema, is_read_whole: true, compiled: OnceLock::new() }
    }

    /// Whether a file with schema errors is not interpreted any further.
    pub(crate) fn is_read_whole(&self) -> bool {
        self.is_read_whole
    }

    fn compiled(&self) -> &Compiled {
        self.compiled.get_or_init(|| Compiled::new((self.schema)()))
    }
}

/// Shows the mark.
impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form").field("mark", &self.mark).finish_non_exhaustive()
    }
}

/// The JSON Schema of a shape, prepared for editors.
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
    if schema
        .get("default")
        .is_some_and(|value| value.is_null() || *value == json!({}) || *value == json!([]))
    {
        schema.remove("default");
    }
    let branches = schema.get("anyOf").and_then(Value::as_array).cloned();
    if let Some(branches) = branches {
        let rest: Vec<_> =
            branches.iter().filter(|branch| **branch != json!({ "type": "null" })).cloned().collect();
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
