//! Linked accounts: list, read, change, delete and check again.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vault::{Account, AccountChange, By, Hold, Kind, Query as Wanted, Scope};

use crate::app::App;
use crate::caller::Caller;
use crate::status::Status;
use crate::verifier::CheckSeen;
use crate::wire::account::{LinkedAccount, ListAccounts, PatchAccount};
use crate::wire::error::{ApiError, INVALID_VALUE};
use crate::wire::{Json, Segments, has_nul, short_text};

/// The default number of accounts per page.
const PAGE: u32 = 25;
/// The maximum number of accounts per page.
const MOST: u32 = 500;

/// Lists the project's accounts, oldest first, in pages.
#[utoipa::path(
    get, path = "/accounts", tag = "accounts", params(ListAccounts),
    responses((status = 200, body = Vec<LinkedAccount>, description = "A page of accounts"))
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<axum::Json<Vec<LinkedAccount>>, ApiError> {
    caller.needs(Scope::PlatformRead)?;
    let asked = asked(query.as_deref().unwrap_or_default())?;
    let found = app.vault.query(&wanted(&caller, asked)?).await?;
    let off = app.connectors.switched_off(caller.project()).await?;
    let is_active =
        |account: &Account| account.home.as_ref().is_none_or(|home| !off.contains(&home.connector_profile));
    Ok(axum::Json(found.iter().map(|account| as_seen(&app, account, is_active(account))).collect()))
}

/// Returns an account.
#[utoipa::path(
    get, path = "/accounts/{id}", tag = "accounts",
    params(("id" = String, Path, description = "The account's id")),
    responses((status = 200, body = LinkedAccount, description = "The account"))
)]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Segments(id): Segments<String>,
) -> Result<axum::Json<LinkedAccount>, ApiError> {
    caller.needs(Scope::PlatformRead)?;
    let account = app.access.account(&caller, &id).await?;
    Ok(axum::Json(shown(&app, &account).await?))
}

/// Changes the data that your product stores with an account.
///
/// To change its credentials, link the account again.
#[utoipa::path(
    patch, path = "/accounts/{id}", tag = "accounts",
    params(("id" = String, Path, description = "The account's id")), request_body = PatchAccount,
    responses((status = 200, body = LinkedAccount, description = "The changed account"))
)]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Segments(id): Segments<String>,
    Json(body): Json<PatchAccount>,
) -> Result<axum::Json<LinkedAccount>, ApiError> {
    caller.needs(Scope::PlatformWrite)?;
    let account = app.access.account(&caller, &id).await?;
    let change = account_change(&account, body)?;
    let changed =
        app.vault.change_account(&account.id, &change, By::new(&caller.actor(), Timestamp::now())).await?;
    Ok(axum::Json(shown(&app, &changed).await?))
}

/// Deletes an account and destroys the key that encrypts its credentials.
#[utoipa::path(
    delete, path = "/accounts/{id}", tag = "accounts",
    params(("id" = String, Path, description = "The account's id")),
    responses((status = 200, body = LinkedAccount, description = "The account before it was deleted"))
)]
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Segments(id): Segments<String>,
) -> Result<axum::Json<LinkedAccount>, ApiError> {
    caller.needs(Scope::PlatformWrite)?;
    let account = app.access.account(&caller, &id).await?;
    let removed = app.vault.remove(&account.id, By::new(&caller.actor(), Timestamp::now())).await?;
    Ok(axum::Json(shown(&app, &removed).await?))
}

/// Metadata about an account, for StackOne's clients.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccountMeta {
    /// The provider's key, for example `acme`.
    provider: String,
    /// The provider's category, for example `ticketing`; `other` if it has none.
    category: String,
    /// Models of a unified API. Always empty: there is no unified API here.
    models: Map<String, Value>,
}

/// Returns an account's provider and category.
#[utoipa::path(
    get, path = "/accounts/{id}/meta", tag = "accounts",
    params(("id" = String, Path, description = "The account's id")),
    responses((status = 200, body = AccountMeta, description = "The account's provider and category"))
)]
pub(super) async fn meta(
    State(app): State<Arc<App>>,
    caller: Caller,
    Segments(id): Segments<String>,
) -> Result<axum::Json<AccountMeta>, ApiError> {
    caller.needs(Scope::PlatformRead)?;
    let account = app.access.account(&caller, &id).await?;
    let guide = app.guides.current(&account.provider);
    let category = guide.and_then(|guide| guide.provider.categories.first().cloned());
    let category = category.unwrap_or_else(|| "other".to_owned());
    Ok(axum::Json(AccountMeta { provider: account.provider, category, models: Map::new() }))
}

/// The result of checking an account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Verified {
    /// The account after the check.
    account: LinkedAccount,
    /// The overall result, for example `ok`, `ok_limited` or `wrong_secret`.
    outcome: String,
    /// What is wrong, in one or two sentences for people. Null if nothing is.
    message: Option<String>,
    /// The result of each check.
    checks: Vec<CheckSeen>,
}

/// Checks an account again with its stored credentials.
///
/// A transient failure does not change the account's status.
#[utoipa::path(
    post, path = "/accounts/{id}/verify", tag = "accounts",
    params(("id" = String, Path, description = "The account's id")),
    responses((status = 200, body = Verified, description = "The result of the checks"))
)]
pub(super) async fn verify(
    State(app): State<Arc<App>>,
    caller: Caller,
    Segments(id): Segments<String>,
) -> Result<axum::Json<Verified>, ApiError> {
    caller.needs(Scope::PlatformWrite)?;
    let account = app.access.account(&caller, &id).await?;
    let found = app.verifier.verify(&account, &caller.actor()).await?;
    let account = shown(&app, &found.account).await?;
    let (outcome, message, checks) = (found.outcome, found.message, found.checks);
    Ok(axum::Json(Verified { account, outcome, message, checks }))
}

