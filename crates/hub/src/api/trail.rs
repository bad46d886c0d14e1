//! The trail: who did what to which account.

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vault::{Kind, Scope};

use crate::app::App;
use crate::caller::Caller;
use crate::wire::error::{ApiError, ErrorBody, FORBIDDEN, INVALID_VALUE};
use crate::wire::{Query, stamp};

/// Which part of the trail.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TrailOf {
    /// Only of this account.
    account_id: Option<String>,
    /// The page, from 1.
    #[param(minimum = 1, maximum = 1_000_000)]
    page: Option<u32>,
    /// How many lines are on a page; 50, if left out.
    #[param(minimum = 1, maximum = 500)]
    page_size: Option<u32>,
}

/// A line of the trail.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TrailLine {
    /// When.
    at: String,
    /// Who: `key:…`, `session:…` or the like.
    actor: String,
    /// What: `account.created`, `account.unsealed` and the like.
    action: String,
    /// To which account.
    account_id: Option<String>,
    /// The version of the account.
    version: Option<i64>,
    /// The purpose of a reading, the outcome of a check, the id of a key.
    detail: Option<String>,
}

/// The trail of the project, newest first.
#[utoipa::path(
    get, path = "/audit", tag = "project", security(("api_key" = [])), params(TrailOf),
    responses(
        (status = 200, body = Vec<TrailLine>, description = "A page of the trail"),
        (status = "default", body = ErrorBody, description = "Why not")
    )
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(of): Query<TrailOf>,
) -> Result<axum::Json<Vec<TrailLine>>, ApiError> {
    caller.needs(Scope::PlatformRead)?;
    if caller.key.kind == Kind::Test {
        return Err(ApiError::new(&FORBIDDEN, "A test key does not see the trail, which is of all accounts"));
    }
    let (page, size) = (of.page.unwrap_or(1), of.page_size.unwrap_or(50));
    if !(1..=1_000_000).contains(&page) || !(1..=500).contains(&size) {
        return Err(ApiError::new(&INVALID_VALUE, "`page` begins at 1, and `page_size` is from 1 to 500"));
    }
    let skip = (i64::from(page) - 1) * i64::from(size);
    let rows =
        app.vault.audit_of_project(caller.project(), of.account_id.as_deref(), skip, i64::from(size)).await?;
    let line = |row: vault::AuditRow| TrailLine {
        at: stamp(row.at),
        actor: row.actor,
        action: row.action,
        account_id: row.account.map(|id| id.to_string()),
        version: row.version,
        detail: row.detail,
    };
    Ok(axum::Json(rows.into_iter().map(line).collect()))
}
