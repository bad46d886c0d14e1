//! Renews accounts' tokens. Across all processes, only one task at a time renews an account's tokens.
//!
//! Many providers issue a new refresh token with each renewal. They treat a second use of the old token as theft, and
//! revoke all of the account's tokens.
//!
//! **Invariant:** a task renews an account's tokens only while it holds the account's lease, and reads the stored
//! tokens after it has acquired the lease, so that it uses the tokens stored by the previous holder. New tokens are
//! stored before they are used, even if the client has closed the connection. If the provider rejects a renewal, the
//! account's status shows it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use driver::TokenKeeper;
use guide::OutcomeKind;
use jiff::Timestamp;
use link::{Flow, Stage};
use vault::{AccountId, By, Credentials, Vault};

use crate::account_flows::AccountFlows;
use crate::leases::Leases;
use crate::permission::require_usable_by;
use crate::wire::error::{ApiError, CONFLICT, INTERNAL, NOT_FOUND, PROVIDER_FAILED, PROVIDER_TIMEOUT};

/// How often a task that waits for the lease tries to acquire it.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// The maximum time that a task waits for the lease.
const MAX_WAIT: Duration = Duration::from_secs(40);

/// How long tokens are not renewed after a successful check, even if the provider refuses a request.
pub(crate) const TRUSTED: Duration = Duration::from_mins(1);

/// The delay before a failed renewal is retried. Without a delay, the waiting tasks would all retry it, one after
/// another.
const REFUSED: Duration = Duration::from_secs(5);

/// The time at which tokens were last checked, and an error if the tokens do not work.
type Checked = (Instant, Result<(), ApiError>);

/// Renews accounts' tokens.
pub(crate) struct Renewals {
    vault: Arc<Vault>,
    leases: Arc<Leases>,
    flows: Arc<AccountFlows>,
    /// The results of the last checks, by account and version.
    checked: Mutex<BTreeMap<(AccountId, i64), Checked>>,
}

impl Renewals {
    pub(crate) fn new(vault: Arc<Vault>, leases: Arc<Leases>, flows: Arc<AccountFlows>) -> Self {
        Self { vault, leases, flows, checked: Mutex::default() }
    }

    /// Returns the credentials with tokens that do not expire soon, and renews the tokens if necessary and possible. Use
    /// this only for methods whose tokens are stored.
    pub(crate) async fn fresh(
        self: &Arc<Self>,
        credentials: Credentials,
        flow: &Flow,
        actor: &str,
    ) -> Result<Credentials, ApiError> {
        let (tokens, _) = flow.tokens();
        if !tokens.is_empty() && !flow.must_renew_tokens(Timestamp::now().as_second()) {
            return Ok(credentials);
        }
        self.renewed(&credentials, actor).await
    }

    /// Returns the credentials with working tokens, for use after the given tokens have expired or been refused. Renews
    /// the tokens, unless another task has already done so.
    pub(crate) async fn renewed(
        self: &Arc<Self>,
        old: &Credentials,
        actor: &str,
    ) -> Result<Credentials, ApiError> {
        let renewals = Arc::clone(self);
        let (id, version) = (old.account.id.clone(), old.account.version);
        let (old, by) = (old.clone(), actor.to_owned());
        let work = Box::pin(async move { renewals.renew(old, by).await });
        match self.exclusively_at(&id, Some(version), work).await? {
            Some(renewed) => Ok(renewed),
            // Another task has already renewed the tokens.
            None => self.unsealed(&id, actor).await,
        }
    }

