//! The values of settings, from the texts that say them.
//!
//! **Invariant:** an error says what is wanted, with an example, and does not repeat the text: it may hold a secret.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::time::Duration;

use url::Url;

use super::shape::{LogFormat, LogLevel};
use crate::web_origin::{OriginError, WebOrigin, is_loopback};

/// What is wanted instead.
pub(super) type Wanted = String;

/// An address and a port; a name is looked up.
pub(super) fn address(text: &str) -> Result<SocketAddr, Wanted> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let name = text.rsplit_once(':').filter(|(name, port)| !name.is_empty() && port.parse::<u16>().is_ok());
    // Only the names of this machine: another could change, and be another machine's.
    let found =
        name.filter(|(name, _)| *name == "localhost").and_then(|_| text.to_socket_addrs().ok()?.next());
    found.ok_or_else(|| "an address and a port, such as `127.0.0.1:8700` or `[::]:8700`".to_owned())
}

/// The origin at which the Hub is reached.
pub(super) fn public_url(text: &str) -> Result<Url, Wanted> {
    let wanted = || "a URL without a path, such as `https://connect.example.com`".to_owned();
    let url = Url::parse(text).map_err(|_| wanted())?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !is_bare || !url.username().is_empty() || url.password().is_some() || url.host().is_none() {
        return Err(wanted());
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err("`https://`: what people type in would be sent in the clear otherwise".to_owned()),
        _ => Err(wanted()),
    }
}

/// An origin, as browsers write it.
pub(super) fn origin(text: &str) -> Result<WebOrigin, Wanted> {
    text.parse().map_err(|error: OriginError| error.to_string())
}

/// A URL of PostgreSQL.
pub(super) fn database_url(text: &str) -> Result<Url, Wanted> {
    let wanted = || "a URL such as `postgres://user@host/name`".to_owned();
    let url = Url::parse(text.trim()).map_err(|_| wanted())?;
    if matches!(url.scheme(), "postgres" | "postgresql") { Ok(url) } else { Err(wanted()) }
}

/// A length of time: a number and its unit.
pub(super) fn duration(text: &str) -> Result<Duration, Wanted> {
    let wanted = || "a number and a unit, such as `30s`, `15m` or `2h`".to_owned();
    let (number, unit) = split(text);
    let number: u64 = number.parse().map_err(|_| wanted())?;
    let millis = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wanted()),
    };
    number.checked_mul(millis).map(Duration::from_millis).ok_or_else(wanted)
}

/// A length of time, that is not none.
pub(super) fn some_duration(text: &str) -> Result<Duration, Wanted> {
    let found = duration(text)?;
    if found.is_zero() { Err("a time that is longer than nothing".to_owned()) } else { Ok(found) }
}

/// A number of bytes.
pub(super) fn size(text: &str) -> Result<usize, Wanted> {
    let wanted = || "a number and a unit, such as `512KiB` or `1MiB`".to_owned();
    let (number, unit) = split(text);
    let number: usize = number.parse().map_err(|_| wanted())?;
    let unit = match unit {
        "B" | "" => 1,
        "kB" | "KB" => 1000,
        "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "GiB" => 1 << 30,
        _ => return Err(wanted()),
    };
    let bytes = number.checked_mul(unit).ok_or_else(wanted)?;
    if bytes < 1024 { Err("1KiB at least".to_owned()) } else { Ok(bytes) }
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text.find(|ch: char| !ch.is_ascii_digit()).unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

/// A count, from 1.
pub(super) fn count(text: &str) -> Result<usize, Wanted> {
    text.trim().parse().ok().filter(|number| 0 < *number).ok_or_else(|| "a number from 1".to_owned())
}

/// Yes or no.
pub(super) fn truth(text: &str) -> Result<bool, Wanted> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("`true` or `false`".to_owned()),
    }
}

/// How lines are written.
pub(super) fn log_format(text: &str) -> Result<LogFormat, Wanted> {
    let all = [LogFormat::Json, LogFormat::Text];
    all.into_iter().find(|it| it.as_str() == text).ok_or_else(|| "`json` or `text`".to_owned())
}

/// How much is logged.
pub(super) fn log_level(text: &str) -> Result<LogLevel, Wanted> {
    let all = [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace];
    let found = all.into_iter().find(|it| it.as_str() == text);
    found.ok_or_else(|| "one of `error`, `warn`, `info`, `debug` and `trace`".to_owned())
}

/// The name of a variable.
pub(super) fn variable(text: &str) -> Result<String, Wanted> {
    let is_name = text.chars().all(|ch| ch.is_ascii_alphanumeric() || ch == '_');
    let begins = text.starts_with(|ch: char| ch.is_ascii_alphabetic() || ch == '_');
    if is_name && begins {
        Ok(text.to_owned())
    } else {
        Err("the name of a variable, such as `HUB_KEY`".to_owned())
    }
}

/// A network: an address, and how many bits of it count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Reads `10.0.0.0/8`, `fd00::/8` or a single address.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Self { address, bits })
    }

    /// Whether an address is in it. An IPv4 address that is written as IPv6 is that IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(it)) => {
                u32::from(net).checked_shr(32 - u32::from(self.bits)).unwrap_or(0)
                    == u32::from(it).checked_shr(32 - u32::from(self.bits)).unwrap_or(0)
            }
            (IpAddr::V6(net), IpAddr::V6(it)) => {
                u128::from(net).checked_shr(128 - u32::from(self.bits)).unwrap_or(0)
                    == u128::from(it).checked_shr(128 - u32::from(self.bits)).unwrap_or(0)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

/// A network.
pub(super) fn network(text: &str) -> Result<Network, Wanted> {
    Network::parse(text).ok_or_else(|| "a network or an address, such as `10.0.0.0/8`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_have_units() {
        assert_eq!(duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("2 h"), Ok(Duration::from_hours(2)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        for wrong in ["30", "s", "", "-1s", "1.5h", "99999999999999999999d", "30 seconds"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(size("1MiB"), Ok(1 << 20));
        assert_eq!(size("2048"), Ok(2048));
        for wrong in ["1", "1mb", "MiB", "-1MiB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_public_url_is_an_origin_and_safe() {
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
    fn networks_contain_what_begins_alike() {
        let net = |text: &str| Network::parse(text).unwrap();
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert!(net("10.0.0.0/8").contains(ip("10.255.1.2")));
        assert!(!net("10.0.0.0/8").contains(ip("11.0.0.1")));
        assert!(net("10.0.0.0/8").contains(ip("::ffff:10.1.1.1")));
        assert!(net("0.0.0.0/0").contains(ip("203.0.113.9")));
        assert!(!net("0.0.0.0/0").contains(ip("::1")));
        assert!(net("fd00::/8").contains(ip("fd12::1")));
        assert!(net("192.0.2.7").contains(ip("192.0.2.7")));
        assert_eq!(Network::parse("10.0.0.0/33"), None);
        assert_eq!(Network::parse("x/8"), None);
    }
}
