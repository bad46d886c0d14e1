//! Parses web page origins.

use std::str::FromStr;

use url::{Host, Url};

/// The maximum number of origins that may embed a session's pages. They all appear in one response header.
pub(crate) const MOST: usize = 20;

/// An origin in the form that browsers use: `https://app.example.com`. The host is an IP address or consists of DNS
/// labels, so an origin can neither be a pattern nor end a directive in a header. `http` is allowed only for
/// `localhost` and loopback addresses.
#[derive(Clone, Debug, PartialEq, Eq, Hash, derive_more::Display)]
pub(crate) struct WebOrigin(String);

/// Why a string is not a valid origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WebOriginError {
    /// The string is not a URL that consists only of a scheme, a host name or IP address, and an optional port.
    #[error("an origin is a scheme, a host and an optional port")]
    NotAnOrigin,
    /// The scheme is `http`, but the host is neither `localhost` nor a loopback address.
    #[error("`http` is allowed only for `localhost` and loopback addresses")]
    NotSecure,
}

impl WebOrigin {
    /// Returns the origin in the form that browsers use, without a trailing slash.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WebOrigin {
    type Err = WebOriginError;

    fn from_str(text: &str) -> Result<Self, WebOriginError> {
        // The URL parser removes spaces, tabs and line breaks, and reads a backslash as a slash.
        if text.contains(|ch: char| ch.is_whitespace() || ch.is_control() || ch == '\\') {
            return Err(WebOriginError::NotAnOrigin);
        }
        let url = Url::parse(text).map_err(|_| WebOriginError::NotAnOrigin)?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let has_user = !url.username().is_empty() || url.password().is_some();
        if !is_bare || has_user || !matches!(url.scheme(), "https" | "http") || !has_plain_host(&url) {
            return Err(WebOriginError::NotAnOrigin);
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(WebOriginError::NotSecure);
        }
        Ok(Self(url.origin().ascii_serialization()))
    }
}

/// Whether a URL's host is an IP address or a valid DNS name. The URL parser also accepts hosts such as `*` and `a;b`,
/// which mean something else in a header.
fn has_plain_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.len() <= 253 && name.split('.').all(guide::is_label),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    }
}

/// Whether a URL's host is `localhost`, a name that ends in `.localhost`, or a loopback address.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_encrypted_or_on_this_machine() {
        for (text, expected) in [
            ("https://app.example.com/", "https://app.example.com"),
            ("https://APP.example.com:443", "https://app.example.com"),
            ("https://app.example.com:8443", "https://app.example.com:8443"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://app.localhost:3000", "http://app.localhost:3000"),
            ("http://127.0.0.2:3000", "http://127.0.0.2:3000"),
            ("http://[::1]", "http://[::1]"),
            ("https://192.0.2.1", "https://192.0.2.1"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(text.parse::<WebOrigin>().unwrap().as_str(), expected);
        }
        for text in [
            "http://app.example.com",
            "https://a.example/x",
            "https://u@a.example",
            "https://:p@a.example",
            " https://a.example",
            "https://a.example\n",
            "https://a.exa\tmple",
            "https:\\\\a.example",
            "null",
            "ftp://a",
            "*",
            "javascript:alert(1)",
            "https://a.example; script-src *",
            "https://a.example;x",
            "https://a.example,x",
            "https://*",
            "https://*.example.com",
            "https://a.*",
            "https://a.example;report-uri",
            "https://a.example'self'",
            "https://a.example\"x",
            "https://{}",
            "https://a_b.example",
            "https://-a.example",
            "https://a..example",
            "https://a.example.",
            "https://[::1",
            "https://",
        ] {
            assert!(text.parse::<WebOrigin>().is_err(), "{text}");
        }
    }
}
