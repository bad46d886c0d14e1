//! Renewing the tokens of an account: by one task at a time, of whichever process.
//!
//! Many providers give a new token for renewing with each renewal, and take the old one's second use for theft: then no
//! token of the account holds any more. **Invariant:** whatever may renew is done by whoever holds the account's lease,
//! with the tokens that are kept at that moment; so the others find the new ones. New tokens are kept before anything else
//! is asked with them, also when the client has hung up.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use guide::OutcomeKind;
use jiff::{Timestamp, ToSpan as _};
use link::{Flow, Stage};
use tokio::sync::oneshot;
use vault::{AccountId, ChangeError, Credentials, StoreError};

use crate::app::App;
use crate::linking::{Held, again, check_and_keep};
use crate::wire::error::{ApiError, CONFLICT, INTERNAL, NOT_FOUND, PROVIDER_FAILED, PROVIDER_TIMEOUT};

/// For so many seconds a task has the renewal to itself since it last said that it is at it. So long others wait when its
/// process is gone; the clocks of two processes may differ by less.
const LEASE: i64 = 8;

/// So often it says so.
const RENEWAL: Duration = Duration::from_secs(2);

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
    if !tokens.is_empty() && !flow.tokens_end_soon(Timestamp::now().as_second()) {
        return Ok(credentials);
    }
    renewed(app, &credentials, actor).await
}

/// The credentials with tokens that work, where those at hand have ended or were refused: as somebody else has renewed them
/// meanwhile, or renewed now.
pub(crate) async fn renewed(app: &Arc<App>, old: &Credentials, actor: &str) -> Result<Credentials, ApiError> {
    let id = &old.account.id;
    let Some(task) = turn(app, id, Some(old.account.version)).await? else {
        return unsealed(app, id, actor).await;
    };
    let (shared, old, actor) = (Arc::clone(app), old.clone(), actor.to_owned());
    beside(app, id, task, async move {
        let app = &shared;
        let now = app.vault.get(&old.account.id).await.map_err(|error| ApiError::internal(&error))?;
        // Before this one's turn came, somebody else had it.
        if now.is_none_or(|now| now.version != old.account.version) {
            return unsealed(app, &old.account.id, &actor).await;
        }
        let mut flow = again(app, &old).await?;
        match app.looked.lately(&old) {
            Some(Ok(())) if !flow.tokens_end_soon(Timestamp::now().as_second()) => return Ok(old),
            Some(Err(error)) => return Err(error),
            Some(Ok(())) | None => {}
        }
        let mut held = Held { credentials: old, actor };
        let found = match check_and_keep(app, &mut flow, &mut held).await {
            Ok(()) => works(&flow),
            Err(error) => Err(error),
        };
        app.looked.tell(&held.credentials, found.clone());
        found.map(|()| held.credentials)
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
        Some(task) => beside(app, id, task, work).await,
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

/// Waits until the renewal can be had, and takes it; gives the name it is held under. None: the account has another version
/// than the one that is named, so there is no need any more.
async fn turn(app: &App, id: &AccountId, version: Option<i64>) -> Result<Option<String>, ApiError> {
    static TASKS: AtomicU64 = AtomicU64::new(0);
    let failed = |error| ApiError::internal(&error);
    // Not the process has it but the task: a second one of this process is one too many as well.
    let task = format!("{}/{}", app.process, TASKS.fetch_add(1, Ordering::Relaxed));
    let began = Instant::now();
    while !lease(app, id, &task).await.map_err(failed)? {
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
    Ok(Some(task))
}

/// Does the work beside the request, which may end before it: what a provider gives is kept all the same.
async fn beside<T, F>(app: &Arc<App>, id: &AccountId, task: String, work: F) -> Result<T, ApiError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    let (tell, told) = oneshot::channel();
    let (shared, id) = (Arc::clone(app), id.clone());
    app.tasks.spawn(move |_| async move {
        let done = tokio::select! {
            done = work => done,
            () = lost(&shared, &id, &task) => {
                tracing::warn!(account = %id, "another process has taken the renewal over");
                Err(ApiError::new(&CONFLICT, "The account was changed meanwhile; try again"))
            }
        };
        if let Err(error) = shared.vault.release_renewal(&id, &task).await {
            let _ = ApiError::internal(&error);
        }
        // Whoever asked may be gone.
        let _ = tell.send(done);
    });
    told.await.unwrap_or_else(|_| Err(ApiError::of(&INTERNAL)))
}

async fn lease(app: &App, id: &AccountId, task: &str) -> Result<bool, StoreError> {
    let now = Timestamp::now();
    let until = now.saturating_add(LEASE.seconds()).unwrap_or(now);
    app.vault.lease_renewal(id, task, now, until).await
}

/// Says again and again that a task is at it; ends when another is instead.
async fn lost(app: &App, id: &AccountId, task: &str) {
    loop {
        tokio::time::sleep(RENEWAL).await;
        match lease(app, id, task).await {
            Ok(true) => {}
            Ok(false) => return,
            // It may work the next time.
            Err(error) => {
                tracing::warn!(account = %id, %error, "the renewal could not be kept to this process");
            }
        }
    }
}

async fn unsealed(app: &App, id: &AccountId, actor: &str) -> Result<Credentials, ApiError> {
    let opened = app.vault.unseal(id, actor, "tokens that were renewed", Timestamp::now()).await;
    opened.map_err(|error| match error {
        ChangeError::NotFound { .. } => ApiError::new(&NOT_FOUND, "There is no account with this id"),
        error => ApiError::internal(&error),
    })
}
