//! Changes to each key of the format, in all good guides: `waystone diff` must report them.

use std::collections::{BTreeMap, BTreeSet};

use guide::Guide;
use serde_json::{Value, json};

use crate::corpus::folder;
use crate::guides::files;
use crate::mutants::{gather, to_yaml};

/// The keys whose changes are not reported, with everything below them.
const UNREPORTED: &[(&str, &str)] = &[
    ("waystone", "the version of the format; a guide has no other"),
    ("methods.auth.exchange.steps.key", "a name that only findings use"),
    ("methods.auth.exchange.refresh.key", "a name that only findings use"),
    ("methods.fields.examples", "tests of the guide"),
    ("methods.derived.examples", "tests of the guide"),
    ("methods.scenarios", "tests of the guide; only added and removed scenarios are counted"),
];

/// Changes to keys that no good guide has, or that cannot be changed alone: the key, the guide, the text to replace, and its
/// replacement.
const EDITS: &[(&str, &str, &str, &str)] = &[
    (
        "authorize_parameters",
        BROWSER,
        POST,
        "client_auth: post\n        authorize_parameters: { prompt: consent }\n",
    ),
    ("no_pkce", BROWSER, POST, "client_auth: post\n        no_pkce: Acme rejects it.\n"),
    ("scope_separator", BROWSER, POST, "client_auth: post\n        scope_separator: ','\n"),
    ("scopes", BROWSER, REFRESH, "refresh: { rotates: true, scopes: [refresh_token],"),
    ("url", BROWSER, REFRESH, "refresh: { rotates: true, url: 'https://login.acme.example/renew',"),
    ("includes", "several-checks-and-scopes", ", includes: [tickets.read]", ""),
];

/// The keys that no good guide has, and why that is no gap.
const UNTRIED: &[(&str, &str)] = &[
    ("client_assertion", "compared like the assertion of `jwt`, whose keys are tried"),
    ("path_segment", "compared like every step of `accept`"),
];

const BROWSER: &str = "a-sign-in-in-the-browser";
const POST: &str = "client_auth: post\n";
const REFRESH: &str = "refresh: { rotates: true,";

/// How often a change to a key is tried in different places.
const TRIES: usize = 2;

/// How many places are tried in which no change leaves the guide valid.
const MOST_FAILURES: usize = 12;

#[test]
fn a_change_to_any_key_is_reported() {
    let schema = guide::guide_schema();
    let (mut names, mut choices) = (BTreeSet::new(), BTreeSet::new());
    words(&schema, &mut names, &mut choices);
    let (mut tried, mut failed) = (BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new());
    let mut silent = BTreeSet::new();
    let (mut inside, mut outside) = (BTreeSet::new(), BTreeSet::new());
    // Short guides take less time and contain most of the keys.
    let mut files = files();
    files.sort_by_key(|file| std::fs::metadata(file).expect("a file").len());
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a guide");
        let mut tree: Value = serde_saphyr::from_str(&text).expect("YAML");
        let mut values = Vec::new();
        gather(&tree, String::new(), &mut values);
        for (pointer, _) in &values {
            let key = key(pointer, &names);
            let names = if is_unreported(&key) { &mut inside } else { &mut outside };
            names.extend(key.split('.').map(str::to_owned));
        }
        // Tests of the guide would make most changes invalid.
        without_tests(&mut tree);
        let old = read(&tree).expect("a valid guide");
        let mut values = Vec::new();
        gather(&tree, String::new(), &mut values);
        let named: BTreeSet<&str> = values
            .iter()
            .filter(|(pointer, _)| ["/key", "/name", "/value"].iter().any(|end| pointer.ends_with(end)))
            .filter_map(|(_, value)| value.as_str())
            .collect();
        for (pointer, value) in values {
            let key = key(&pointer, &names);
            let is_done = tried.get(&key).is_some_and(|n| TRIES <= *n)
                || failed.get(&key).is_some_and(|n| MOST_FAILURES <= *n);
            if is_unreported(&key) || is_done {
                continue;
            }
            let changed = others(value, &choices, &named).into_iter().find_map(|other| {
                let mut tree = tree.clone();
                *tree.pointer_mut(&pointer)? = other.clone();
                Some((other, read(&tree)?))
            });
            let Some((other, new)) = changed else {
                *failed.entry(key).or_default() += usize::from(!value.is_object() && !value.is_array());
                continue;
            };
            if lint::compare(&old, &new).is_empty() {
                silent.insert(format!("{key}: {value} -> {other} in {}", file.display()));
            }
            *tried.entry(key).or_default() += 1;
        }
    }
    for (key, case, from, to) in EDITS {
        let text =
            std::fs::read_to_string(folder("guides/ok").join(case).join("guide.yaml")).expect("a guide");
        assert!(text.contains(from), "{case} does not contain `{from}`");
        let read = |text: &str| guide::read("guide.yaml", text.as_bytes()).into_usable().ok();
        let (old, new) = (read(&text), read(&text.replacen(from, to, 1)));
        let (old, new) = (old.expect("a valid guide"), new.unwrap_or_else(|| panic!("{to} is invalid")));
        if lint::compare(&old, &new).is_empty() {
            silent.insert(format!("{key}: {to}"));
        }
    }
    // Names that occur only below unreported keys cannot be tried.
    let only_inside = inside.difference(&outside).map(String::as_str);
    let exercised: BTreeSet<&str> = tried
        .keys()
        .flat_map(|key| key.split('.'))
        .chain(EDITS.iter().map(|(key, ..)| *key))
        .chain(only_inside)
        .chain(UNTRIED.iter().map(|(key, _)| *key))
        .chain(["allow"])
        .collect();
    let untried: Vec<&String> = names.iter().filter(|name| !exercised.contains(name.as_str())).collect();
    assert!(
        silent.is_empty() && untried.is_empty(),
        "these changes are not reported: {silent:#?}\nno guide has these keys, or they cannot be changed alone: {untried:?}"
    );
}

