//! Connect sessions: create, read and revoke.

use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::Value;
use url::Url;
use vault::{Account, By, Digest, Kind, NewSession, Owner, Scope, Session};

use crate::access::AppState;
use crate::app::App;
use crate::caller::Caller;
use crate::web_origin::{self, WebOrigin};
use crate::wire::error::{ApiError, INVALID_VALUE, NOT_FOUND};
use crate::wire::sdk::Shapes;
use crate::wire::session::{
    ConnectSession, ConnectSessionAuthenticate, ConnectSessionCreate, ConnectSessionToken, after,
};
use crate::wire::{Json, Path, Reply, StatusReply, short_text};

/// Creates a connect session, which lets one customer link accounts for a limited time.
#[utoipa::path(
    post, path = "/connect_sessions", operation_id = "create_connect_session", tag = "sessions",
    responses((status = 201, body = ConnectSessionToken, description = "The new session, with its token"))
)]
pub(super) async fn create(
    app: AppState,
    caller: Caller,
    headers: HeaderMap,
    Json(body): Json<ConnectSessionCreate>,
) -> Result<(StatusCode, axum::Json<ConnectSessionToken>), ApiError> {
    caller.needs(Scope::PlatformWrite)?;
    let now = Timestamp::now();
    let new = parsed(&app, &caller, body, now).await?;
    let (session, token) = app.vault.add_session(&new, By::new(&caller.actor, now)).await?;
    let token = token.secret().expose().to_owned();
    // `Url::join` is not used, because it would replace the last path segment of a base URL without a trailing slash.
    let auth_link_url = format!("{}link/{token}", app.public_url);
    let session = ConnectSession::new(&session, Shapes::expected_by(&headers));
    Ok((StatusCode::CREATED, axum::Json(ConnectSessionToken { session, token, auth_link_url })))
}

/// Returns the open session that a token belongs to.
#[utoipa::path(
    post, path = "/connect_sessions/authenticate", operation_id = "authenticate_connect_session", tag = "sessions",
    responses((status = 201, body = ConnectSession, description = "The session"))
)]
pub(super) async fn authenticate(
    app: AppState,
    caller: Caller,
    headers: HeaderMap,
    Json(body): Json<ConnectSessionAuthenticate>,
) -> Result<(StatusCode, axum::Json<ConnectSession>), ApiError> {
    caller.needs(Scope::PlatformRead)?;
    let found = app.vault.session_by_token(&Digest::of(&body.token)).await?;
    let session = found.filter(|session| {
        session.parameters.project == caller.project()
            && caller.may(session.parameters.kind)
            && session.is_open(Timestamp::now())
    });
    let message = "No open session in this project has this token";
    let session = session.ok_or_else(|| ApiError::new(&NOT_FOUND, message))?;
    Ok((StatusCode::CREATED, axum::Json(ConnectSession::new(&session, Shapes::expected_by(&headers)))))
}

/// Returns a connect session.
#[utoipa::path(
    get, path = "/connect_sessions/{id}", operation_id = "get_connect_session", tag = "sessions", params(("id", description = "The session's id")),
    responses((status = 200, body = ConnectSession, description = "The session"))
)]
pub(super) async fn read(
    app: AppState,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Reply<ConnectSession> {
    caller.needs(Scope::PlatformRead)?;
    let session = find(&app, &caller, id).await?;
    Ok(axum::Json(ConnectSession::new(&session, Shapes::expected_by(&headers))))
}

/// Ends a connect session.
///
/// The session's link stops working immediately, its link attempts are canceled, and everything that people entered in
/// them is deleted. Checks that are running store nothing.
#[utoipa::path(
    delete, path = "/connect_sessions/{id}", operation_id = "revoke_connect_session", tag = "sessions",
    params(("id", description = "The session's id")),
    responses((status = 204, description = "The session was ended"))
)]
pub(super) async fn revoke(app: AppState, caller: Caller, Path(id): Path<i64>) -> StatusReply {
    caller.needs(Scope::PlatformWrite)?;
    find(&app, &caller, id).await?;
    let ended = app.vault.revoke_session(caller.project(), id, caller.by()).await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(no_session()) }
}

async fn find(app: &App, caller: &Caller, id: i64) -> Result<Session, ApiError> {
    let found = app.vault.session(caller.project(), id).await?;
    found.filter(|session| caller.may(session.parameters.kind)).ok_or_else(no_session)
}

