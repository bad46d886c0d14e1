//! `docs/authoring.md`: every block of it is right, and every command is one.
//!
//! A block of YAML says behind its fence where it stands. A `guide` is whole. What is of a `method`, or of the `root`,
//! is put into a small guide that has everything else, as far as the block leaves it open.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::waystone;

const PAGE: &str = include_str!("../../docs/authoring.md");
const REFERENCE: &str = include_str!("../../docs/reference.md");

/// What is found in a small guide because it is small, and not because of the block in it.
const SMALL: [&str; 2] = ["W0313", "W0347"];

/// A block of the page.
#[derive(Debug)]
struct Block<'a> {
    line: usize,
    kind: &'a str,
    text: &'a str,
}

/// The blocks whose fence begins with a word.
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
    assert!(!blocks.is_empty(), "the page has no `{word}`");
    blocks
}

/// What looks like a key or a certificate, and is none.
const PEM: &str = r#""-----BEGIN NOTHING-----\nAAAA\n-----END NOTHING-----""#;

/// The fields that a block may speak of without declaring them: key, declaration, and what is typed.
const FIELDS: [(&str, &str, &str); 17] = [
    ("api_key", "label: API Key, type: secret", "live_key-us6"),
    ("app_key", "label: App Key, type: secret", "app-key"),
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

/// The parts of a mapping: each key at the left edge, with the lines that belong to it.
fn parts(text: &str) -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match line.split_once(':').filter(|_| line.starts_with(|ch: char| ch.is_ascii_lowercase())) {
            Some((key, _)) => parts.push((key.to_owned(), format!("{line}\n"))),
            None => {
                let (_, part) = parts.last_mut().expect("a block begins with a key at its left edge");
                let _ = writeln!(part, "{line}");
            }
        }
    }
    parts
}

/// Puts the parts of a block in place of those of the host.
fn placed(host: &str, block: &[(String, String)]) -> String {
    let mut all = parts(host);
    for (key, text) in block {
        match all.iter_mut().find(|(other, _)| other == key) {
            Some((_, part)) => part.clone_from(text),
            None => all.push((key.clone(), text.clone())),
        }
    }
    all.into_iter().map(|(_, text)| text).collect()
}

