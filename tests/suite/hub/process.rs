//! Starts and stops Hub processes whose data persists from one to the next.
//!
//! **Invariant:** a Hub inherits nothing from the test's environment. The output of all processes is written to a log
//! file next to their data.

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

/// The data that persists between processes: a folder and a database.
#[derive(Debug)]
pub(crate) struct Installation {
    folder: TempDir,
    /// The URL of the PostgreSQL database, or `None` for SQLite.
    pub(crate) server: Option<String>,
    /// Arguments to pass to each process, such as `--upstream`, which redirects requests to the simulated provider.
    arguments: Vec<String>,
    /// A command, with its arguments, that runs the program. Empty if the program runs directly.
    wrapper: Vec<String>,
}

/// A running Hub.
#[derive(Debug)]
pub(crate) struct RunningHub {
    child: Child,
    pub(crate) address: SocketAddr,
    /// The first API key. `None` if an earlier process has already printed it.
    pub(crate) key: Option<String>,
}

impl Installation {
    /// Creates an empty installation. `provider` is the origin of the simulated provider.
    pub(crate) fn new(database: Database, provider: &str) -> Self {
        let server = (database == Database::Postgres).then(new_database);
        Self::with_database(server, provider)
    }

    /// Creates an installation that uses an existing database, for a replica.
    pub(crate) fn with_database(server: Option<String>, provider: &str) -> Self {
        let hosts = ["**.gladly.com", "**.gladly.qa"];
        let mut arguments: Vec<String> =
            hosts.iter().flat_map(|host| ["--upstream".to_owned(), format!("{host}={provider}")]).collect();
        // Rate limits apply per address, so tests set their own address with `x-forwarded-for`.
        arguments.extend(["--trusted-proxy".to_owned(), "127.0.0.0/8".to_owned()]);
        let folder = tempfile::tempdir().expect("cannot create a temporary folder");
        fs::create_dir(folder.path().join("data")).expect("cannot create the folder");
        restrict_to_owner(&folder.path().join("data"));
        Self { folder, server, arguments, wrapper: Vec::new() }
    }

    /// Adds arguments to pass to each process.
    #[must_use]
    pub(crate) fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// Starts each process with a command, to which the program's own command line is appended.
    #[must_use]
    pub(crate) fn under(mut self, wrapper: &[&str]) -> Self {
        self.wrapper = wrapper.iter().map(|argument| (*argument).to_owned()).collect();
        self
    }

    /// The path of the data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The path of a file next to the data folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The output of all processes so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.file("log")).unwrap_or_default()
    }

    /// A command that runs the program with the installation's settings.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = match self.wrapper.split_first() {
            Some((wrapper, more)) => {
                let mut command = Command::new(wrapper);
                command.args(more).arg(waystone::program());
                command
            }
            None => Command::new(waystone::program()),
        };
        command.args(arguments).arg("--data").arg(self.data()).current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.folder.path()).env("NO_COLOR", "1").stdin(Stdio::null());
        if let Some(server) = &self.server {
            command.env("WAYSTONE_DATABASE_URL", server);
        }
        command
    }

    /// Creates an API key that can read credentials, as the operator does. No other key can create it.
    pub(crate) fn credentials_key(&self) -> String {
        waystone::credentials_key(&self.data(), self.server.as_deref())
    }

    /// Starts a Hub and waits until it is ready.
    pub(crate) fn start(&self) -> RunningHub {
        self.launch().ready().unwrap_or_else(|| panic!("the Hub did not start: {}", self.log()))
    }

    /// Starts a Hub without waiting until it is ready.
    pub(crate) fn launch(&self) -> StartingHub {
        let log =
            File::options().append(true).create(true).open(self.file("log")).expect("cannot open the log");
        let mut command = self.command(&["serve", "--json", "--listen", "127.0.0.1:0"]);
        command.args(&self.arguments).stdout(Stdio::piped()).stderr(log);
        command.env("WAYSTONE_CRASH_ORDER", self.file("order")).env("WAYSTONE_CRASH_MARK", self.file("mark"));
        let mut child = command.spawn().expect("cannot start the Hub");
        let stdout = child.stdout.take().expect("the output is not piped");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // Keeps reading after `lines` is dropped, so that the Hub never blocks on a full pipe.
                let _ = sender.send(serde_json::from_str(&line).unwrap_or_default());
            }
        });
        StartingHub { child, lines }
    }

    /// The label of the point at which a process stopped. `None` if no process stopped.
    pub(crate) fn mark(&self) -> Option<String> {
        fs::read_to_string(self.file("mark")).ok().filter(|label| !label.is_empty())
    }

    /// Makes the process stop at a labeled point. `*#3` is the third point reached from now on.
    pub(crate) fn stop_at(&self, point: &str) {
        let _ = fs::remove_file(self.file("mark"));
        // A rename is atomic, so the process never reads a partial file.
        fs::write(self.file("order.new"), point).expect("cannot write the file");
        fs::rename(self.file("order.new"), self.file("order")).expect("cannot rename the file");
    }

    /// Cancels `stop_at`, so that processes no longer stop at a point.
    pub(crate) fn clear_stop(&self) {
        let _ = fs::remove_file(self.file("order"));
        let _ = fs::remove_file(self.file("mark"));
    }
}

/// A Hub that may not be ready yet.
#[derive(Debug)]
pub(crate) struct StartingHub {
    child: Child,
    lines: Receiver<Value>,
}

impl StartingHub {
    /// Waits until the Hub is ready. Returns `None` if the process exits first.
    pub(crate) fn ready(mut self) -> Option<RunningHub> {
        let Some(started) = self.lines.iter().find(|line| line["event"] == "started") else {
            let _ = self.child.wait();
            return None;
        };
        let address = started["address"].as_str().and_then(|text| text.parse().ok()).expect("an address");
        let key = started["api_key"].as_str().map(str::to_owned);
        Some(RunningHub { child: self.child, address, key })
    }

    /// Waits until the Hub stops at a labeled point, and kills it there. Returns `None` if the Hub becomes ready before
    /// it reaches a point.
    pub(crate) fn kill_at_point(mut self, installation: &Installation) -> Option<String> {
        let label = loop {
            if let Some(label) = installation.mark() {
                break Some(label);
            }
            match self.lines.recv_timeout(Duration::from_millis(1)) {
                Ok(_) => break None,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => panic!("the Hub exited: {}", installation.log()),
            }
        };
        self.child.kill().expect("cannot kill the Hub");
        self.child.wait().expect("cannot wait for the Hub");
        label
    }
}

impl RunningHub {
    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills the process with SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("cannot kill the Hub");
        self.child.wait().expect("cannot wait for the Hub");
    }

    /// Asks the Hub to shut down. Returns its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(&id).status().expect("cannot start kill").success());
        self.child.wait().expect("cannot wait for the Hub").code()
    }
}

impl Drop for RunningHub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Restricts a folder to its owner, as the Hub does.
fn restrict_to_owner(folder: &Path) {
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))
        .expect("cannot set the mode");
    #[cfg(not(unix))]
    let _ = folder;
}
