//! Runs a flow's checks, and records a transcript of the requests.
//!
//! **Invariant:** each line of the transcript describes a request and its result, without bodies or headers. Entered
//! values can appear in host names, but nowhere else.

use std::time::{Duration, Instant};

use driver::{Exchange, Observer, TokenKeeper};
use egress::Egress;
use link::{Flow, Stage};
use probe::Answer;
use serde_json::{Value, json};
use vault::{Attempt, Vault};

use super::attempt::attempt_ended;
use crate::telemetry::metrics;
use crate::wire::error::{ApiError, PROVIDER_FAILED};

/// The maximum duration of all checks together.
const BUDGET: Duration = Duration::from_secs(50);

/// The owner of a flow, which determines what is saved during the run.
pub(crate) enum FlowOwner<'a> {
    /// No owner: nothing is saved during the run.
    None,
    /// An attempt: its progress is saved during the run if the attempt itself has been saved. The run stops if the
    /// attempt may no longer continue.
    Attempt(&'a Attempt),
    /// An account: renewed tokens are stored as soon as they arrive.
    Account(&'a mut TokenKeeper),
}

/// Runs a flow without saving anything.
pub(crate) async fn check_only(egress: &Egress, vault: &Vault, flow: &mut Flow) -> Result<(), ApiError> {
    run(egress, vault, flow, &mut Vec::new(), FlowOwner::None).await
}

/// Runs an account's flow, and stores any renewed tokens.
pub(crate) async fn check_and_keep(
    egress: &Egress,
    vault: &Vault,
    flow: &mut Flow,
    keeper: &mut TokenKeeper,
) -> Result<(), ApiError> {
    flow.submit_all(&[]);
    run(egress, vault, flow, &mut Vec::new(), FlowOwner::Account(keeper)).await
}

/// Runs a flow until a person must act or an account is ready to be stored.
pub(crate) async fn run(
    egress: &Egress,
    vault: &Vault,
    flow: &mut Flow,
    transcript: &mut Vec<Value>,
    owner: FlowOwner<'_>,
) -> Result<(), ApiError> {
    let mut observer =
        RunObserver { vault, transcript, owner, until: Instant::now() + BUDGET, progress: Value::Null };
    // The first check is saved as running before its request is sent, because the response can take a long time. The
    // driver reports every later change.
    observer.changed(flow).await?;
    driver::run(flow, &mut &*egress, &mut observer).await.map(|_| ())
}

/// Observes a run: records its transcript and progress, stores renewed tokens, and enforces its deadline.
struct RunObserver<'a> {
    vault: &'a Vault,
    transcript: &'a mut Vec<Value>,
    owner: FlowOwner<'a>,
    /// The run's deadline.
    until: Instant,
    /// The most recently saved progress.
    progress: Value,
}

impl Observer for RunObserver<'_> {
    type Stop = ApiError;

    fn sending(&mut self) {
        vault::crash_point("hub.request-due");
    }

    fn received(&mut self) {
        vault::crash_point("hub.answer-received");
    }

    async fn answered(&mut self, flow: &Flow, exchange: &Exchange) -> Result<(), ApiError> {
        metrics::provider_answered(
            flow.guide().provider.key.as_str(),
            outcome(&exchange.answer),
            exchange.took,
        );
        if let FlowOwner::Account(keeper) = &mut self.owner {
            keeper.keep(self.vault, flow).await?;
        }
        driver::record(self.transcript, exchange, flow);
        Ok(())
    }

    fn waiting(&mut self, flow: &Flow, wait: Duration) -> Result<(), ApiError> {
        if Instant::now() + wait <= self.until {
            return Ok(());
        }
        let (name, seconds) = (&flow.guide().provider.name, wait.as_secs());
        let message = format!("{name} asks clients to wait {seconds} seconds; try again after that");
        Err(ApiError::new(&PROVIDER_FAILED, message).retry_after(seconds.max(1)))
    }

    async fn changed(&mut self, flow: &Flow) -> Result<(), ApiError> {
        let (FlowOwner::Attempt(attempt), Stage::Checking(reports)) = (&self.owner, flow.stage()) else {
            return Ok(());
        };
        // Another request is due. It must not be sent if, for example, the account was deleted in the meantime.
        if !self.vault.attempt_may_continue(attempt).await? {
            return Err(attempt_ended());
        }
        let progress = json!(reports);
        if attempt.version != 0 && progress != self.progress {
            self.vault.save_progress(&attempt.id, &progress).await?;
            self.progress = progress;
        }
        Ok(())
    }
}

/// Returns the status class of a response for the metrics (`2xx`, for example), or `failed` if there was no response.
fn outcome(answer: &Answer) -> &'static str {
    match answer {
        Answer::Response(response) => match response.status {
            ..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            500.. => "5xx",
        },
        Answer::Failed { .. } => "failed",
    }
}
