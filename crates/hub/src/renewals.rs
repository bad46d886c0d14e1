//! Renewing the tokens of an account: by one task at a time, of whichever process.
//!
//! Many providers give a new token for renewing with each renewal, and take the old one's second use for theft: then no
//! token of the account holds any more. **Invariant:** whatever may renew is done by whoever holds the account's lease,
//! with the tokens that are kept at that moment; so the others find the new ones. New tokens are kept before anything else
//! is asked with them, also when the client has hung up.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use driver::TokenKeeper;
use guide::OutcomeKind;
use jiff::Timestamp;
use link::{Flow, Stage};
use tokio::sync::oneshot;
use vault::{AccountId, ChangeError, Credentials};

use crate::app::App;
use crate::lease::Lease;
use crate::linking::{check_and_keep, relink_flow};
use crate::wire::error::{ApiError, CONFLICT, INTERNAL, NOT_FOUND, PROVIDER_FAILED, PROVIDER_TIMEOUT};

/// So often whoever waits looks.
const PAUSE: Duration = Duration::from_millis(100);

/// So long it waits.
const PATIENCE: Duration = Duration::from_secs(40);

/// So long tokens that were seen to work are not doubted, whatever a provider answers to a single request.
pub(crate) const TRUSTED: Duration = Duration::from_mins(1);

/// So long those that could not be renewed are not tried again: all who waited would, one after the other.
const REFUSED: Duration = Duration::from_secs(5);

/// What came of looking at tokens, by account and version.
#[derive(Default)]
pub(crate) struct Looked(Mutex<BTreeMap<(String, i64), Look>>);

/// When they were looked at, and why they do not work, if so.
type Look = (Instant, Result<(), ApiError>);

impl Looked {
    /// What is known well enough not to ask again.
    fn lately(&self, of: &Credentials) -> Option<Result<(), ApiError>> {
        let looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, found) = looked.get(&key(of))?;
        let holds = if found.is_ok() { TRUSTED } else { REFUSED };
        (at.elapsed() < holds).then(|| found.clone())
    }

    fn tell(&self, of: &Credentials, found: Result<(), ApiError>) {
        let mut looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looked.retain(|_, (at, _)| at.elapsed() < TRUSTED);
        looked.insert(key(of), (Instant::now(), found));
    }
}

fn key(of: &Credentials) -> (String, i64) {
    (of.account.id.to_string(), of.account.version)
}

/// The credentials with tokens that hold for a while yet: as they are kept, or renewed now. For a method whose tokens are
/// kept.
pub(crate) async fn fresh(
    app: &Arc<App>,
    credentials: Credentials,
    flow: &Flow,
    actor: &str,
) -> Result<Credentials, ApiError> {
    let (tokens, _) = flow.tokens();
    if !tokens.is_empty() && !flow.tokens_expire_soon(Timestamp::now().as_second()) {
        return Ok(credentials);
    }
    renewed(app, &credentials, actor).await
}

/// The credentials with tokens that work, where those at hand have ended or were refused: as somebody else has renewed them
/// meanwhile, or renewed now.
pub(crate) async fn renewed(app: &Arc<App>, old: &Credentials, actor: &str) -> Result<Credentials, ApiError> {
    let id = &old.account.id;
    let Some(lease) = turn(app, id, Some(old.account.version)).await? else {
        return unsealed(app, id, actor).await;
    };
    let (shared, old, actor) = (Arc::clone(app), old.clone(), actor.to_owned());
    beside(app, lease, async move {
        let app = &shared;
        let now = app.vault.get(&old.account.id).await.map_err(|error| ApiError::internal(&error))?;
        // Before this one's turn came, somebody else had it.
        if now.is_none_or(|now| now.version != old.account.version) {
            return unsealed(app, &old.account.id, &actor).await;
        }
        let mut flow = relink_flow(app, &old).await?;
        match app.looked.lately(&old) {
            Some(Ok(())) if !flow.tokens_expire_soon(Timestamp::now().as_second()) => return Ok(old),
            Some(Err(error)) => return Err(error),
            Some(Ok(())) | None => {}
        }
        let mut keeper = TokenKeeper { credentials: old, actor };
        let found = match check_and_keep(app, &mut flow, &mut keeper).await {
            Ok(()) => works(&flow),
            Err(error) => Err(error),
        };
        app.looked.tell(&keeper.credentials, found.clone());
        found.map(|()| keeper.credentials)
    })
    .await
}

/// Does something that may renew an account's tokens, when nobody else does.
pub(crate) async fn alone<T, F>(app: &Arc<App>, id: &AccountId, work: F) -> Result<T, ApiError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    match turn(app, id, None).await? {
        Some(lease) => beside(app, lease, work).await,
        None => Err(ApiError::of(&INTERNAL)),
    }
}

/// Whether tokens were seen to work.
pub(crate) fn works(flow: &Flow) -> Result<(), ApiError> {
    match flow.stage() {
        Stage::Confirm { .. } => Ok(()),
        Stage::Failed { verdict, .. } => {
            let passes = verdict.outcome.is_transient() || verdict.outcome == OutcomeKind::Tls;
            let code = if passes { &PROVIDER_FAILED } else { &CONFLICT };
            let message = format!("Signing in failed. {} {}", verdict.says, verdict.fix);
            Err(ApiError::new(code, message.trim()).with("outcome", verdict.outcome.as_str()))
        }
        _ => Err(ApiError::new(&CONFLICT, "The account has to be linked again before it can be used")),
    }
}

/// Waits until the renewal can be had, and takes it. None: the account has another version than the one that is named, so
/// there is no need any more.
async fn turn(app: &Arc<App>, id: &AccountId, version: Option<i64>) -> Result<Option<Lease>, ApiError> {
    let failed = |error| ApiError::internal(&error);
    let began = Instant::now();
    loop {
        if let Some(lease) = Lease::take(app, format!("renewal/{id}")).await.map_err(failed)? {
            return Ok(Some(lease));
        }
        if PATIENCE < began.elapsed() {
            let message = "The tokens of this account are being renewed, and the provider takes too long";
            return Err(ApiError::new(&PROVIDER_TIMEOUT, message).retry_after(5));
        }
        tokio::time::sleep(PAUSE).await;
        let now = app.vault.get(id).await.map_err(failed)?;
        let now = now.ok_or_else(|| ApiError::new(&NOT_FOUND, "There is no account with this id"))?;
        if version.is_some_and(|version| version != now.version) {
            return Ok(None);
        }
    }
}

/// Does the work beside the request, which may end before it: what a provider gives is kept all the same.
async fn beside<T, F>(app: &Arc<App>, lease: Lease, work: F) -> Result<T, ApiError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    let (tell, told) = oneshot::channel();
    app.tasks.spawn(move |_| async move {
        let changed = || Err(ApiError::new(&CONFLICT, "The account was changed meanwhile; try again"));
        let done = lease.during(work).await.unwrap_or_else(changed);
        // Whoever asked may be gone.
        let _ = tell.send(done);
    });
    told.await.unwrap_or_else(|_| Err(ApiError::of(&INTERNAL)))
}

async fn unsealed(app: &App, id: &AccountId, actor: &str) -> Result<Credentials, ApiError> {
    let opened = app.vault.unseal(id, actor, "tokens that were renewed", Timestamp::now()).await;
    opened.map_err(|error| match error {
        ChangeError::NotFound { .. } => ApiError::new(&NOT_FOUND, "There is no account with this id"),
        error => ApiError::internal(&error),
    })
}
