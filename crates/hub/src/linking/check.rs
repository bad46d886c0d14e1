//! Runs a flow's checks within a time budget, and records a transcript of the requests.
//!
//! **Invariant:** a run that exceeds its budget ends with a verdict, like any other run. The request that waits for the
//! run can therefore respond before its own timeout.
//!
//! **Invariant:** each line of the transcript describes a request and its result, without bodies or headers. Entered
//! values can appear in host names, but nowhere else.

use std::time::{Duration, Instant};

use driver::{Exchange, Observer, TokenKeeper, Transport};
use egress::Egress;
use guide::Fault;
use jiff::Timestamp;
use link::{Flow, Stage};
use probe::{Answer, Moment, Request};
use serde_json::{Value, json};
use vault::{AccountId, Attempt, Vault};

use super::attempt::attempt_ended;
use crate::permission::require_usable_by;
use crate::telemetry::metrics;
use crate::wire::error::ApiError;

/// The maximum duration of all checks together.
const MAX_BUDGET: Duration = Duration::from_secs(50);

/// Sends the checks' requests, and limits the duration of each run.
#[derive(Clone)]
pub(crate) struct CheckSender {
    egress: Egress,
    budget: Duration,
}

impl CheckSender {
    /// `request_timeout` is the maximum duration of a request to the Hub. A sixth of it is reserved for everything else
    /// that the request does.
    pub(crate) fn new(egress: Egress, request_timeout: Duration) -> Self {
        Self { egress, budget: MAX_BUDGET.min(request_timeout / 6 * 5) }
    }
}

/// Sends a run's requests until the run's deadline. After that, every request fails as if the provider had not
/// responded in time.
struct TimedTransport<'a> {
    egress: &'a Egress,
    /// The run's deadline.
    until: Instant,
}

impl Transport for TimedTransport<'_> {
    async fn send(&mut self, request: &Request) -> Answer {
        let answer = tokio::time::timeout_at(self.until.into(), self.egress.send(request)).await;
        answer.unwrap_or_else(|_| {
            let detail = "timed out because the checks took too long".to_owned();
            Answer::Failed { fault: Fault::Timeout, detail }
        })
    }

    async fn wait_until(&mut self, until: i64) -> i64 {
        Transport::wait_until(&mut self.egress, until).await
    }

    fn moment(&self) -> Moment {
        Transport::moment(&self.egress)
    }
}

/// The owner of a flow, which determines what is saved during the run, and whether the run may continue.
pub(crate) enum FlowOwner<'a> {
    /// A linked account that this actor uses: nothing is saved during the run.
    InUse(&'a AccountId, &'a str),
    /// An attempt: its progress is saved during the run if the attempt itself has been saved.
    Attempt(&'a Attempt),
    /// An account: renewed tokens are stored as soon as they arrive.
    Account(&'a mut TokenKeeper),
}

/// Runs the flow of a linked account that this actor uses, without saving anything.
pub(crate) async fn check_only(
    sender: &CheckSender,
    vault: &Vault,
    flow: &mut Flow,
    (account, actor): (&AccountId, &str),
) -> Result<(), ApiError> {
    run(sender, vault, flow, &mut Vec::new(), FlowOwner::InUse(account, actor)).await
}

/// Runs an account's flow, and stores any renewed tokens.
pub(crate) async fn check_and_keep(
    sender: &CheckSender,
    vault: &Vault,
    flow: &mut Flow,
    keeper: &mut TokenKeeper,
) -> Result<(), ApiError> {
    flow.submit_all(&[]);
    run(sender, vault, flow, &mut Vec::new(), FlowOwner::Account(keeper)).await
}

/// Runs a flow until a person must act, an account is ready to be stored, or the budget is used up. In the last case,
/// the flow fails with a verdict.
pub(crate) async fn run(
    sender: &CheckSender,
    vault: &Vault,
    flow: &mut Flow,
    transcript: &mut Vec<Value>,
    owner: FlowOwner<'_>,
) -> Result<(), ApiError> {
    let until = Instant::now() + sender.budget;
    let mut transport = TimedTransport { egress: &sender.egress, until };
    let mut observer = RunObserver { vault, transcript, owner, until, progress: Value::Null };
    // Saves the first check as running before its request is sent, because the response can take a long time. The
    // driver reports every later change.
    let run = async {
        observer.changed(flow).await?;
        driver::run(flow, &mut transport, &mut observer).await
    };
    match run.await {
        Ok(_) => Ok(()),
        Err(Stop::OutOfTime) => {
            flow.give_up_checks();
            Ok(())
        }
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// Why a run ended early.
enum Stop {
    /// The next wait would exceed the run's budget.
    OutOfTime,
    /// The attempt may no longer continue, the account may no longer be used, or the database failed.
    Failed(ApiError),
}

impl<E: Into<ApiError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
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
    type Stop = Stop;

    fn sending(&mut self) {
        vault::crash_point("hub.request-due");
    }

    fn received(&mut self) {
        vault::crash_point("hub.answer-received");
    }

    async fn answered(&mut self, flow: &Flow, exchange: &Exchange) -> Result<(), Stop> {
        let status = match &exchange.answer {
            Answer::Response(response) => Some(response.status),
            Answer::Failed { .. } => None,
        };
        metrics::provider_answered(flow.guide().provider.key.as_str(), status, exchange.took);
        if let FlowOwner::Account(keeper) = &mut self.owner {
            keeper.keep(self.vault, flow).await?;
        }
        driver::record(self.transcript, exchange, flow);
        Ok(())
    }

    fn waiting(&mut self, _: &Flow, wait: Duration) -> Result<(), Stop> {
        if Instant::now() + wait < self.until { Ok(()) } else { Err(Stop::OutOfTime) }
    }

    async fn changed(&mut self, flow: &Flow) -> Result<(), Stop> {
        let Stage::Checking(reports) = flow.stage() else { return Ok(()) };
        // Another request is due. It must not be sent if, for example, the account was deleted in the meantime.
        let attempt = match &self.owner {
            FlowOwner::Attempt(attempt) => attempt,
            FlowOwner::InUse(account, actor) => {
                return Ok(require_usable_by(self.vault, account, actor).await?);
            }
            FlowOwner::Account(keeper) => {
                let account = &keeper.credentials.account.id;
                return Ok(require_usable_by(self.vault, account, &keeper.actor).await?);
            }
        };
        if !self.vault.attempt_may_continue(attempt, Timestamp::now()).await? {
            return Err(attempt_ended().into());
        }
        let progress = json!(reports);
        if attempt.version != 0 && progress != self.progress {
            self.vault.save_progress(&attempt.id, &progress).await?;
            self.progress = progress;
        }
        Ok(())
    }
}
