//! Changes to the constant text of a guide.

use std::fmt;

use serde_json::Value;

/// Strings that cannot be sent everywhere.
const STRINGS: &[&str] = &[
    "",
    " ",
    "a b",
    " a",
    "a ",
    "a:b",
    ":0",
    ":99999",
    "a;b",
    "a,b",
    "a\"b",
    "a\\b",
    "a|b",
    "a<b>",
    "a`b",
    "a{b}",
    "a^b",
    "a'b",
    "a_b",
    "A",
    "%",
    "%zz",
    "%00",
    "%2e%2e",
    "%2F",
    "/",
    "//",
    "/.",
    "/..",
    "/../a",
    "/./a",
    "..",
    ".",
    "a?b=c",
    "a#b",
    "a@b",
    "1.2.3.4",
    "api.acme.123",
    "xn--a",
    "localhost",
    "a\nb",
    "a\r\nx: y",
    "a\tb",
    "a\0b",
    "a\u{7f}b",
    "ü",
    "日本",
    "\u{202e}a",
    "\u{85}",
    "😀",
    "data.0.id",
    "[0]",
    "host",
    "user-agent",
    "content-length",
    "transfer-encoding",
    "cookie",
    "authorization",
    "content-type",
    "https://",
    "http://a.example",
    "none",
    "HS1",
];

/// References, of which each is available in some contexts only. `…` stands for each of the guide's own names.
const REFERENCES: &[&str] = &[
    "{{ environment.host }}",
    "{{ environment.label }}",
    "{{ environment.… }}",
    "{{ value.… }}",
    "{{ value.… | base64 }}",
    "{{ value.… | host_labels(2) }}",
    "{{ capture.… }}",
    "{{ token.… }}",
    "{{ token.access_token }}",
    "{{ token.refresh_token }}",
    "{{ json.id }}",
    "{{ hub.redirect_uri }}",
    "{{ jwt.assertion }}",
    "{{ request.method }}",
    "{{ request.signature }}",
    "{{ now.http }}",
    "{{ random.uuid }}",
    "{{ provider.name }}",
    "{{ brand.name }}",
];

/// The parts of a method that are sent, or that determine what is sent.
const PARTS: &[&str] = &["environments", "fields", "derived", "auth", "base_url", "hosts", "checks", "wait"];

/// Keys whose values people read, or that choose among a fixed list.
const NOT_SENT: &[&str] = &[
    "label",
    "description",
    "says",
    "fix",
    "outcomes",
    "examples",
    "key",
    "type",
    "role",
    "accept",
    "pattern_says",
    "returns",
    "return_to",
    "at_field",
    "allow",
    "name_says",
];

/// Mappings whose keys the guide chooses.
const MAPPINGS: &[&str] = &[
    "headers",
    "query",
    "form",
    "json",
    "values",
    "captures",
    "parameters",
    "token_parameters",
    "token_headers",
    "authorize_parameters",
    "claims",
    "header",
    "details",
];

/// A string or a key of a guide, and what replaces it.
pub(super) struct Change {
    pointer: String,
    /// The last two keys of the language on the way to the string, and the carrier that it belongs to, if any.
    place: String,
    /// The key to replace, in the mapping at `pointer`. `None` if the string at `pointer` is replaced.
    key: Option<String>,
    to: String,
    /// How the new string was made, for [`Change::kind`].
    how: String,
}

impl Change {
    /// Describes the change without the guide's own names, so that each kind of change is made once.
    pub(super) fn kind(&self) -> String {
        format!("{} {} {}", self.place, self.key.is_some(), self.how)
    }

    pub(super) fn apply(&self, tree: &Value) -> Value {
        let mut tree = tree.clone();
        let target = tree.pointer_mut(&self.pointer).expect("the place exists");
        match &self.key {
            None => *target = Value::from(self.to.as_str()),
            Some(key) => {
                let map = target.as_object_mut().expect("a mapping");
                let value = map.remove(key).expect("the key exists");
                map.insert(self.to.clone(), value);
            }
        }
        tree
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to: String = self.to.chars().take(80).collect();
        match &self.key {
            None => write!(f, "{} = {to:?}", self.pointer),
            Some(key) => write!(f, "{}: the key {key:?} = {to:?}", self.pointer),
        }
    }
}

/// Returns every change of a guide.
pub(super) fn changes(tree: &Value) -> impl Iterator<Item = Change> {
    let mut all = Vec::new();
    let methods = tree["methods"].as_array().map_or(0, Vec::len);
    for method in 0..methods {
        for part in PARTS {
            let pointer = format!("/methods/{method}/{part}");
            if let Some(value) = tree.pointer(&pointer) {
                let names = Names::of(&tree["methods"][method]);
                walk(value, &pointer, &[part], &names, &mut all);
            }
        }
    }
    all.into_iter()
}

