//! Checks, as they happen: made beside the requests, by whichever process has them, and reported from the database.
//!
//! **Invariant:** one process at a time makes the checks of an attempt, and says all the while that it is at them. When
//! it is gone, the next that is asked how they stand takes over, within seconds.

use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse as _, Response};
use jiff::{Timestamp, ToSpan as _};
use link::{CheckReport, Stage};
use vault::{AttemptState, StoreError};

use super::desk::{Desk, go};
use super::fill::{Work, work};
use crate::app::App;
use crate::linking::Linking;
use crate::pages::{CheckingPage, checking, progress as progressed};
use crate::wire::Segments;
use crate::wire::error::{ApiError, CONFLICT};

/// For so many seconds a process has the checks of an attempt to itself since it last said that it is at them. So long a
/// person waits when it is gone; the clocks of two processes may differ by less.
const LEASE: i64 = 8;

/// So often it says so.
const RENEWAL: Duration = Duration::from_secs(2);

pub(super) async fn show(
    desk: Desk,
    Segments((_, id)): Segments<(i64, String)>,
) -> Result<Response, Response> {
    let work = work(&desk, &id, false).await?;
    if work.linking.attempt.state != AttemptState::Checking {
        return Ok(go(&next(&work)));
    }
    let reports = reports(&work);
    take_over(&desk, work.linking.attempt.id.clone()).await.map_err(desk.failed(&work.base))?;
    Ok(desk.page(checking(&desk.frame(), &page(&work, &reports))))
}

pub(super) async fn progress(
    desk: Desk,
    Segments((_, id)): Segments<(i64, String)>,
) -> Result<Response, Response> {
    let work = match work(&desk, &id, false).await {
        Ok(work) => work,
        // Linked meanwhile: there is no attempt under way.
        Err(elsewhere) => return ended(&desk, &id, elsewhere).await,
    };
    let reports = reports(&work);
    let said = progressed(&desk.frame(), &page(&work, &reports));
    if work.linking.attempt.state == AttemptState::Checking {
        take_over(&desk, work.linking.attempt.id.clone()).await.map_err(desk.failed(&work.base))?;
    }
    Ok(axum::Json(said).into_response())
}

/// Begins the checks: what was typed is kept, and they are made beside the request.
pub(super) async fn begin(desk: &Desk, work: &mut Work) -> Result<(), ApiError> {
    let (app, linking) = (&desk.app, &mut work.linking);
    crate::limits::attempt(app, &desk.session, &desk.client, linking.flow.host().as_deref()).await?;
    linking.attempt.progress = serde_json::json!([]);
    linking.save(app).await?;
    take_over(desk, linking.attempt.id.clone()).await
}

/// Makes the checks of an attempt, unless another process is at it.
async fn take_over(desk: &Desk, id: String) -> Result<(), ApiError> {
    let (app, session, of) = (Arc::clone(&desk.app), desk.session.clone(), id.clone());
    let begun = beside(&desk.app, id, async move { make(&app, &session, &of).await });
    begun.await.map(|_| ())
}

/// Makes the checks of an attempt that cannot be taken up by another process: what a browser brought back is good
/// once, and is in this flow alone.
pub(super) async fn run_here(app: &Arc<App>, mut linking: Linking) -> Result<(), ApiError> {
    let (shared, id) = (Arc::clone(app), linking.attempt.id.clone());
    if beside(app, id, async move { linking.run(&shared).await }).await? {
        return Ok(());
    }
    Err(ApiError::new(&CONFLICT, "The checks are under way already"))
}

/// Does work on an attempt beside the request, unless somebody is at it; says whether.
async fn beside<F>(app: &Arc<App>, id: String, work: F) -> Result<bool, ApiError>
where
    F: Future<Output = Result<(), ApiError>> + Send + 'static,
{
    // Not the process but the task has it: a second task of this process is one too many as well.
    let task = format!("{}/{}", app.process, Timestamp::now().as_microsecond());
    if !lease(app, &id, &task).await.map_err(|error| ApiError::internal(&error))? {
        return Ok(false);
    }
    let shared = Arc::clone(app);
    app.tasks.spawn(move |_| async move {
        let done = tokio::select! {
            done = work => done,
            () = lost(&shared, &id, &task) => {
                tracing::warn!(attempt = id, "another process has taken the checks over");
                return;
            }
        };
        if let Err(error) = done {
            tracing::warn!(attempt = id, error = error.message, "checks did not come to an end");
        }
        if let Err(error) = shared.vault.release_attempt(&id, &task).await {
            let _ = ApiError::internal(&error);
        }
    });
    Ok(true)
}

async fn lease(app: &App, id: &str, task: &str) -> Result<bool, StoreError> {
    let now = Timestamp::now();
    let until = now.saturating_add(LEASE.seconds()).unwrap_or(now);
    app.vault.lease_attempt(id, task, now, until).await
}

/// Says again and again that a task is at it; ends when another is instead.
async fn lost(app: &App, id: &str, task: &str) {
    loop {
        tokio::time::sleep(RENEWAL).await;
        match lease(app, id, task).await {
            Ok(true) => {}
            Ok(false) => return,
            // It may work the next time.
            Err(error) => {
                tracing::warn!(attempt = id, %error, "the checks could not be kept to this process");
            }
        }
    }
}

async fn make(app: &Arc<App>, session: &vault::Session, id: &str) -> Result<(), ApiError> {
    let failed = |error| ApiError::internal(&error);
    let Some(attempt) = app.vault.attempt(id).await.map_err(failed)? else { return Ok(()) };
    if attempt.state != AttemptState::Checking {
        return Ok(());
    }
    let found = crate::connectors::find(app, &session.made.project, &attempt.config).await?;
    let Some(integration) = found else { return Ok(()) };
    let Some(mut linking) = Linking::open(app, session, integration, attempt).await? else { return Ok(()) };
    linking.run(app).await
}

/// Where a person goes whose checks are over.
fn next(work: &Work) -> String {
    let base = &work.base;
    match work.linking.attempt.state {
        AttemptState::Confirming => format!("{base}/confirm"),
        AttemptState::Linked => format!("{base}/done"),
        AttemptState::Open
        | AttemptState::Checking
        | AttemptState::Away
        | AttemptState::Refused
        | AttemptState::Cancelled => base.clone(),
    }
}

/// How things stand when there is no attempt under way.
async fn ended(desk: &Desk, id: &str, elsewhere: Response) -> Result<Response, Response> {
    let found = desk.app.vault.attempt_of(desk.session.seq, id).await;
    let base = format!("{}/{id}", desk.base());
    match found.map_err(|error| desk.failed(&base)(ApiError::internal(&error)))? {
        Some(attempt) if attempt.state == AttemptState::Linked => {
            let said =
                serde_json::json!({ "state": "linked", "reports": [], "next": format!("{base}/done") });
            Ok(axum::Json(said).into_response())
        }
        _ => Err(elsewhere),
    }
}

/// How the checks stand, as whoever makes them has written it down.
fn reports(work: &Work) -> Vec<CheckReport> {
    match work.linking.flow.stage() {
        Stage::Checking(_) => {
            serde_json::from_value(work.linking.attempt.progress.clone()).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn page<'a>(work: &'a Work, reports: &'a [CheckReport]) -> CheckingPage<'a> {
    CheckingPage {
        flow: &work.linking.flow,
        reports: matches!(work.linking.flow.stage(), Stage::Checking(_)).then_some(reports),
        base: &work.base,
        icon: Some(&work.icon),
        now: Timestamp::now().as_second(),
    }
}
