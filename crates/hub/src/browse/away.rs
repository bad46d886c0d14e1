//! The cookies that identify a browser when it returns from a provider.
//!
//! **Invariant:** each sign-in has its own cookie, which contains the sign-in's state, so that several sign-ins in one
//! browser do not affect each other. A browser has at most [`MOST`] of these cookies.

use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use secret::Secret;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::cookie::{self, Cookie};
use crate::sign_ins::Sent;

/// The path of the cookies, which is a prefix of the path that a provider redirects to.
pub(super) const PATH: &str = "/connect/oauth2";

/// The beginning of a cookie's name. A digest of the state follows.
const PREFIX: &str = "waystone_away_";

/// The number of hexadecimal characters of the digest in a cookie's name.
const DIGITS: usize = 16;

/// The lifetime of a cookie, in seconds.
const SECONDS: i64 = 15 * 60;

/// The maximum number of sign-ins that a browser can have in progress. More cookies could make its requests too large.
const MOST: usize = 8;

/// Redirects a browser to the provider, and sets the cookie that identifies the browser when it returns. Deletes the
/// oldest cookies if there are too many. `headers` are the headers of the browser's request.
pub(super) fn redirect_to_provider(headers: &HeaderMap, is_secure: bool, sent: &Sent) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(url) = HeaderValue::from_str(&sent.url) {
        response.headers_mut().insert(LOCATION, url);
    }
    let state = sent.back.secret();
    let name = &name(state.expose());
    let cookie = Cookie { name, value: state, paths: &[PATH], seconds: SECONDS, is_secure, embedded: false };
    cookie.set_limited(headers, (PREFIX, MOST), &mut response);
    response
}

/// Whether this browser was sent to a provider with this state.
pub(super) fn is_of_browser(headers: &HeaderMap, is_secure: bool, state: &str) -> bool {
    let own = cookie::read(headers, &name(state), is_secure);
    own.is_some_and(|own| bool::from(own.expose().as_bytes().ct_eq(state.as_bytes())))
}

/// Deletes the cookie of a sign-in that has ended.
pub(super) fn forget(state: &str, is_secure: bool, response: &mut Response) {
    let (name, value) = (&name(state), &Secret::default());
    Cookie { name, value, paths: &[PATH], seconds: 0, is_secure, embedded: false }.set(response);
}

fn name(state: &str) -> String {
    let digest = hex::encode(Sha256::digest(state));
    format!("{PREFIX}{}", &digest[..DIGITS])
}

#[cfg(test)]
mod tests {
    use axum::http::header::{COOKIE, SET_COOKIE};
    use vault::Token;

    use super::*;

    /// The cookies of a browser, as names and values, in the order in which they were set.
    #[derive(Default)]
    struct Jar(Vec<(String, String)>);

    impl Jar {
        fn headers(&self) -> HeaderMap {
            let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, pairs.join("; ").parse().expect("a header"));
            headers
        }

        fn keep(&mut self, response: &Response) {
            for cookie in response.headers().get_all(SET_COOKIE) {
                let text = cookie.to_str().expect("a string");
                let (name, rest) = text.split_once('=').expect("a pair");
                let value = rest.split(';').next().unwrap_or_default();
                self.0.retain(|(existing, _)| existing != name);
                if !text.contains("Max-Age=0;") {
                    self.0.push((name.to_owned(), value.to_owned()));
                }
            }
        }

        fn leave(&mut self) -> String {
            let sent = Sent {
                url: "https://acme.example/".to_owned(),
                back: Token::random("wso_").expect("a token"),
            };
            let response = redirect_to_provider(&self.headers(), true, &sent);
            assert_eq!(response.status(), StatusCode::SEE_OTHER);
            self.keep(&response);
            sent.back.secret().expose().to_owned()
        }
    }

    #[test]
    fn several_sign_ins_in_a_browser_do_not_affect_each_other() {
        let (mut own, mut other) = (Jar::default(), Jar::default());
        let (one, two, theirs) = (own.leave(), own.leave(), other.leave());
        assert!(is_of_browser(&own.headers(), true, &one) && is_of_browser(&own.headers(), true, &two));
        assert!(
            !is_of_browser(&own.headers(), true, &theirs) && !is_of_browser(&other.headers(), true, &one)
        );
        let mut response = Response::default();
        forget(&one, true, &mut response);
        own.keep(&response);
        assert!(!is_of_browser(&own.headers(), true, &one) && is_of_browser(&own.headers(), true, &two));
    }

    #[test]
    fn a_cookie_whose_value_is_not_the_state_is_rejected() {
        let mut jar = Jar::default();
        let (one, two) = (jar.leave(), jar.leave());
        jar.0[0].1.clone_from(&two);
        assert!(!is_of_browser(&jar.headers(), true, &one) && is_of_browser(&jar.headers(), true, &two));
        jar.0[0].1.clear();
        assert!(!is_of_browser(&jar.headers(), true, &one));
    }

    #[test]
    fn the_oldest_sign_in_is_forgotten_if_there_are_too_many() {
        let mut jar = Jar::default();
        let states: Vec<String> = (0..=MOST).map(|_| jar.leave()).collect();
        assert_eq!(jar.0.len(), MOST);
        let known = states.iter().map(|state| is_of_browser(&jar.headers(), true, state));
        assert_eq!(known.collect::<Vec<_>>(), [&[false][..], &[true; MOST]].concat());
    }
}
