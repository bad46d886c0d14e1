//! Runs every code block in `docs/embedding.md` against a Hub.
//!
//! The words after a fence are the block's kind. Backends are called as a product would call them, pages are opened in
//! Chromium, commands are run by a shell, and JSON bodies are sent to the Hub.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::hub::node;
use crate::hub::world::{Database, Hub};
use crate::waystone;

#[expect(unreachable_pub, reason = "the file is identical to the page's block")]
mod backend;

const PAGE: &str = include_str!("../../docs/embedding.md");

/// The kinds of blocks that the tests below run. `console` blocks are commands to type in a terminal.
const KINDS: [&str; 15] = [
    "bash session",
    "bash link",
    "bash revoke",
    "bash request",
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

/// A Go program that calls the Go backend.
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

/// Returns the blocks on the page, each with its info string (the text after the fence).
fn all_blocks() -> Vec<(&'static str, String)> {
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
                let (_, text) = blocks.last_mut().expect("a block must start with a fence");
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
        all_blocks().into_iter().filter(|(info, _)| *info == kind).map(|(_, text)| text).collect();
    assert!(!found.is_empty(), "the page has no block of kind `{kind}`");
    found
}

fn block(kind: &str) -> String {
    let mut found = blocks(kind);
    assert_eq!(found.len(), 1, "the page must have one block of kind `{kind}`");
    found.remove(0)
}

/// Runs a command with the Hub's URL and key in its environment, and returns its standard output.
fn run(hub: &Hub, command: &mut Command) -> String {
    command.env("HUB_URL", hub.url.trim_end_matches('/')).env("HUB_API_KEY", &hub.key);
    // The command must connect to the Hub directly.
    for name in ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"] {
        command.env_remove(name);
    }
    let output = command.output().expect("cannot start the program; `cargo xtask test` installs it");
    let output_text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}\n{output_text}{}", String::from_utf8_lossy(&output.stderr));
    output_text
}

