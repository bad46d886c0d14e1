//! Connect sessions: made, looked at, revoked.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::USER_AGENT;
use jiff::Timestamp;
use serde_json::Value;
use url::Url;
use vault::{Account, By, Digest, Kind, NewSession, Owner, Scope};

use crate::app::App;
use crate::caller::Caller;
use crate::web_origin::WebOrigin;
use crate::wire::error::{ApiError, ErrorBody, FORBIDDEN, INVALID_VALUE, NOT_FOUND};
use crate::wire::session::{
    ConnectSession, ConnectSessionAuthenticate, ConnectSessionCreate, ConnectSessionToken, after,
};
use crate::wire::{Json, Segments, short_text};

/// Makes a session: your customer's leave to link accounts for a while.
#[utoipa::path(
    post, path = "/connect_sessions", tag = "sessions", security(("api_key" = [])),
    request_body = ConnectSessionCreate,
    responses(
        (status = 201, body = ConnectSessionToken, description = "The session, with its token"),
        (status = "default", body = ErrorBody, description = "Why not")
    )
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Json(body): Json<ConnectSessionCreate>,
) -> Result<(StatusCode, axum::Json<ConnectSessionToken>), ApiError> {
    caller.needs(Scope::PlatformWrite)?;
    let now = Timestamp::now();
    let new = parsed(&app, &caller, body, now).await?;
    let (session, token) = app.vault.add_session(&new, By::new(&caller.actor(), now)).await?;
    let token = token.secret().expose().to_owned();
    // Not to be resolved by `join`: the path is ours, whatever the base ends with.
    let auth_link_url = format!("{}link/{token}", app.public_url);
    let session = ConnectSession::new(&session, agent(&headers));
    Ok((StatusCode::CREATED, axum::Json(ConnectSessionToken { session, token, auth_link_url })))
}

/// Says which session a token belongs to.
#[utoipa::path(
    post, path = "/connect_sessions/authenticate", tag = "sessions", security(("api_key" = [])),
    request_body = ConnectSessionAuthenticate,
    responses(
        (status = 201, body = ConnectSession, description = "The session"),
        (status = "default", body = ErrorBody, description = "Why not")
    )
)]
pub(super) async fn authenticate(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Json(body): Json<ConnectSessionAuthenticate>,
) -> Result<(StatusCode, axum::Json<ConnectSession>), ApiError> {
    caller.needs(Scope::PlatformRead)?;
    let found = app.vault.session_by_token(&Digest::of(&body.token)).await?;
    let session = found.filter(|session| {
        session.made.project == caller.project()
            && caller.may(session.made.kind)
            && session.is_open(Timestamp::now())
    });
    let session = session.ok_or_else(|| {
        ApiError::new(&NOT_FOUND, "There is no open session with this token in this project")
    })?;
    Ok((StatusCode::CREATED, axum::Json(ConnectSession::new(&session, agent(&headers)))))
}

/// A session.
#[utoipa::path(
    get, path = "/connect_sessions/{id}", tag = "sessions", security(("api_key" = [])),
    params(("id" = i64, Path, description = "The session's number")),
    responses(
        (status = 200, body = ConnectSession, description = "The session"),
        (status = "default", body = ErrorBody, description = "Why not")
    )
)]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Segments(id): Segments<i64>,
) -> Result<axum::Json<ConnectSession>, ApiError> {
    caller.needs(Scope::PlatformRead)?;
    let found = app.vault.session(caller.project(), id).await?;
    let session = found.filter(|session| caller.may(session.made.kind)).ok_or_else(no_session)?;
    Ok(axum::Json(ConnectSession::new(&session, agent(&headers))))
}

/// Ends a session and its auth link, now.
#[utoipa::path(
    delete, path = "/connect_sessions/{id}", tag = "sessions", security(("api_key" = [])),
    params(("id" = i64, Path, description = "The session's number")),
    responses(
        (status = 204, description = "It is ended"),
        (status = "default", body = ErrorBody, description = "Why not")
    )
)]
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    Segments(id): Segments<i64>,
) -> Result<StatusCode, ApiError> {
    caller.needs(Scope::PlatformWrite)?;
    let found = app.vault.session(caller.project(), id).await?;
    if !found.is_some_and(|session| caller.may(session.made.kind)) {
        return Err(no_session());
    }
    let now = Timestamp::now();
    let ended = app.vault.revoke_session(caller.project(), id, By::new(&caller.actor(), now)).await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(no_session()) }
}

