//! The JSON Schemas of the format, and what they say about a tree.
//!
//! The schema is made from the shapes, so the two cannot disagree; it judges the whole tree at once, and its
//! complaints are put into an author's words here. The only file that names the schema validator.

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

/// The form of a file: how it is known from others, and the schema that judges it.
///
/// Guides and brand files are two; whoever has a YAML file of its own and wants the same findings makes a third.
pub struct Form {
    /// The key with which such a file begins, as in `waystone: 1`.
    mark: &'static str,
    /// What such a file is, with its article.
    name: &'static str,
    /// Keys by which one without the mark can be told to be meant for one.
    alike: &'static [&'static str],
    schema: fn() -> Value,
    is_read_whole: bool,
    compiled: OnceLock<Compiled>,
}

pub(crate) static GUIDE: Form = Form::whole("waystone", "a guide", &["provider", "methods"], guide_schema);
pub(crate) static BRAND: Form =
    Form::whole("waystone_brand", "a brand file", &["wording", "hub"], brand_schema);

/// The marks of all files that a program of ours reads, so that one that is given for another is told so.
const MARKS: &[(&str, &str)] = &[
    ("waystone", "a guide"),
    ("waystone_brand", "a brand file"),
    ("waystone_hub", "a file of settings for `waystone serve`"),
];

struct Compiled {
    schema: Value,
    /// Judges the tree as it is.
    judge: Validator<Tree>,
    /// Says what is wrong with it, over the tree as JSON; made when there is something to say.
    witness: LazyLock<Validator, Box<dyn FnOnce() -> Validator + Send>>,
}

impl Compiled {
    fn new(schema: Value) -> Self {
        let judge = jsonschema::options_for::<Tree>()
            .with_pattern_options(jsonschema::PatternOptions::regex())
            .build(&schema)
            .expect("the generated schema is a schema, as a test shows");
        let same = schema.clone();
        let witness = LazyLock::new(Box::new(move || {
            jsonschema::options()
                .with_pattern_options(jsonschema::PatternOptions::regex())
                .build(&same)
                .expect("the generated schema is a schema, as a test shows")
        }) as Box<dyn FnOnce() -> Validator + Send>);
        Self { schema, judge, witness }
    }
}

/// Says everything that is wrong with the shape of a tree, and gives what was surely meant instead; nothing, if the
/// tree is of the shape as it is.
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
    for error in compiled.witness.iter_errors(&value) {
        words.say(&error);
    }
    Some(words.finish())
}

/// Whether a tree is of the shape.
pub(crate) fn is_valid(form: &Form, root: &Node) -> bool {
    form.compiled().judge.is_valid(root)
}

/// The one finding about a file that is something else, or of another version: everything else that could be
/// said about it would follow from that.
pub(crate) fn another_file(form: &Form, root: &Node, source: &Source) -> Option<Finding> {
    let Form { mark, name, .. } = *form;
    let NodeKind::Mapping(entries) = &root.kind else {
        let message = format!("the file is {}, and {name} is a mapping", root.described());
        let found = Finding::new(&WRONG_TYPE, source.first_line(root.place()), message);
        return Some(found.mend(format!("write {name}: it begins with `{mark}: 1`")));
    };
    let other = MARKS.iter().find_map(|(mark, name)| Some((root.entry(mark)?, name)));
    if let Some((entry, other)) = other.filter(|_| root.entry(mark).is_none()) {
        let found =
            Finding::new(&WRONG_TYPE, entry.key_span, format!("this is {other}, and {name} is wanted here"));
        return Some(found.mend(format!("give {name}: it begins with `{mark}: 1`")));
    }
    let Some(entry) = root.entry(mark) else {
        let known = || form.alike.iter().copied().chain([mark]);
        let is_alike = entries.iter().any(|entry| nearest(&entry.key, known()).is_some());
        let place = source.first_line(root.place());
        let found = Finding::new(&MISSING_KEY, place, format!("this is not {name}: there is no `{mark}`"));
        return (!is_alike).then(|| found.mend(format!("begin {name} with `{mark}: 1`")));
    };
    match &entry.value.kind {
        NodeKind::Integer(1) => None,
        NodeKind::Text(text) if text == "1" => {
            let span = entry.value.span;
            let found =
                Finding::new(&WRONG_TYPE, span, format!("`{mark}` wants a number, and this is a text"));
            Some(found.mend("write `1`, without quotes").fix(span, "1"))
        }
        _ => {
            let span = source.first_line(entry.value.place());
            Some(Finding::new(&WRONG_VERSION, span, "this is not version 1 of the format"))
        }
    }
}

impl Form {
    /// The form of files that begin with this mark. `alike` are keys by which one without it can be told.
    pub const fn new(
        mark: &'static str,
        name: &'static str,
        alike: &'static [&'static str],
        schema: fn() -> Value,
    ) -> Self {
        Self { mark, name, alike, schema, is_read_whole: false, compiled: OnceLock::new() }
    }

    /// The same, of files that mean nothing as long as a part of them is not of the form.
    const fn whole(
        mark: &'static str,
        name: &'static str,
        alike: &'static [&'static str],
        schema: fn() -> Value,
    ) -> Self {
        Self { mark, name, alike, schema, is_read_whole: true, compiled: OnceLock::new() }
    }

    /// Whether a file that is not of the form in some place is not looked at any further.
    pub(crate) fn is_read_whole(&self) -> bool {
        self.is_read_whole
    }

    fn compiled(&self) -> &Compiled {
        self.compiled.get_or_init(|| Compiled::new((self.schema)()))
    }
}

/// Shows what it is the form of.
impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form").field("mark", &self.mark).finish_non_exhaustive()
    }
}

/// The JSON Schema of a shape, as editors want it.
pub fn schema_of<T: JsonSchema>(name: &str) -> Value {
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
