//! Shows checks as they run. The checks run in the background, possibly in another process, and their progress is read
//! from the database.
//!
//! **Invariant:** only one process at a time runs an attempt's checks, and it keeps renewing its lease while the checks
//! run. If that process dies, the next process that receives a request for the progress takes over (`crate::leases`).

use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use link::{CheckReport, Stage};
use serde_json::json;
use vault::AttemptState;

use super::context::{SessionContext, redirect_to};
use super::failure::Failure;
use super::work::{Work, work};
use crate::pages::{CheckingPage, checking, progress as progress_of};
use crate::wire::Segments;

pub(super) async fn show(
    context: SessionContext,
    Segments((_, id)): Segments<(i64, String)>,
) -> Result<Response, Failure> {
    let work = work(&context, &id, false).await?;
    if work.linking.attempt.state != AttemptState::Checking {
        return Ok(redirect_to(&work.path()));
    }
    context.app.links.take_over(&context.session, &work.linking.attempt.id).await?;
    let reports = reports(&work);
    Ok(context.page(checking(&context.frame(), &page(&work, reports.as_deref()))))
}

pub(super) async fn progress(
    context: SessionContext,
    Segments((_, id)): Segments<(i64, String)>,
) -> Result<Response, Failure> {
    let work = match work(&context, &id, false).await {
        Ok(work) => work,
        // An attempt that has linked its account cannot be resumed, so the result is reported instead.
        Err(failure) => {
            let attempt = context.app.vault.attempt_of(context.session.seq, &id).await?;
            if attempt.is_none_or(|attempt| attempt.state != AttemptState::Linked) {
                return Err(failure);
            }
            let next = format!("{}/{id}/done", context.base());
            let linked = json!({ "state": "linked", "reports": [], "next": next });
            return Ok(axum::Json(linked).into_response());
        }
    };
    let reports = reports(&work);
    let progress = progress_of(&context.frame(), &page(&work, reports.as_deref()));
    if work.linking.attempt.state == AttemptState::Checking {
        context.app.links.take_over(&context.session, &work.linking.attempt.id).await?;
    }
    Ok(axum::Json(progress).into_response())
}

/// Returns the progress of running checks, as saved by the process that runs them; `None` if no checks are running.
fn reports(work: &Work) -> Option<Vec<CheckReport>> {
    let progress = work.linking.attempt.progress.clone();
    let is_checking = matches!(work.linking.flow.stage(), Stage::Checking(_));
    is_checking.then(|| serde_json::from_value(progress).unwrap_or_default())
}

fn page<'a>(work: &'a Work, reports: Option<&'a [CheckReport]>) -> CheckingPage<'a> {
    let now = Timestamp::now().as_second();
    CheckingPage { flow: &work.linking.flow, reports, base: &work.base, now }
}
