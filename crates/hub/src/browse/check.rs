//! Checks, as they happen: made beside the requests, by whichever process has them, and reported from the database.
//!
//! **Invariant:** one process at a time makes the checks of an attempt, and says all the while that it is at them. When
//! it is gone, the next that is asked how they stand takes over (`crate::leases`).

use std::sync::Arc;

use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use link::{CheckReport, Stage};
use vault::AttemptState;

use super::context::{SessionContext, go};
use super::work::{Work, work};
use crate::app::App;
use crate::client::Client;
use crate::linking::Linking;
use crate::pages::{CheckingPage, checking, progress as progressed};
use crate::wire::Segments;
use crate::wire::error::ApiError;

pub(super) async fn show(
    context: SessionContext,
    Segments((_, id)): Segments<(i64, String)>,
) -> Result<Response, Response> {
    let work = work(&context, &id, false).await?;
    if work.linking.attempt.state != AttemptState::Checking {
        return Ok(go(&next(&work)));
    }
    let reports = reports(&work);
    take_over(&context, &work.linking.attempt.id).await.map_err(context.failed(&work.base))?;
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
        take_over(&context, &work.linking.attempt.id).await.map_err(context.failed(&work.base))?;
    }
    Ok(axum::Json(said).into_response())
}

/// Begins the checks of an attempt: it is saved, and handed to the task that makes them. `false` if another task makes
/// them already; that one has read the attempt as it was saved, but not what a browser brought back from a sign-in,
/// which is in this flow alone.
pub(super) async fn begin(app: &Arc<App>, client: &Client, mut linking: Linking) -> Result<bool, ApiError> {
    app.limiter.attempt(&linking.session, client, linking.flow.host().as_deref()).await?;
    linking.attempt.progress = serde_json::json!([]);
    linking.save(app).await?;
    let (shared, id) = (Arc::clone(app), linking.attempt.id.clone());
    spawn(app, id, Box::pin(async move { linking.run(&shared).await })).await
}

/// Makes the checks of an attempt whose process is gone. Only here the attempt is read again.
async fn take_over(context: &SessionContext, id: &str) -> Result<(), ApiError> {
    let (app, session, of) = (Arc::clone(&context.app), context.session.clone(), id.to_owned());
    let checks = Box::pin(async move {
        let Some(attempt) = app.vault.attempt(&of).await? else { return Ok(()) };
        if attempt.state != AttemptState::Checking {
            return Ok(());
        }
        let found = app.connectors.find(&session.made.project, &attempt.connector_profile).await?;
        let Some(connector) = found else { return Ok(()) };
        match Linking::open(&app, &session, connector, attempt).await? {
            Some(mut linking) => linking.run(&app).await,
            None => Ok(()),
        }
    });
    spawn(&context.app, id.to_owned(), checks).await.map(|_| ())
}

/// Makes the checks of an attempt in a task of their own; `false` if another task makes them already.
async fn spawn(
    app: &App,
    id: String,
    checks: impl Future<Output = Result<(), ApiError>> + Send + 'static,
) -> Result<bool, ApiError> {
    let name = format!("attempt/{id}");
    let work = async move {
        if let Err(error) = checks.await {
            tracing::warn!(attempt = id, error = error.message, "checks did not come to an end");
        }
    };
    Ok(app.leases.spawn(name, work).await?.is_ok())
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
    match found.map_err(context.failed(&base))? {
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
