//! What browsers are told, whatever the answer is.
//!
//! **Invariant:** a handler can say something else of a page, and never nothing: what it leaves out is as strict as can
//! be.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;

/// What holds of an answer that is no page: nothing is loaded, and nobody shows it in a frame.
const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Two years, as browsers' lists ask for; of subdomains the Hub knows nothing.
const HSTS: &str = "max-age=63072000";

/// What is said unless the handler says it.
const ALWAYS: [(HeaderName, &str); 3] = [
    (CONTENT_SECURITY_POLICY, NOTHING),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// A page of documentation has its style sheet in it, and nothing else but pictures of our own.
pub(crate) fn allow_inline_style(response: &mut Response) {
    const PAGE: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; \
                        form-action 'none'; frame-ancestors 'none'";
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE));
}

pub(super) async fn headers(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if app.is_secure() {
        headers.entry(STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static(HSTS));
    }
    response
}
