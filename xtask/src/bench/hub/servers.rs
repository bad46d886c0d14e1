//! The servers of a benchmark: a Hub, and the servers in `tests/bench/servers.rs`.
//!
//! **Invariant:** a server is killed when its value is dropped.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::client::Connection;
use crate::bench::process::Running;
use crate::bench::run::World;
use crate::tree::target;

/// A running server.
pub(super) struct Server {
    process: Running,
    /// The host and port that the server listens on.
    pub(super) address: String,
    /// The API key that a Hub prints when its database is new.
    pub(super) key: Option<String>,
}

/// Returns the command that starts a server from `tests/bench/servers.rs`.
pub(super) fn example(arguments: &[&str]) -> Command {
    let mut command = Command::new(target().join("dist/examples/servers"));
    command.args(arguments);
    command
}

/// Returns the command that starts a Hub with its data in a folder. All requests to providers go to one server, and the
/// limits are so high that no link is refused.
pub(super) fn hub(world: &World, folder: &Path, provider: &Server) -> Result<Command> {
    let mut command = Command::new(world.program());
    command.args(["serve", "--json", "--listen", "127.0.0.1:0", "--trusted-proxy", "127.0.0.0/8"]);
    command.arg(format!("--upstream=**.gladly.com=http://{}", provider.address));
    for limit in ["session-attempts", "address-attempts", "host-attempts", "session-writes"] {
        command.arg(format!("--limits-{limit}=1000000000"));
    }
    let log = File::options().append(true).create(true).open(folder.join("log"))?;
    command.arg("--data").arg(folder.join("data")).stderr(log);
    Ok(command)
}

impl Server {
    /// Starts a server, and waits until it is ready. The server prints its address as JSON.
    pub(super) fn start(command: &mut Command) -> Result<Self> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut process = Running(child.context("cannot run a server")?);
        let out = process.0.stdout.take().context("the server has no standard output")?;
        let mut lines = BufReader::new(out).lines().map_while(Result::ok);
        let started = lines
            .by_ref()
            .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
            .find(|line| line["event"] == "started")
            .with_context(|| format!("the server did not start: {command:?}"))?;
        let address = started["address"].as_str().unwrap_or_default().to_owned();
        Connection::open(&address)?.request("GET", "/health/ready", &[], "")?;
        // Discards further output, because a full pipe would block the server.
        thread::spawn(move || lines.for_each(drop));
        Ok(Self { process, address, key: started["api_key"].as_str().map(str::to_owned) })
    }

    /// Starts a server that does not print its address, and waits until it is ready.
    pub(super) fn start_at(command: &mut Command, address: String) -> Result<Self> {
        let process = Running(
            command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().context("cannot run a server")?,
        );
        for _ in 0..100 {
            let ready = Connection::open(&address)
                .and_then(|mut connection| connection.request("GET", "/health/ready", &[], ""));
            if ready.is_ok() {
                return Ok(Self { process, address, key: None });
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("the server at {address} did not start")
    }

    /// Returns the id of the server's process.
    pub(super) fn id(&self) -> u32 {
        self.process.0.id()
    }

    /// Stops the server with a signal, and waits until it has stopped.
    pub(super) fn stop(mut self) -> Result<()> {
        Command::new("kill").arg(self.id().to_string()).status()?;
        self.process.0.wait()?;
        Ok(())
    }
}
