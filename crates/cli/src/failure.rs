//! Why a command could not do its work.

use std::error::Error;
use std::fmt::Display;

/// Findings, or a link that failed.
pub(crate) const FOUND: u8 = 1;
/// Wrong usage.
pub(crate) const USAGE: u8 = 2;
/// The environment failed: a disk, a network, a key.
pub(crate) const ENVIRONMENT: u8 = 3;

/// Why a command could not do its work, and what to do about it.
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

    /// A failure of the environment, with its causes.
    pub(crate) fn environment(error: &(dyn Error + 'static)) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            // Some errors say their cause as well.
            let said = error.to_string();
            if !message.ends_with(&said) {
                message = format!("{message}: {said}");
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
