//! Authenticates requests by a project's API key or a session's token.
//!
//! **Invariant:** a [`Caller`] and a [`Visitor`] exist only for a currently valid key or token. The token of a single-use
//! session is valid until a browser opens the session's link, or until the session has linked its account. Invalid keys and tokens
//! are counted by IP address in the database, across all replicas, and refused beyond a limit. A test key sees and
//! changes only test data.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use secret::Secret;
use vault::{Account, AccountId, ApiKey, By, Digest, KeyState, Kind, Scope, Session, Vault};

use crate::client::Client;
use crate::key_uses::KeyUses;
use crate::limits::Limiter;
use crate::permission::{KEY_ACTOR, no_key};
use crate::ready_accounts::{ReadyAccount, ReadyAccounts};
use crate::recent::Recent;
use crate::wire::error::{ApiError, FORBIDDEN, INVALID_VALUE, NOT_FOUND, UNAUTHORIZED};

/// Why a single-use session that has linked its account can no longer be used.
const USED: &str = "has already linked its account";

/// Why the token of a single-use session cannot be used if a browser has opened its link.
const OPENED: &str = "was opened in a browser, and continues only there";

/// A program with a project's API key.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) key: Arc<ApiKey>,
    digest: Digest,
    /// The caller's name in the audit trail.
    pub(crate) actor: String,
}

/// A browser or program with an open session's token.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) session: Session,
}

/// A program with a session's token that only reads the session's state. The session may have ended by linking its
/// account.
#[derive(Clone, Debug)]
pub(crate) struct Watcher {
    pub(crate) session: Session,
}

/// Authenticates requests.
pub(crate) struct Access {
    vault: Arc<Vault>,
    limiter: Arc<Limiter>,
    key_uses: KeyUses,
    ready_accounts: Arc<ReadyAccounts>,
    /// API keys, by the digest of the key.
    keys: Recent<Digest, ApiKey>,
}

impl Access {
    pub(crate) fn new(
        vault: Arc<Vault>,
        limiter: Arc<Limiter>,
        key_uses: KeyUses,
        ready_accounts: Arc<ReadyAccounts>,
    ) -> Self {
        let keys = Recent::new(Arc::clone(&vault));
        Self { vault, limiter, key_uses, ready_accounts, keys }
    }

    /// Authenticates a request by its API key.
    pub(crate) async fn caller(&self, client: &Client, headers: &HeaderMap) -> Result<Caller, ApiError> {
        let message =
            "Send the API key as the user name in HTTP Basic authentication, with an empty password";
        let text = api_key(headers).ok_or_else(|| ApiError::new(&UNAUTHORIZED, message))?;
        let digest = Digest::of(text.expose());
        let found = self.key(&digest).await?;
        let is_known = found.is_some();
        let Some(key) = self.key_uses.working(found, client).await else {
            // A known key is not a guess, and its project's audit trail contains the refusal.
            if !is_known {
                self.limiter.guessed_wrong(client, "API key").await?;
            }
            return Err(no_key());
        };
        self.limiter.call(&key)?;
        let actor = format!("{KEY_ACTOR}{}", key.id);
        Ok(Caller { key, digest, actor })
    }

    async fn key(&self, digest: &Digest) -> Result<Option<Arc<ApiKey>>, ApiError> {
        self.keys.find(digest, async { Ok(self.vault.key_by_digest(digest).await?) }).await
    }

    /// Authenticates a request by the session token in its header.
    pub(crate) async fn visitor(&self, client: &Client, headers: &HeaderMap) -> Result<Visitor, ApiError> {
        Ok(Visitor { session: self.session(client, session_token(headers)?).await? })
    }

    /// Authenticates a request that only reads the session's state by the session token in its header. It does not enter a
    /// single-use session. StackOne's widget asks for the result of a sign-in until it learns that the account is
    /// linked, when a single-use session has already ended. The custom element asks whether a token is valid.
    pub(crate) async fn watcher(&self, client: &Client, headers: &HeaderMap) -> Result<Watcher, ApiError> {
        self.known(client, session_token(headers)?).await
    }

    /// Returns the open session with this token. A single-use session that is not opened in a browser yet is entered:
    /// from then on, its link opens nothing.
    pub(crate) async fn session(&self, client: &Client, token: &str) -> Result<Session, ApiError> {
        let session = self.known(client, token).await?.open()?;
        let enters = session.parameters.once && session.widget_at.is_none();
        if enters && !self.vault.enter_with_widget(session.seq, Timestamp::now()).await? {
            return Err(over(OPENED));
        }
        Ok(session)
    }

    /// Returns the session with this token, unless it was revoked or has expired. A single-use session that has linked
    /// its account is also returned. Fails if a browser has opened the link of a single-use session.
    async fn known(&self, client: &Client, token: &str) -> Result<Watcher, ApiError> {
        let Some(session) = self.vault.session_by_token(&Digest::of(token)).await? else {
            self.limiter.guessed_wrong(client, "session token").await?;
            return Err(ApiError::new(&UNAUTHORIZED, "The session token is unknown"));
        };
        if session.revoked_at.is_some() {
            return Err(over("was revoked"));
        }
        if session.parameters.expires_at <= Timestamp::now() {
            return Err(over("has expired"));
        }
        if session.parameters.once && session.opened_at.is_some() {
            return Err(over(if session.used_at.is_some() { USED } else { OPENED }));
        }
        Ok(Watcher { session })
    }

