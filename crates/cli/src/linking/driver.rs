//! Doing what a flow asks for: sending requests, waiting, and handing over what is to be kept.

use egress::Egress;
use jiff::Timestamp;
use link::{Effect, Flow, Linked};
use probe::{Answer, Moment, Request};

/// The moment, in seconds since 1970.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_second()
}

/// What sends requests: the real way out, or a way through a scenario.
pub(crate) trait Way {
    /// Sends a request.
    async fn send(&mut self, request: &Request) -> Answer;
    /// Waits until a moment, and says what time it is then.
    async fn wait_until(&mut self, moment: i64) -> i64;
    /// What time it is, with a new lot.
    fn moment(&self) -> Moment;
}

/// The person stopped the program.
#[derive(Debug)]
pub(crate) struct Interrupted;

/// Runs a flow until it needs a person, or hands over an account to be kept. `seen` is called whenever something
/// changed that can be shown.
pub(crate) async fn run(
    flow: &mut Flow,
    way: &mut impl Way,
    mut seen: impl FnMut(&Flow),
) -> Result<Option<Box<Linked>>, Interrupted> {
    seen(flow);
    while let Some(effect) = flow.poll(way.moment()) {
        match effect {
            Effect::Send { id, request } => {
                vault::crash_point("link.request-due");
                let answer = tokio::select! {
                    answer = way.send(&request) => answer,
                    _ = tokio::signal::ctrl_c() => return Err(Interrupted),
                };
                vault::crash_point("link.answer-received");
                flow.answered(id, &answer, way.moment().unix());
            }
            Effect::WaitUntil(moment) => {
                let now = tokio::select! {
                    now = way.wait_until(moment) => now,
                    _ = tokio::signal::ctrl_c() => return Err(Interrupted),
                };
                flow.elapsed(now);
            }
            Effect::Store(linked) => return Ok(Some(linked)),
        }
        seen(flow);
    }
    Ok(None)
}

impl Way for Egress {
    async fn send(&mut self, request: &Request) -> Answer {
        Self::send(self, request).await
    }

    async fn wait_until(&mut self, moment: i64) -> i64 {
        let wait = u64::try_from(moment.saturating_sub(now())).unwrap_or(0);
        tokio::time::sleep(std::time::Duration::from_secs(wait)).await;
        now().max(moment)
    }

    fn moment(&self) -> Moment {
        hub::moment()
    }
}
