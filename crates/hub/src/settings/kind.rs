//! The kinds of values, and how a value of each kind is written, parsed and shown.
//!
//! **Invariant:** an error describes the expected value, with an example, and does not repeat the actual value, which
//! may be a secret.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::path::{Path as FilePath, PathBuf};
use std::time::Duration;

use egress::{Proxy, Upstream};
use ipnet::IpNet;
use secret::Secret;
use serde_json::{Value, json};
use url::Url;

use super::log::{LogFormat, LogLevel};
use super::mask;
use super::measure::{period, show_size, show_time, size, time};
use super::setting::Syntax;
use crate::web_origin::{WebOrigin, is_loopback};

/// A description of the expected value.
pub(crate) type Expected = String;

/// A kind of value.
pub(crate) trait Kind {
    /// The parsed value.
    type Value;
    /// Where a value of this kind can be set.
    const SYNTAX: Syntax;
    /// The placeholder for the value in `--help`.
    const PLACEHOLDER: &'static str;

    /// Parses a string.
    fn parse(text: &str) -> Result<Self::Value, Expected>;

    /// Formats the value as a person would write it, without secrets.
    fn show(value: &Self::Value) -> String;

    /// Returns the JSON Schema for the value in the settings file.
    fn schema() -> Value;

    /// Resolves a relative path against the folder that contains the settings file. Leaves other values unchanged.
    fn in_folder(value: Self::Value, _folder: &FilePath) -> Self::Value {
        value
    }
}

/// Declares kinds. A row is `Name: Value, SYNTAX, "PLACEHOLDER", schema, parse, show;`, with an optional function that
/// resolves a relative path against the settings file's folder.
macro_rules! kinds {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident: $value:ty, $syntax:ident, $placeholder:literal, $schema:tt, $parse:expr, $show:expr
        $(, $in_folder:expr)?;
    )*) => {$(
        $(#[doc = $doc])+
        #[derive(Debug)]
        pub(crate) struct $name;

        impl Kind for $name {
            type Value = $value;
            const SYNTAX: Syntax = Syntax::$syntax;
            const PLACEHOLDER: &'static str = $placeholder;
            fn parse(text: &str) -> Result<$value, Expected> {
                $parse(text)
            }
            fn show(value: &$value) -> String {
                $show(value)
            }
            fn schema() -> Value {
                json!($schema)
            }
            $(fn in_folder(value: $value, folder: &FilePath) -> $value {
                $in_folder(value, folder)
            })?
        }
    )*};
}

// The schemas for sizes and durations accept numbers, so that parsing can report the missing unit.
kinds! {
    /// A socket address. The only allowed host name is `localhost`, because any other name may later resolve to a
    /// different address.
    Address: SocketAddr, Single, "ADDRESS", { "type": "string" }, address, ToString::to_string;
    /// An origin that may embed pages.
    Origin: WebOrigin, Single, "ORIGIN", { "type": "string" }, origin, ToString::to_string;
    /// A network, or a single address.
    Network: IpNet, Single, "NETWORK", { "type": "string" }, network, ToString::to_string;
    /// A rule that sends requests for matching provider hosts to another server.
    UpstreamRule: Upstream, Single, "PATTERN=URL", { "type": "string" }, upstream, ToString::to_string;
    /// The origin at which clients reach the Hub.
    PublicUrl: Url, Single, "URL", { "type": "string" }, public_url, show_public_url;
    /// A path. In the settings file, a path is relative to the file's folder, so that the folder can be moved.
    Path: PathBuf, Single, "PATH", { "type": "string" }, path, show_path, in_folder;
    /// A count of at least 1.
    Count: usize, Single, "NUMBER", { "type": "integer", "minimum": 1 }, count, ToString::to_string;
    /// A number of bytes, at least 1 KiB.
    Size: usize, Single, "SIZE", { "type": ["string", "integer"] }, size, show_size;
    /// A duration; zero is allowed.
    Time: Duration, Single, "DURATION", { "type": ["string", "integer"] }, time, show_time;
    /// A duration greater than zero.
    Period: Duration, Single, "DURATION", { "type": ["string", "integer"] }, period, show_time;
    /// A yes-or-no value.
    Switch: bool, Single, "BOOL", { "type": "boolean" }, switch, ToString::to_string;
    /// The format of log lines.
    Format: LogFormat, Single, "FORMAT", { "type": "string", "enum": ["json", "text"] }, format, ToString::to_string;
    /// A log level.
    Level: LogLevel, Single, "LEVEL", { "type": "string", "enum": ["error", "warn", "info", "debug", "trace"] }, level,
        ToString::to_string;
    /// The name of an environment variable.
    Variable: String, Single, "NAME", { "type": "string" }, variable, Clone::clone;
    /// A host to contact directly, without the proxy, in the format of `NO_PROXY`.
    Host: String, Single, "HOST", { "type": "string" }, |text: &str| Ok(text.into()), Clone::clone;
    /// A word in a command.
    Word: String, Words, "COMMAND", { "type": "string" }, |text: &str| Ok(text.into()), Clone::clone;
    /// The URL of a PostgreSQL database, which may contain a password.
    DatabaseUrl: Secret, NoFlag, "URL", { "type": "string" }, database_url, hidden;
    /// The address of a proxy, which may contain a password.
    ProxyUrl: Secret, NoFlag, "URL", { "type": "string" }, proxy_url, hidden;
    /// The vault's key.
    KeyText: Secret, VariableOnly, "KEY", { "type": "string" }, |text: &str| Ok(text.into()), hidden;
}

