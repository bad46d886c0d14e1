//! Linked accounts: list, read, change, delete and check again.

use axum::extract::RawQuery;
use axum::http::HeaderMap;
use driver::Verification;
use link::{CheckReport, CheckState};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vault::{Account, AccountChange, Hold, Kind, Query, Scope};

use crate::access::AppState;
use crate::app::App;
use crate::caller::{Caller, parse_kind};
use crate::connectors::category;
use crate::status::Status;
use crate::wire::account::{LinkedAccount, ListAccounts, PatchAccount};
use crate::wire::cursor::{NEXT_CURSOR, cursor_after, place};
use crate::wire::error::{ApiError, INVALID_VALUE};
use crate::wire::{Json, Path, Reply, number, parameters, refuse_unknown, short_text};

/// The default number of accounts per page.
const PAGE: u32 = 25;
/// The maximum number of accounts per page.
const MOST: u32 = 500;

/// Lists the project's accounts, oldest first, one page at a time.
///
/// If there are more accounts, the response has the header `x-next-cursor`. To get the next page, send its value as
/// `cursor`, with the same filters.
#[utoipa::path(
    get, path = "/accounts", operation_id = "list_accounts", tag = "accounts", params(ListAccounts),
    responses((
        status = 200, body = Vec<LinkedAccount>, description = "A page of accounts",
        headers(("x-next-cursor" = String, description = "The `cursor` for the next page; missing on the last page"))
    ))
)]
pub(super) async fn list(
    app: AppState,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<(HeaderMap, axum::Json<Vec<LinkedAccount>>), ApiError> {
    caller.needs(Scope::PlatformRead)?;
    let mut query = filters(&caller, query.as_deref())?;
    let size = usize::try_from(query.limit).unwrap_or_default();
    // The additional account shows whether there is another page.
    query.limit += 1;
    let mut found = app.vault.query(&query).await?;
    let mut headers = HeaderMap::new();
    if size < found.len() {
        found.truncate(size);
        let cursor = found.last().and_then(|last| cursor_after(last).parse().ok());
        headers.extend(cursor.map(|cursor| (NEXT_CURSOR, cursor)));
    }
    let off = app.connectors.switched_off(caller.project()).await?;
    let is_active =
        |account: &Account| account.home.as_ref().is_none_or(|home| !off.contains(&home.connector_profile));
    let accounts = found.iter().map(|account| as_seen(&app, account, is_active(account))).collect();
    Ok((headers, axum::Json(accounts)))
}

/// Returns an account.
#[utoipa::path(
    get, path = "/accounts/{id}", operation_id = "get_account", tag = "accounts", params(("id", description = "The account's id")),
    responses((status = 200, body = LinkedAccount, description = "The account"))
)]
pub(super) async fn read(app: AppState, caller: Caller, Path(id): Path<String>) -> Reply<LinkedAccount> {
    let account = app.access.account(&caller, Scope::PlatformRead, &id).await?;
    Ok(axum::Json(shown(&app, &account).await?))
}

/// Changes the data that your product stores with an account.
///
/// To change the account's credentials, link the account again.
#[utoipa::path(
    patch, path = "/accounts/{id}", operation_id = "update_account", tag = "accounts", params(("id", description = "The account's id")),
    responses((status = 200, body = LinkedAccount, description = "The changed account"))
)]
pub(super) async fn change(
    app: AppState,
    caller: Caller,
    Path(id): Path<String>,
    Json(body): Json<PatchAccount>,
) -> Reply<LinkedAccount> {
    let account = app.access.account(&caller, Scope::PlatformWrite, &id).await?;
    let change = account_change(&account, body)?;
    let changed = app.vault.change_account(&account.id, &change, caller.by()).await?;
    Ok(axum::Json(shown(&app, &changed).await?))
}

/// Deletes an account and destroys the key that encrypts its credentials.
#[utoipa::path(
    delete, path = "/accounts/{id}", operation_id = "delete_account", tag = "accounts", params(("id", description = "The account's id")),
    responses((status = 200, body = LinkedAccount, description = "The account before it was deleted"))
)]
pub(super) async fn remove(app: AppState, caller: Caller, Path(id): Path<String>) -> Reply<LinkedAccount> {
    let account = app.access.account(&caller, Scope::PlatformWrite, &id).await?;
    let removed = app.vault.remove(&account.id, caller.by()).await?;
    Ok(axum::Json(shown(&app, &removed).await?))
}

/// Metadata about an account, for StackOne's clients.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccountMeta {
    /// The provider's key, for example `acme`.
    provider: String,
    /// The provider's category, for example `ticketing`; `other` if it has none.
    category: String,
    /// Unified API models. Always empty, because the Hub has no unified API.
    models: Map<String, Value>,
}

