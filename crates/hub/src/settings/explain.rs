//! Each setting with its value and who said so, for whoever wonders.
//!
//! **Invariant:** no secret is shown: a password is replaced, and a key is told by where it comes from.

use std::fmt::Display;
use std::path::PathBuf;
use std::time::Duration;

use egress::Proxy;
use secret::Secret;
use serde_json::{Value, json};
use url::Url;
use vault::KeySource;

use super::{Set, SetBy, Settings};

/// A setting, as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// Its key in the file.
    pub key: &'static str,
    /// Its value, without secrets.
    pub value: String,
    /// Who said so.
    pub set_by: SetBy,
}

impl Line {
    /// The line as data.
    pub fn to_json(&self) -> Value {
        json!({ "key": self.key, "value": self.value, "from": self.set_by.to_string() })
    }
}

/// Every setting, in the order of the table.
pub fn explain(settings: &Settings) -> Vec<Line> {
    let it = settings;
    let mut lines = vec![
        line("listen", &it.listen, ToString::to_string),
        line("public_url", &it.public_url, |url| {
            url.as_ref().map_or_else(|| "made from `listen`".to_owned(), plain_url)
        }),
        line("data", &it.data, |path| path.display().to_string()),
        line("database", &it.database, |url| match url {
            Some(url) => without_password(url),
            None => "SQLite in `data`".to_owned(),
        }),
        line("key", &it.key, key),
        line("guides", &it.guides, |path| path_or(path.as_ref(), "those that ship")),
        line("brand", &it.brand, |path| path_or(path.as_ref(), "the one that ships")),
        line("tls", &it.tls, |tls| match tls {
            Some(tls) => format!("{} with the key {}", tls.certificate.display(), tls.key.display()),
            None => "none: plain HTTP".to_owned(),
        }),
        line("upstreams", &it.upstreams, |all| listed(all)),
        line("proxy", &it.proxy, |proxy| match proxy {
            Proxy::None => "none".to_owned(),
            Proxy::Server(server) => server.to_string(),
        }),
        line("extra_roots", &it.extra_roots, |all| listed(all.iter().map(|path| path.display()))),
        line("trusted_proxies", &it.trusted_proxies, |all| listed(all)),
        line("limits.body", &it.limits.body, |bytes| bytes_of(*bytes)),
        line("limits.request_timeout", &it.limits.request_timeout, |time| time_of(*time)),
        line("limits.connections", &it.limits.connections, ToString::to_string),
        line("limits.session_attempts", &it.limits.session_attempts, ToString::to_string),
        line("limits.address_attempts", &it.limits.address_attempts, ToString::to_string),
        line("limits.host_attempts", &it.limits.host_attempts, ToString::to_string),
        line("session.expires_in", &it.session.expires_in, |time| time_of(*time)),
        line("session.longest", &it.session.longest, |time| time_of(*time)),
        line("shutdown_grace", &it.shutdown_grace, |time| time_of(*time)),
        line("log.format", &it.log_format, |format| match format {
            Some(format) => format.to_string(),
            None => "text on a terminal, else json".to_owned(),
        }),
        line("log.level", &it.log_level, ToString::to_string),
        line("allow_origins", &it.allow_origins, |all| listed(all)),
        line("metrics.enabled", &it.metrics_enabled, ToString::to_string),
    ];
    lines.push(line("metrics.listen", &it.metrics_listen, |address| {
        address.map_or_else(|| "the Hub's own address".to_owned(), |address| address.to_string())
    }));
    lines
}

fn line<T>(key: &'static str, set: &Set<T>, show: impl FnOnce(&T) -> String) -> Line {
    Line { key, value: show(&set.value), set_by: set.set_by.clone() }
}

fn listed<T: Display>(all: impl IntoIterator<Item = T>) -> String {
    let all: Vec<String> = all.into_iter().map(|one| one.to_string()).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

fn path_or(path: Option<&PathBuf>, otherwise: &str) -> String {
    path.map_or_else(|| otherwise.to_owned(), |path| path.display().to_string())
}

/// A key source says what it is without what it holds; of a command's arguments one may be a password.
fn key(source: &KeySource) -> String {
    match source {
        KeySource::Text(_) => "a key that is set".to_owned(),
        KeySource::File(_) | KeySource::Command(_) => source.to_string(),
    }
}

fn plain_url(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// User, host and database are what one looks for; the rest of the query may say anything.
fn without_password(url: &Secret) -> String {
    let Ok(mut url) = Url::parse(url.expose()) else { return "(hidden)".to_owned() };
    if url.password().is_some() {
        let _ = url.set_password(Some("hidden"));
    }
    if url.query().is_some() {
        url.set_query(Some("hidden"));
    }
    url.set_fragment(None);
    url.to_string()
}

fn bytes_of(bytes: usize) -> String {
    const UNITS: [(usize, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = UNITS.into_iter().find(|(size, _)| bytes.is_multiple_of(*size));
    unit.map_or_else(|| format!("{bytes}B"), |(size, name)| format!("{}{name}", bytes / size))
}

fn time_of(time: Duration) -> String {
    const UNITS: [(u128, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")];
    let millis = time.as_millis();
    // A minute is told in seconds, as people set such limits.
    let unit = UNITS.into_iter().find(|(size, _)| millis.is_multiple_of(*size) && *size < millis);
    unit.map_or_else(
        || if millis.is_multiple_of(1000) { format!("{}s", millis / 1000) } else { format!("{millis}ms") },
        |(size, name)| format!("{}{name}", millis / size),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let url = Secret::from("postgres://hub:canary@db.internal/hub?password=canary");
        assert_eq!(without_password(&url), "postgres://hub:hidden@db.internal/hub?hidden");
        assert_eq!(key(&KeySource::Text(Secret::from("canary"))), "a key that is set");
    }

    #[test]
    fn values_are_told_as_they_are_written() {
        assert_eq!(bytes_of(1 << 20), "1MiB");
        assert_eq!(bytes_of(1500), "1500B");
        assert_eq!(time_of(Duration::from_mins(1)), "60s");
        assert_eq!(time_of(Duration::from_mins(30)), "30m");
        assert_eq!(time_of(Duration::from_millis(1500)), "1500ms");
        assert_eq!(time_of(Duration::ZERO), "0s");
    }
}
