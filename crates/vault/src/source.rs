//! The source of the vault's key.
//!
//! **Invariant:** a key is created only for a vault that has never been sealed. A source is displayed as its kind and
//! its path or program, and never reveals the key.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use derive_more::Display;
use secret::Secret;

use crate::file::off_thread;
use crate::key::{Key, KeyError};
use crate::key_file;

/// How long a key command may run.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The source of the vault's key. Each source is for one vault.
#[derive(Clone, Display)]
pub enum KeySource {
    /// A file that only its owner can read. The file is created when the vault is opened for the first time.
    #[display("the key file {}", _0.display())]
    File(PathBuf),
    /// The contents of a key file, for example from an environment variable.
    #[display("the key text")]
    Text(Secret),
    /// A program and its arguments. The program prints the contents of a key file, so any key service can be used.
    #[display("the key command `{}`", program(_0))]
    Command(Vec<String>),
}

impl KeySource {
    /// Returns the keys that the source currently provides: one key, or two while a key file is being replaced.
    pub(crate) async fn load(&self) -> Result<Vec<Key>, KeyError> {
        let source = self.clone();
        off_thread(move || source.load_blocking()).await
    }

    /// Returns the key for a vault that has never been sealed. Creates the key file if it does not exist.
    pub(crate) async fn load_or_create(&self) -> Result<Key, KeyError> {
        let source = self.clone();
        off_thread(move || source.load_or_create_blocking()).await
    }

    fn load_blocking(&self) -> Result<Vec<Key>, KeyError> {
        match self {
            Self::File(path) => {
                // Reads the next key before the current key. If the next key's file replaces the key file between the
                // two reads, the next key is read twice. In the opposite order, it could be missed.
                let next = key_file::read_key(&key_file::next_key(path))?;
                let key =
                    key_file::read_key(path)?.ok_or_else(|| KeyError::Missing { path: path.clone() })?;
                Ok(std::iter::once(key).chain(next).collect())
            }
            Self::Text(text) => Key::parse(text.expose(), &self.to_string()).map(|key| vec![key]),
            Self::Command(command) => run(command, &self.to_string()).map(|key| vec![key]),
        }
    }

    fn load_or_create_blocking(&self) -> Result<Key, KeyError> {
        match self {
            Self::File(path) => key_file::read_or_create_key(path),
            Self::Text(text) => Key::parse(text.expose(), &self.to_string()),
            Self::Command(command) => run(command, &self.to_string()),
        }
    }

    /// Returns the path to the key file. `None` if the source is not a file.
    pub(crate) fn path(&self) -> Option<&PathBuf> {
        match self {
            Self::File(path) => Some(path),
            Self::Text(_) | Self::Command(_) => None,
        }
    }
}

/// Omits a command's arguments, because they may contain a password.
impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn program(command: &[String]) -> &str {
    command.first().map_or("", String::as_str)
}

/// Runs a key command. Its standard error is shown to the operator. Its standard output is parsed as a key and is never
/// shown.
fn run(command: &[String], origin: &str) -> Result<Key, KeyError> {
    let failed = |source| KeyError::Command { program: program(command).to_owned(), source };
    let Some((program, arguments)) = command.split_first() else {
        return Err(failed(io::Error::new(ErrorKind::InvalidInput, "the command is empty")));
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(failed)?;
    let output = child.stdout.take().ok_or_else(|| failed(ErrorKind::BrokenPipe.into()))?;
    let reader = {
        let (program, origin) = (program.clone(), origin.to_owned());
        std::thread::spawn(move || {
            key_file::read_key_from(output, &origin, |source| KeyError::Command {
                program: program.clone(),
                source,
            })
        })
    };
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            break status;
        }
        if TIMEOUT < start.elapsed() {
            let _ = child.kill();
            let _ = child.wait();
            return Err(failed(ErrorKind::TimedOut.into()));
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    if !status.success() {
        return Err(failed(io::Error::other(format!("it exited with {status}"))));
    }
    reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> KeySource {
        KeySource::Command(vec!["sh".to_owned(), "-c".to_owned(), script.to_owned()])
    }

    #[test]
    fn a_command_prints_the_key() {
        let key = Key::random().ok().unwrap();
        let text = key.to_text();
        let loaded = shell(&format!("printf '%s' '{}'", text.expose())).load_blocking().ok().unwrap();
        assert_eq!(loaded[0].id(), key.id());
    }

    #[test]
    fn a_failing_command_is_reported_without_its_arguments_and_output() {
        for (script, expected) in [
            ("echo canary; exit 3", "the key command `sh` printed no key"),
            (
                "echo canary",
                "the key command `sh` does not contain exactly one key; a key is a line that starts with `wsk1-`",
            ),
        ] {
            let error = shell(script).load_blocking().err().unwrap();
            assert_eq!(error.to_string(), expected);
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
        assert_eq!(format!("{:?}", shell("canary")), "the key command `sh`");
    }
}
