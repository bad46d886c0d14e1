//! The observer of a run, which can show progress, enforce budgets, interrupt the run and write transcripts.

use std::future::{Future, pending, ready};
use std::time::Duration;

use jiff::Timestamp;
use link::Flow;
use probe::{Answer, Request};

/// Watches a run and can end it early. The default methods do nothing.
pub trait Observer: Send {
    /// The reason for ending a run early.
    type Stop: Send;

    /// Called before each request is sent.
    fn sending(&mut self) {}

    /// Called after a response is received or a request fails, before the flow judges the result.
    fn received(&mut self) {}

    /// Called after the flow has judged the result of a request, before the next request is sent.
    fn answered(
        &mut self,
        _flow: &Flow,
        _exchange: &Exchange,
    ) -> impl Future<Output = Result<(), Self::Stop>> + Send {
        ready(Ok(()))
    }

    /// Called before each wait.
    fn waiting(&mut self, _flow: &Flow, _wait: Duration) -> Result<(), Self::Stop> {
        Ok(())
    }

    /// Called after each request and each wait.
    fn changed(&mut self, _flow: &Flow) -> impl Future<Output = Result<(), Self::Stop>> + Send {
        ready(Ok(()))
    }

    /// Completes when the run must stop immediately, even during a request or a wait.
    fn interrupted(&mut self) -> impl Future<Output = Self::Stop> + Send {
        pending()
    }
}

/// A request and its result.
#[derive(Debug)]
pub struct Exchange {
    /// The label of the check or sign-in step that makes the request.
    pub check: String,
    /// When the request was sent.
    pub at: Timestamp,
    /// The request as it was sent.
    pub request: Box<Request>,
    /// The response, or the failure if no usable response was received.
    pub answer: Answer,
    /// The time from sending the request until the response was complete or the request failed.
    pub took: Duration,
}
