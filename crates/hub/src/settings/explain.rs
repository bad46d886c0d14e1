//! Each setting with its value and the source that set it, for `serve --check`.
//!
//! **Invariant:** no secret is shown: passwords are replaced, and only the source of a key is shown.

use egress::Proxy;
use secret::Secret;
use url::Url;
use vault::KeySource;

use super::resolve::{Settings, Tls};
use super::row::{Group as _, Line};
use super::setting::Set;

/// Returns every setting with its value. Settings that are combined, such as the two `tls` files, share a line.
pub fn explain(settings: &Settings) -> Vec<Line> {
    let mut lines = settings.server.lines();
    lines.extend([
        line("data", &settings.data, |path| path.display().to_string()),
        line("database", &settings.database, |url| match url {
            Some(url) => without_password(url),
            None => "SQLite in `data`".to_owned(),
        }),
        line("key", &settings.key, key),
        line("tls", &settings.tls, |tls| match tls {
            Some(Tls { certificate, key }) => {
                format!("{} with the key {}", certificate.display(), key.display())
            }
            None => "none: plain HTTP".to_owned(),
        }),
        line("proxy", &settings.proxy, |proxy| match proxy {
            Proxy::None => "none".to_owned(),
            Proxy::Server(server) => server.to_string(),
        }),
    ]);
    lines.extend(settings.limits.lines());
    lines.extend(settings.audit.lines());
    lines.extend(settings.session.lines());
    lines.extend(settings.retention.lines());
    lines.extend(settings.log.lines());
    lines.extend(settings.metrics.lines());
    lines
}

fn line<T>(key: &'static str, set: &Set<T>, show: impl FnOnce(&T) -> String) -> Line {
    Line { key, value: show(&set.value), set_by: set.set_by.clone() }
}

/// Returns the key's source, but not the key. A command's arguments are omitted, because they may contain a password.
fn key(source: &KeySource) -> String {
    match source {
        KeySource::Text(_) => "a key (hidden)".to_owned(),
        KeySource::File(_) | KeySource::Command(_) => source.to_string(),
    }
}

/// Returns the URL with its password and query hidden. The query may also contain a password.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let url = Secret::from("postgres://hub:canary@db.internal/hub?password=canary");
        assert_eq!(without_password(&url), "postgres://hub:hidden@db.internal/hub?hidden");
        assert_eq!(key(&KeySource::Text(Secret::from("canary"))), "a key (hidden)");
    }
}
