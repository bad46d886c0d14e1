//! Checks, as they happen: made beside the requests, by whichever process has them, and reported from the database.
//!
//! **Invariant:** one process at a time makes the checks of an attempt, and says all the while that it is at them. When
//! it is gone, the next that is asked how they stand takes over (`crate::leases`).

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
        // Linked meanwhile: there is no attempt under way.
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
