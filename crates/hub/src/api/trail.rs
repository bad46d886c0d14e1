//! The audit trail: who did what in a project, and when.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vault::{Kind, Scope};

use crate::access::AppState;
use crate::caller::Caller;
use crate::wire::error::{ApiError, FORBIDDEN, INVALID_VALUE};
use crate::wire::{Query, Reply, stamp};

/// Filters for the audit trail.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TrailQuery {
    /// Returns only entries about this account.
    account_id: Option<String>,
    /// The page to return, starting at 1.
    #[param(minimum = 1, maximum = 1_000_000)]
    page: Option<u32>,
    /// The number of entries per page. Defaults to 50.
    #[param(minimum = 1, maximum = 500)]
    page_size: Option<u32>,
}

/// An entry in the audit trail.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TrailLine {
    /// When the action was performed (RFC 3339, UTC).
    at: String,
    /// Who performed the action, for example `key:…` or `session:…`.
    actor: String,
    /// The action, for example `account.created` or `account.unsealed`.
    action: String,
    /// The id of the account. Null if the action is not about an account.
    account_id: Option<String>,
    /// The account's version at the time of the action. Null if the action is not about an account.
    version: Option<i64>,
    /// Details of the action: the purpose of a read, the outcome of a check, or the id of a key.
    detail: Option<String>,
}

/// Lists the entries of the project's audit trail, newest first, one page at a time.
#[utoipa::path(
    get, path = "/audit", operation_id = "list_audit_entries", tag = "project", params(TrailQuery),
    responses((status = 200, body = Vec<TrailLine>, description = "A page of entries"))
)]
pub(super) async fn list(
    app: AppState,
    caller: Caller,
    Query(query): Query<TrailQuery>,
) -> Reply<Vec<TrailLine>> {
    caller.needs(Scope::PlatformRead)?;
    if caller.key.kind == Kind::Test {
        let message = "A test key cannot read the audit trail, which covers all accounts";
        return Err(ApiError::new(&FORBIDDEN, message));
    }
    let (page, size) = (query.page.unwrap_or(1), query.page_size.unwrap_or(50));
    if !(1..=1_000_000).contains(&page) || !(1..=500).contains(&size) {
        let message = "`page` must be from 1 to 1000000, and `page_size` from 1 to 500";
        return Err(ApiError::new(&INVALID_VALUE, message));
    }
    let skip = (i64::from(page) - 1) * i64::from(size);
    let rows = app
        .vault
        .audit_of_project(caller.project(), query.account_id.as_deref(), skip, i64::from(size))
        .await?;
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