/// Describes an account for clients.
async fn shown(app: &App, account: &Account) -> Result<LinkedAccount, ApiError> {
    Ok(as_seen(app, account, app.connectors.is_active(account).await?))
}

fn as_seen(app: &App, account: &Account, profile_active: bool) -> LinkedAccount {
    let guide = app.guides.current(&account.provider);
    LinkedAccount::new(account, guide.as_ref().map(|guide| guide.provider.name.as_str()), profile_active)
}

/// Parses the query. A parameter may be repeated, and its value may be a comma-separated list.
fn asked(query: &str) -> Result<ListAccounts, ApiError> {
    let mut asked = ListAccounts::default();
    let number = |name: &str, text: &str, most: u32| match text.parse::<u32>() {
        Ok(number) if 0 < number && number <= most => Ok(Some(number)),
        _ => Err(ApiError::new(&INVALID_VALUE, format!("`{name}` must be a number from 1 to {most}"))),
    };
    if has_nul(query) {
        return Err(ApiError::new(&INVALID_VALUE, "The query contains a NUL character (`%00`)"));
    }
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let name = name.strip_suffix("[]").unwrap_or(&name);
        let several = |into: &mut Option<Vec<String>>| {
            let parts = value.split(',').filter(|part| !part.is_empty()).map(str::to_owned);
            into.get_or_insert_default().extend(parts);
        };
        match name {
            "page" => asked.page = number("page", &value, 1_000_000)?,
            "page_size" => asked.page_size = number("page_size", &value, MOST)?,
            "provider" => asked.provider = Some(value.into_owned()).filter(|text| !text.is_empty()),
            "providers" => several(&mut asked.providers),
            "account_ids" => several(&mut asked.account_ids),
            "origin_owner_id" => {
                asked.origin_owner_id = Some(value.into_owned()).filter(|text| !text.is_empty());
            }
            "origin_owner_ids" => several(&mut asked.origin_owner_ids),
            "status" => asked.status = Some(value.into_owned()).filter(|text| !text.is_empty()),
            "type" => asked.kind = Some(value.into_owned()).filter(|text| !text.is_empty()),
            // Newer clients send parameters that the Hub does not know. They are ignored.
            _ => {}
        }
    }
    let lists = [&asked.providers, &asked.account_ids, &asked.origin_owner_ids];
    if lists.into_iter().flatten().any(|list| 200 < list.len()) {
        return Err(ApiError::new(&INVALID_VALUE, "A list in the query must not have more than 200 values"));
    }
    Ok(asked)
}

fn wanted(caller: &Caller, asked: ListAccounts) -> Result<Wanted, ApiError> {
    let mut kind = match asked.kind.as_deref() {
        None => None,
        Some(kind) => Some(
            kind.to_lowercase()
                .parse::<Kind>()
                .map_err(|_| ApiError::new(&INVALID_VALUE, "`type` must be `production` or `test`"))?,
        ),
    };
    if caller.key.kind == Kind::Test {
        kind = Some(Kind::Test);
    }
    let size = i64::from(asked.page_size.unwrap_or(PAGE));
    let mut wanted = Wanted {
        project: caller.project().to_owned(),
        ids: asked.account_ids.unwrap_or_default(),
        providers: asked.providers.into_iter().flatten().chain(asked.provider).collect(),
        owners: asked.origin_owner_ids.into_iter().flatten().chain(asked.origin_owner_id).collect(),
        kind,
        skip: (i64::from(asked.page.unwrap_or(1)) - 1) * size,
        limit: size,
        ..Wanted::default()
    };
    let Some(word) = asked.status.as_deref() else { return Ok(wanted) };
    let status = Status::parse(&word.to_lowercase()).ok_or_else(|| {
        let known = "`active`, `inactive`, `error`, `suspended`, `archived` or `expired`";
        ApiError::new(&INVALID_VALUE, format!("`status` is {known}"))
    })?;
    // The table of `status.rs`, as a question to the database.
    match status {
        Status::Archived => wanted.hold = Some(Some(Hold::Archived)),
        Status::Suspended => wanted.hold = Some(Some(Hold::Suspended)),
        Status::Inactive => {
            wanted.hold = Some(None);
            wanted.connector_profile_active = Some(false);
        }
        Status::Expired | Status::Error | Status::Active => {
            wanted.hold = Some(None);
            wanted.connector_profile_active = Some(true);
            wanted.works = Some(status == Status::Active);
            wanted.expired = (status != Status::Active).then_some(status == Status::Expired);
        }
    }
    Ok(wanted)
}

fn account_change(account: &Account, body: PatchAccount) -> Result<AccountChange, ApiError> {
    let invalid = |message: &str| ApiError::new(&INVALID_VALUE, message);
    let text = |name: &str, value: Option<String>| value.map(|value| short_text(name, &value)).transpose();
    if body.provider.is_some_and(|provider| provider != account.provider) {
        return Err(invalid("`provider` cannot be changed; link another account instead"));
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
                "`{name}` cannot be changed here, because only credentials that passed their checks are stored. Create a session with `account_id` and link the account again."
            )));
        }
    }
    let hold = match body.status.as_deref() {
        None => None,
        Some("active") => Some(None),
        Some(word) => {
            let hold = word.parse::<Hold>();
            Some(Some(hold.map_err(|_| invalid("`status` must be `active`, `suspended` or `archived`"))?))
        }
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
        Some(Value::Object(members)) if members.is_empty() => None,
        Some(Value::Object(members)) => Some(members),
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
