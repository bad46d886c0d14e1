//! Shows checks as they run. They run in the background, in any process, and their progress is read from the database.
//!
//! **Invariant:** only one process at a time runs an attempt's checks, and it keeps renewing its lease while it does. If
//! it dies, the next process that is asked for progress takes over (`crate::leases`).

use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use link::{CheckReport, Stage};
use vault::AttemptState;

use super::context::{SessionContext, go};
use super::work::{Work, work};
use crate::pages::{CheckingPage, checking, progress as progressed};
use crate::wire::Segments;

pub(super) async fn show(
    context: SessionContext,
    Segments((_, id)): Segments<(i64, String)>,
) -> Result<Response, Response> {
    let work = work(&context, &id, false).await?;
    if work.linking.attempt.state != AttemptState::Checking {
        return Ok(go(&next(&work)));
    }
    let reports = reports(&work);
    let taken_over = context.app.links.take_over(&context.session, &work.linking.attempt.id).await;
    taken_over.map_err(context.failed(&work.base))?;
    Ok(context.page(checking(&context.frame(), &page(&work, &reports))))
}

pub(super) async fn progress(
    context: SessionContext,
    Segments((_, id)): Segments<(i64, String)>,
) -> Result<Response, Response> {
    let work = match work(&context, &id, false).await {
        Ok(work) => work,
        // The account has been linked in the meantime, so no attempt is in progress.
        Err(elsewhere) => return ended(&context, &id, elsewhere).await,
    };
    let reports = reports(&work);
    let said = progressed(&context.frame(), &page(&work, &reports));
    if work.linking.attempt.state == AttemptState::Checking {
        let taken_over = context.app.links.take_over(&context.session, &work.linking.attempt.id).await;
        taken_over.map_err(context.failed(&work.base))?;
    }
    Ok(axum::Json(said).into_response())
}

/// The page to go to when the checks are finished.
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

/// The progress to report when no attempt is in progress.
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

/// The progress of the checks, as saved by the process that runs them.
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
