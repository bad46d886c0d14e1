//! Hubs as processes that come and go, on data that stays.
//!
//! **Invariant:** nothing of the surroundings reaches a Hub; all that it says is in a file beside its data, through all
//! of its lives.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::world::{Database, new_database};
use crate::waystone;

/// What outlives a process: a folder, and a database.
#[derive(Debug)]
pub(crate) struct Place {
    folder: TempDir,
    /// The URL of the database on the server, if it is on one.
    pub(crate) server: Option<String>,
    /// What sends requests to a provider of ours, and whatever else is said to each process.
    arguments: Vec<String>,
}

/// A Hub that serves.
#[derive(Debug)]
pub(crate) struct Served {
    child: Child,
    pub(crate) address: SocketAddr,
    /// The first key, from the first start.
    pub(crate) key: Option<String>,
}

impl Place {
    /// A place with nothing in it. `provider`: where the simulated provider is.
    pub(crate) fn new(database: Database, provider: &str) -> Self {
        let server = (database == Database::Postgres).then(new_database);
        Self::beside(server, provider)
    }

    /// A place with the database of another: for a replica.
    pub(crate) fn beside(server: Option<String>, provider: &str) -> Self {
        let hosts = ["**.gladly.com", "**.gladly.qa"];
        let mut arguments: Vec<String> =
            hosts.iter().flat_map(|host| ["--upstream".to_owned(), format!("{host}={provider}")]).collect();
        // Limits count by address, and there is but one: what a test says of itself is believed.
        arguments.extend(["--trusted-proxy".to_owned(), "127.0.0.0/8".to_owned()]);
        let folder = tempfile::tempdir().expect("a folder can be made");
        fs::create_dir(folder.path().join("data")).expect("a folder can be made");
        private(&folder.path().join("data"));
        Self { folder, server, arguments }
    }

    /// The same, with something more said to each process.
    #[must_use]
    pub(crate) fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|one| (*one).to_owned()));
        self
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Beside the data folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// All that its processes have said.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.file("log")).unwrap_or_default()
    }

    /// The program with the place's settings.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(waystone::program());
        command.args(arguments).arg("--data").arg(self.data()).current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.folder.path()).env("NO_COLOR", "1").stdin(Stdio::null());
        if let Some(server) = &self.server {
            command.env("WAYSTONE_DATABASE_URL", server);
        }
        command
    }

    /// Starts a Hub.
    pub(crate) fn start(&self) -> Served {
        self.launch().ready().unwrap_or_else(|| panic!("it did not start: {}", self.log()))
    }

    /// Starts a Hub, and does not wait for it.
    pub(crate) fn launch(&self) -> Launched {
        let log = File::options().append(true).create(true).open(self.file("log")).expect("a log");
        let mut command =
            self.command(&["serve", "--json", "--listen", "127.0.0.1:0", "--log-level", "info"]);
        command.args(&self.arguments).stdout(Stdio::piped()).stderr(log);
        command.env("WAYSTONE_CRASH_ORDER", self.file("order")).env("WAYSTONE_CRASH_MARK", self.file("mark"));
        let mut child = command.spawn().expect("the Hub starts");
        let stdout = child.stdout.take().expect("its output is piped");
        let (said, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // What it says later has to be read all the same.
                let _ = said.send(serde_json::from_str(&line).unwrap_or_default());
            }
        });
        Launched { child, lines }
    }

    /// The label at which a process of this place stopped, if it did.
    pub(crate) fn mark(&self) -> Option<String> {
        fs::read_to_string(self.file("mark")).ok().filter(|label| !label.is_empty())
    }

    /// Orders the process to stop at the `n`-th labelled point from now on.
    pub(crate) fn order(&self, point: &str) {
        let _ = fs::remove_file(self.file("mark"));
        // Whole or not at all: the process may be reading.
        fs::write(self.file("order.new"), point).expect("an order can be written");
        fs::rename(self.file("order.new"), self.file("order")).expect("an order can be given");
    }

    /// Takes the order back.
    pub(crate) fn no_order(&self) {
        let _ = fs::remove_file(self.file("order"));
        let _ = fs::remove_file(self.file("mark"));
    }
}

/// A Hub that may not be ready yet.
#[derive(Debug)]
pub(crate) struct Launched {
    child: Child,
    lines: Receiver<Value>,
}

impl Launched {
    /// Waits until it is ready. `None`: it ended before.
    pub(crate) fn ready(mut self) -> Option<Served> {
        let Some(started) = self.lines.iter().find(|line| line["event"] == "started") else {
            let _ = self.child.wait();
            return None;
        };
        let address = started["address"].as_str().and_then(|text| text.parse().ok()).expect("an address");
        let key = started["api_key"].as_str().map(str::to_owned);
        Some(Served { child: self.child, address, key })
    }

    /// Waits until it stands at a labelled point, and kills it there. `None`: it was ready before.
    pub(crate) fn killed_at(mut self, place: &Place) -> Option<String> {
        let label = loop {
            if let Some(label) = place.mark() {
                break Some(label);
            }
            match self.lines.recv_timeout(Duration::from_millis(1)) {
                Ok(_) => break None,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => panic!("it ended by itself: {}", place.log()),
            }
        };
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it is gone");
        label
    }
}

impl Served {
    /// SIGKILL: nothing of the program runs after it.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it is gone");
    }

    /// Asks it to stop; gives its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(&id).status().expect("kill runs").success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder for its owner only, as the Hub would make it.
fn private(folder: &Path) {
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))
        .expect("a mode can be set");
    #[cfg(not(unix))]
    let _ = folder;
}
