//! Checks every code block and every command in `docs/authoring.md`.
//!
//! The word after the fence of a YAML block is the block's kind. A `guide` block is a complete guide. A `method` or
//! `root` block is inserted into a small guide that supplies the keys that the block omits.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::waystone;

const PAGE: &str = include_str!("../../docs/authoring.md");
const REFERENCE: &str = include_str!("../../docs/reference.md");

/// Findings that the small guide has because it is so small, regardless of the inserted block.
const IGNORED_CODES: [&str; 2] = ["W0313", "W0347"];

/// A code block on the page.
#[derive(Debug)]
struct Block<'a> {
    line: usize,
    kind: &'a str,
    text: &'a str,
}

/// Returns the blocks whose info string (the text after the fence) starts with `word`.
fn blocks(word: &str) -> Vec<Block<'static>> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(open) = PAGE[at..].find("```").map(|n| at + n + 3) {
        let end_of_line = PAGE[open..].find('\n').map_or(PAGE.len(), |n| open + n);
        let close = PAGE[end_of_line..].find("\n```").map_or(PAGE.len(), |n| end_of_line + n + 1);
        let info = PAGE[open..end_of_line].trim();
        if let Some(kind) = info.strip_prefix(word) {
            let line = PAGE[..open].lines().count();
            blocks.push(Block { line, kind: kind.trim(), text: &PAGE[end_of_line + 1..close] });
        }
        at = close + 3;
    }
    assert!(!blocks.is_empty(), "the page has no block of kind `{word}`");
    blocks
}

/// A placeholder in the format of a PEM key or certificate.
const PEM: &str = r#""-----BEGIN NOTHING-----\nAAAA\n-----END NOTHING-----""#;

/// Fields that a block can use without declaring them: key, declaration and entered value.
const FIELDS: [(&str, &str, &str); 18] = [
    ("api_key", "label: API Key, type: secret", "live_key-us6"),
    ("app_key", "label: App Key, type: secret", "app-key"),
    ("app_password", "label: App Password, type: secret", "abcd efgh"),
    ("email", "label: Email, type: email, public: true", "ann@acme.example"),
    ("api_token", "label: API Token, type: secret", "a-token"),
    ("client_id", "label: Client ID, type: text, public: true", "an-app"),
    ("client_secret", "label: Client Secret, type: secret", "app-secret"),
    ("username", "label: User Name, type: text, public: true", "ann"),
    ("password", "label: Password, type: secret", "a-password"),
    ("key_id", "label: Key ID, type: text, public: true", "k1"),
    ("secret_key", "label: Secret Key, type: secret", "a-secret-key"),
    ("private_key", "label: Private Key, type: file, holds: pem", PEM),
    ("certificate", "label: Certificate, type: multiline, holds: pem, public: true", PEM),
    ("site", "label: Site, type: text, public: true", "desk"),
    ("edition", "label: Edition, type: text, public: true", "cloud"),
    ("cluster", "label: Cluster, type: text, public: true", "c1"),
    ("service_account", "label: Service Account, type: file", "'{}'"),
    ("plan", "label: Plan, type: text, public: true", "small"),
];

/// Splits a mapping into its top-level keys, each with its lines.
fn parts(text: &str) -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match line.split_once(':').filter(|_| line.starts_with(|ch: char| ch.is_ascii_lowercase())) {
            Some((key, _)) => parts.push((key.to_owned(), format!("{line}\n"))),
            None => {
                let (_, part) = parts.last_mut().expect("the block must start with an unindented key");
                let _ = writeln!(part, "{line}");
            }
        }
    }
    parts
}

/// Merges a block into the mapping `host`: a key in both gets the block's value, and the block's other keys are
/// appended.
fn merged(host: &str, block: &[(String, String)]) -> String {
    let mut all = parts(host);
    for (key, text) in block {
        match all.iter_mut().find(|(other, _)| other == key) {
            Some((_, existing)) => existing.clone_from(text),
            None => all.push((key.clone(), text.clone())),
        }
    }
    all.into_iter().map(|(_, text)| text).collect()
}

