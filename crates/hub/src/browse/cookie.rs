//! Cookies, which identify a browser after the token has been removed from the URL.
//!
//! **Invariant:** scripts cannot read the cookies. Browsers send a cookie only to its session's pages and link, and
//! only over TLS if the Hub uses TLS. A cookie that is set in a frame on another site is available on that site only
//! (`Partitioned`).

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use secret::Secret;

/// Returns the value of a cookie; `None` if the browser did not send it.
pub(super) fn read(headers: &HeaderMap, name: &str) -> Option<Secret> {
    pairs(headers).find(|(key, _)| *key == name).map(|(_, value)| Secret::from(value))
}

/// Returns the names of the cookies that meet a condition, in the order in which the browser sent them.
pub(super) fn names(headers: &HeaderMap, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let pairs = pairs(headers).map(|(name, _)| name);
    pairs.filter(|name| is_wanted(name)).map(str::to_owned).collect()
}

/// Returns the names and values of the cookies that the browser sent.
fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let texts = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

/// A cookie to set.
pub(super) struct Cookie<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a Secret,
    /// The path below which browsers send the cookie.
    pub(super) path: &'a str,
    /// The lifetime in seconds; 0 removes the cookie.
    pub(super) seconds: i64,
    /// Whether browsers reach the Hub over TLS.
    pub(super) is_secure: bool,
    /// Whether the cookie is set in a frame that another site embeds.
    pub(super) embedded: bool,
}

impl Cookie<'_> {
    /// Adds the `Set-Cookie` header to a response, unless the value is not valid in a header.
    pub(super) fn set(&self, response: &mut Response) {
        response.headers_mut().extend(self.header().map(|header| (SET_COOKIE, header)));
    }

    /// Returns the `Set-Cookie` header; `None` if the value is not valid in a header.
    fn header(&self) -> Option<HeaderValue> {
        let Self { name, path, seconds, .. } = self;
        let value = self.value.expose();
        let guard = match (self.embedded, self.is_secure) {
            // Browsers require `Secure` with `SameSite=None`, and accept `Secure` cookies from loopback addresses
            // without TLS.
            (true, _) => "SameSite=None; Secure; Partitioned",
            (false, true) => "SameSite=Lax; Secure",
            (false, false) => "SameSite=Lax",
        };
        let text = format!("{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; {guard}");
        let mut header = HeaderValue::from_str(&text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_full_name() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, "a=1; session_1=one;session_12=twelve".parse().unwrap());
        let value = |name| read(&headers, name).map(|value| value.expose().to_owned());
        assert_eq!(value("session_12").as_deref(), Some("twelve"));
        assert_eq!(value("session_1").as_deref(), Some("one"));
        assert_eq!(value("session_"), None);
    }

    #[test]
    fn a_cookie_is_as_strict_as_possible() {
        let text = |is_secure, embedded| {
            let value = Secret::new("v");
            let (name, path) = ("n", "/session/1");
            let cookie = Cookie { name, value: &value, path, seconds: 60, is_secure, embedded };
            cookie.header().unwrap().to_str().unwrap().to_owned()
        };
        assert_eq!(text(true, false), "n=v; Path=/session/1; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        assert!(text(true, true).ends_with("HttpOnly; SameSite=None; Secure; Partitioned"));
        assert!(text(false, false).ends_with("HttpOnly; SameSite=Lax"));
        let value = &Secret::new("v\r\nSet-Cookie: x=y");
        let cookie = Cookie { name: "n", value, path: "/", seconds: 60, is_secure: true, embedded: false };
        assert!(cookie.header().is_none());
    }
}
