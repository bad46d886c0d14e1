//! The programs that run while the Hub is measured: the Hub itself, and those of `tests/bench`.
//!
//! **Invariant:** whatever was started is gone when nobody needs it any more.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::client::Request;
use super::database::Place;
use crate::bench::figures::Times;
use crate::tree::target;

/// Where the programs are.
#[derive(Clone, Debug)]
pub(super) struct Programs {
    waystone: PathBuf,
    load: PathBuf,
}

/// A program that serves until it is dropped.
#[derive(Debug)]
pub(super) struct Served {
    child: Child,
    /// The host and port.
    pub(super) address: String,
}

/// A Hub that serves.
#[derive(Debug)]
pub(super) struct Hub {
    pub(super) served: Served,
    /// The first key, at the first start.
    pub(super) key: Option<String>,
    /// Seconds from its start until it said that it is ready.
    pub(super) started: f64,
}

impl Programs {
    /// Those that were built.
    pub(super) fn built() -> Self {
        Self { waystone: target().join("dist/waystone"), load: target().join("dist/examples/load") }
    }

    /// Starts a Hub, and waits until it is ready. `guides`: a folder of guides besides those that ship.
    pub(super) fn hub(&self, place: &Place, provider: &Served, guides: Option<&Path>) -> Result<Hub> {
        let log = File::options().append(true).create(true).open(place.folder.join("log"))?;
        let mut command = Command::new(&self.waystone);
        command.args(["serve", "--json", "--listen", "127.0.0.1:0", "--data"]).arg(place.data());
        // All hosts are one provider, and all clients one address; what is measured is not how limits refuse.
        command.args(["--upstream", &format!("**.gladly.com=http://{}", provider.address)]);
        for key in super::world::providers() {
            command.args(["--upstream", &format!("**.{key}.example=http://{}", provider.address)]);
        }
        command.args(["--trusted-proxy", "127.0.0.0/8", "--limits-session-attempts", "1000000000"]);
        command.args(["--limits-address-attempts", "1000000000", "--limits-host-attempts", "1000000000"]);
        if let Some(guides) = guides {
            command.arg("--guides").arg(guides);
        }
        if let Some(url) = &place.url {
            command.env("WAYSTONE_DATABASE_URL", url);
        }
        command.current_dir(&place.folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let begun = Instant::now();
        let mut child = command.spawn().context("waystone cannot be run")?;
        let mut lines = BufReader::new(child.stdout.take().context("it has an output")?).lines();
        let said = lines.by_ref().map_while(Result::ok).find_map(|line| {
            serde_json::from_str::<Value>(&line).ok().filter(|line| line["event"] == "started")
        });
        let Some(said) = said else {
            let _ = child.kill();
            let _ = child.wait();
            bail!("the Hub does not start: {}", std::fs::read_to_string(place.folder.join("log"))?);
        };
        let address = said["address"].as_str().unwrap_or_default().to_owned();
        let served = Served { child, address };
        let (status, _) = Request::new("GET", "/health/ready").send(&served.address)?;
        let started = begun.elapsed().as_secs_f64();
        if status != 200 {
            bail!("the Hub started and is not ready: status {status}");
        }
        // What it says later has to be read all the same.
        thread::spawn(move || lines.for_each(drop));
        Ok(Hub { served, key: said["api_key"].as_str().map(str::to_owned), started })
    }

    /// Starts the provider.
    pub(super) fn provider(&self) -> Result<Served> {
        self.serve(&["provider"])
    }

    /// Starts the bare handler.
    pub(super) fn bare(&self, database: &str, provider: &Served) -> Result<Served> {
        self.serve(&["bare", database, &format!("http://{}", provider.address)])
    }

    fn serve(&self, arguments: &[&str]) -> Result<Served> {
        let mut child = Command::new(&self.load)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("the load cannot be run")?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("it has an output")?).read_line(&mut line)?;
        let address = line.trim().trim_start_matches("http://").to_owned();
        if address.is_empty() {
            let _ = child.wait();
            bail!("{} does not start", arguments.join(" "));
        }
        Ok(Served { child, address })
    }

    /// Fills a database until there are so many accounts.
    pub(super) fn fill(&self, place: &Place, accounts: u32) -> Result<()> {
        let url = place.url.as_deref().unwrap_or_default();
        let mut command = Command::new(&self.load);
        command.arg("fill").arg(place.data()).arg(url).arg(accounts.to_string());
        if !command.status()?.success() {
            bail!("the database cannot be filled");
        }
        Ok(())
    }

    /// Sends what the lines say; gives how long each took.
    pub(super) fn load(&self, arguments: &[&str], lines: &str) -> Result<Times> {
        self.load_between(arguments, lines, |_| Ok(()))
    }

    /// The same; and looks at something when what is timed begins (`true`) and ends.
    pub(super) fn load_between(
        &self,
        arguments: &[&str],
        lines: &str,
        mut look: impl FnMut(bool) -> Result<()>,
    ) -> Result<Times> {
        let mut child = Command::new(&self.load)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the load cannot be run")?;
        child.stdin.take().context("it has an input")?.write_all(lines.as_bytes())?;
        let mut said = BufReader::new(child.stdout.take().context("it has an output")?).lines();
        let mut line = || Ok::<_, anyhow::Error>(said.next().transpose()?.unwrap_or_default());
        if line()? == "begins" {
            look(true)?;
        }
        let times = line()?;
        look(false)?;
        if !child.wait()?.success() {
            bail!("{} failed", arguments.join(" "));
        }
        Times::parse(&times)
    }
}

impl Served {
    /// The process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Hub {
    /// Asks it to stop, and waits until it has.
    pub(super) fn stop(mut self) -> Result<()> {
        let id = self.served.id().to_string();
        if !Command::new("kill").arg(&id).status()?.success() {
            bail!("the Hub cannot be asked to stop");
        }
        self.served.child.wait()?;
        Ok(())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