fn shell(hub: &Hub, script: &str) -> String {
    run(hub, Command::new("bash").args(["-euo", "pipefail", "-c", script]))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Creates a session with the command from the page, but with a different body.
fn session(hub: &Hub, body: &str) -> Value {
    let command = block("bash session");
    let (before, after) = (command.find('\'').expect("a body"), command.rfind('\'').expect("its end"));
    json(&shell(hub, &format!("{}{body}{}", &command[..=before], &command[after..])))
}

#[test]
fn every_block_has_a_kind_that_is_run() {
    for (info, _) in all_blocks() {
        assert!(info == "console" || KINDS.contains(&info), "no test runs `{info}` blocks");
    }
    for kind in KINDS {
        blocks(kind);
    }
}

#[test]
fn the_commands_of_the_page_work() {
    let hub = Hub::start(Database::Sqlite);
    let created = json(&shell(&hub, &block("bash session")));
    assert!(created["token"].as_str().is_some_and(|token| token.starts_with("wst_")), "{created}");
    for body in blocks("json session").iter().filter(|body| !body.contains("acc_…")) {
        let requested = json(body);
        let created = session(&hub, &requested.to_string());
        for name in ["origin_owner_id", "origin_username", "provider", "label", "type"] {
            assert_eq!(created[name], requested[name], "{name}");
        }
    }

    // A link opens once, and a revoked link does not open.
    let link = json(&shell(&hub, &block("bash link")));
    let url = link["auth_link_url"].as_str().expect("a link").to_owned();
    let status = "curl --silent --output /dev/null --write-out '%{http_code}' ";
    assert_eq!(shell(&hub, &format!("{status} '{url}'")), "200", "fetching the link must not use it up");
    assert_eq!(shell(&hub, &format!("{status} --request POST '{url}'")), "303");
    assert_eq!(shell(&hub, &format!("{status} '{url}'")), "410", "the link opened twice");
    let other = json(&shell(&hub, &block("bash link")));
    shell(&hub, &block("bash revoke").replace("SESSION=17", &format!("SESSION={}", other["id"])));
    let url = other["auth_link_url"].as_str().expect("a link");
    assert_eq!(shell(&hub, &format!("{status} '{url}'")), "410", "the revoked link opened");

    // Link an account and edit it. Look up the refused attempt, as support would.
    let token = created["token"].as_str().unwrap_or_default();
    let link_with = |secret: &str| {
        let credentials = serde_json::json!({
            "organization_slug": "acme", "agent_email": "api-user@acme.example", "api_token": secret,
            "environment": "production",
        });
        let body = serde_json::json!({ "integration_id": "gladly.api-key", "credentials": credentials });
        let command = "curl --silent --header \"x-hub-session-token: $TOKEN\" --json \"$BODY\" \"$HUB_URL/hub/accounts\"";
        json(&run(
            &hub,
            Command::new("bash").args(["-c", command]).env("TOKEN", token).env("BODY", body.to_string()),
        ))
    };
    let refused = link_with("revoked-token");
    let attempt = refused["attempt_id"].as_str().unwrap_or_else(|| panic!("{refused}"));
    let found = shell(&hub, &block("bash attempt").replace("att_…", attempt));
    assert_eq!(json(&found)["outcome"], "wrong_secret", "{found}");
    assert!(!found.contains("revoked-token"), "{found}");
    let account = link_with("right-token");
    let id = account["id"].as_str().unwrap_or_else(|| panic!("{account}"));
    let found = shell(&hub, &block("bash request").replace("acc_…", id));
    assert!(json(&found)["id"].is_string(), "{found}");
    for body in blocks("json session").iter().filter(|body| body.contains("acc_…")) {
        assert_eq!(session(&hub, &body.replace("acc_…", id))["account_id"], id);
    }
}

#[test]
fn the_serve_command_of_the_page_is_valid() {
    let program = waystone::program();
    let folder = program.parent().expect("the program must be in a folder").display();
    let data = tempfile::tempdir().expect("cannot create a temporary folder");
    for text in blocks("console") {
        for line in text.lines().filter(|line| line.starts_with("waystone serve")) {
            let line = format!("PATH=\"{folder}:$PATH\" {line} --check");
            let output = Command::new("bash").args(["-c", &line]).env("WAYSTONE_DATA", data.path()).output();
            let output = output.expect("cannot start bash");
            assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

/// Asserts that a backend returned a session token for this customer.
fn assert_token(hub: &Hub, token: &str, owner: &str) {
    let token = token.trim();
    assert!(token.starts_with("wst_"), "{token}");
    let command = "curl --silent --user \"$HUB_API_KEY:\" --json \"{\\\"token\\\": \\\"$TOKEN\\\"}\" \
               \"$HUB_URL/connect_sessions/authenticate\"";
    let session = json(&run(hub, Command::new("bash").args(["-c", command]).env("TOKEN", token)));
    assert_eq!(session["origin_owner_id"], owner, "{session}");
}

/// Links an account for a customer, without using a browser. Returns the account's id.
fn account(hub: &Hub, owner: &str) -> String {
    let created = session(hub, &format!(r#"{{ "origin_owner_id": "{owner}", "origin_owner_name": "x" }}"#));
    let command = "curl --silent --header \"x-hub-session-token: $TOKEN\" --json '{\"integration_id\": \"gladly.api-key\", \
               \"credentials\": {\"organization_slug\": \"acme\", \"agent_email\": \"api-user@acme.example\", \
               \"api_token\": \"right-token\", \"environment\": \"production\"}}' \"$HUB_URL/hub/accounts\"";
    let token = created["token"].as_str().unwrap_or_default();
    let account = json(&run(hub, Command::new("bash").args(["-c", command]).env("TOKEN", token)));
    account["id"].as_str().unwrap_or_else(|| panic!("{account}")).to_owned()
}

#[test]
fn the_backends_create_tokens_and_check_the_account_owner() {
    let hub = Hub::start(Database::Sqlite);
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let write =
        |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("cannot write the file");
    let (own, other) = (account(&hub, "c-1"), account(&hub, "c-2"));

    write("backend.mjs", &block("js backend"));
    write(
        "main.mjs",
        "import { connectToken, linkedAccount } from './backend.mjs';\n\
         const customer = { id: 'c-1', name: 'One' };\n\
         const [own, other] = process.argv.slice(2);\n\
         console.log(await connectToken(customer));\n\
         console.log((await linkedAccount(customer, own)).provider);\n\
         console.log(await linkedAccount(customer, other).catch(({ message }) => message));\n",
    );
    write("backend.py", &block("python backend"));
    write(
        "main.py",
        "import sys\nfrom backend import connect_token, linked_account\n\
         print(connect_token('c-1', 'One'))\nprint(linked_account('c-1', sys.argv[1])['provider'])\n\
         try:\n    linked_account('c-1', sys.argv[2])\nexcept PermissionError as error:\n    print(error)\n",
    );
    write("backend.go", &block("go backend"));
    write("main.go", GO);

    let cache = folder.path().join("cache");
    for (program, arguments) in
        [("node", &["main.mjs"][..]), ("python3", &["main.py"]), ("go", &["run", "main.go", "backend.go"])]
    {
        let mut command = Command::new(program);
        command.args(arguments).args([&own, &other]).current_dir(folder.path());
        // Go must not download anything, and must not write outside the folder.
        command
            .env("GOCACHE", &cache)
            .env("GOFLAGS", "-mod=mod")
            .env("GO111MODULE", "off")
            .env("GOPROXY", "off");
        let output = run(&hub, &mut command);
        let lines: Vec<&str> = output.lines().collect();
        assert_token(&hub, lines[0], "c-1");
        assert_eq!(lines[1..], ["gladly", "the account is another customer's"], "{program}");
    }
}

#[test]
fn the_rust_backend_creates_tokens_and_checks_the_account_owner() {
    let text = include_str!("embedding/backend.rs");
    let code = text.split_once("\n\n").map_or("", |(_, code)| code);
    assert_eq!(code, block("rust backend"), "tests/suite/embedding/backend.rs differs from the page's block");
    let hub = Hub::start(Database::Sqlite);
    let (own, other) = (account(&hub, "c-1"), account(&hub, "c-2"));
    // Runs this test binary again, with the accounts in its environment.
    let mut command = Command::new(std::env::current_exe().expect("cannot find the test binary"));
    command.args(["--exact", "embedding::rust_backend_in_a_child_process", "--nocapture"]);
    command.env("EMBEDDING_ACCOUNTS", format!("{own} {other}"));
    let output = run(&hub, &mut command);
    let token =
        output.lines().find_map(|line| line.strip_prefix("token ")).unwrap_or_else(|| panic!("{output}"));
    assert_token(&hub, token, "c-1");
}

/// Does nothing unless the test above runs it in a child process.
#[tokio::test]
#[expect(clippy::print_stdout, reason = "the test above reads it")]
async fn rust_backend_in_a_child_process() {
    let Ok(accounts) = std::env::var("EMBEDDING_ACCOUNTS") else { return };
    let (own, other) = accounts.split_once(' ').expect("two accounts");
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let token = backend::connect_token(&client, "c-1", "One").await.expect("an answer").expect("a token");
    let found = backend::linked_account(&client, "c-1", own).await.expect("an answer").expect("an account");
    assert_eq!(found["provider"], "gladly");
    assert!(backend::linked_account(&client, "c-1", other).await.expect("an answer").is_none());
    assert!(
        backend::linked_account(&client, "c-1", "../keys")
            .await
            .expect("the request must not be sent")
            .is_none()
    );
    println!("\ntoken {token}");
}

#[test]
fn the_pages_of_the_documentation_link_accounts_on_sqlite() {
    use_the_pages(Database::Sqlite);
}

#[test]
fn the_pages_of_the_documentation_link_accounts_on_postgresql() {
    use_the_pages(Database::Postgres);
}

fn use_the_pages(database: Database) {
    let hub = Hub::start(database);
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    for (kind, file) in [
        ("html page", "page.html"),
        ("html modal", "modal.html"),
        ("html widget", "widget.html"),
        ("jsx page", "page.jsx"),
        ("js backend", "backend.js"),
        ("http csp", "csp.txt"),
    ] {
        fs::write(folder.path().join(file), block(kind)).expect("cannot write the file");
    }
    node("hub/embedding.mjs", &hub, &[("BLOCKS", folder.path())]);
}
