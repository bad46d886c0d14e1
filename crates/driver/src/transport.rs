//! The transport that sends a flow's requests and provides the current time.

use std::time::Duration;

use egress::Egress;
use jiff::Timestamp;
use probe::{Answer, Moment, Request};

/// Sends requests and provides the current time. An implementation can use the network or a simulated provider.
pub trait Transport: Send {
    /// Sends a request once and returns the response, or the failure if no usable response was received.
    fn send(&mut self, request: &Request) -> impl Future<Output = Answer> + Send;

    /// Waits until `until` and returns the time at the end of the wait, both in Unix seconds.
    fn wait_until(&mut self, until: i64) -> impl Future<Output = i64> + Send;

    /// Returns the current time and a new nonce.
    fn moment(&self) -> Moment;
}

impl Transport for &Egress {
    async fn send(&mut self, request: &Request) -> Answer {
        Egress::send(self, request).await
    }

    async fn wait_until(&mut self, until: i64) -> i64 {
        let seconds = until.saturating_sub(Timestamp::now().as_second());
        tokio::time::sleep(Duration::from_secs(u64::try_from(seconds).unwrap_or(0))).await;
        Timestamp::now().as_second().max(until)
    }

    fn moment(&self) -> Moment {
        moment()
    }
}

/// Returns the current time and a new nonce.
///
/// # Panics
///
/// Panics if the operating system has no source of randomness.
pub fn moment() -> Moment {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).expect("the operating system has a source of randomness");
    Moment { unix_ms: Timestamp::now().as_millisecond(), nonce }
}
