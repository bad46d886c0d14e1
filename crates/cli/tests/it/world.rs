//! Runs the program and sends requests to it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A program's output and exit code.
pub(crate) struct Output {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Returns a command that runs the program with a clean environment.
pub(crate) fn waystone(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waystone"));
    clean(&mut command, folder);
    command
}

/// Sets a command's folder, and replaces its environment with a clean one.
fn clean(command: &mut Command, folder: &Path) {
    command.current_dir(folder).env_clear().env("HOME", folder).env("NO_COLOR", "1").stdin(Stdio::null());
}

/// Runs the program and waits until it exits.
pub(crate) fn run(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let output = waystone(folder).args(arguments).envs(variables.iter().copied()).output().unwrap();
    Output {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A running Hub. The process is killed when this value is dropped.
pub(crate) struct Hub {
    child: Option<Child>,
    pub(crate) folder: TempDir,
    pub(crate) address: SocketAddr,
    pub(crate) started: String,
}

impl Hub {
    /// Starts the Hub on a free port, and writes its log to a file.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), arguments)
    }

    /// Starts the Hub in an existing folder.
    pub(crate) fn start_in(folder: TempDir, arguments: &[&str]) -> Self {
        let command = waystone(folder.path());
        Self::start_with(command, folder, arguments)
    }

    /// Starts the Hub from a shell after a command that changes the limits of the shell's process, such as
    /// `ulimit -n 128`.
    pub(crate) fn start_after(limits: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{limits} && exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_waystone")]);
        clean(&mut command, folder.path());
        Self::start_with(command, folder, arguments)
    }

    fn start_with(mut command: Command, folder: TempDir, arguments: &[&str]) -> Self {
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut child = command
            .args(["serve", "--json", "--listen", "127.0.0.1:0", "--data", "data"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut started = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut started).unwrap();
        let address = started.split("\"address\":\"").nth(1).and_then(|rest| rest.split('"').next());
        let address = address.unwrap_or_else(|| {
            panic!("the Hub did not start: {}", std::fs::read_to_string(folder.path().join("log")).unwrap())
        });
        Self { address: address.parse().unwrap(), child: Some(child), folder, started }
    }

    /// Sends a request and returns the whole response.
    pub(crate) fn get(&self, path: &str) -> String {
        send(self.address, &format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"))
    }

    /// Returns the Hub's log.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Returns a file that describes the Hub's process, such as `limits`.
    #[cfg(target_os = "linux")]
    pub(crate) fn process_file(&self, name: &str) -> std::path::PathBuf {
        let id = self.child.as_ref().unwrap().id();
        Path::new("/proc").join(id.to_string()).join(name)
    }

    /// Sends the Hub a signal.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// Waits until the Hub exits. Returns its exit code and its log.
    pub(crate) fn wait(self) -> (i32, String) {
        let (code, folder) = self.wait_and_keep_folder();
        (code, std::fs::read_to_string(folder.path().join("log")).unwrap())
    }

    /// Waits until the Hub exits. Returns its exit code and its folder.
    pub(crate) fn wait_and_keep_folder(mut self) -> (i32, TempDir) {
        let code = self.child.take().unwrap().wait().unwrap().code().unwrap_or(-1);
        (code, std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap()))
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Sends a request and reads until the server closes the connection.
pub(crate) fn send(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response);
    String::from_utf8_lossy(&response).into_owned()
}

/// Waits until a condition holds. `problem` is the panic message if the condition never holds.
#[track_caller]
pub(crate) fn until(problem: &str, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < Duration::from_secs(20), "{problem}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