    /// Returns an account in the caller's project by its id. Fails if the caller's key does not have the scope.
    pub(crate) async fn account(&self, caller: &Caller, scope: Scope, id: &str) -> Result<Account, ApiError> {
        caller.needs(scope)?;
        let none = || ApiError::new(&NOT_FOUND, "No account has this id");
        let id: AccountId = id.parse().map_err(|_| none())?;
        self.vault.get(&id).await?.filter(|account| caller.sees(account)).ok_or_else(none)
    }
}

/// An account that a caller wants to send requests through.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) access: &'a Access,
    pub(crate) caller: &'a Caller,
    /// The account's id, as the caller sent it.
    pub(crate) id: &'a str,
}

impl Wanted<'_> {
    /// Returns the account if it is in the caller's project. Fails if the caller's key does not have the scope, or no
    /// longer works. Call this again after each wait, such as for the request's body or a provider's response.
    pub(crate) async fn find(self) -> Result<Arc<ReadyAccount>, ApiError> {
        let Self { access, caller, id } = self;
        caller.needs(Scope::Requests)?;
        let key = access.key(&caller.digest).await?;
        key.filter(|key| key.state(Timestamp::now()) == KeyState::Active).ok_or_else(no_key)?;
        let none = || ApiError::new(&NOT_FOUND, "No account has this id");
        let id: AccountId = id.parse().map_err(|_| none())?;
        access.ready_accounts.find(&id).await?.filter(|ready| caller.sees(ready.account())).ok_or_else(none)
    }

    /// Returns an error unless requests can be sent through the account now.
    pub(crate) async fn require_usable(self) -> Result<(), ApiError> {
        self.find().await?.require_usable()
    }
}

impl Caller {
    /// Returns an error unless the key has the scope.
    pub(crate) fn needs(&self, scope: Scope) -> Result<(), ApiError> {
        if self.key.scopes.contains(&scope) {
            return Ok(());
        }
        Err(ApiError::new(&FORBIDDEN, format!("This key does not have the `{}` scope", scope.as_str())))
    }

    /// Returns an error unless the key has the scope and may change data that production uses, which a test key may
    /// not.
    pub(crate) fn needs_for_production(&self, scope: Scope) -> Result<(), ApiError> {
        self.needs(scope)?;
        if self.may(Kind::Production) {
            return Ok(());
        }
        Err(ApiError::new(&FORBIDDEN, "A test key cannot change this, because production uses it too"))
    }

    /// Whether an account is in the caller's project and of a kind that the key may see.
    fn sees(&self, account: &Account) -> bool {
        let home = account.home.as_ref();
        home.is_some_and(|home| home.project == self.key.project && self.may(home.kind))
    }

    /// Returns the id of the key's project.
    pub(crate) fn project(&self) -> &str {
        &self.key.project
    }

    /// Attributes a change to the caller, with the current time.
    pub(crate) fn by(&self) -> By<'_> {
        By::new(&self.actor, Timestamp::now())
    }

    /// Returns the kind of object to create: the given `type` or, by default, the key's kind. A test key can create
    /// only test objects.
    pub(crate) fn kind(&self, name: Option<&str>) -> Result<Kind, ApiError> {
        let kind = name.map(parse_kind).transpose()?.unwrap_or(self.key.kind);
        if self.may(kind) {
            return Ok(kind);
        }
        Err(ApiError::new(&FORBIDDEN, "With a test key, `type` must be `test`"))
    }

    /// Whether the key may see and create objects of this kind. A test key is limited to test objects.
    pub(crate) fn may(&self, kind: Kind) -> bool {
        self.key.kind == Kind::Production || kind == Kind::Test
    }
}

impl Watcher {
    /// Returns the session, unless it has ended by linking its account.
    pub(crate) fn open(self) -> Result<Session, ApiError> {
        if self.session.used_at.is_some() { Err(over(USED)) } else { Ok(self.session) }
    }
}

/// Parses a `type`, which is `production` or `test`. Case is ignored.
pub(crate) fn parse_kind(name: &str) -> Result<Kind, ApiError> {
    let kind = name.to_lowercase().parse();
    kind.map_err(|_| ApiError::new(&INVALID_VALUE, "`type` must be `production` or `test`"))
}

/// Returns the session's name in the audit trail.
pub(crate) fn actor(session: &Session) -> String {
    format!("session:{}", session.seq)
}

/// Returns the error for a session that can no longer be used, for the given reason.
fn over(why: &str) -> ApiError {
    ApiError::new(&UNAUTHORIZED, format!("The session {why}; ask for a new one"))
}

/// Reads the session's token from its header.
fn session_token(headers: &HeaderMap) -> Result<&str, ApiError> {
    let token = headers.get("x-hub-session-token").and_then(|value| value.to_str().ok());
    let message = "Send the session's token in the `x-hub-session-token` header";
    token.ok_or_else(|| ApiError::new(&UNAUTHORIZED, message))
}

/// Reads the API key from the `Authorization` header. It can be a bearer token, the user name with an empty password
/// (as StackOne's SDK sends it), or the user name without the colon (as StackOne's documentation shows it).
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
        // A key with a password is rejected, because sending a password is a mistake that the developer should notice.
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
    fn keys_are_read_in_every_form_that_clients_send() {
        check(&format!("Basic {}", STANDARD.encode("key:")), Some("key"));
        check(&format!("basic {}", STANDARD.encode("key")), Some("key"));
        check("Bearer key", Some("key"));
        check(&format!("Basic {}", STANDARD.encode("key:password")), None);
        check("Basic !", None);
        check("Digest key", None);
        check("key", None);
    }
}
