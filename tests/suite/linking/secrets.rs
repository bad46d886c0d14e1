//! A canary typed as a secret is found nowhere: not in what is said, not in what is written.

use std::fs;
use std::path::Path;

use secret::{Redactor, Secret};

use super::world::World;

const CANARY: &str = "canary-5f1d9c0b7e3a";

/// Every file below a folder, with its bytes as text.
fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            let bytes = fs::read(&path).expect("the file can be read");
            found.push((path.display().to_string(), bytes.iter().map(|byte| char::from(*byte)).collect()));
        }
    }
}

#[test]
fn a_canary_is_found_nowhere() {
    let world = World::new();
    let canary = Secret::from(CANARY);
    let redactor = Redactor::new([&canary]);
    let mut said = String::new();
    let mut hear = |output: std::process::Output| {
        said.push_str(&String::from_utf8_lossy(&output.stdout));
        said.push_str(&String::from_utf8_lossy(&output.stderr));
    };
    // Refused, refused elsewhere, at a host that fails, with more after it, and as a thing it is not.
    hear(world.link("acme", CANARY, &[]));
    hear(world.link("acme", CANARY, &["--ask-elsewhere"]));
    hear(world.link("nobody-there", CANARY, &["--dry-run"]));
    hear(world.link("acme", &format!("Bearer {CANARY}"), &[]));
    hear(world.link("acme", &format!("{CANARY} {CANARY}"), &[]));
    hear(world.link("not a slug", CANARY, &[]));
    hear(world.link("acme", CANARY, &["--environment", "nowhere"]));
    hear(world.link("acme", CANARY, &["--set", &format!("api_token={CANARY}x")]));
    hear(world.link("acme", CANARY, &["--upstream", "**.gladly.com=http://127.0.0.1:1"]));
    let mut command = world.link_command("acme", &[]);
    hear(
        command
            .env("WAYSTONE_FIELD_API_TOKEN", CANARY)
            .stdin(std::process::Stdio::null())
            .output()
            .expect("it runs"),
    );
    // A crash of the program itself, with the canary in its memory.
    let mut command = world.link_command("acme", &[]);
    command
        .env("RUST_BACKTRACE", "full")
        .env("WAYSTONE_FIELD_API_TOKEN", CANARY)
        .env("WAYSTONE_DATA", "/dev/null/x");
    hear(command.stdin(std::process::Stdio::null()).output().expect("it runs"));
    assert!(said.contains("didn't accept"), "the attempts were made: {said}");
    assert!(!redactor.finds_in(&said), "it was said:\n{}", redactor.redact(&said));
    let mut written = Vec::new();
    files(world.place(), &mut written);
    assert!(!written.is_empty());
    for (name, text) in written {
        assert!(!redactor.finds_in(&text), "it was written to {name}");
    }
}

#[test]
fn a_linked_secret_is_sealed_and_never_shown() {
    let world = World::new();
    let token = "right-token";
    world.link("acme", token, &[]);
    let id = world.accounts()[0]["id"].as_str().expect("an id").to_owned();
    let redactor = Redactor::new([&Secret::from(token)]);
    for arguments in
        [&["accounts", "list"][..], &["accounts", "show", &id], &["accounts", "show", &id, "--json"]]
    {
        let output = world.command(arguments).output().expect("it runs");
        let text =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!redactor.finds_in(&text), "{arguments:?}");
    }
    let mut written = Vec::new();
    files(&world.data(), &mut written);
    assert!(written.len() >= 2, "database and key are there");
    for (name, text) in written {
        assert!(!redactor.finds_in(&text), "it was written to {name}");
    }
}
