//! What the Hub runs with, and who said so.
//!
//! A flag wins over the environment, that over the file, and that over what holds where nothing is said.
//!
//! **Invariant:** a [`Settings`] is right: every value was understood, and values that need each other are both there.
//! Every mistake is told at once, as a finding if it is in the file and as a [`Problem`] if it is not. A secret stands
//! in no file of settings and on no command line.

mod check;
mod explain;
mod mask;
mod parse;
mod pick;
mod resolve;
mod shape;
mod table;
mod trouble;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use egress::{Proxy, Upstream};
use guide::Reading;
use secret::Secret;
use serde_json::Value;
use url::Url;
use vault::KeySource;

use crate::web_origin::WebOrigin;

pub use self::check::{Check, Verdict, check, is_good};
pub use self::explain::{Line, explain};
pub use self::parse::Network;
pub use self::resolve::read;
pub use self::shape::{LogFormat, LogLevel};
pub use self::table::{SETTINGS, Said, Setting};
pub use self::trouble::pages;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetBy {
    /// A flag, such as `--listen`.
    Flag(String),
    /// A variable of the environment.
    Env(String),
    /// The file of settings.
    File {
        /// The file, as it was named.
        name: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// Nobody said anything.
    Default,
}

impl fmt::Display for SetBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(flag),
            Self::Env(name) => f.write_str(name),
            Self::File { name, line, column } => write!(f, "{name}:{line}:{column}"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value and where it comes from.
#[derive(Clone, Debug)]
pub struct Set<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub set_by: SetBy,
}

/// What the Hub runs with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address that is listened on.
    pub listen: Set<SocketAddr>,
    /// Where the Hub is reached; made from the address, if nobody said.
    pub public_url: Set<Option<Url>>,
    /// The folder of accounts and keys.
    pub data: Set<PathBuf>,
    /// The PostgreSQL database, if it is one.
    pub database: Set<Option<Secret>>,
    /// Where the vault's key comes from.
    pub key: Set<KeySource>,
    /// The folder of guides, if there is one.
    pub guides: Set<Option<PathBuf>>,
    /// The brand's file, if there is one.
    pub brand: Set<Option<PathBuf>>,
    /// The certificate and its key, if the Hub speaks TLS itself.
    pub tls: Set<Option<Tls>>,
    /// Hosts that are asked elsewhere.
    pub upstreams: Set<Vec<Upstream>>,
    /// The proxy.
    pub proxy: Set<Proxy>,
    /// Files of certificates that are trusted besides the system's.
    pub extra_roots: Set<Vec<PathBuf>>,
    /// Networks whose word on the client's address counts.
    pub trusted_proxies: Set<Vec<Network>>,
    /// What a request may cost.
    pub limits: Limits,
    /// How long sessions last.
    pub session: SessionSettings,
    /// How long requests under way may take when the Hub stops.
    pub shutdown_grace: Set<Duration>,
    /// How lines of the log are written; by where they go, if nobody said.
    pub log_format: Set<Option<LogFormat>>,
    /// How much is logged.
    pub log_level: Set<LogLevel>,
    /// Origins that may embed the pages where a session names none.
    pub allow_origins: Set<Vec<WebOrigin>>,
    /// Whether there are metrics.
    pub metrics_enabled: Set<bool>,
    /// An address of their own.
    pub metrics_listen: Set<Option<SocketAddr>>,
}

/// A certificate and its key, as files of PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The certificate and its chain.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// What a request may cost.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a body.
    pub body: Set<usize>,
    /// The time until it is answered.
    pub request_timeout: Set<Duration>,
    /// Connections at once.
    pub connections: Set<usize>,
    /// Attempts to link in one session, in ten minutes.
    pub session_attempts: Set<usize>,
    /// Attempts to link from one address, in ten minutes.
    pub address_attempts: Set<usize>,
    /// Attempts to link at one host of a provider, in a minute.
    pub host_attempts: Set<usize>,
}

/// How long sessions last.
#[derive(Clone, Debug)]
pub struct SessionSettings {
    /// Where a session does not say.
    pub expires_in: Set<Duration>,
    /// At most.
    pub longest: Set<Duration>,
}

/// What was said, and by whom.
#[derive(Default)]
pub struct Given {
    /// Flags, by the key of the setting.
    pub flags: BTreeMap<&'static str, Vec<String>>,
    /// The environment.
    pub env: BTreeMap<String, String>,
    /// The file of settings: its name and what it holds.
    pub file: Option<(String, Vec<u8>)>,
    /// The folder in which accounts are kept where nobody says another.
    pub usual_data: Option<PathBuf>,
}

/// Something that is wrong and does not stand in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it was said.
    pub set_by: SetBy,
    /// What is wrong, in one line.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// What became of what was said.
#[derive(Debug)]
pub struct Understood {
    /// The settings, if all is right.
    pub settings: Option<Settings>,
    /// What there is to say about the file, if there is one.
    pub file: Option<Reading<()>>,
    /// What is wrong elsewhere.
    pub problems: Vec<Problem>,
}

/// The JSON Schema of the file of settings.
pub fn settings_schema() -> Value {
    shape::schema()
}

impl<T> Set<T> {
    /// The same, of another type.
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Set<U> {
        Set { value: change(self.value), set_by: self.set_by }
    }
}

/// Shows who said what was said, and none of it: the environment holds secrets.
impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").field("flags", &self.flags.keys()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
