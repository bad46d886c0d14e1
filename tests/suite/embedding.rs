//! `docs/embedding.md`: every block of it is run against a Hub.
//!
//! A word behind the fence says what a block is for. Backends are called as a product would call them, pages are opened
//! in Chromium, commands are run by a shell, and what a session may do is asked for.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::hub::node;
use crate::hub::world::{Database, Hub};
use crate::waystone;

#[expect(unreachable_pub, reason = "it stands as it does in a product")]
mod backend;

const PAGE: &str = include_str!("../../docs/embedding.md");

/// The kinds of blocks that something below runs, with their languages; `console` shows what to type in a terminal.
const KINDS: [&str; 14] = [
    "bash session",
    "bash link",
    "bash revoke",
    "bash attempt",
    "js backend",
    "python backend",
    "go backend",
    "rust backend",
    "html page",
    "html modal",
    "html widget",
    "jsx page",
    "json session",
    "http csp",
];

/// What calls the backend in Go.
const GO: &str = r#"package main

import (
	"fmt"
	"os"
)

func main() {
	token, err := connectToken("c-1", "One")
	if err != nil {
		panic(err)
	}
	fmt.Println(token)
	account, err := linkedAccount("c-1", os.Args[1])
	if err != nil {
		panic(err)
	}
	fmt.Println(account["provider"])
	_, err = linkedAccount("c-1", os.Args[2])
	fmt.Println(err)
}
"#;