    /// Runs work that may renew an account's tokens, and prevents other tasks from renewing them at the same time.
    pub(crate) async fn exclusively<T: Send + 'static>(
        &self,
        id: &AccountId,
        work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
    ) -> Result<T, ApiError> {
        self.exclusively_at(id, None, work).await?.ok_or_else(|| ApiError::of(&INTERNAL))
    }

    async fn renew(&self, old: Credentials, actor: String) -> Result<Credentials, ApiError> {
        let id = old.account.id.clone();
        // A task that held the lease earlier may have renewed the tokens.
        if self.vault.get(&id).await?.is_none_or(|now| now.version != old.account.version) {
            return self.unsealed(&id, &actor).await;
        }
        require_usable_by(&self.vault, &id, &actor).await?;
        let mut flow = self.flows.relink_flow(&old).await?;
        match self.last_check(&old) {
            Some(Ok(())) if !flow.must_renew_tokens(Timestamp::now().as_second()) => return Ok(old),
            Some(Err(error)) => return Err(error),
            Some(Ok(())) | None => {}
        }
        let mut keeper = TokenKeeper { credentials: old, actor };
        let mut checked = self.flows.check_and_keep(&mut flow, &mut keeper).await;
        if checked.is_ok() {
            self.flows.record_failure(&flow, &keeper.credentials.account, &keeper.actor).await?;
            checked = works(&flow);
        }
        if checked.is_err() {
            // If this actor may no longer use the account, others may still renew its tokens.
            require_usable_by(&self.vault, &id, &keeper.actor).await?;
        }
        self.remember(&keeper.credentials, checked.clone());
        checked.map(|()| keeper.credentials)
    }

    /// Waits for the account's lease, and runs the work in a separate task, so that new tokens are stored even if the
    /// request ends first. Returns `None` if the account no longer has the given version, because the work is then no
    /// longer needed.
    async fn exclusively_at<T: Send + 'static>(
        &self,
        id: &AccountId,
        version: Option<i64>,
        mut work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
    ) -> Result<Option<T>, ApiError> {
        let began = Instant::now();
        loop {
            match self.leases.spawn(format!("renewal/{id}"), work).await? {
                Ok(running) => {
                    let message = "The account was changed in the meantime; try again";
                    let result = running.result().await;
                    return result.unwrap_or_else(|| Err(ApiError::new(&CONFLICT, message))).map(Some);
                }
                Err(waiting) => work = waiting,
            }
            if MAX_WAIT < began.elapsed() {
                let message = "The provider is taking too long to renew this account's tokens";
                return Err(ApiError::new(&PROVIDER_TIMEOUT, message).retry_after(5));
            }
            tokio::time::sleep(POLL_INTERVAL).await;
            let now = self.vault.get(id).await?;
            let now = now.ok_or_else(|| ApiError::new(&NOT_FOUND, "No account has this id"))?;
            if version.is_some_and(|version| version != now.version) {
                return Ok(None);
            }
        }
    }

    async fn unsealed(&self, id: &AccountId, actor: &str) -> Result<Credentials, ApiError> {
        Ok(self.vault.unseal(id, "renewed tokens", By::new(actor, Timestamp::now())).await?)
    }

    /// Returns the result of the last check of these tokens, if it is recent enough.
    fn last_check(&self, credentials: &Credentials) -> Option<Result<(), ApiError>> {
        let checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        let account = &credentials.account;
        let (at, result) = checked.get(&(account.id.clone(), account.version))?;
        let validity = if result.is_ok() { TRUSTED } else { REFUSED };
        (at.elapsed() < validity).then(|| result.clone())
    }

    fn remember(&self, credentials: &Credentials, result: Result<(), ApiError>) {
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        checked.retain(|_, (at, _)| at.elapsed() < TRUSTED);
        let account = &credentials.account;
        checked.insert((account.id.clone(), account.version), (Instant::now(), result));
    }
}

/// Returns an error unless the flow's checks have passed with its tokens.
pub(crate) fn works(flow: &Flow) -> Result<(), ApiError> {
    match flow.stage() {
        Stage::Confirm { .. } => Ok(()),
        Stage::Failed { verdict, .. } => {
            let passes = verdict.outcome.is_transient() || verdict.outcome == OutcomeKind::Tls;
            let code = if passes { &PROVIDER_FAILED } else { &CONFLICT };
            let message = format!("Signing in failed. {} {}", verdict.says, verdict.fix);
            let error = ApiError::new(code, message.trim()).with("outcome", verdict.outcome.as_str());
            Err(match verdict.retry_after.filter(|_| passes) {
                Some(wait) => error.retry_after(wait.as_secs().max(1)),
                None => error,
            })
        }
        _ => Err(ApiError::new(&CONFLICT, "The account must be linked again before it can be used")),
    }
}