/// Reads a guide. Returns `None` if it has errors.
fn read(tree: &Value) -> Option<Guide> {
    guide::read("guide.yaml", to_yaml(tree, None).as_bytes()).into_usable().ok()
}

/// Whether changes to a key are not reported: it is listed, or below `allow`, which records a person's review of warnings.
fn is_unreported(key: &str) -> bool {
    let is_allow = key.split('.').any(|part| part == "allow");
    is_allow
        || UNREPORTED.iter().any(|(ignored, _)| key == *ignored || key.starts_with(&format!("{ignored}.")))
}

/// Removes scenarios and examples.
fn without_tests(tree: &mut Value) {
    match tree {
        Value::Object(members) => {
            members.shift_remove("scenarios");
            members.shift_remove("examples");
            members.values_mut().for_each(without_tests);
        }
        Value::Array(list) => list.iter_mut().for_each(without_tests),
        _ => {}
    }
}

/// Collects the names of all keys and all choices in a schema.
fn words(schema: &Value, names: &mut BTreeSet<String>, choices: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            let properties = members.get("properties").and_then(Value::as_object);
            names.extend(properties.iter().flat_map(|map| map.keys().cloned()));
            let listed = members.get("enum").and_then(Value::as_array).into_iter().flatten();
            choices
                .extend(listed.chain(members.get("const")).filter_map(|one| Some(one.as_str()?.to_owned())));
            members.values().for_each(|inner| words(inner, names, choices));
        }
        Value::Array(list) => list.iter().for_each(|inner| words(inner, names, choices)),
        _ => {}
    }
}

/// Returns the path of a value without indexes. Names that the guide chooses are `*`.
fn key(pointer: &str, names: &BTreeSet<String>) -> String {
    let parts = pointer.split('/').skip(1).filter(|part| part.parse::<usize>().is_err());
    parts.map(|part| if names.contains(part) { part } else { "*" }).collect::<Vec<_>>().join(".")
}

/// Returns other values of the same type, most suitable first. `named` contains the names that the guide declares.
fn others(value: &Value, choices: &BTreeSet<String>, named: &BTreeSet<&str>) -> Vec<Value> {
    match value {
        Value::Bool(truth) => vec![json!(!truth)],
        Value::Number(number) => vec![json!(number.as_i64().unwrap_or_default() + 1)],
        Value::String(text) if choices.contains(text) => {
            choices.iter().filter(|other| *other != text).map(|other| json!(other)).collect()
        }
        Value::String(text) => {
            let digit = text.replace(|ch: char| ch.is_ascii_digit(), "1");
            let all =
                [format!("{text}x"), format!("x{text}"), format!("{text} more"), format!("*{text}"), digit];
            let names = named.iter().filter(|_| named.contains(text.as_str())).map(|name| (*name).to_owned());
            all.into_iter().chain(names).filter(|other| other != text).map(Value::from).collect()
        }
        Value::Null | Value::Array(_) | Value::Object(_) => Vec::new(),
    }
}
