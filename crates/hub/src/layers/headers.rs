//! The security headers that every response has.
//!
//! **Invariant:** a handler can replace a security header but cannot omit it. The default values are as strict as
//! possible.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;

use crate::app::App;

/// The policy for a response that is not a page: the response cannot load anything, and cannot be framed.
const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Two years, as hstspreload.org recommends. Subdomains are excluded, because the Hub does not know whether they
/// support HTTPS.
const HSTS: &str = "max-age=63072000";

/// The headers that this layer sets unless a handler has set them.
const ALWAYS: [(HeaderName, &str); 4] = [
    // Most responses contain a customer's data, which no browser and no cache may keep.
    (CACHE_CONTROL, "no-store"),
    (CONTENT_SECURITY_POLICY, NOTHING),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// Allows a documentation page to use its inline style sheet, and to load images and the script for copying from the Hub.
pub(crate) fn allow_documentation(response: &mut Response) {
    const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; \
                        form-action 'none'; frame-ancestors 'none'";
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE));
}

/// Adds the security headers to a response.
pub(super) fn add(app: &App, headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if app.is_secure() {
        headers.entry(STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static(HSTS));
    }
}