async fn parsed(
    app: &App,
    caller: &Caller,
    body: ConnectSessionCreate,
    now: Timestamp,
) -> Result<NewSession, ApiError> {
    let kind = caller.kind(body.kind.as_deref())?;
    let owner = Owner {
        id: short_text("origin_owner_id", &body.origin_owner_id)?,
        name: short_text("origin_owner_name", &body.origin_owner_name)?,
        username: body.origin_username.map(|name| short_text("origin_username", &name)).transpose()?,
    };
    let label = match &body.label {
        Some(Value::String(label)) => Some(short_text("label", label)?),
        None | Some(Value::Null) => None,
        Some(_) => return Err(invalid("label", "it must be a string")),
    };
    let account = match &body.account_id {
        Some(id) => Some(edited(caller, app, id, kind, &owner).await?),
        None => None,
    };
    let profile = body.connector_profile_id.or(body.integration_id);
    if let Some(id) = &profile {
        let found = app.connectors.find(caller.project(), id).await?.filter(|connector| connector.active);
        let provider = body.provider.as_deref();
        if found.is_none_or(|one| provider.is_some_and(|provider| provider != one.provider())) {
            let why = "no active connector profile for this provider has this id";
            return Err(invalid("connector_profile_id", why));
        }
    }
    if let Some(provider) = &body.provider {
        let all = app.connectors.of_project(caller.project()).await?;
        if !all.iter().any(|one| one.provider() == provider) {
            let why = "this project has no such provider, or the provider must be configured first";
            return Err(invalid("provider", why));
        }
    }
    let provider = body.provider.or_else(|| account.as_ref().map(|account| account.provider.clone()));
    let scopes = body.scopes.filter(|scopes| !scopes.is_empty());
    let scopes = scopes.map(|scopes| known_scopes(app, provider.as_deref(), scopes)).transpose()?;
    let settings = &app.settings.session;
    let seconds = body.expires_in.unwrap_or(settings.expires_in.value.as_secs_f64());
    let longest = settings.longest.value.as_secs();
    let expires_at = after(now, seconds, longest)
        .ok_or_else(|| invalid("expires_in", &format!("it must be from 1 to {longest} seconds")))?;
    let origins = match body.allowed_origins {
        Some(origins) => parsed_origins(&origins)?,
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

/// Returns the scopes if the provider's guide defines all of them. A misspelled scope is rejected, because it would
/// hide the steps for the intended scope.
fn known_scopes(app: &App, provider: Option<&str>, scopes: Vec<String>) -> Result<Vec<String>, ApiError> {
    let Some(guide) = provider.and_then(|key| app.guides.current(key)) else {
        return Err(invalid("scopes", "scopes require `provider`"));
    };
    let known = || guide.scopes.iter().map(|scope| scope.name.as_str());
    if scopes.iter().all(|scope| known().any(|one| one == scope)) {
        return Ok(scopes);
    }
    let all = if guide.scopes.is_empty() { "no scopes".to_owned() } else { guide::listed(known()) };
    Err(invalid("scopes", &format!("{} has {all}", guide.provider.name)))
}

/// Returns the account to edit. The account must belong to the session's owner, so that a session for one customer
/// cannot open another customer's account, and it must not be suspended or archived.
async fn edited(
    caller: &Caller,
    app: &App,
    id: &str,
    kind: Kind,
    owner: &Owner,
) -> Result<Account, ApiError> {
    let account = app.access.account(caller, Scope::PlatformWrite, id).await?;
    if !account.home.as_ref().is_some_and(|home| home.belongs_to(caller.project(), &owner.id, kind)) {
        return Err(invalid(
            "account_id",
            "the account belongs to a different owner, or has a different type",
        ));
    }
    match account.hold {
        Some(hold) => {
            let why = format!("the account is {}; set its status to `active` first", hold.as_str());
            Err(invalid("account_id", &why))
        }
        None => Ok(account),
    }
}

fn parsed_origins(texts: &[String]) -> Result<Vec<WebOrigin>, ApiError> {
    if web_origin::MOST < texts.len() {
        return Err(invalid(
            "allowed_origins",
            &format!("it must not contain more than {} origins", web_origin::MOST),
        ));
    }
    texts.iter().map(|text| origin(text)).collect()
}

fn origin(text: &str) -> Result<WebOrigin, ApiError> {
    text.parse().map_err(|error| {
        invalid("allowed_origins", &format!("{error}; each must look like `https://app.example.com`"))
    })
}

/// Checks the URL that the person returns to. Its origin must be allowed, so that the linking pages cannot send the
/// person to a hostile site.
fn return_url(value: &str, origins: &[WebOrigin]) -> Result<String, ApiError> {
    let wrong = |why: &str| invalid("return_url", why);
    // The URL parser would remove surrounding spaces, tabs and line breaks.
    if value.trim() != value || value.contains(char::is_control) {
        return Err(wrong("it must not contain surrounding spaces or control characters"));
    }
    let url = Url::parse(value).map_err(|_| wrong("it is not a URL"))?;
    // The origin of a `blob:` URL is the origin of the page that created it.
    if !matches!(url.scheme(), "https" | "http") {
        return Err(wrong("it must begin with `https://` or `http://`"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it must not contain a user name or a password"));
    }
    let origin = url.origin().ascii_serialization();
    if origins.iter().any(|allowed| allowed.as_str() == origin) {
        Ok(url.to_string())
    } else {
        Err(wrong("its origin is not in `allowed_origins`"))
    }
}

fn invalid(name: &str, why: &str) -> ApiError {
    ApiError::new(&INVALID_VALUE, format!("`{name}` is not valid: {why}"))
}

fn no_session() -> ApiError {
    ApiError::new(&NOT_FOUND, "No open session has this id")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_return_url_must_have_an_allowed_origin() {
        let origins = [origin("https://app.example.com").unwrap()];
        assert!(return_url("https://app.example.com/done?x=1", &origins).is_ok());
        for url in [
            "https://app.example.com.evil.example/",
            "https://evil.example/https://app.example.com",
            "//evil.example",
            "javascript:alert(1)",
            "blob:https://app.example.com/0f8f",
            "data:text/html,x",
            "file:///etc/passwd",
            "about:blank",
            " https://app.example.com/",
            "https://app.example.com/\nx",
            "https://app.example.com@evil.example/",
            "https://me@app.example.com/",
        ] {
            assert!(return_url(url, &origins).is_err(), "{url}");
        }
    }
}