/// The guide's own names that references can contain.
struct Names {
    environment: Vec<String>,
    value: Vec<String>,
    captured: Vec<String>,
}

impl Names {
    fn of(method: &Value) -> Self {
        let keys = |list: &Value| -> Vec<String> {
            let list = list.as_array().into_iter().flatten();
            list.filter_map(|one| one["key"].as_str().map(str::to_owned)).collect()
        };
        let names = |map: &Value| -> Vec<String> {
            map.as_object().into_iter().flat_map(|map| map.keys().cloned()).collect()
        };
        let mut captured = Vec::new();
        let mut rest = vec![method];
        while let Some(value) = rest.pop() {
            captured.extend(names(&value["captures"]));
            rest.extend(value.as_object().into_iter().flat_map(|map| map.values()));
            rest.extend(value.as_array().into_iter().flatten());
        }
        let fields = [keys(&method["fields"]), keys(&method["derived"])];
        Self { environment: names(&method["environments"][0]["values"]), value: fields.concat(), captured }
    }

    /// Returns a reference for each name.
    fn fill(&self, reference: &str) -> Vec<String> {
        let names = match reference {
            _ if !reference.contains('…') => return vec![reference.to_owned()],
            _ if reference.contains("environment") => &self.environment,
            _ if reference.contains("value") => &self.value,
            _ => &self.captured,
        };
        names.iter().map(|name| reference.replace('…', name)).collect()
    }
}

/// Adds the changes of a value. `keys` are the language's keys on the way to it.
fn walk(value: &Value, pointer: &str, keys: &[&str], names: &Names, all: &mut Vec<Change>) {
    let place = keys[keys.len().saturating_sub(2)..].join("/");
    match value {
        Value::String(text) => replaced(text, names, |to, how| {
            all.push(Change { pointer: pointer.to_owned(), place: place.clone(), key: None, to, how });
        }),
        Value::Array(list) => {
            for (n, value) in list.iter().enumerate() {
                // A name in a header is not a name in a cookie.
                let carrier = value["in"].as_str();
                let keys: Vec<&str> = keys.iter().copied().chain(carrier).collect();
                walk(value, &format!("{pointer}/{n}"), &keys, names, all);
            }
        }
        Value::Object(map) => {
            for (key, value) in map.iter().filter(|(key, _)| !NOT_SENT.contains(&key.as_str())) {
                let is_ours = keys.last().is_none_or(|last| !MAPPINGS.contains(last));
                replaced(key, names, |to, how| {
                    if !is_ours && !map.contains_key(&to) {
                        let (pointer, key) = (pointer.to_owned(), Some(key.clone()));
                        all.push(Change { pointer, place: place.clone(), key, to, how });
                    }
                });
                let escaped = key.replace('~', "~0").replace('/', "~1");
                let keys: Vec<&str> = keys.iter().copied().chain(is_ours.then_some(key.as_str())).collect();
                walk(value, &format!("{pointer}/{escaped}"), &keys, names, all);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Calls `push` with each replacement of a string, and a description of it.
fn replaced(text: &str, names: &Names, mut push: impl FnMut(String, String)) {
    // Longer than a URL and a header name can be.
    let long = "a".repeat(70_000);
    let labels = "a.".repeat(130);
    for (n, new) in STRINGS.iter().copied().chain([long.as_str(), labels.as_str()]).enumerate() {
        for (to, how) in variants(text, new) {
            push(to, format!("{how} {n}"));
        }
    }
    for reference in REFERENCES {
        for (n, new) in names.fill(reference).iter().enumerate() {
            for (to, how) in variants(text, new) {
                push(to, format!("{how} {reference} {}", n.min(2)));
            }
        }
    }
}

/// Returns a string replaced by another, and with the other at its end and after its first slash.
fn variants(text: &str, new: &str) -> Vec<(String, &'static str)> {
    let mut all = vec![(new.to_owned(), "instead"), (format!("{text}{new}"), "after")];
    // `GET /path`, `https://host/path`
    if let Some((front, back)) = text.split_once('/').filter(|(front, _)| front.ends_with([' ', ':'])) {
        let (slashes, back) = back.strip_prefix('/').map_or(("/", back), |back| ("//", back));
        all.push((format!("{front}{slashes}{new}{back}"), "within"));
        all.push((format!("{front}{slashes}{new}/{back}"), "segment"));
    }
    all
}
