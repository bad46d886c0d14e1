//! Logs every request and records its metrics.
//!
//! **Invariant:** a request is identified by its method and its route's template. Path, query, headers and body are
//! never logged, because each may contain a token.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::response::Response;
use tracing::{Instrument as _, Span};

use super::envelope::Passthrough;
use crate::telemetry::metrics::{self, InFlight};
use crate::wire::error::{Code, PROVIDER_FAILED, PROVIDER_TIMEOUT};

/// The route that is recorded for a request that matches no route.
const UNMATCHED: &str = "(none)";

/// The status that is recorded if the client closes the connection before the response is sent. nginx uses the same
/// status.
const CLIENT_CLOSED: u16 = 499;

/// Routes that monitoring systems request every few seconds. Requests to these routes are logged at the `debug` level
/// unless they fail.
const MONITORED: &[&str] = &["/health/live", "/health/ready", "/metrics"];

/// Runs a request, whose id is `id`, and records it.
pub(super) async fn observed(
    id: &str,
    request: Request,
    run: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let method = standard_name(request.method());
    let span = tracing::info_span!("request", id, method, route = route(matched.as_ref()));
    let started = Instant::now();
    let mut entry =
        LogEntry { span: span.clone(), method, matched, started, is_answered: false, is_theirs: false };
    let in_flight = InFlight::begin();
    let response = run(request).instrument(span).await;
    vault::crash_point("hub.answer-due");
    drop(in_flight);
    let code = response.extensions().get::<&'static Code>().copied();
    entry.is_theirs = response.extensions().get::<Passthrough>().is_some()
        || code.is_some_and(|code| code == &PROVIDER_FAILED || code == &PROVIDER_TIMEOUT);
    entry.answered(response.status().as_u16(), code.map_or("", |code| code.name));
    response
}

/// The data that is recorded about a request, even if the client closes the connection.
struct LogEntry {
    span: Span,
    method: &'static str,
    /// The route. `None` if the request matches no route.
    matched: Option<MatchedPath>,
    started: Instant,
    is_answered: bool,
    /// Whether the provider is responsible for the status. Anyone can link an account at a provider that always fails, so
    /// such a failure must not alert the Hub's operator.
    is_theirs: bool,
}

impl LogEntry {
    fn answered(&mut self, status: u16, code: &'static str) {
        self.is_answered = true;
        let took = self.started.elapsed();
        let route = route(self.matched.as_ref());
        metrics::answered(self.method, route, status, took);
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let is_routine = MONITORED.contains(&route) && status < 500;
        self.span.in_scope(|| match status {
            500.. if self.is_theirs => tracing::warn!(status, milliseconds, code, "responded"),
            500.. => tracing::error!(status, milliseconds, code, "responded"),
            CLIENT_CLOSED => tracing::info!(status, milliseconds, "the client closed the connection"),
            _ if is_routine => tracing::debug!(status, milliseconds, code, "responded"),
            _ => tracing::info!(status, milliseconds, code, "responded"),
        });
    }
}

/// If the client closes the connection, the handler is canceled and this entry is dropped.
impl Drop for LogEntry {
    fn drop(&mut self) {
        if !self.is_answered {
            self.answered(CLIENT_CLOSED, "");
        }
    }
}

fn route(matched: Option<&MatchedPath>) -> &str {
    matched.map_or(UNMATCHED, MatchedPath::as_str)
}

/// Returns the name of a standard method, or `OTHER` for any other method, because a client can send any name.
fn standard_name(method: &Method) -> &'static str {
    let standard = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    standard.into_iter().find(|name| method == name).unwrap_or("OTHER")
}