/// A small guide with the block in it, and whether its scenarios can be played.
fn hosted(block: &Block<'_>) -> (String, bool) {
    let of_method = if block.kind == "method" { parts(block.text) } else { Vec::new() };
    let of_root = if block.kind == "root" { parts(block.text) } else { Vec::new() };
    let has = |key: &str| of_method.iter().any(|(other, _)| other == key);
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
    for (key, declaration, typed) in FIELDS {
        if declares(key) || mentions(key) {
            collects.push(key);
            given.push(format!("{key}: {typed}"));
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
         scenarios:\n  - name: the right one\n    given: {{ {given} }}\n{tokens}    talk:\n{talk}      \
         - {{ request: {asks} /me, response: {{ status: 200, json: {{ id: a1, name: Acme }} }} }}\n    then: {{ outcome: ok }}\n",
        asks = if block.text.contains("POST /me") { "POST" } else { "GET" },
        collects = collects.join(", "),
        given = given.join(", "),
    );
    let method = if collects.is_empty() { method.replace(" collects: [],", "") } else { method };
    let mut method = placed(&method, &of_method);
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
    let guide = format!("{}methods:\n  - key: main\n{indented}", placed(&root, &of_root));
    // A key that signs is none that could stand here, and a certificate neither.
    let signs = ["RS256", "mutual_tls"].iter().any(|word| all.contains(word));
    let is_plain = block.text.matches(" role:").count() < 2 && !signs;
    (guide, has("scenarios") || is_plain)
}

/// What is wrong with a block of YAML.
fn wrong(block: &Block<'_>) -> Option<String> {
    let (text, plays) = match block.kind {
        "guide" => (block.text.to_owned(), true),
        "method" | "root" => hosted(block),
        _ => {
            return Some(
                "nothing says where it stands: `yaml guide`, `yaml method` or `yaml root`".to_owned(),
            );
        }
    };
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("acme/guide.yaml");
    fs::create_dir(folder.path().join("acme")).expect("a folder can be made");
    fs::write(&file, &text).expect("a file can be written");
    let check =
        waystone::run(folder.path(), &["check", "--format", "json", "--today", waystone::TODAY, "acme"]);
    let json: Value =
        serde_json::from_str(&check.out).unwrap_or_else(|error| panic!("{error}: {}", check.out));
    let findings = json["findings"].as_array().expect("a list of findings");
    let is_small = |code: &str| block.kind != "guide" && SMALL.contains(&code);
    if findings.iter().any(|finding| !is_small(finding["code"].as_str().unwrap_or_default())) {
        return Some(format!("{}\n{text}", waystone::check(folder.path(), "acme").out));
    }
    let test = plays.then(|| waystone::run(folder.path(), &["test", "--json", "acme"]))?;
    // Outcomes that the block only words are not reached; a scenario that fails is another matter.
    let passes = test.code == 0
        || block.kind != "guide"
            && serde_json::from_str(&test.out).is_ok_and(|json: Value| {
                let scenarios = json["scenarios"].as_array().expect("a list of scenarios");
                scenarios.iter().all(|scenario| scenario["passed"] == true)
            });
    (!passes).then(|| format!("{}{}\n{text}", test.out, test.err))
}

#[test]
fn every_block_of_the_page_is_right() {
    let bad: Vec<String> = blocks("yaml")
        .iter()
        .filter_map(|block| Some(format!("docs/authoring.md:{}: {}", block.line, wrong(block)?)))
        .collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// A test that cannot fail proves nothing.
#[test]
fn a_block_that_is_wrong_is_noticed() {
    let is_wrong = |kind, text: &str| {
        let block = Block { line: 1, kind, text };
        assert!(wrong(&block).is_some(), "{text}");
    };
    let whole = blocks("yaml guide")[0].text;
    is_wrong("", "auth: { bearer: { token: '{{ value.api_key }}' } }\n");
    is_wrong("method", "auth: { bearer: { tokens: '{{ value.api_key }}' } }\n");
    is_wrong("method", "auth: { bearer: { token: '{{ value.api_kee }}' } }\n");
    is_wrong("method", "auth: { bearer: { token: {{ value.api_key }} } }\n");
    is_wrong("method", "hosts: [other.example]\n");
    is_wrong("root", "scopes:\n  - { nam: tickets.read }\n");
    is_wrong("guide", &whole.replace("status: 401 } }", "status: 402 } }"));
    is_wrong("guide", &whole.replace("account: { id: a1", "account: { id: a2"));
    is_wrong("guide", &whole.replace("collects: api_key", "obtains: api_key"));
    assert!(wrong_command("waystone check guides/acme --help", Path::new(".")).is_some());
    assert!(wrong_command("waystone make acme", Path::new(".")).is_some());
    assert!(wrong_command("waystone simulate acme --gate 9100", Path::new(".")).is_some());
}

#[test]
fn every_command_of_the_page_is_one() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for block in blocks("console") {
        for line in block.text.lines() {
            let said = wrong_command(line, folder.path());
            assert!(said.is_none(), "docs/authoring.md:{}: {line}\n{}", block.line, said.unwrap_or_default());
            if line.contains(" new ") {
                let copy = folder.path().join("published/acme");
                fs::create_dir_all(&copy).expect("a folder can be made");
                fs::copy(folder.path().join("guides/acme/guide.yaml"), copy.join("guide.yaml"))
                    .expect("the new guide can be copied");
            }
        }
    }
}

/// What is wrong with a command. What waits for somebody, or asks a provider, is only read.
fn wrong_command(line: &str, folder: &Path) -> Option<String> {
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
fn every_link_into_the_reference_leads_somewhere() {
    let page = PAGE.split("](reference.md#").skip(1).filter_map(|rest| rest.split(')').next());
    let own = REFERENCE.split("](#").skip(1).filter_map(|rest| rest.split(')').next());
    let headings: Vec<String> = REFERENCE
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .map(|title| title.to_lowercase().replace(' ', "-"))
        .collect();
    for anchor in page.chain(own) {
        assert!(headings.iter().filter(|heading| *heading == anchor).count() == 1, "{anchor}");
    }
}
