//! The audit trail: who did what in a project, and when, and what was refused.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vault::{AuditQuery, Kind, Scope};

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
    /// Returns only entries by this actor, for example `session:17`.
    actor: Option<String>,
    /// Returns only entries with this action, for example `link_attempt.failed`.
    action: Option<String>,
    /// Returns only entries about a check or a link attempt with this outcome, for example `wrong_secret`.
    outcome: Option<String>,
    /// Returns only entries added at or after this time (RFC 3339).
    since: Option<String>,
    /// Returns only entries added before this time (RFC 3339).
    until: Option<String>,
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
    /// Who performed the action: `key:…`, `session:…`, `cli`, or `address:…` for a client whose key or token is unknown.
    actor: String,
    /// The action, for example `account.created`, `account.unsealed`, `link_attempt.failed`, `api_key.refused` or
    /// `access.refused`.
    action: String,
    /// The id of the account. Null if the action is not about an account.
    account_id: Option<String>,
    /// The account's version at the time of the action. Null if the action is not about an account.
    version: Option<i64>,
    /// Details of the action: the purpose of a read, the outcome of a check, the id of a key, or the connector and the
    /// customer of a link attempt.
    detail: Option<String>,
    /// How many equal uses of the account's credentials within 200 ms the entry stands for. 1 for every other entry.
    #[schema(example = 1)]
    count: i64,
    /// The id of the link attempt, for `GET /link_attempts/{id}`. Null if the action is not about a link attempt.
    attempt_id: Option<String>,
    /// The outcome of the check or the link attempt, for example `wrong_secret`. Null if the action has no outcome.
    outcome: Option<String>,
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
    // The uses that this process has not written yet belong to the trail too.
    app.recorder.flush().await?;
    let query = AuditQuery {
        project: caller.project().to_owned(),
        since: query.since.as_deref().map(|text| time("since", text)).transpose()?,
        until: query.until.as_deref().map(|text| time("until", text)).transpose()?,
        account: query.account_id,
        actor: query.actor,
        action: query.action,
        outcome: query.outcome,
        skip,
        limit: i64::from(size),
    };
    let rows = app.vault.audit_of_project(&query).await?;
    let line = |row: vault::AuditRow| TrailLine {
        at: stamp(row.at),
        actor: row.actor,
        action: row.action,
        account_id: row.account.map(|id| id.to_string()),
        version: row.version,
        detail: row.detail,
        count: row.count,
        attempt_id: row.attempt,
        outcome: row.outcome,
    };
    Ok(axum::Json(rows.into_iter().map(line).collect()))
}

/// Parses a time in the query.
fn time(name: &str, text: &str) -> Result<Timestamp, ApiError> {
    text.parse().map_err(|_| {
        let message = format!("`{name}` must be a time such as `2026-06-01T00:00:00Z`");
        ApiError::new(&INVALID_VALUE, message)
    })
}
