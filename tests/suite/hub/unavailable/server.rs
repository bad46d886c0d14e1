//! A PostgreSQL server that a test can stop and start again. The server that the task runner starts is shared by all
//! tests, so they cannot stop it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A server with its own data, which stops when it is dropped.
pub(super) struct Server {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Server {
    /// Creates an empty server and starts it.
    pub(super) fn start() -> Self {
        let folder = tempfile::tempdir().expect("cannot create a temporary folder");
        if is_root() {
            // The server refuses to run as root.
            quietly(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let server = Self { programs: programs(), folder, port };
        quietly(server.program("initdb").args(["--auth=trust", "--username=postgres", "--encoding=UTF8"]));
        server.resume();
        server
    }

    /// The URL of the server's only database.
    pub(super) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops the server like a crash: it closes all connections and does not write its data to the disk. The next start
    /// recovers the data from the log.
    pub(super) fn stop_immediately(&self) {
        quietly(self.program("pg_ctl").args(["stop", "--silent", "--mode=immediate"]));
    }

    /// Starts the server, and waits until it accepts connections.
    pub(super) fn resume(&self) {
        let port = self.port;
        let options = format!("-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories=''");
        let log = self.folder.path().join("log");
        quietly(self.program("pg_ctl").args(["start", "--silent", "--options", &options, "--log"]).arg(log));
    }

    /// A command that runs one of PostgreSQL's programs on the server's data.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = Command::new(if is_root() { Path::new("runuser") } else { &path });
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(&path);
        }
        command.env("PGDATA", self.folder.path().join("data")).current_dir("/");
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The server may already be stopped.
        let mut stop = self.program("pg_ctl");
        let _ = stop.args(["stop", "--silent", "--mode=immediate"]).stderr(Stdio::null()).status();
    }
}

/// Runs a command without standard streams, because the server would inherit them and keep them open.
fn quietly(command: &mut Command) {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.expect("cannot start the program").success(), "{command:?} failed");
}

fn is_root() -> bool {
    let id = Command::new("id").arg("--user").output().expect("cannot start id");
    id.stdout.starts_with(b"0\n")
}

/// The folder that contains the server's programs: that of Debian's newest version, or else one on the `PATH`.
fn programs() -> PathBuf {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = installed.map(|version| version.path().join("bin")).collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.splice(0..0, std::env::split_paths(&path));
    let found = folders.into_iter().rev().find(|folder| folder.join("initdb").is_file());
    found.expect("PostgreSQL's `initdb` is missing; `cargo xtask test` installs it")
}
