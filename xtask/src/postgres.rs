//! Runs a PostgreSQL server for tests and benchmarks, with its data in a temporary folder.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use crate::command::run;
use crate::install::{self, is_root};
use crate::tree::files;

/// The environment variable that contains the server's URL for the tests. The URL has no database name.
pub(crate) const VARIABLE: &str = "WAYSTONE_TEST_POSTGRES";

/// A running server, which stops when it is dropped.
pub(crate) struct Server {
    programs: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
}

impl Server {
    /// Starts a server, and installs PostgreSQL if it is missing. If `durable` is `true`, each commit waits until it is
    /// on disk, which tests do not need.
    pub(crate) fn start(durable: bool) -> Result<Self> {
        if programs().is_none() {
            install::debian(&["postgresql"])?;
        }
        let programs = programs().context("the package `postgresql` contains no `initdb`")?;
        let folder = tempfile::Builder::new().prefix("waystone-postgres-").tempdir()?;
        // The server refuses to run as root, so Debian's `postgres` user owns the folder.
        if is_root() {
            quietly(Command::new("chown").arg("postgres").arg(folder.path()))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = Self { programs, folder, port };
        let encoding = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"];
        quietly(server.program("initdb").args(encoding))?;
        let sync =
            if durable { "" } else { " -c fsync=off -c synchronous_commit=off -c full_page_writes=off" };
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c max_connections=300{sync} -c unix_socket_directories=''"
        );
        let log = server.folder.path().join("log");
        quietly(
            server.program("pg_ctl").args(["start", "--silent", "--options", &options, "--log"]).arg(log),
        )?;
        Ok(server)
    }

    /// Returns the server's URL, without a database name.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}", self.port)
    }

    /// Creates a database and returns its URL.
    pub(crate) fn create_database(&self, name: &str) -> Result<String> {
        let port = format!("--port={}", self.port);
        quietly(self.program("createdb").args(["--host=127.0.0.1", "--username=postgres", &port, name]))?;
        Ok(format!("{}/{name}", self.url()))
    }

    /// Returns a command that runs a PostgreSQL program on this server's data.
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
        let _ = quietly(self.program("pg_ctl").args(["stop", "--silent", "--mode=immediate"]));
    }
}

/// Returns the folder that contains the server's programs: the folder of the newest version that is installed from
/// Debian packages, or else a folder on the `PATH`. `None` if there is no such folder.
fn programs() -> Option<PathBuf> {
    let versions = files(Path::new("/usr/lib/postgresql"), "initdb").unwrap_or_default();
    let newest = versions.last().and_then(|initdb| initdb.parent());
    newest.map(Path::to_owned).or_else(|| install::find("initdb"))
}

/// Runs a command without standard streams, because a server that the command starts would inherit them and keep them
/// open.
fn quietly(command: &mut Command) -> Result<()> {
    run(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))
}