/// Returns a small guide that contains the block, and whether its scenarios can be run.
fn guide_around(block: &Block<'_>) -> (String, bool) {
    let method_keys = if block.kind == "method" { parts(block.text) } else { Vec::new() };
    let root_keys = if block.kind == "root" { parts(block.text) } else { Vec::new() };
    let has = |key: &str| method_keys.iter().any(|(other, _)| other == key);
    let auth = "auth: { bearer: { token: '{{ value.api_key }}' } }\n";
    let all = format!("{}{}", block.text, if has("auth") { "" } else { auth });
    let mentions = |key: &str| {
        ["value.", "label.", "field: ", "at_field: "].iter().any(|before| {
            all.match_indices(&format!("{before}{key}")).any(|(at, found)| {
                !all[at + found.len()..].starts_with(|ch: char| ch == '_' || ch.is_alphanumeric())
            })
        })
    };
    let declares = |key: &str| has("fields") && block.text.contains(&format!("key: {key}\n"));
    let (mut fields, mut collects, mut given) = (String::new(), Vec::new(), Vec::new());
    for (key, declaration, entered) in FIELDS {
        if declares(key) || mentions(key) {
            collects.push(key);
            given.push(format!("{key}: {entered}"));
        }
        if mentions(key) && !declares(key) {
            let _ = writeln!(fields, "  - {{ key: {key}, {declaration} }}");
        }
    }
    if has("setup") {
        collects.clear();
    }
    let mut talk = String::new();
    if let Some((_, url)) =
        all.split_once("token_url: https://").or_else(|| all.split_once("token_url: 'https://"))
        && !has("setup")
    {
        let path = url.lines().next().and_then(|line| line.split_once('/')).map_or("", |(_, path)| path);
        let path = path.trim_end_matches('\'');
        let _ = writeln!(
            talk,
            "      - {{ request: POST /{path}, response: {{ status: 200, json: {{ access_token: t1 }} }} }}"
        );
    }
    let tokens = if has("setup") { "    tokens: { access_token: t1 }\n" } else { "" };
    let method = format!(
        "label: API Key\n{auth}base_url: https://api.acme.example/v1\nhosts: ['*.acme.example']\nchecks:\n  \
         - {{ key: me, role: identity, request: GET /me, account: {{ id: '{{{{ json.id }}}}', name: '{{{{ json.name }}}}' }} }}\n\
         link:\n  sections:\n    - key: main\n      title: Get It\n      steps:\n        \
         - {{ key: get, title: Get the Key, collects: [{collects}], body: Copy it. }}\n\
         scenarios:\n  - name: the right key\n    given: {{ {given} }}\n{tokens}    talk:\n{talk}      \
         - {{ request: {verb} /me, response: {{ status: 200, json: {{ id: a1, name: Acme, plan: Pro }} }} }}\n    then: {{ outcome: ok }}\n",
        verb = if block.text.contains("POST /me") { "POST" } else { "GET" },
        collects = collects.join(", "),
        given = given.join(", "),
    );
    let method = if collects.is_empty() { method.replace(" collects: [],", "") } else { method };
    let mut method = merged(&method, &method_keys);
    if has("fields") {
        method = method.replacen("fields:\n", &format!("fields:\n{fields}"), 1);
    } else {
        let _ = write!(method, "fields:\n{fields}");
    }
    let indented: String = method.lines().map(|line| format!("    {line}\n")).collect();
    let root = "waystone: 1\nprovider: { key: acme, name: Acme }\nevidence:\n  \
                - { claim: It is so., source: https://acme.example/docs, checked_on: '2026-11-20' }\n";
    let scopes = "scopes: [{ name: tickets.read, description: Reads tickets. }]\n";
    let root = format!("{root}{}", if all.contains("scopes: tickets.read") { scopes } else { "" });
    let guide = format!("{}methods:\n  - key: main\n{indented}", merged(&root, &root_keys));
    // The placeholder in `PEM` cannot sign and is not a valid certificate, so these scenarios cannot be run.
    let needs_key = ["RS256", "mutual_tls"].iter().any(|word| all.contains(word));
    let is_plain = block.text.matches(" role:").count() < 2 && !needs_key;
    (guide, has("scenarios") || is_plain)
}

