//! Checks, as they happen: made beside the requests, by whichever process has them, and reported from the database.
//!
//! **Invariant:** one process at a time makes the checks of an attempt, and says all the while that it is at them. When
//! it is gone, the next that is asked how they stand takes over (`crate::lease`).

use std::sync::Arc;

use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use link::{CheckReport, Stage};
use vault::AttemptState;

use super::context::{SessionContext, go};
use super::fill::{Work, work};
use crate::app::App;
use crate::lease::Lease;
use crate::linking::Linking;
use crate::pages::{CheckingPage, checking, progress as progressed};
use crate::wire::Segments;
use crate::wire::error::{ApiError, CONFLICT};

pub(super) async fn show(
    context: SessionContext,
    Segments((_, id)): Segments<(i64, String)>,
) -> Result<Response, Response> {
    let work = work(&context, &id, false).await?;
    if work.linking.attempt.state != AttemptState::Checking {
        return Ok(go(&next(&work)));
    }
    let reports = reports(&work);
    take_over(&context, work.linking.attempt.id.clone()).await.map_err(context.failed(&work.base))?;
    Ok(context.page(checking(&context.frame(), &page(&work, &reports))))
}

pub(super) async fn progress(
    context: SessionContext,
    Segments((_, id)): Segments<(i64, String)>,
) -> Result<Response, Response> {
    let work = match work(&context, &id, false).await {
        Ok(work) => work,
        // Linked meanwhile: there is no attempt under way.
        Err(elsewhere) => return ended(&context, &id, elsewhere).await,
    };
    let reports = reports(&work);
    let said = progressed(&context.frame(), &page(&work, &reports));
    if work.linking.attempt.state == AttemptState::Checking {
        take_over(&context, work.linking.attempt.id.clone()).await.map_err(context.failed(&work.base))?;
    }
    Ok(axum::Json(said).into_response())
}

/// Begins the checks: what was typed is kept, and they are made beside the request.
pub(super) async fn begin(context: &SessionContext, work: &mut Work) -> Result<(), ApiError> {
    let (app, linking) = (&context.app, &mut work.linking);
    crate::limits::attempt(app, &context.session, &context.client, linking.flow.host().as_deref()).await?;
    linking.attempt.progress = serde_json::json!([]);
    linking.save(app).await?;
    take_over(context, linking.attempt.id.clone()).await
}

/// Makes the checks of an attempt, unless another process is at it.
async fn take_over(context: &SessionContext, id: String) -> Result<(), ApiError> {
    let (app, session, of) = (Arc::clone(&context.app), context.session.clone(), id.clone());
    let begun = beside(&context.app, id, async move { make(&app, &session, &of).await });
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
    let lease =
        Lease::take(app, format!("attempt/{id}")).await.map_err(|error| ApiError::internal(&error))?;
    let Some(lease) = lease else { return Ok(false) };
    app.tasks.spawn(move |_| async move {
        if let Some(Err(error)) = lease.during(work).await {
            tracing::warn!(attempt = id, error = error.message, "checks did not come to an end");
        }
    });
    Ok(true)
}

async fn make(app: &Arc<App>, session: &vault::Session, id: &str) -> Result<(), ApiError> {
    let failed = |error| ApiError::internal(&error);
    let Some(attempt) = app.vault.attempt(id).await.map_err(failed)? else { return Ok(()) };
    if attempt.state != AttemptState::Checking {
        return Ok(());
    }
    let found = crate::connectors::find(app, &session.made.project, &attempt.connector_profile).await?;
    let Some(connector) = found else { return Ok(()) };
    let Some(mut linking) = Linking::open(app, session, connector, attempt).await? else { return Ok(()) };
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
async fn ended(context: &SessionContext, id: &str, elsewhere: Response) -> Result<Response, Response> {
    let found = context.app.vault.attempt_of(context.session.seq, id).await;
    let base = format!("{}/{id}", context.base());
    match found.map_err(|error| context.failed(&base)(ApiError::internal(&error)))? {
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