fn hidden(_: &Secret) -> String {
    "(hidden)".to_owned()
}

/// Parses a path. Messages show paths, so an address, which may contain a password, is not a path.
fn path(text: &str) -> Result<PathBuf, Expected> {
    if text.is_empty() {
        Err("a path".to_owned())
    } else if mask::may_contain_password(text) {
        Err("the path of a file or folder, not an address".to_owned())
    } else {
        Ok(PathBuf::from(text))
    }
}

fn show_path(path: &FilePath) -> String {
    path.display().to_string()
}

fn in_folder(path: PathBuf, folder: &FilePath) -> PathBuf {
    folder.join(path)
}

fn origin(text: &str) -> Result<WebOrigin, Expected> {
    text.parse().map_err(|error| expected("an origin, such as `https://app.example.com`", &error))
}

fn upstream(text: &str) -> Result<Upstream, Expected> {
    let example = "`pattern=url`, such as `**.example.com=http://127.0.0.1:9100`";
    text.parse().map_err(|error| expected(example, &error))
}

fn public_url(text: &str) -> Result<Url, Expected> {
    let expected = || "a URL without a path, such as `https://connect.example.com`".to_owned();
    let url = Url::parse(text).map_err(|_| expected())?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !is_bare || !url.username().is_empty() || url.password().is_some() || url.host().is_none() {
        return Err(expected());
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err("`https://`, because credentials would otherwise be sent unencrypted".to_owned()),
        _ => Err(expected()),
    }
}

fn show_public_url(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

fn count(text: &str) -> Result<usize, Expected> {
    let number = text.trim().parse().ok().filter(|number| 0 < *number);
    number.ok_or_else(|| "a whole number greater than 0".to_owned())
}

fn format(text: &str) -> Result<LogFormat, Expected> {
    text.parse().map_err(|_| "`json` or `text`".to_owned())
}

fn level(text: &str) -> Result<LogLevel, Expected> {
    text.parse().map_err(|_| "one of `error`, `warn`, `info`, `debug` and `trace`".to_owned())
}

fn proxy_url(text: &str) -> Result<Secret, Expected> {
    let example = "an address such as `http://proxy.internal:3128`";
    Proxy::explicit(text, "").map(|_| Secret::from(text)).map_err(|error| expected(example, &error))
}

/// Appends the error and its cause to a description of the expected value.
fn expected(what: &str, error: &dyn std::error::Error) -> Expected {
    let cause = error.source().map(|cause| format!("; {cause}")).unwrap_or_default();
    format!("{what}: {error}{cause}")
}

fn address(text: &str) -> Result<SocketAddr, Expected> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let local = text.strip_prefix("localhost:").filter(|port| port.parse::<u16>().is_ok());
    let found = local.and_then(|_| text.to_socket_addrs().ok()?.next());
    found.ok_or_else(|| "an address and a port, such as `127.0.0.1:8700` or `[::]:8700`".to_owned())
}

fn network(text: &str) -> Result<IpNet, Expected> {
    let text = text.trim();
    let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| "a network or an address, such as `10.0.0.0/8`".to_owned())
}

fn switch(text: &str) -> Result<bool, Expected> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("`true` or `false`".to_owned()),
    }
}

fn variable(text: &str) -> Result<String, Expected> {
    let is_name = text.chars().all(|ch| ch.is_ascii_alphanumeric() || ch == '_');
    let starts = text.starts_with(|ch: char| ch.is_ascii_alphabetic() || ch == '_');
    if is_name && starts {
        Ok(text.to_owned())
    } else {
        Err("the name of an environment variable, such as `HUB_KEY`".to_owned())
    }
}

fn database_url(text: &str) -> Result<Secret, Expected> {
    let url = Url::parse(text.trim()).ok();
    let url = url.filter(|url| matches!(url.scheme(), "postgres" | "postgresql"));
    url.map(|url| Secret::from(String::from(url)))
        .ok_or_else(|| "a URL such as `postgres://user@host/name`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_url_is_an_origin_and_encrypted() {
        for right in
            ["https://connect.example.com", "http://127.0.0.1:8700/", "http://localhost:1", "http://[::1]"]
        {
            assert!(public_url(right).is_ok(), "{right}");
        }
        for wrong in
            ["http://connect.example.com", "https://a.example/x", "https://u:p@a.example", "ftp://a", "x"]
        {
            assert!(public_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_network_is_a_prefix_or_an_address() {
        assert_eq!(network("10.0.0.0/8").unwrap().to_string(), "10.0.0.0/8");
        assert_eq!(network(" 192.0.2.7 ").unwrap().to_string(), "192.0.2.7/32");
        assert_eq!(network("fd00::/8").unwrap().to_string(), "fd00::/8");
        for wrong in ["10.0.0.0/33", "x/8", "", "10.0.0"] {
            assert!(network(wrong).is_err(), "{wrong}");
        }
    }
}
