//! Numbers for Prometheus.
//!
//! **Invariant:** a label has few values: routes are told by their template, providers by the key of a guide.

use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// What `/metrics` answers with.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

const REQUESTS: &str = "waystone_http_requests_total";
const DURATION: &str = "waystone_http_request_duration_seconds";
const IN_FLIGHT: &str = "waystone_http_requests_in_flight";
const EGRESS: &str = "waystone_egress_requests_total";
const EGRESS_DURATION: &str = "waystone_egress_request_duration_seconds";
const LINKED: &str = "waystone_links_total";
const GUIDES: &str = "waystone_guides_loaded";
const TASKS: &str = "waystone_background_tasks";
const UPTIME: &str = "waystone_uptime_seconds";
const BUILD: &str = "waystone_build_info";

/// Every number: its name, its labels, and what it says.
pub const METRICS: &[(&str, &[&str], &str)] = &[
    (REQUESTS, &["method", "route", "status"], "Requests that were answered."),
    (DURATION, &["method", "route"], "How long it took until a request was answered."),
    (IN_FLIGHT, &[], "Requests that are under way."),
    (EGRESS, &["provider", "outcome"], "Requests to providers, by what became of them."),
    (EGRESS_DURATION, &["provider"], "How long providers took to answer."),
    (LINKED, &["provider", "outcome"], "Attempts to link an account that ended."),
    (GUIDES, &[], "Guides that can be used."),
    (TASKS, &[], "Tasks that run beside requests."),
    (UPTIME, &[], "How long the Hub has been running."),
    (BUILD, &["version"], "Always 1; the version is in the label."),
];

/// The edges of the buckets of durations, in seconds: from a read of the database to a provider that is slow.
const SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// One for the process: what counts does not know for whom.
static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Counts from now on. A second call changes nothing.
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
    for (name, _, says) in METRICS.iter().copied() {
        if name.ends_with("_total") {
            describe_counter!(name, says);
        } else if name.ends_with("_duration_seconds") {
            describe_histogram!(name, Unit::Seconds, says);
        } else {
            describe_gauge!(name, says);
        }
    }
}

/// All numbers as Prometheus reads them, with those that only the caller knows; `None` if metrics are not recorded.
pub(crate) fn render(guides: usize, tasks: usize, started_at: Timestamp) -> Option<String> {
    let handle = RECORDER.get()?.as_ref()?;
    #[expect(clippy::cast_precision_loss, reason = "there are never so many")]
    let number = |count: usize| count as f64;
    gauge!(GUIDES).set(number(guides));
    gauge!(TASKS).set(number(tasks));
    gauge!(UPTIME).set(Timestamp::now().duration_since(started_at).as_secs_f64());
    handle.run_upkeep();
    Some(handle.render())
}

/// Lets go of what is only kept until somebody asks; to be called now and then.
pub(crate) fn upkeep() {
    if let Some(Some(handle)) = RECORDER.get() {
        handle.run_upkeep();
    }
}

/// A request that is under way, until it is dropped.
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

/// A request was answered.
pub(crate) fn answered(method: &'static str, route: &str, status: u16, took: Duration) {
    let route = route.to_owned();
    counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    histogram!(DURATION, "method" => method, "route" => route).record(took.as_secs_f64());
}

/// A provider was asked. The outcome is a word of the taxonomy, or the status, never a text of the provider.
pub(crate) fn asked(provider: &str, outcome: &str, took: Duration) {
    counter!(EGRESS, "provider" => provider.to_owned(), "outcome" => outcome.to_owned()).increment(1);
    histogram!(EGRESS_DURATION, "provider" => provider.to_owned()).record(took.as_secs_f64());
}

/// An attempt to link an account ended.
pub(crate) fn linked(provider: &str, outcome: &str) {
    counter!(LINKED, "provider" => provider.to_owned(), "outcome" => outcome.to_owned()).increment(1);
}
