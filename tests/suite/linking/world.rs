//! The environment for a linking test: a simulated provider, a data folder, and the program.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::waystone;

/// A simulated provider in its own process, and a folder for accounts.
pub(crate) struct World {
    provider: Child,
    pub(crate) origin: String,
    folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::for_provider("gladly")
    }

    /// Creates a world that simulates a built-in provider.
    pub(crate) fn for_provider(provider: &str) -> Self {
        Self::simulating(&[provider])
    }

    /// Creates a world whose provider accepts tokens that no built-in guide contains. In each pair, the second token
    /// replaces the first.
    pub(crate) fn with_tokens(tokens: &[(&str, &str)]) -> Self {
        let guides = tempfile::tempdir().expect("cannot create a temporary folder");
        let (from, to) = (guide_of("gladly"), guides.path().join("gladly"));
        std::fs::create_dir(&to).expect("cannot create the folder");
        let text = std::fs::read_to_string(from.join("guide.yaml")).expect("cannot read the guide");
        let text = tokens.iter().fold(text, |text, (old, new)| text.replace(old, new));
        std::fs::write(to.join("guide.yaml"), text).expect("cannot write the guide");
        std::fs::copy(from.join("icon.svg"), to.join("icon.svg")).expect("cannot copy the icon");
        let folder = guides.path().to_str().expect("a UTF-8 path").to_owned();
        Self::simulating(&["gladly", "--guides", &folder])
    }

    /// Creates a world in which `waystone simulate` runs with these arguments.
    pub(crate) fn simulating(arguments: &[&str]) -> Self {
        let mut provider = Command::new(waystone::program())
            .arg("simulate")
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("cannot start the simulator");
        let stdout = provider.stdout.take().expect("stdout is not piped");
        let mut lines = BufReader::new(stdout).lines();
        let first = lines.next().expect("the simulator printed nothing").expect("UTF-8");
        let origin = first.rsplit(' ').next().expect("an address").to_owned();
        // Keep reading the output, or the simulator would block on a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { provider, origin, folder: tempfile::tempdir().expect("cannot create a temporary folder") }
    }

    /// The folder that stores the accounts.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folder in which the program runs.
    pub(crate) fn working_folder(&self) -> &Path {
        self.folder.path()
    }

    /// A command that runs the program with the data folder, without environment variables that would affect it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(waystone::program());
        command
            .args(arguments)
            .arg("--data")
            .arg(self.data())
            .current_dir(self.working_folder())
            .env("NO_COLOR", "1");
        for name in
            ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "WAYSTONE_GUIDES", "WAYSTONE_KEY"]
        {
            command.env_remove(name);
        }
        command
    }

    /// The options that redirect requests to the simulator.
    pub(crate) fn upstreams(&self) -> [String; 4] {
        let map = |host: &str| format!("{host}={}", self.origin);
        ["--upstream".to_owned(), map("**.gladly.com"), "--upstream".to_owned(), map("**.gladly.qa")]
    }

    /// Links an account without prompts. Passes the token on standard input.
    pub(crate) fn link(&self, slug: &str, token: &str, more: &[&str]) -> Output {
        let mut command = self.link_command(slug, more);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("cannot start the program");
        let mut stdin = child.stdin.take().expect("stdin is not piped");
        // The program can exit without reading its input.
        let _ = stdin.write_all(token.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("cannot wait for the program")
    }

    pub(crate) fn link_command(&self, slug: &str, more: &[&str]) -> Command {
        let mut command = self.command(&["link", "gladly", "--no-input", "--json"]);
        command.args(self.upstreams()).args(["--set", &format!("organization_slug={slug}")]);
        command.args(["--set", "agent_email=api-user@acme.example", "--set-file", "api_token=-"]).args(more);
        command
    }

    /// Runs a command and parses its JSON output.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).output().expect("cannot start the program");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("{arguments:?}: {error}\n{}", String::from_utf8_lossy(&output.stderr))
        })
    }

    /// The stored accounts.
    pub(crate) fn accounts(&self) -> Vec<Value> {
        self.json(&["accounts", "list", "--json"]).as_array().cloned().unwrap_or_default()
    }
}

/// The folder of a built-in guide.
fn guide_of(provider: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../guides").join(provider)
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.provider.kill();
        let _ = self.provider.wait();
    }
}
