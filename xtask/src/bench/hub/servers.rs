//! The servers of a benchmark: a Hub, and the servers in `tests/bench/servers.rs`.
//!
//! **Invariant:** a server is killed when its value is dropped.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::client::Connection;
use crate::tree::target;

/// A running server.
pub(super) struct Server {
    child: Child,
    /// The host and port that the server listens on.
    pub(super) address: String,
}

/// A running Hub.
pub(super) struct Hub {
    pub(super) server: Server,
    /// The API key that the Hub prints when its database is new.
    pub(super) key: Option<String>,
}

/// Starts a server of `tests/bench/servers.rs`, which prints its address.
pub(super) fn example(arguments: &[&str]) -> Result<Server> {
    let (child, mut lines) = spawn(Command::new(target().join("dist/examples/servers")).args(arguments))?;
    let address = lines.next().transpose()?.unwrap_or_default();
    let server = Server { child, address };
    if server.address.is_empty() {
        bail!("`servers {}` did not start", arguments.join(" "))
    }
    Ok(server)
}

impl Hub {
    /// Starts a Hub with its data in a folder, and waits until it is ready. All requests to providers go to one server,
    /// and the limits are too high to refuse a link.
    pub(super) fn start(
        program: &Path,
        folder: &Path,
        database: Option<&str>,
        guides: Option<&Path>,
        provider: &str,
    ) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["serve", "--json", "--listen", "127.0.0.1:0", "--trusted-proxy", "127.0.0.0/8"]);
        command.arg(format!("--upstream=**.gladly.com=http://{provider}"));
        for limit in ["--limits-session-attempts", "--limits-address-attempts", "--limits-host-attempts"] {
            command.args([limit, "1000000000"]);
        }
        if let Some(guides) = guides {
            command.arg("--guides").arg(guides);
        }
        if let Some(url) = database {
            command.env("WAYSTONE_DATABASE_URL", url);
        }
        let log = File::options().append(true).create(true).open(folder.join("log"))?;
        let (child, mut lines) = spawn(command.arg("--data").arg(folder.join("data")).stderr(log))?;
        let mut server = Server { child, address: String::new() };
        let started = lines
            .by_ref()
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
            .find(|line| line["event"] == "started")
            .with_context(|| format!("the Hub did not start: {}", folder.join("log").display()))?;
        started["address"].as_str().unwrap_or_default().clone_into(&mut server.address);
        Connection::open(&server.address)?.request("GET", "/health/ready", &[], "")?;
        // A full pipe would block the Hub.
        thread::spawn(move || lines.for_each(drop));
        Ok(Self { server, key: started["api_key"].as_str().map(str::to_owned) })
    }

    /// Stops the Hub with a signal, and waits until it has stopped.
    pub(super) fn stop(mut self) -> Result<()> {
        Command::new("kill").arg(self.server.id().to_string()).status()?;
        self.server.child.wait()?;
        Ok(())
    }
}

impl Server {
    /// The id of the server's process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(command: &mut Command) -> Result<(Child, Lines<BufReader<ChildStdout>>)> {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cannot run a server")?;
    let out = child.stdout.take().context("the server has no standard output")?;
    Ok((child, BufReader::new(out).lines()))
}