/// Returns a description of the block's problem, or `None` if the block is correct.
fn block_problem(block: &Block<'_>) -> Option<String> {
    let (text, runs_scenarios) = match block.kind {
        "guide" => (block.text.to_owned(), true),
        "method" | "root" => guide_around(block),
        _ => {
            return Some("the kind is missing: use `yaml guide`, `yaml method` or `yaml root`".to_owned());
        }
    };
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let file = folder.path().join("acme/guide.yaml");
    fs::create_dir(folder.path().join("acme")).expect("cannot create the folder");
    fs::write(&file, &text).expect("cannot write the file");
    let check =
        waystone::run(folder.path(), &["check", "--format", "json", "--today", waystone::TODAY, "acme"]);
    let json: Value =
        serde_json::from_str(&check.out).unwrap_or_else(|error| panic!("{error}: {}", check.out));
    let findings = json["findings"].as_array().expect("a list of findings");
    let is_ignored = |code: &str| block.kind != "guide" && IGNORED_CODES.contains(&code);
    if findings.iter().any(|finding| !is_ignored(finding["code"].as_str().unwrap_or_default())) {
        return Some(format!("{}\n{text}", waystone::check(folder.path(), "acme").out));
    }
    let test = runs_scenarios.then(|| waystone::run(folder.path(), &["test", "--json", "acme"]))?;
    (test.code != 0).then(|| format!("{}{}\n{text}", test.out, test.err))
}

#[test]
fn every_block_is_correct() {
    let problems: Vec<String> = blocks("yaml")
        .iter()
        .filter_map(|block| Some(format!("docs/authoring.md:{}: {}", block.line, block_problem(block)?)))
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Checks that the tests in this file can fail.
#[test]
fn a_wrong_block_or_command_is_detected() {
    let assert_wrong = |kind, text: &str| {
        let block = Block { line: 1, kind, text };
        assert!(block_problem(&block).is_some(), "{text}");
    };
    let guide = blocks("yaml guide")[0].text;
    assert_wrong("", "auth: { bearer: { token: '{{ value.api_key }}' } }\n");
    assert_wrong("method", "auth: { bearer: { tokens: '{{ value.api_key }}' } }\n");
    assert_wrong("method", "auth: { bearer: { token: '{{ value.api_kee }}' } }\n");
    assert_wrong("method", "auth: { bearer: { token: {{ value.api_key }} } }\n");
    assert_wrong("method", "hosts: [other.example]\n");
    assert_wrong("root", "scopes:\n  - { nam: tickets.read }\n");
    assert_wrong("guide", &guide.replace("status: 401 } }", "status: 402 } }"));
    assert_wrong("guide", &guide.replace("account: { id: a1", "account: { id: a2"));
    assert_wrong("guide", &guide.replace("collects: api_key", "obtains: api_key"));
    assert!(command_problem("waystone check guides/acme --repair", Path::new(".")).is_some());
    assert!(command_problem("waystone make acme", Path::new(".")).is_some());
    assert!(command_problem("waystone simulate acme --gate 9100", Path::new(".")).is_some());
}

#[test]
fn every_command_is_valid() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    for block in blocks("console") {
        for line in block.text.lines() {
            let problem = command_problem(line, folder.path());
            assert!(
                problem.is_none(),
                "docs/authoring.md:{}: {line}\n{}",
                block.line,
                problem.unwrap_or_default()
            );
            if line.contains(" new ") {
                let copy = folder.path().join("published/acme");
                fs::create_dir_all(&copy).expect("cannot create the folder");
                fs::copy(folder.path().join("guides/acme/guide.yaml"), copy.join("guide.yaml"))
                    .expect("cannot copy the new guide");
            }
        }
    }
}

/// Returns a description of the command's problem, or `None` if the command is valid. Commands that wait for a person
/// or contact a provider are only parsed.
fn command_problem(line: &str, folder: &Path) -> Option<String> {
    let command = line.split(" #").next().unwrap_or(line);
    let mut words: Vec<String> = command.split_whitespace().map(|word| word.replace('\'', "")).collect();
    if words.is_empty() || words.remove(0) != "waystone" {
        return Some("this is not a command of `waystone`".to_owned());
    }
    if matches!(words.first().map(String::as_str), Some("simulate" | "link")) {
        words.push("--help".to_owned());
    }
    let run = waystone::run(folder, &words.iter().map(String::as_str).collect::<Vec<_>>());
    (run.code != 0).then(|| format!("{}{}", run.out, run.err))
}

#[test]
fn every_link_to_the_reference_has_a_target() {
    let page = PAGE.split("](reference.md#").skip(1).filter_map(|rest| rest.split(')').next());
    let own = REFERENCE.split("](#").skip(1).filter_map(|rest| rest.split(')').next());
    let headings: Vec<String> = REFERENCE
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .map(|title| title.to_lowercase().replace(' ', "-"))
        .collect();
    for anchor in page.chain(own) {
        assert!(
            headings.iter().filter(|heading| *heading == anchor).count() == 1,
            "#{anchor} must match exactly one heading"
        );
    }
}
