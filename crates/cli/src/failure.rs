//! Why a command failed.

use std::error::Error;
use std::fmt::Display;
use std::io;
use std::path::Path;

use guide::{listed, nearest};

/// The exit code for findings or a failed link.
pub(crate) const FOUND: u8 = 1;
/// The exit code for a usage error.
pub(crate) const USAGE: u8 = 2;
/// The exit code for an environment error, such as a disk failure, a network failure or an unusable key.
pub(crate) const ENVIRONMENT: u8 = 3;

/// Why a command failed, and how to fix it.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) code: u8,
    pub(crate) message: String,
    /// How to fix it, or `None` if the message is enough.
    pub(crate) help: Option<String>,
}

impl Failure {
    pub(crate) fn found(message: impl Into<String>) -> Self {
        Self { code: FOUND, message: message.into(), help: None }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { code: USAGE, message: message.into(), help: None }
    }

    /// Returns a usage error about an unknown name. The help suggests the most similar known name, or lists all known
    /// names if none is similar.
    pub(crate) fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Self {
        let failure = Self::usage(format!("no {what} `{name}`"));
        match nearest(name, known.clone()) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help(choices(known)),
        }
    }

    pub(crate) fn io(what: impl Display, error: &io::Error) -> Self {
        Self { code: ENVIRONMENT, message: format!("{what}: {error}"), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Converts an error and its causes into an environment error.
impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            // Some error messages already include their cause, so it is not appended again.
            let text = error.to_string();
            if !message.ends_with(&text) {
                message = format!("{message}: {text}");
            }
            cause = error.source();
        }
        Self { code: ENVIRONMENT, message, help: None }
    }
}

/// Converts an I/O error into a failure that names the path, such as "cannot read `x`: …".
pub(crate) fn cannot(verb: &str, path: &Path) -> impl Fn(io::Error) -> Failure {
    move |error| Failure::io(format!("cannot {verb} `{}`", path.display()), &error)
}

/// Returns the help for an option that must have one of these values.
pub(crate) fn choices<'a>(values: impl Iterator<Item = &'a str>) -> String {
    format!("choose one of: {}", listed(values))
}
