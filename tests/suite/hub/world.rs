//! A Hub and a provider, as processes, and a database.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use tempfile::TempDir;

use crate::linking::world::World;
use crate::waystone;

/// Which database a Hub has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// A Hub that serves, with the simulated provider at the far end.
pub(crate) struct Hub {
    process: Child,
    /// Where it is.
    pub(crate) url: String,
    /// The first key.
    pub(crate) key: String,
    /// The folder of its data.
    pub(crate) folder: TempDir,
    /// The providers.
    _worlds: [World; 2],
}

impl Hub {
    /// Starts a Hub with everything new.
    pub(crate) fn start(database: Database) -> Self {
        let worlds = [World::new(), World::of("salesforce")];
        let folder = tempfile::tempdir().expect("a folder can be made");
        let mut command = Command::new(waystone::program());
        command
            .args(["serve", "--json", "--listen", "127.0.0.1:0", "--log-level", "warn", "--data"])
            .arg(folder.path().join("data"));
        for (host, world) in [("**.gladly.com", 0), ("**.gladly.qa", 0), ("**.salesforce.com", 1)] {
            command.arg("--upstream").arg(format!("{host}={}", worlds[world].origin));
        }
        if database == Database::Postgres {
            command.env("WAYSTONE_DATABASE_URL", new_database());
        }
        let mut process = command.stdout(Stdio::piped()).spawn().expect("the Hub starts");
        let stdout = process.stdout.take().expect("its output is piped");
        let mut lines = BufReader::new(stdout).lines();
        let started: Value = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                serde_json::from_str(&line).ok().filter(|line: &Value| line["event"] == "started")
            })
            .expect("the Hub says that it is ready");
        std::thread::spawn(move || lines.for_each(drop));
        let text = |name: &str| started[name].as_str().unwrap_or_default().to_owned();
        let key = text("api_key");
        assert!(key.starts_with("wak_live_"), "{started}");
        Self { process, url: text("url"), key, folder, _worlds: worlds }
    }
}

impl Hub {
    /// The token of a session for an owner of its own.
    pub(crate) fn session_token(&self) -> String {
        let output = Command::new("curl")
            .args(["--silent", "--fail", "--header", "content-type: application/json", "--data"])
            .arg(r#"{"origin_owner_id":"drawn","origin_owner_name":"Drawn by lot"}"#)
            .args(["--config", "-"])
            .arg(format!("{}connect_sessions", self.url))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .and_then(|mut curl| {
                use std::io::Write as _;
                // On standard input: a command line can be seen by others.
                let mut input = curl.stdin.take().expect("its input is piped");
                writeln!(input, "user = \"{}:\"", self.key)?;
                drop(input);
                curl.wait_with_output()
            })
            .expect("curl runs");
        let made: Value = serde_json::from_slice(&output.stdout).expect("a session is made");
        made["token"].as_str().expect("it has a token").to_owned()
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A database of its own on the server that the task runner started.
pub(crate) fn new_database() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("WAYSTONE_TEST_POSTGRES").expect(
        "these tests need PostgreSQL: run `cargo xtask test`, or `cargo xtask with-postgres cargo test -p suite`",
    );
    let name = format!("suite_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let status = Command::new("psql")
        .args(["--quiet", "--no-psqlrc", "--command", &format!("create database {name}")])
        .arg(format!("{server}/postgres"))
        .status()
        .expect("psql runs");
    assert!(status.success(), "the database cannot be made");
    format!("{server}/{name}")
}
