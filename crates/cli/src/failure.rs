//! Why a command failed.

use std::error::Error;
use std::fmt::Display;

/// The exit code for findings or a failed link.
pub(crate) const FOUND: u8 = 1;
/// The exit code for a usage error.
pub(crate) const USAGE: u8 = 2;
/// The exit code for an environment error, such as a disk, network or key that cannot be used.
pub(crate) const ENVIRONMENT: u8 = 3;

/// Why a command failed, and how to fix it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { code: USAGE, message: message.into(), help: None }
    }

    /// An environment error, with its causes.
    pub(crate) fn environment(error: &(dyn Error + 'static)) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            // Some errors end with their cause already.
            let text = error.to_string();
            if !message.ends_with(&text) {
                message = format!("{message}: {text}");
            }
            cause = error.source();
        }
        Self { code: ENVIRONMENT, message, help: None }
    }

    pub(crate) fn io(what: impl Display, error: &std::io::Error) -> Self {
        Self { code: ENVIRONMENT, message: format!("{what}: {error}"), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
