//! Who may do what: keys of projects, and tokens of sessions.
//!
//! **Invariant:** a handler that takes a [`Caller`] or a [`Visitor`] runs for somebody who was let in; a refusal says
//! no more than that, and guessing is counted by address, in the database, for all replicas.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use secret::Secret;
use vault::{Account, AccountId, ApiKey, Digest, Kind, Session};

use crate::app::App;
use crate::layers::client::Client;
use crate::limits;
use crate::wire::error::{ApiError, FORBIDDEN, NOT_FOUND, UNAUTHORIZED};

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// See accounts, sessions, the trail.
    PlatformRead,
    /// Make sessions; change and delete accounts.
    PlatformWrite,
    /// See connectors, guides and connector profiles.
    ConnectorsRead,
    /// Change connector profiles.
    ConnectorsWrite,
    /// Read what an account was linked with, secrets included.
    CredentialsRead,
    /// Send requests through an account.
    Requests,
    /// Make and revoke keys.
    KeysWrite,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::PlatformRead,
        Self::PlatformWrite,
        Self::ConnectorsRead,
        Self::ConnectorsWrite,
        Self::CredentialsRead,
        Self::Requests,
        Self::KeysWrite,
    ];

    /// What the first key of a project may do: everything but to read credentials, which has to be asked for.
    pub const FIRST: [Self; 6] = [
        Self::PlatformRead,
        Self::PlatformWrite,
        Self::ConnectorsRead,
        Self::ConnectorsWrite,
        Self::Requests,
        Self::KeysWrite,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PlatformRead => "platform:read",
            Self::PlatformWrite => "platform:write",
            Self::ConnectorsRead => "connectors:read",
            Self::ConnectorsWrite => "connectors:write",
            Self::CredentialsRead => "credentials:read",
            Self::Requests => "requests:write",
            Self::KeysWrite => "keys:write",
        }
    }

    /// The scope of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// What a project or a key may be called: from 1 to 100 characters that can be seen, without spaces around them.
pub fn name(wanted: &str) -> Option<&str> {
    let name = wanted.trim();
    let fits = !name.is_empty() && name.chars().count() <= 100 && !name.chars().any(char::is_control);
    fits.then_some(name)
}

/// A program with a key of a project.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The key.
    pub(crate) key: ApiKey,
}

impl Caller {
    /// Goes on only with a scope.
    pub(crate) fn needs(&self, scope: Scope) -> Result<(), ApiError> {
        if self.key.scopes.iter().any(|one| one == scope.as_str()) {
            return Ok(());
        }
        Err(ApiError::new(&FORBIDDEN, format!("This key does not have the scope {}", scope.as_str())))
    }

    /// The project that the key acts for.
    pub(crate) fn project(&self) -> &str {
        &self.key.project
    }

    /// Who is named in the trail.
    pub(crate) fn actor(&self) -> String {
        format!("key:{}", self.key.id)
    }

    /// Whether the key may see and make things of a kind: a test key nothing but what is for trying out.
    pub(crate) fn may(&self, kind: Kind) -> bool {
        self.key.kind == Kind::Production || kind == Kind::Test
    }

    /// An account of the project, by the id in the path.
    pub(crate) async fn account(&self, app: &App, id: &str) -> Result<Account, ApiError> {
        let none = || ApiError::new(&NOT_FOUND, "There is no account with this id");
        let id: AccountId = id.parse().map_err(|_| none())?;
        let account = app.vault.get(&id).await.map_err(|error| ApiError::internal(&error))?;
        let mine = |account: &Account| {
            account.home.as_ref().is_some_and(|home| home.project == self.key.project && self.may(home.kind))
        };
        account.filter(mine).ok_or_else(none)
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let client = Client::from_request_parts(parts, app).await?;
        limits::may_guess(app, &client).await?;
        let Some(text) = api_key(&parts.headers) else {
            let message =
                "Send the API key as the user name of HTTP Basic authentication, with an empty password";
            return Err(ApiError::new(&UNAUTHORIZED, message));
        };
        let found = app.vault.key_by_digest(&Digest::of(text.expose())).await;
        let Some(key) = found.map_err(|error| ApiError::internal(&error))? else {
            limits::guessed_wrong(app, &client).await;
            return Err(ApiError::new(&UNAUTHORIZED, "The API key is unknown or revoked"));
        };
        limits::call(app, &key)?;
        Ok(Self { key })
    }
}

/// Somebody with the token of a session that is open.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    /// The session.
    pub(crate) session: Session,
}

/// Who is named in the trail for what is done in a session.
pub(crate) fn actor(session: &Session) -> String {
    format!("session:{}", session.seq)
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let client = Client::from_request_parts(parts, app).await?;
        limits::may_guess(app, &client).await?;
        let token = parts.headers.get("x-hub-session-token").and_then(|value| value.to_str().ok());
        let Some(token) = token else {
            return Err(ApiError::new(&UNAUTHORIZED, "Send the session's token as x-hub-session-token"));
        };
        session_by_token(app, &client, token).await.map(|session| Self { session })
    }
}

/// The open session of a token.
pub(crate) async fn session_by_token(app: &App, client: &Client, token: &str) -> Result<Session, ApiError> {
    let found = app.vault.session_by_token(&Digest::of(token)).await;
    match found.map_err(|error| ApiError::internal(&error))? {
        Some(session) if session.is_open(Timestamp::now()) => Ok(session),
        Some(session) => {
            let why = if session.revoked_at.is_some() { "was revoked" } else { "has expired" };
            Err(ApiError::new(&UNAUTHORIZED, format!("The session {why}; ask for a new one")))
        }
        None => {
            limits::guessed_wrong(app, client).await;
            Err(ApiError::new(&UNAUTHORIZED, "The session token is unknown"))
        }
    }
}

/// The key of a request. As a user name with an empty password, as StackOne's SDK sends it; without the colon, as
/// its documentation shows it; or as a bearer token.
fn api_key(headers: &HeaderMap) -> Option<Secret> {
    let text = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = text.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(Secret::from(rest.trim()));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = Secret::new(String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?);
    match decoded.expose().split_once(':') {
        Some((user, "")) => Some(Secret::from(user)),
        // A password beside a key is a mistake that should be seen.
        Some(_) => None,
        None => Some(decoded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, header.parse().unwrap());
        assert_eq!(api_key(&headers).as_ref().map(Secret::expose), expected, "{header}");
    }

    #[test]
    fn a_key_is_read_in_every_spelling_that_clients_use() {
        check(&format!("Basic {}", STANDARD.encode("key:")), Some("key"));
        check(&format!("basic {}", STANDARD.encode("key")), Some("key"));
        check("Bearer key", Some("key"));
        check(&format!("Basic {}", STANDARD.encode("key:password")), None);
        check("Basic !", None);
        check("Digest key", None);
        check("key", None);
    }
}
