//! Observes a run to show progress, enforce budgets, interrupt it and write transcripts.

use std::future::{Future, pending, ready};
use std::time::Duration;

use jiff::Timestamp;
use link::Flow;
use probe::{Answer, Request};

/// Watches a run and can end it early. By default, each method does nothing.
pub trait Observer: Send {
    /// The reason for ending a run early.
    type Stop: Send;

    /// Called before each request is sent.
    fn sending(&mut self) {}

    /// Called after a response was received or a request failed, before the flow evaluates the result.
    fn received(&mut self) {}

    /// Called after the flow has judged an answer, before the next request is sent.
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

    /// Called after each answer and each wait.
    fn changed(&mut self, _flow: &Flow) -> impl Future<Output = Result<(), Self::Stop>> + Send {
        ready(Ok(()))
    }

    /// Completes when the run must stop at once, even during a request or a wait.
    fn interrupted(&mut self) -> impl Future<Output = Self::Stop> + Send {
        pending()
    }
}

/// A request and its answer.
#[derive(Debug)]
pub struct Exchange {
    /// The label of the check that the request belongs to.
    pub check: String,
    /// When the request was sent.
    pub at: Timestamp,
    /// The request as it was sent.
    pub request: Box<Request>,
    /// The answer, or the failure if no answer was received.
    pub answer: Answer,
    /// The time between sending the request and receiving the complete answer.
    pub took: Duration,
}