/// Returns an account's provider and category.
#[utoipa::path(
    get, path = "/accounts/{id}/meta", operation_id = "get_account_meta", tag = "accounts", params(("id", description = "The account's id")),
    responses((status = 200, body = AccountMeta, description = "The account's provider and category"))
)]
pub(super) async fn meta(app: AppState, caller: Caller, Path(id): Path<String>) -> Reply<AccountMeta> {
    let account = app.access.account(&caller, Scope::PlatformRead, &id).await?;
    let guide = app.guides.current(&account.provider);
    let category = guide.map_or_else(|| "other".to_owned(), |guide| category(&guide).to_owned());
    Ok(axum::Json(AccountMeta { provider: account.provider, category, models: Map::new() }))
}

/// The result of checking an account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Verified {
    /// The account after the check.
    account: LinkedAccount,
    /// The overall result, for example `ok`, `ok_limited` or `wrong_secret`.
    outcome: String,
    /// A human-readable description of the problem, in one or two sentences. Null if there is no problem.
    message: Option<String>,
    /// The result of each check.
    checks: Vec<CheckSeen>,
}

/// The result of one check.
#[derive(Debug, Serialize, ToSchema)]
struct CheckSeen {
    /// The check's key, for example `authenticate`.
    key: String,
    /// The check's label.
    label: String,
    /// `passed`, `failed`, `missed` (an optional check that failed) or `running`.
    state: &'static str,
}

impl From<&CheckReport> for CheckSeen {
    fn from(report: &CheckReport) -> Self {
        let state = match report.state {
            CheckState::Running | CheckState::WaitingUntil(_) => "running",
            CheckState::Passed => "passed",
            CheckState::Missed => "missed",
            CheckState::Failed => "failed",
        };
        Self { key: report.check.to_string(), label: report.label.clone(), state }
    }
}

/// Checks an account again with its stored credentials.
///
/// A transient failure does not change the account's status.
#[utoipa::path(
    post, path = "/accounts/{id}/verify", operation_id = "verify_account", tag = "accounts", params(("id", description = "The account's id")),
    responses((status = 200, body = Verified, description = "The result of the checks"))
)]
pub(super) async fn verify(app: AppState, caller: Caller, Path(id): Path<String>) -> Reply<Verified> {
    let account = app.access.account(&caller, Scope::PlatformWrite, &id).await?;
    let (account, Verification { outcome, message, checks, .. }) =
        app.verifier.verify(&account, &caller.actor).await?;
    let account = shown(&app, &account).await?;
    let checks = checks.iter().map(CheckSeen::from).collect();
    Ok(axum::Json(Verified { account, outcome, message, checks }))
}

/// Converts an account to its API representation.
async fn shown(app: &App, account: &Account) -> Result<LinkedAccount, ApiError> {
    Ok(as_seen(app, account, app.connectors.is_active(account).await?))
}

fn as_seen(app: &App, account: &Account, profile_active: bool) -> LinkedAccount {
    let guide = app.guides.current(&account.provider);
    LinkedAccount::new(account, guide.as_ref().map(|guide| guide.provider.name.as_str()), profile_active)
}

/// Parses the filters. To send several values, a client can repeat a parameter or separate the values with commas.
fn filters(caller: &Caller, query: Option<&str>) -> Result<Query, ApiError> {
    let mut found = Query { project: caller.project().to_owned(), ..Query::default() };
    let (mut page, mut size) = (None, PAGE);
    let (mut provider, mut owner, mut status) = (None, None, None);
    for (name, value) in parameters(query)? {
        let values = value.split(',').filter(|part| !part.is_empty()).map(str::to_owned);
        match name.as_str() {
            "page" => page = Some(number("page", &value, 1_000_000)?),
            "page_size" => size = number("page_size", &value, MOST)?,
            "providers" => found.providers.extend(values),
            "account_ids" => found.ids.extend(values),
            "origin_owner_ids" => found.owners.extend(values),
            _ if value.is_empty() => {}
            "cursor" => {
                let invalid = || ApiError::new(&INVALID_VALUE, "`cursor` must be an `x-next-cursor` header");
                found.after = Some(place(&value).ok_or_else(invalid)?);
            }
            "provider" => provider = Some(value),
            "origin_owner_id" => owner = Some(value),
            "status" => status = Some(value),
            "type" => found.kind = Some(caller.kind(Some(&value))?),
            // Unknown parameters, which newer clients may send, are ignored.
            _ => {}
        }
    }
    if [&found.providers, &found.ids, &found.owners].iter().any(|list| 200 < list.len()) {
        return Err(ApiError::new(
            &INVALID_VALUE,
            "A list in the query must not contain more than 200 values",
        ));
    }
    if found.after.is_some() && page.is_some() {
        return Err(ApiError::new(&INVALID_VALUE, "`cursor` and `page` cannot be combined"));
    }
    found.providers.extend(provider);
    found.owners.extend(owner);
    if caller.key.kind == Kind::Test {
        found.kind = Some(Kind::Test);
    }
    if let Some(name) = status {
        filter_status(&mut found, &name)?;
    }
    found.limit = size.into();
    found.skip = i64::from(page.unwrap_or(1) - 1) * found.limit;
    Ok(found)
}

