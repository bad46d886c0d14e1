//! The kinds of values: how each is written, parsed and shown.
//!
//! **Invariant:** an error says what is expected, with an example, and does not repeat the text, which may be a secret.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::path::{Path as FilePath, PathBuf};

use egress::{Proxy, Upstream};
use ipnet::IpNet;
use secret::Secret;
use serde_json::{Value, json};
use url::Url;

use super::log::{LogFormat, LogLevel};
use super::setting::Syntax;
use crate::web_origin::{WebOrigin, is_loopback};

/// What is expected instead of a text that is not a value.
pub(crate) type Expected = String;

/// A kind of value.
pub(crate) trait Kind {
    /// The parsed value.
    type Value;
    /// Where such a value can be set.
    const SYNTAX: Syntax = Syntax::Single;
    /// Stands for the value in `--help`.
    const PLACEHOLDER: &'static str;

    /// Parses a text.
    ///
    /// # Errors
    ///
    /// What is expected, if the text is not a value of this kind.
    fn parse(text: &str) -> Result<Self::Value, Expected>;

    /// The value as a person would write it, without secrets.
    fn show(value: &Self::Value) -> String;

    /// The JSON Schema of the value in the settings file.
    fn schema() -> Value {
        json!({ "type": "string" })
    }

    /// The value, resolved against the folder of the settings file that sets it.
    fn in_folder(value: Self::Value, _folder: &FilePath) -> Self::Value {
        value
    }
}

/// A kind whose values are shown by `Display`, with its type, placeholder, schema and parser.
macro_rules! kind {
    ($(#[doc = $doc:literal] $name:ident($value:ty) $placeholder:literal $schema:tt = $parse:expr;)*) => {$(
        #[doc = $doc]
        #[derive(Debug)]
        pub(crate) struct $name;

        impl Kind for $name {
            type Value = $value;
            const PLACEHOLDER: &'static str = $placeholder;
            fn parse(text: &str) -> Result<$value, Expected> {
                $parse(text)
            }
            fn show(value: &$value) -> String {
                value.to_string()
            }
            fn schema() -> Value {
                json!($schema)
            }
        }
    )*};
}

kind! {
    /// A socket address. The only host name allowed is `localhost`: any other could come to mean another machine.
    Address(SocketAddr) "ADDRESS" { "type": "string" } = address;
    /// An origin that may embed pages.
    Origin(WebOrigin) "ORIGIN" { "type": "string" } = |text: &str| text.parse().map_err(|error| expected("an origin, such as `https://app.example.com`", &error));
    /// A network, or a single address.
    Network(IpNet) "NETWORK" { "type": "string" } = network;
    /// A mapping of provider hosts to another server.
    UpstreamRule(Upstream) "PATTERN=URL" { "type": "string" } = |text: &str| text.parse().map_err(|error| expected("`pattern=url`, such as `**.example.com=http://127.0.0.1:9100`", &error));
    /// A count of at least 1.
    Count(usize) "NUMBER" { "type": "integer", "minimum": 1 } = |text: &str| text.trim().parse().ok().filter(|number| 0 < *number).ok_or_else(|| "a number of at least 1".to_owned());
    /// Yes or no.
    Switch(bool) "BOOL" { "type": "boolean" } = switch;
    /// The format of log lines.
    Format(LogFormat) "FORMAT" { "type": "string", "enum": ["json", "text"] } = |text: &str| LogFormat::ALL.into_iter().find(|format| format.as_str() == text).ok_or_else(|| "`json` or `text`".to_owned());
    /// A log level.
    Level(LogLevel) "LEVEL" { "type": "string", "enum": ["error", "warn", "info", "debug", "trace"] } = |text: &str| LogLevel::ALL.into_iter().find(|level| level.as_str() == text).ok_or_else(|| "one of `error`, `warn`, `info`, `debug` and `trace`".to_owned());
    /// The name of an environment variable.
    Variable(String) "NAME" { "type": "string" } = variable;
    /// A host that is called without the proxy, written as in `NO_PROXY`.
    Host(String) "HOST" { "type": "string" } = |text: &str| Ok(text.to_owned());
}

/// A path. In the settings file, a relative path starts at the file's folder, so that the two can be moved together.
#[derive(Debug)]
pub(crate) struct Path;

impl Kind for Path {
    type Value = PathBuf;
    const PLACEHOLDER: &'static str = "PATH";

    fn parse(text: &str) -> Result<PathBuf, Expected> {
        if text.is_empty() { Err("a path".to_owned()) } else { Ok(PathBuf::from(text)) }
    }

    fn show(path: &PathBuf) -> String {
        path.display().to_string()
    }

    fn in_folder(path: PathBuf, folder: &FilePath) -> PathBuf {
        folder.join(path)
    }
}

/// The origin at which the Hub is reached.
#[derive(Debug)]
pub(crate) struct PublicUrl;

impl Kind for PublicUrl {
    type Value = Url;
    const PLACEHOLDER: &'static str = "URL";

    fn parse(text: &str) -> Result<Url, Expected> {
        let expected = || "a URL without a path, such as `https://connect.example.com`".to_owned();
        let url = Url::parse(text).map_err(|_| expected())?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !is_bare || !url.username().is_empty() || url.password().is_some() || url.host().is_none() {
            return Err(expected());
        }
        match url.scheme() {
            "https" => Ok(url),
            "http" if is_loopback(&url) => Ok(url),
            "http" => Err("`https://`, because credentials would be sent unencrypted otherwise".to_owned()),
            _ => Err(expected()),
        }
    }

    fn show(url: &Url) -> String {
        url.as_str().trim_end_matches('/').to_owned()
    }
}

/// Kinds whose values may contain a password.
macro_rules! secret_kind {
    ($(#[doc = $doc:literal] $name:ident $placeholder:literal $syntax:ident = $parse:expr;)*) => {$(
        #[doc = $doc]
        #[derive(Debug)]
        pub(crate) struct $name;

        impl Kind for $name {
            type Value = Secret;
            const SYNTAX: Syntax = Syntax::$syntax;
            const PLACEHOLDER: &'static str = $placeholder;
            fn parse(text: &str) -> Result<Secret, Expected> {
                $parse(text)
            }
            fn show(_: &Secret) -> String {
                "(hidden)".to_owned()
            }
        }
    )*};
}

secret_kind! {
    /// The URL of a PostgreSQL database.
    DatabaseUrl "URL" NoFlag = database_url;
    /// The address of a proxy.
    ProxyUrl "URL" NoFlag = |text: &str| Proxy::explicit(text, "").map(|_| Secret::from(text)).map_err(|error| expected("an address such as `http://proxy.internal:3128`", &error));
    /// The vault's key.
    KeyText "KEY" VariableOnly = |text: &str| Ok(Secret::from(text));
}

/// A word of a command.
#[derive(Debug)]
pub(crate) struct Word;

impl Kind for Word {
    type Value = String;
    const SYNTAX: Syntax = Syntax::Words;
    const PLACEHOLDER: &'static str = "COMMAND";

    fn parse(text: &str) -> Result<String, Expected> {
        Ok(text.to_owned())
    }

    fn show(word: &String) -> String {
        word.clone()
    }
}

/// What is expected, followed by the error and its cause.
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
        Err("the name of a variable, such as `HUB_KEY`".to_owned())
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
            assert!(PublicUrl::parse(right).is_ok(), "{right}");
        }
        for wrong in
            ["http://connect.example.com", "https://a.example/x", "https://u:p@a.example", "ftp://a", "x"]
        {
            assert!(PublicUrl::parse(wrong).is_err(), "{wrong}");
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
