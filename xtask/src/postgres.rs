//! A PostgreSQL server for the tests and benchmarks: Debian's, in a folder that goes away with it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::install;

/// The variable that tells tests where the server is: a URL without a database.
pub(crate) const VARIABLE: &str = "WAYSTONE_TEST_POSTGRES";

/// A server that runs until it is dropped.
pub(crate) struct Server {
    programs: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
}

/// Installs the server, if it is not there.
pub(crate) fn install() -> Result<()> {
    if programs().is_none() {
        println!("installing postgresql");
        install::debian(&["postgresql"])?;
    }
    Ok(())
}

impl Server {
    /// Starts a server. `durable`: commits wait for the disk, as in earnest; tests need not.
    pub(crate) fn start(durable: bool) -> Result<Self> {
        let programs = programs().context("PostgreSQL is not there; `cargo xtask test` installs it")?;
        let folder = tempfile::Builder::new().prefix("waystone-postgres-").tempdir()?;
        // The server refuses to run as root, so the folder is given to whom Debian made for it.
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder.path()))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = Self { programs, folder, port };
        let data = server.data();
        run(server
            .program("initdb")
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--pgdata"])
            .arg(&data))?;
        let sync =
            if durable { "" } else { " -c fsync=off -c synchronous_commit=off -c full_page_writes=off" };
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c max_connections=300{sync} -c unix_socket_directories=''"
        );
        run(server
            .program("pg_ctl")
            .args(["--wait", "--silent", "start", "--options", &options, "--log"])
            .arg(server.folder.path().join("log"))
            .arg("--pgdata")
            .arg(&data))?;
        Ok(server)
    }

    /// Where the server is.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}", self.port)
    }

    /// Makes a database; gives its URL.
    pub(crate) fn make(&self, name: &str) -> Result<String> {
        run(&mut self.client("createdb", &[name]))?;
        Ok(format!("{}/{name}", self.url()))
    }

    /// A program that asks the server.
    fn client(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = self.program(name);
        command.args(["--host=127.0.0.1", "--username=postgres", &format!("--port={}", self.port)]);
        command.args(arguments);
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir("/");
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.data();
        let _ = run(self
            .program("pg_ctl")
            .args(["--wait", "--silent", "--mode=immediate", "stop", "--pgdata"])
            .arg(data));
    }
}

/// The folder of the server's programs: the newest that Debian installed, or one on the path.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            let folder = entry.path().join("bin");
            folder.join("initdb").is_file().then_some((version, folder))
        })
        .collect();
    versions.sort();
    versions.pop().map(|(_, folder)| folder).or_else(|| {
        let paths = std::env::var_os("PATH")?;
        std::env::split_paths(&paths).find(|folder: &PathBuf| Path::new(folder).join("initdb").is_file())
    })
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}

fn run(command: &mut Command) -> Result<()> {
    // A server that stays keeps what it inherits, so it is given nothing to keep open.
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    match output {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => bail!("{} ended with {status}", command.get_program().display()),
        Err(error) => {
            Err(error).with_context(|| format!("{} cannot be run", command.get_program().display()))
        }
    }
}
