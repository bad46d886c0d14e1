//! A Hub and its simulated providers as processes, and the Hub's database.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use tempfile::TempDir;

use crate::linking::world::World;
use crate::waystone;

/// The database that a Hub uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// A running Hub whose requests go to simulated providers.
pub(crate) struct Hub {
    process: Child,
    /// The Hub's base URL, with a trailing slash.
    pub(crate) url: String,
    /// The database that the Hub uses.
    pub(crate) database: Database,
    /// The first API key.
    pub(crate) key: String,
    /// The path of the log file.
    pub(crate) log: PathBuf,
    /// The folder that contains the data folder and the log.
    pub(crate) folder: TempDir,
    /// The URL of the PostgreSQL database, or `None` for SQLite.
    server: Option<String>,
    /// The simulated providers.
    _worlds: [World; 2],
}

impl Hub {
    /// Starts a Hub with an empty database.
    pub(crate) fn start(database: Database) -> Self {
        let worlds = [World::new(), World::for_provider("salesforce")];
        let folder = tempfile::tempdir().expect("cannot create a temporary folder");
        let mut command = Command::new(waystone::program());
        command
            .args(["serve", "--json", "--listen", "127.0.0.1:0", "--log-level", "info", "--data"])
            .arg(folder.path().join("data"));
        for (host, world) in [("**.gladly.com", 0), ("**.gladly.qa", 0), ("**.salesforce.com", 1)] {
            command.arg("--upstream").arg(format!("{host}={}", worlds[world].origin));
        }
        let server = (database == Database::Postgres).then(new_database);
        command.envs(server.iter().map(|url| ("WAYSTONE_DATABASE_URL", url)));
        let log = folder.path().join("log");
        let writer = File::create(&log).expect("cannot create the log");
        let mut process =
            command.stdout(Stdio::piped()).stderr(writer).spawn().expect("cannot start the Hub");
        let stdout = process.stdout.take().expect("the output is not piped");
        let mut lines = BufReader::new(stdout).lines();
        let started: Value = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                serde_json::from_str(&line).ok().filter(|line: &Value| line["event"] == "started")
            })
            .expect("the Hub did not become ready");
        std::thread::spawn(move || lines.for_each(drop));
        let text = |name: &str| started[name].as_str().unwrap_or_default().to_owned();
        let key = text("api_key");
        assert!(key.starts_with("wak_live_"), "{started}");
        Self { process, url: text("url"), database, key, log, folder, server, _worlds: worlds }
    }
}

impl Hub {
    /// Creates an API key that can read credentials, as the operator does.
    pub(crate) fn credentials_key(&self) -> String {
        waystone::credentials_key(&self.folder.path().join("data"), self.server.as_deref())
    }

    /// Creates a session for a new owner and returns its token.
    pub(crate) fn session_token(&self) -> String {
        let output = Command::new("curl")
            .args(["--silent", "--fail", "--header", "content-type: application/json", "--data"])
            .arg(r#"{"origin_owner_id":"generated","origin_owner_name":"Generated"}"#)
            .args(["--config", "-"])
            .arg(format!("{}connect_sessions", self.url))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .and_then(|mut curl| {
                use std::io::Write as _;
                // The key is passed on standard input, because other users can see command lines.
                let mut input = curl.stdin.take().expect("the input is not piped");
                writeln!(input, "user = \"{}:\"", self.key)?;
                drop(input);
                curl.wait_with_output()
            })
            .expect("cannot start curl");
        let created: Value = serde_json::from_slice(&output.stdout).expect("the response is not JSON");
        created["token"].as_str().expect("the session has no token").to_owned()
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Creates an empty database on the PostgreSQL server that the task runner started. Returns its URL.
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
        .expect("cannot start psql");
    assert!(status.success(), "cannot create the database");
    format!("{server}/{name}")
}
