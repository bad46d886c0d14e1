//! Origins of web pages: parsed once, by one rule, for settings and sessions alike.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// The origin of a web page: scheme, host and port. Plain HTTP is for pages of this machine only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebOrigin(String);

/// Why a text is not the origin of a web page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginError {
    /// It is not a scheme, a host and a port.
    NotAnOrigin,
    /// It is plain HTTP to another machine.
    NotHttps,
}

impl WebOrigin {
    /// The origin of an address of the web; `None` if it is not one, or is plain HTTP to another machine.
    pub fn of(url: &Url) -> Option<Self> {
        let is_web = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
        is_web.then(|| Self(url.origin().ascii_serialization()))
    }

    /// The origin as browsers write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WebOrigin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let is_plain = !text.contains(|ch: char| ch.is_whitespace() || ch.is_control());
        let url = Url::parse(text).ok().filter(|_| is_plain).ok_or(OriginError::NotAnOrigin)?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let is_anonymous = url.username().is_empty() && url.password().is_none();
        if !is_bare || !is_anonymous || !matches!(url.scheme(), "https" | "http") {
            return Err(OriginError::NotAnOrigin);
        }
        Self::of(&url).ok_or(OriginError::NotHttps)
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Says what is wanted instead.
impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnOrigin => "an origin, such as `https://app.example.com`",
            Self::NotHttps => "an origin with `https://`",
        })
    }
}

impl std::error::Error for OriginError {}

/// Whether a URL leads to this machine.
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
    fn only_origins_of_the_web_may_embed() {
        for (value, expected) in [
            ("https://app.example.com", Some("https://app.example.com")),
            ("https://App.Example.com/", Some("https://app.example.com")),
            ("https://app.example.com:8443", Some("https://app.example.com:8443")),
            ("http://localhost:3000", Some("http://localhost:3000")),
            ("http://app.localhost:3000", Some("http://app.localhost:3000")),
            ("http://127.0.0.2:3000", Some("http://127.0.0.2:3000")),
            ("http://[::1]:3000", Some("http://[::1]:3000")),
            ("http://app.example.com", None),
            ("https://app.example.com/path", None),
            ("https://app.example.com?x", None),
            ("https://user@app.example.com", None),
            ("https://:password@app.example.com", None),
            (" https://app.example.com", None),
            ("*", None),
            ("null", None),
            ("javascript:alert(1)", None),
            ("https://a.example; script-src *", None),
        ] {
            assert_eq!(value.parse::<WebOrigin>().ok().as_ref().map(WebOrigin::as_str), expected, "{value}");
        }
    }
}
