//! Cookies, which identify a browser after the token has been removed from the URL.
//!
//! **Invariant:** scripts cannot read the cookies. If the Hub uses TLS, browsers accept them only from the Hub's own host
//! and send them only over TLS, so that another host of the same site cannot set them. A cookie that is set in a frame
//! on another site is available on that site only (`Partitioned`). A browser has a limited number of cookies.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use secret::Secret;

/// The prefix with which browsers accept a cookie only if it is `Secure`, has the path `/` and has no domain. Without
/// TLS, cookies have no prefix, and are limited to the paths that need them.
const HOST_ONLY: &str = "__Host-";

/// Returns the value of a cookie; `None` if the browser did not send it.
pub(super) fn read(headers: &HeaderMap, name: &str, is_secure: bool) -> Option<Secret> {
    pairs(headers, is_secure).find(|(key, _)| *key == name).map(|(_, value)| Secret::from(value))
}

/// Returns the names, without the prefix, and the values of the cookies that the browser sent.
fn pairs(headers: &HeaderMap, is_secure: bool) -> impl Iterator<Item = (&str, &str)> {
    let texts = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter_map(move |(name, value)| Some((name.strip_prefix(prefix(is_secure))?, value)))
}

fn prefix(is_secure: bool) -> &'static str {
    if is_secure { HOST_ONLY } else { "" }
}

/// A cookie to set.
pub(super) struct Cookie<'a> {
    /// The name, without the prefix.
    pub(super) name: &'a str,
    pub(super) value: &'a Secret,
    /// The paths below which browsers send the cookie without TLS. With TLS, they send it to all paths.
    pub(super) paths: &'a [&'a str],
    /// The lifetime in seconds; 0 removes the cookie.
    pub(super) seconds: i64,
    /// Whether browsers reach the Hub over TLS.
    pub(super) is_secure: bool,
    /// Whether the cookie is set in a frame that another site embeds.
    pub(super) embedded: bool,
}

impl Cookie<'_> {
    /// Adds `Set-Cookie` headers to a response, unless the value is not valid in a header.
    pub(super) fn set(&self, response: &mut Response) {
        let paths = if self.is_secure { &["/"] } else { self.paths };
        let headers = paths.iter().filter_map(|path| Some((SET_COOKIE, self.header(path)?)));
        for (name, header) in headers {
            response.headers_mut().append(name, header);
        }
    }

    /// Sets the cookie, and removes the oldest cookies whose names begin with the same string if there would be more
    /// than the maximum number. `headers` are the headers of the browser's request.
    pub(super) fn set_limited(
        &self,
        headers: &HeaderMap,
        (beginning, most): (&str, usize),
        response: &mut Response,
    ) {
        // Browsers send cookies with the same path in the order in which they were set.
        let names = pairs(headers, self.is_secure).map(|(name, _)| name);
        let others: Vec<&str> =
            names.filter(|name| name.starts_with(beginning) && *name != self.name).collect();
        for name in others.into_iter().rev().skip(most - 1) {
            Cookie { name, value: &Secret::default(), seconds: 0, ..*self }.set(response);
        }
        self.set(response);
    }

    /// Returns the `Set-Cookie` header; `None` if the name or the value is not valid in a header.
    fn header(&self, path: &str) -> Option<HeaderValue> {
        let Self { name, seconds, .. } = self;
        let (prefix, value) = (prefix(self.is_secure), self.value.expose());
        let guard = match (self.embedded, self.is_secure) {
            // Browsers require `Secure` with `SameSite=None`, and accept `Secure` cookies from loopback addresses
            // without TLS.
            (true, _) => "SameSite=None; Secure; Partitioned",
            (false, true) => "SameSite=Lax; Secure",
            (false, false) => "SameSite=Lax",
        };
        let text = format!("{prefix}{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; {guard}");
        let mut header = HeaderValue::from_str(&text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, cookies.parse().expect("a header"));
        headers
    }

    #[test]
    fn a_cookie_is_found_by_its_full_name() {
        let sent = headers("a=1; session_1=one;session_12=twelve; __Host-session_3=three");
        let value = |name, is_secure| read(&sent, name, is_secure).map(|value| value.expose().to_owned());
        assert_eq!(value("session_12", false).as_deref(), Some("twelve"));
        assert_eq!(value("session_1", false).as_deref(), Some("one"));
        assert_eq!(value("session_", false), None);
        assert_eq!(value("session_3", true).as_deref(), Some("three"));
        assert_eq!(value("session_3", false), None);
        assert_eq!(value("session_1", true), None, "another host of the site can set this cookie");
    }

    #[test]
    fn a_cookie_is_as_strict_as_possible() {
        let texts = |is_secure, embedded| {
            let (name, value, paths) = ("n", &Secret::new("v"), &["/session/1", "/link"][..]);
            let mut response = Response::default();
            Cookie { name, value, paths, seconds: 60, is_secure, embedded }.set(&mut response);
            let set = response.headers().get_all(SET_COOKIE).iter();
            set.map(|text| text.to_str().expect("a string").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(texts(true, false), ["__Host-n=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"]);
        assert_eq!(
            texts(true, true),
            ["__Host-n=v; Path=/; Max-Age=60; HttpOnly; SameSite=None; Secure; Partitioned"]
        );
        assert_eq!(
            texts(false, false),
            [
                "n=v; Path=/session/1; Max-Age=60; HttpOnly; SameSite=Lax",
                "n=v; Path=/link; Max-Age=60; HttpOnly; SameSite=Lax",
            ]
        );
        let value = &Secret::new("v\r\nSet-Cookie: x=y");
        let cookie =
            Cookie { name: "n", value, paths: &["/"], seconds: 60, is_secure: true, embedded: false };
        assert!(cookie.header("/").is_none());
    }

    #[test]
    fn the_oldest_cookies_are_removed_if_there_are_too_many() {
        let removed = |sent: &str| {
            let (name, value) = ("s_4", &Secret::new("v"));
            let cookie = Cookie { name, value, paths: &[], seconds: 60, is_secure: true, embedded: false };
            let mut response = Response::default();
            cookie.set_limited(&headers(sent), ("s_", 3), &mut response);
            let set = response.headers().get_all(SET_COOKIE).iter();
            let texts = set.map(|text| text.to_str().expect("a string").to_owned());
            let removed = texts.filter(|text| text.contains("Max-Age=0;"));
            removed.map(|text| text.split('=').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(removed("__Host-s_1=a; __Host-s_2=b; other=x"), Vec::<String>::new());
        assert_eq!(removed("__Host-s_1=a; __Host-s_2=b; __Host-s_3=c"), ["__Host-s_1"]);
        assert_eq!(removed("__Host-s_1=a; __Host-s_2=b; __Host-s_4=c"), Vec::<String>::new());
    }
}