/// Converts a status filter to database conditions, which must match the table in `status.rs`.
fn filter_status(query: &mut Query, name: &str) -> Result<(), ApiError> {
    let known = "`status` must be `active`, `inactive`, `error`, `suspended`, `archived` or `expired`";
    let status = name.to_lowercase().parse().map_err(|_| ApiError::new(&INVALID_VALUE, known))?;
    query.hold = Some(match status {
        Status::Archived => Some(Hold::Archived),
        Status::Suspended => Some(Hold::Suspended),
        _ => None,
    });
    if query.hold == Some(None) {
        query.connector_profile_active = Some(status != Status::Inactive);
    }
    if matches!(status, Status::Expired | Status::Error | Status::Active) {
        query.works = Some(status == Status::Active);
        query.expired = (status != Status::Active).then_some(status == Status::Expired);
    }
    Ok(())
}

fn account_change(account: &Account, body: PatchAccount) -> Result<AccountChange, ApiError> {
    let invalid = |message: &str| ApiError::new(&INVALID_VALUE, message);
    let text = |name: &str, value: Option<String>| value.map(|value| short_text(name, &value)).transpose();
    refuse_unknown::<PatchAccount>(&body.unknown)?;
    let home = account.home.as_ref();
    let profile = home.map(|home| home.connector_profile.as_str());
    for (name, value, current) in [
        ("provider", &body.provider, Some(account.provider.as_str())),
        ("authentication_config_key", &body.authentication_config_key, Some(account.method.as_str())),
        ("environment", &body.environment, account.environment.as_deref()),
        ("connector_profile_id", &body.connector_profile_id, profile),
        ("integration_id", &body.integration_id, profile),
    ] {
        if value.is_some() && value.as_deref() != current {
            return Err(invalid(&format!("`{name}` cannot be changed; link another account instead")));
        }
    }
    let kind = body.kind.as_deref().map(parse_kind).transpose()?;
    // SDKs send `production` with every change, even of a test account.
    if kind.is_some_and(|kind| kind == Kind::Test && home.is_some_and(|home| home.kind != kind)) {
        return Err(invalid("`type` cannot be changed; link another account instead"));
    }
    for (name, value) in [
        ("credentials", &body.credentials),
        ("secrets", &body.secrets),
        ("setup_information", &body.setup_information),
    ] {
        let is_empty = value.as_ref().is_none_or(|value| match value {
            Value::Null => true,
            Value::Object(members) => members.is_empty(),
            _ => false,
        });
        if !is_empty {
            return Err(invalid(&format!(
                "`{name}` cannot be changed here, because only credentials that have passed their checks are stored. Create a session with `account_id` and link the account again."
            )));
        }
    }
    let hold = match body.status.as_deref() {
        None => None,
        Some("active") => Some(None),
        Some(name) => Some(Some(
            name.parse::<Hold>()
                .map_err(|_| invalid("`status` must be `active`, `suspended` or `archived`"))?,
        )),
    };
    let optional = |name: &str, value: Option<Value>| match value {
        None | Some(Value::Object(_)) => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(Value::String(value)) => Ok(Some(Some(short_text(name, &value)?))),
        Some(_) => Err(invalid(&format!("`{name}` must be a string"))),
    };
    let metadata = match body.metadata {
        None => None,
        Some(Value::Null) => Some(Map::new()),
        Some(Value::Object(members)) => Some(members).filter(|members| !members.is_empty()),
        Some(_) => return Err(invalid("`metadata` must be an object")),
    };
    Ok(AccountChange {
        owner_id: text("origin_owner_id", body.origin_owner_id)?,
        owner_name: text("origin_owner_name", body.origin_owner_name)?,
        username: optional("origin_username", body.origin_username)?,
        label: optional("label", body.label)?,
        metadata,
        hold,
    })
}