/// The blocks of the page, with what stands behind their fences.
fn all() -> Vec<(&'static str, String)> {
    let mut blocks: Vec<(&'static str, String)> = Vec::new();
    let mut open = false;
    for line in PAGE.lines() {
        match line.strip_prefix("```") {
            Some(_) if open => open = false,
            Some(info) => {
                open = true;
                blocks.push((info, String::new()));
            }
            None if open => {
                let (_, text) = blocks.last_mut().expect("a fence has opened it");
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    blocks
}

fn blocks(kind: &str) -> Vec<String> {
    let found: Vec<String> =
        all().into_iter().filter(|(info, _)| *info == kind).map(|(_, text)| text).collect();
    assert!(!found.is_empty(), "the page has no `{kind}`");
    found
}

fn block(kind: &str) -> String {
    let mut found = blocks(kind);
    assert_eq!(found.len(), 1, "the page has several of `{kind}`");
    found.remove(0)
}

/// What a command of the page is run with.
fn told(hub: &Hub, command: &mut Command) -> String {
    command.env("WAYSTONE_URL", hub.url.trim_end_matches('/')).env("WAYSTONE_KEY", &hub.key);
    // Nothing stands between it and the Hub.
    for name in ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"] {
        command.env_remove(name);
    }
    let output = command.output().expect("the program is there; `cargo xtask test` installs it");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}\n{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

fn shell(hub: &Hub, script: &str) -> String {
    told(hub, Command::new("bash").args(["-euo", "pipefail", "-c", script]))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Asks the Hub by the page's own command, with another body.
fn session(hub: &Hub, body: &str) -> Value {
    let command = block("bash session");
    let (before, after) = (command.find('\'').expect("a body"), command.rfind('\'').expect("its end"));
    json(&shell(hub, &format!("{}{body}{}", &command[..=before], &command[after..])))
}

#[test]
fn every_block_is_run() {
    for (info, _) in all() {
        assert!(info == "console" || KINDS.contains(&info), "nothing runs a block of `{info}`");
    }
    for kind in KINDS {
        blocks(kind);
    }
}

#[test]
fn the_commands_do_what_the_page_says() {
    let hub = Hub::start(Database::Sqlite);
    let made = json(&shell(&hub, &block("bash session")));
    assert!(made["token"].as_str().is_some_and(|token| token.starts_with("wst_")), "{made}");
    for asked in blocks("json session").iter().filter(|asked| !asked.contains("acc_…")) {
        let asked = json(asked);
        let made = session(&hub, &asked.to_string());
        for name in ["origin_owner_id", "origin_username", "provider", "label", "type"] {
            assert_eq!(made[name], asked[name], "{name}");
        }
    }

    // The link is taken back.
    let link = json(&shell(&hub, &block("bash link")));
    let url = link["auth_link_url"].as_str().expect("a link").to_owned();
    let status = "curl --silent --output /dev/null --write-out '%{http_code}' ";
    assert_eq!(shell(&hub, &format!("{status} '{url}'")), "200", "to look at it does not open it");
    assert_eq!(shell(&hub, &format!("{status} --request POST '{url}'")), "303");
    assert_eq!(shell(&hub, &format!("{status} '{url}'")), "410", "it works once");
    let other = json(&shell(&hub, &block("bash link")));
    shell(&hub, &block("bash revoke").replace("SESSION=17", &format!("SESSION={}", other["id"])));
    let url = other["auth_link_url"].as_str().expect("a link");
    assert_eq!(shell(&hub, &format!("{status} '{url}'")), "410", "it is taken back");

    // An account, which is edited; and a refusal, which support finds again.
    let token = made["token"].as_str().unwrap_or_default();
    let linked = |secret: &str| {
        let credentials = serde_json::json!({
            "organization_slug": "acme", "agent_email": "api-user@acme.example", "api_token": secret,
            "environment": "production",
        });
        let body = serde_json::json!({ "integration_id": "gladly.api-key", "credentials": credentials });
        let ask = "curl --silent --header \"x-hub-session-token: $TOKEN\" --json \"$BODY\" \"$WAYSTONE_URL/hub/accounts\"";
        json(&told(
            &hub,
            Command::new("bash").args(["-c", ask]).env("TOKEN", token).env("BODY", body.to_string()),
        ))
    };
    let refused = linked("revoked-token");
    let attempt = refused["attempt_id"].as_str().unwrap_or_else(|| panic!("{refused}"));
    let found = shell(&hub, &block("bash attempt").replace("att_…", attempt));
    assert_eq!(json(&found)["outcome"], "wrong_secret", "{found}");
    assert!(!found.contains("revoked-token"), "{found}");
    let account = linked("right-token");
    let id = account["id"].as_str().unwrap_or_else(|| panic!("{account}"));
    for asked in blocks("json session").iter().filter(|asked| asked.contains("acc_…")) {
        assert_eq!(session(&hub, &asked.replace("acc_…", id))["account_id"], id);
    }
}

#[test]
fn the_hub_of_the_page_would_run() {
    let program = waystone::program();
    let folder = program.parent().expect("it is in a folder").display();
    let data = tempfile::tempdir().expect("a folder can be made");
    for text in blocks("console") {
        for line in text.lines().filter(|line| line.starts_with("waystone serve")) {
            let line = format!("PATH=\"{folder}:$PATH\" {line} --check");
            let output = Command::new("bash").args(["-c", &line]).env("WAYSTONE_DATA", data.path()).output();
            let output = output.expect("bash runs");
            assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

/// What a backend gave: a token of a session of this customer.
fn is_token(hub: &Hub, token: &str, owner: &str) {
    let token = token.trim();
    assert!(token.starts_with("wst_"), "{token}");
    let ask = "curl --silent --user \"$WAYSTONE_KEY:\" --json \"{\\\"token\\\": \\\"$TOKEN\\\"}\" \
               \"$WAYSTONE_URL/connect_sessions/authenticate\"";
    let said = json(&told(hub, Command::new("bash").args(["-c", ask]).env("TOKEN", token)));
    assert_eq!(said["origin_owner_id"], owner, "{said}");
}

/// An account of a customer, linked without a browser.
fn account(hub: &Hub, owner: &str) -> String {
    let made = session(hub, &format!(r#"{{ "origin_owner_id": "{owner}", "origin_owner_name": "x" }}"#));
    let ask = "curl --silent --header \"x-hub-session-token: $TOKEN\" --json '{\"integration_id\": \"gladly.api-key\", \
               \"credentials\": {\"organization_slug\": \"acme\", \"agent_email\": \"api-user@acme.example\", \
               \"api_token\": \"right-token\", \"environment\": \"production\"}}' \"$WAYSTONE_URL/hub/accounts\"";
    let token = made["token"].as_str().unwrap_or_default();
    let said = json(&told(hub, Command::new("bash").args(["-c", ask]).env("TOKEN", token)));
    said["id"].as_str().unwrap_or_else(|| panic!("{said}")).to_owned()
}

#[test]
fn the_backends_work() {
    let hub = Hub::start(Database::Sqlite);
    let folder = tempfile::tempdir().expect("a folder can be made");
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("it can be written");
    let (own, other) = (account(&hub, "c-1"), account(&hub, "c-2"));

    put("backend.mjs", &block("js backend"));
    put(
        "main.mjs",
        "import { connectToken, linkedAccount } from './backend.mjs';\n\
         const customer = { id: 'c-1', name: 'One' };\n\
         const [own, other] = process.argv.slice(2);\n\
         console.log(await connectToken(customer));\n\
         console.log((await linkedAccount(customer, own)).provider);\n\
         console.log(await linkedAccount(customer, other).catch(({ message }) => message));\n",
    );
    put("backend.py", &block("python backend"));
    put(
        "main.py",
        "import sys\nfrom backend import connect_token, linked_account\n\
         print(connect_token('c-1', 'One'))\nprint(linked_account('c-1', sys.argv[1])['provider'])\n\
         try:\n    linked_account('c-1', sys.argv[2])\nexcept PermissionError as error:\n    print(error)\n",
    );
    put("backend.go", &block("go backend"));
    put("main.go", GO);

    let cache = folder.path().join("cache");
    for (program, arguments) in
        [("node", &["main.mjs"][..]), ("python3", &["main.py"]), ("go", &["run", "main.go", "backend.go"])]
    {
        let mut command = Command::new(program);
        command.args(arguments).args([&own, &other]).current_dir(folder.path());
        // Nothing is fetched, and nothing is left behind.
        command
            .env("GOCACHE", &cache)
            .env("GOFLAGS", "-mod=mod")
            .env("GO111MODULE", "off")
            .env("GOPROXY", "off");
        let said = told(&hub, &mut command);
        let lines: Vec<&str> = said.lines().collect();
        is_token(&hub, lines[0], "c-1");
        assert_eq!(lines[1..], ["gladly", "the account is another customer's"], "{program}");
    }
}

#[test]
fn the_backend_in_rust_works() {
    let text = include_str!("embedding/backend.rs");
    let below = text.split_once("\n\n").map_or("", |(_, below)| below);
    assert_eq!(below, block("rust backend"), "tests/suite/embedding/backend.rs is not what the page says");
    let hub = Hub::start(Database::Sqlite);
    let (own, other) = (account(&hub, "c-1"), account(&hub, "c-2"));
    // The program is this one, run again with what it needs in its environment.
    let mut command = Command::new(std::env::current_exe().expect("it has a place"));
    command.args(["--exact", "embedding::rust_backend_as_called", "--nocapture"]);
    command.env("EMBEDDING_ACCOUNTS", format!("{own} {other}"));
    let said = told(&hub, &mut command);
    let token = said.lines().find_map(|line| line.strip_prefix("token ")).unwrap_or_else(|| panic!("{said}"));
    is_token(&hub, token, "c-1");
}

/// Does nothing unless the test above runs it.
#[tokio::test]
#[expect(clippy::print_stdout, reason = "the test above reads it")]
async fn rust_backend_as_called() {
    let Ok(accounts) = std::env::var("EMBEDDING_ACCOUNTS") else { return };
    let (own, other) = accounts.split_once(' ').expect("two accounts");
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let token = backend::connect_token(&client, "c-1", "One").await.expect("an answer").expect("a token");
    let found = backend::linked_account(&client, "c-1", own).await.expect("an answer").expect("an account");
    assert_eq!(found["provider"], "gladly");
    assert!(backend::linked_account(&client, "c-1", other).await.expect("an answer").is_none());
    assert!(backend::linked_account(&client, "c-1", "../keys").await.expect("no question").is_none());
    println!("\ntoken {token}");
}

#[test]
fn the_pages_link_accounts() {
    let hub = Hub::start(Database::Sqlite);
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (kind, file) in [
        ("html page", "page.html"),
        ("html modal", "modal.html"),
        ("html widget", "widget.html"),
        ("jsx page", "page.jsx"),
        ("js backend", "backend.js"),
        ("http csp", "csp.txt"),
    ] {
        fs::write(folder.path().join(file), block(kind)).expect("it can be written");
    }
    node("hub/embedding.mjs", &hub, &[("BLOCKS", folder.path())]);
}

/// The codes that a text of the code gives: words in quotes behind an arrow, or keys of the table in the script.
fn codes(text: &str, from: &str, to: &str) -> BTreeSet<String> {
    let begin = text.find(from).unwrap_or_else(|| panic!("there is no `{from}` any more"));
    let part = &text[begin..][..text[begin..].find(to).expect("it ends")];
    let words = part.split(|ch: char| !(ch.is_ascii_lowercase() || ch == '_'));
    words.filter(|word| word.contains('_') && !word.starts_with('_')).map(str::to_owned).collect()
}

#[test]
fn every_code_of_an_error_is_on_the_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/hub/src");
    let read = |path: &str| fs::read_to_string(root.join(path)).expect("it is there");
    let mut all = codes(&read("pages/trouble.rs"), "pub const fn code", "const fn mark");
    all.extend(["no_session", "unreachable", "origin_not_allowed", "link_used"].map(str::to_owned));
    assert!(10 < all.len(), "{all:?}");
    for code in all {
        assert!(PAGE.contains(&format!("`{code}`")), "docs/embedding.md does not say what `{code}` means");
    }
}
