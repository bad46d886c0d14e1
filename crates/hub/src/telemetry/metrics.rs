//! Metrics for Prometheus.
//!
//! **Invariant:** each label has only a few distinct values: routes are labeled with their templates, and providers
//! with their guides' keys.

use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::handles::{Handle, Handles};

/// The content type of the `/metrics` response.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

const REQUESTS: &str = "waystone_http_requests_total";
const DURATION: &str = "waystone_http_request_duration_seconds";
const IN_FLIGHT: &str = "waystone_http_requests_in_flight";
const REFUSED: &str = "waystone_connections_refused_total";
const EGRESS: &str = "waystone_egress_requests_total";
const EGRESS_DURATION: &str = "waystone_egress_request_duration_seconds";
const LINKED: &str = "waystone_links_total";
const REFUSED_KEYS: &str = "waystone_refused_keys_total";
const GUIDES: &str = "waystone_guides_loaded";
const TASKS: &str = "waystone_background_tasks";
const UPTIME: &str = "waystone_uptime_seconds";
const BUILD: &str = "waystone_build_info";

/// Every metric: its name, its labels and its description.
pub const METRICS: &[(&str, &[&str], &str)] = &[
    (REQUESTS, &["method", "route", "status"], "Completed requests."),
    (DURATION, &["method", "route"], "Time to respond to a request, in seconds."),
    (IN_FLIGHT, &[], "Requests in progress."),
    (REFUSED, &[], "Connections closed because their address had used up its share of the open connections."),
    (EGRESS, &["provider", "outcome"], "Requests to providers, by outcome."),
    (EGRESS_DURATION, &["provider"], "Time until the provider responds, in seconds."),
    (LINKED, &["provider", "outcome"], "Finished link attempts, by outcome."),
    (REFUSED_KEYS, &["reason"], "Requests refused because their API key is unknown, revoked or expired."),
    (GUIDES, &[], "Guides in use."),
    (TASKS, &[], "Background tasks in progress."),
    (UPTIME, &[], "Time since the Hub started, in seconds."),
    (BUILD, &["version"], "Always 1. The label is the Hub's version."),
];

/// The upper bounds of the duration buckets, in seconds: from a database read to a slow provider.
const SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// One recorder per process, because the code that records metrics has no access to an `App`.
static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts recording metrics. A second call has no effect.
pub(crate) fn start() {
    RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_duration_seconds".to_owned()), SECONDS);
        let handle = builder.ok()?.install_recorder().ok()?;
        describe();
        gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        Some(handle)
    });
}

fn describe() {
    for (name, _, description) in METRICS.iter().copied() {
        if name.ends_with("_total") {
            describe_counter!(name, description);
        } else if name.ends_with("_duration_seconds") {
            describe_histogram!(name, Unit::Seconds, description);
        } else {
            describe_gauge!(name, description);
        }
    }
}

/// Returns all metrics in Prometheus's text format, after setting the gauges from the arguments. `None` if metrics are
/// not recorded.
pub(crate) fn render(guides: usize, tasks: usize, started_at: Timestamp) -> Option<String> {
    let handle = RECORDER.get()?.as_ref()?;
    #[expect(clippy::cast_precision_loss, reason = "the counts stay far below 2^52")]
    let number = |count: usize| count as f64;
    gauge!(GUIDES).set(number(guides));
    gauge!(TASKS).set(number(tasks));
    gauge!(UPTIME).set(Timestamp::now().duration_since(started_at).as_secs_f64());
    handle.run_upkeep();
    Some(handle.render())
}

/// Whether metrics are recorded.
fn is_recording() -> bool {
    matches!(RECORDER.get(), Some(Some(_)))
}

/// Drains samples that would otherwise be buffered until the next scrape. Call this function regularly.
pub(crate) fn upkeep() {
    if let Some(Some(handle)) = RECORDER.get() {
        handle.run_upkeep();
    }
}

/// Counts a request as in progress until this value is dropped.
pub(crate) struct InFlight(());

impl InFlight {
    pub(crate) fn begin() -> Self {
        gauge!(IN_FLIGHT).increment(1.0);
        Self(())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        gauge!(IN_FLIGHT).decrement(1.0);
    }
}

/// Records a completed request.
pub(crate) fn answered(method: &'static str, route: &str, status: u16, took: Duration) {
    static HANDLES: Handles<(&str, u16)> = Handles::new();
    // Without a recorder, a handle would never record anything, even after a recorder is installed.
    if !is_recording() {
        return;
    }
    HANDLES.record(route, (method, status), took, || {
        let route = route.to_owned();
        let status = status.to_string();
        Handle {
            count: counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status),
            duration: histogram!(DURATION, "method" => method, "route" => route),
        }
    });
}

/// Records a connection that was closed because its address had too many open connections.
pub(crate) fn connection_refused() {
    counter!(REFUSED).increment(1);
}

/// Records a request to a provider. `status` is the response's status; `None` if there was no response. The recorded
/// outcome is the status's class, such as `2xx`, or `failed`.
pub(crate) fn provider_answered(provider: &str, status: Option<u16>, took: Duration) {
    static HANDLES: Handles<&str> = Handles::new();
    if !is_recording() {
        return;
    }
    let outcome = match status {
        None => "failed",
        Some(..300) => "2xx",
        Some(300..400) => "3xx",
        Some(400..500) => "4xx",
        Some(500..) => "5xx",
    };
    HANDLES.record(provider, outcome, took, || {
        let provider = provider.to_owned();
        Handle {
            count: counter!(EGRESS, "provider" => provider.clone(), "outcome" => outcome),
            duration: histogram!(EGRESS_DURATION, "provider" => provider),
        }
    });
}

/// Records a finished link attempt.
pub(crate) fn linked(provider: &str, outcome: &str) {
    counter!(LINKED, "provider" => provider.to_owned(), "outcome" => outcome.to_owned()).increment(1);
}

/// Counts a request with an API key that does not work. The reason is `unknown`, `revoked` or `expired`.
pub(crate) fn key_refused(reason: &str) {
    counter!(REFUSED_KEYS, "reason" => reason.to_owned()).increment(1);
}