async fn parsed(
    app: &App,
    caller: &Caller,
    body: ConnectSessionCreate,
    now: Timestamp,
) -> Result<NewSession, ApiError> {
    let kind = match body.kind.as_deref() {
        None => caller.key.kind,
        Some(kind) => Kind::parse(&kind.to_lowercase())
            .ok_or_else(|| invalid("type", "it is `production` or `test`"))?,
    };
    if !caller.may(kind) {
        return Err(ApiError::new(&FORBIDDEN, "A test key makes sessions of type `test` only"));
    }
    let owner = Owner {
        id: short_text("origin_owner_id", &body.origin_owner_id)?,
        name: short_text("origin_owner_name", &body.origin_owner_name)?,
        username: body
            .origin_username
            .as_deref()
            .map(|name| short_text("origin_username", name))
            .transpose()?,
    };
    let label = match &body.label {
        Some(Value::String(label)) => Some(short_text("label", label)?),
        None | Some(Value::Null) => None,
        Some(_) => return Err(invalid("label", "it is a text")),
    };
    let account = match &body.account_id {
        Some(id) => Some(edited(caller, app, id, kind, &owner).await?),
        None => None,
    };
    let profile = body.connector_profile_id.or(body.integration_id);
    if let Some(id) = &profile {
        let found = app.connectors.find(caller.project(), id).await?;
        let fits = |key: &str| body.provider.as_deref().is_none_or(|provider| provider == key);
        if !found.is_some_and(|one| one.active && fits(one.provider())) {
            let why = "there is no active connector profile with this id for this provider";
            return Err(invalid("connector_profile_id", why));
        }
    }
    if let Some(provider) = &body.provider {
        let all = app.connectors.of_project(caller.project()).await?;
        if !all.iter().any(|one| one.provider() == provider) {
            let why = "this project has no such provider, or it has to be configured first";
            return Err(invalid("provider", why));
        }
    }
    let provider = body.provider.or_else(|| account.as_ref().map(|account| account.provider.clone()));
    let wanted = body.scopes.filter(|wanted| !wanted.is_empty());
    let scopes = wanted.map(|wanted| scopes(app, provider.as_deref(), wanted)).transpose()?;
    let settings = &app.settings.session;
    let seconds = body.expires_in.unwrap_or(settings.expires_in.value.as_secs_f64());
    let longest = settings.longest.value.as_secs();
    let expires_at = after(now, seconds, longest)
        .ok_or_else(|| invalid("expires_in", &format!("it is a number of seconds from 1 to {longest}")))?;
    let origins = match body.allowed_origins {
        Some(origins) => origins.iter().map(|text| origin(text)).collect::<Result<_, _>>()?,
        None => app.settings.server.allow_origins.value.clone(),
    };
    Ok(NewSession {
        project: caller.project().to_owned(),
        kind,
        owner,
        provider,
        connector_profile: profile,
        account: account.map(|account| account.id.to_string()),
        categories: body.categories.unwrap_or_default(),
        multiple: body.multiple.unwrap_or(false),
        once: body.single_use.unwrap_or(false),
        allow_different: body.allow_different.unwrap_or(false),
        scopes,
        label,
        metadata: body.metadata.unwrap_or_default(),
        return_url: body.return_url.as_deref().map(|url| return_url(url, &origins)).transpose()?,
        origins: origins.iter().map(ToString::to_string).collect(),
        language: body.language.map(|language| short_text("language", &language)).transpose()?,
        expires_at,
    })
}

/// The scopes that are wanted: of the provider's guide, so that a misspelled one does not hide a step.
fn scopes(app: &App, provider: Option<&str>, wanted: Vec<String>) -> Result<Vec<String>, ApiError> {
    let Some(guide) = provider.and_then(|key| app.guides.current(key)) else {
        return Err(invalid("scopes", "they are a provider's, so `provider` has to be given"));
    };
    let known = || guide.scopes.iter().map(|scope| scope.name.as_str());
    if wanted.iter().all(|scope| known().any(|one| one == scope)) {
        return Ok(wanted);
    }
    let known = if guide.scopes.is_empty() { "none".to_owned() } else { guide::listed(known()) };
    Err(invalid("scopes", &format!("the guide of {} has {known}", guide.provider.name)))
}

/// The account that is edited. It has to be the owner's: a session for one customer does not open another's account.
async fn edited(
    caller: &Caller,
    app: &App,
    id: &str,
    kind: Kind,
    owner: &Owner,
) -> Result<Account, ApiError> {
    let account = app.access.account(caller, id).await?;
    let fits = account.home.as_ref().is_some_and(|home| home.belongs_to(caller.project(), &owner.id, kind));
    if fits {
        Ok(account)
    } else {
        Err(invalid("account_id", "the account is another owner's, or of another type"))
    }
}

fn origin(text: &str) -> Result<WebOrigin, ApiError> {
    text.parse().map_err(|error| {
        invalid("allowed_origins", &format!("{error}; each must be like `https://app.example.com`"))
    })
}

/// Where a person may be sent back to. Only to who may embed the pages, so that a link leads nobody astray.
fn return_url(value: &str, origins: &[WebOrigin]) -> Result<String, ApiError> {
    let wrong = |why: &str| invalid("return_url", why);
    let url = Url::parse(value).map_err(|_| wrong("it is not a URL"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it must not contain a user name or a password"));
    }
    let origin = url.origin().ascii_serialization();
    if origins.iter().any(|allowed| allowed.as_str() == origin) {
        Ok(url.to_string())
    } else {
        Err(wrong("its origin is not among `allowed_origins`"))
    }
}

fn invalid(name: &str, why: &str) -> ApiError {
    ApiError::new(&INVALID_VALUE, format!("`{name}` cannot have this value: {why}"))
}

fn no_session() -> ApiError {
    ApiError::new(&NOT_FOUND, "There is no session with this number, or it is ended")
}

fn agent(headers: &HeaderMap) -> Option<&str> {
    headers.get(USER_AGENT).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_sent_back_to_an_allowed_origin_only() {
        let origins = [origin("https://app.example.com").unwrap()];
        assert!(return_url("https://app.example.com/done?x=1", &origins).is_ok());
        for url in [
            "https://app.example.com.evil.example/",
            "https://evil.example/https://app.example.com",
            "//evil.example",
            "javascript:alert(1)",
            "https://app.example.com@evil.example/",
            "https://me@app.example.com/",
        ] {
            assert!(return_url(url, &origins).is_err(), "{url}");
        }
    }
}
