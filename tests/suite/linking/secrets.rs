//! Secrets never appear in output or files. The tests enter a canary as a secret, then search for it.

use std::fs;
use std::path::Path;

use secret::{Redactor, Secret};

use super::world::World;

const CANARY: &str = "canary-5f1d9c0b7e3a";

/// Collects all files below a folder, each with its path and its contents as text.
fn files(folder: &Path, files_found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("cannot read the folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, files_found);
        } else {
            let bytes = fs::read(&path).expect("cannot read the file");
            files_found
                .push((path.display().to_string(), bytes.iter().map(|byte| char::from(*byte)).collect()));
        }
    }
}

#[test]
fn output_and_files_never_contain_the_canary() {
    let world = World::new();
    let canary = Secret::from(CANARY);
    let redactor = Redactor::new([&canary]);
    let mut printed = String::new();
    let mut collect = |output: std::process::Output| {
        printed.push_str(&String::from_utf8_lossy(&output.stdout));
        printed.push_str(&String::from_utf8_lossy(&output.stderr));
    };
    // Each of these commands fails: for example, the provider rejects the canary, the host is unknown, or the canary is
    // part of a longer string.
    collect(world.link("acme", CANARY, &[]));
    collect(world.link("acme", CANARY, &["--ask-elsewhere"]));
    collect(world.link("nobody-there", CANARY, &["--dry-run"]));
    collect(world.link("acme", &format!("Bearer {CANARY}"), &[]));
    collect(world.link("acme", &format!("{CANARY} {CANARY}"), &[]));
    collect(world.link("not a slug", CANARY, &[]));
    collect(world.link("acme", CANARY, &["--environment", "nowhere"]));
    collect(world.link("acme", CANARY, &["--set", &format!("api_token={CANARY}x")]));
    collect(world.link("acme", CANARY, &["--upstream", "**.gladly.com=http://127.0.0.1:1"]));
    let mut command = world.link_command("acme", &[]);
    collect(
        command
            .env("WAYSTONE_FIELD_API_TOKEN", CANARY)
            .stdin(std::process::Stdio::null())
            .output()
            .expect("cannot start the program"),
    );
    // Causes an internal error while the canary is in the environment.
    let mut command = world.link_command("acme", &[]);
    command
        .env("RUST_BACKTRACE", "full")
        .env("WAYSTONE_FIELD_API_TOKEN", CANARY)
        .env("WAYSTONE_DATA", "/dev/null/x");
    collect(command.stdin(std::process::Stdio::null()).output().expect("cannot start the program"));
    assert!(printed.contains("didn't accept"), "no attempt reached the provider: {printed}");
    assert!(
        redactor.redact(&printed) == printed,
        "the output contains the canary:\n{}",
        redactor.redact(&printed)
    );
    let mut written = Vec::new();
    files(world.working_folder(), &mut written);
    assert!(!written.is_empty(), "the program wrote no files");
    for (name, text) in written {
        assert!(redactor.redact(&text) == text, "{name} contains the canary");
    }
}

#[test]
fn a_stored_secret_is_sealed_and_never_shown() {
    let world = World::new();
    let token = "right-token";
    world.link("acme", token, &[]);
    let id = world.accounts()[0]["id"].as_str().expect("an id").to_owned();
    let redactor = Redactor::new([&Secret::from(token)]);
    for arguments in
        [&["accounts", "list"][..], &["accounts", "show", &id], &["accounts", "show", &id, "--json"]]
    {
        let output = world.command(arguments).output().expect("cannot start the program");
        let text =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(redactor.redact(&text) == text, "{arguments:?} shows the token");
    }
    let mut written = Vec::new();
    files(&world.data(), &mut written);
    assert!(written.len() >= 2, "the database and the key are missing");
    for (name, text) in written {
        assert!(redactor.redact(&text) == text, "{name} contains the token");
    }
}
