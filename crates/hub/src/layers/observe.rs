//! The line in the log and the numbers of a request.
//!
//! **Invariant:** a request is told by its method and the template of its route. Path, query, headers and body are
//! never looked at: a token may stand in each of them.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument as _, Level};

use super::request_id;
use crate::telemetry::metrics::{self, InFlight};
use crate::wire::error::Code;

/// What an address is called at which there is nothing.
const UNMATCHED: &str = "(none)";

/// Addresses that are asked every few seconds, by programs: they are a line only where something is wrong.
const DULL: &[&str] = &["/health/live", "/health/ready", "/metrics"];

pub(super) async fn observe(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or(UNMATCHED, MatchedPath::as_str).to_owned();
    let method = named(request.method());
    let id = request_id::current().unwrap_or_default();
    let span = tracing::info_span!("request", id, method, route);
    let (started, in_flight) = (Instant::now(), InFlight::begin());
    let response = next.run(request).instrument(span.clone()).await;
    drop(in_flight);
    let (status, took) = (response.status(), started.elapsed());
    metrics::answered(method, &route, status.as_u16(), took);
    let code = response.extensions().get::<&'static Code>().map_or("", |code| code.name);
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        let status = status.as_u16();
        match status {
            500.. => tracing::event!(Level::ERROR, status, milliseconds, code, "answered"),
            _ if DULL.contains(&route.as_str()) => {
                tracing::event!(Level::DEBUG, status, milliseconds, code, "answered");
            }
            _ => tracing::event!(Level::INFO, status, milliseconds, code, "answered"),
        }
    });
    response
}

/// The method, if it is one of HTTP's: others could be anything.
fn named(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}
