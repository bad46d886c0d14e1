//! Sends browsers to a provider to sign in, and receives the authorization codes that the browsers return with.
//!
//! **Invariant:** each sign-in is completed at most once, and only by the browser that was sent to the provider.
//! Browsers are sent only to URLs that the guide allows. A provider's error only selects one of the guide's messages or
//! one of ours; its text is quoted like any response.

use std::collections::BTreeMap;
use std::sync::Arc;

use egress::Upstream;
use guide::Key;
use jiff::{Timestamp, ToSpan as _};
use link::Flow;
use probe::{AuthorizationRequest, Inputs, Values};
use secret::Secret;
use serde::{Deserialize, Serialize};
use url::Url;
use vault::{Attempt, Digest, Session, SignIn, StoreError, Token, Vault};

use crate::wire::error::{ApiError, CONFLICT, GONE, INTERNAL};

/// How long a person may take to sign in at the provider, in minutes.
const MINUTES: i64 = 15;

/// The client that waits for the result of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Via {
    /// StackOne's widget: the account is stored without confirmation.
    Widget,
    /// A linking page, in the same window.
    Page,
    /// A linking page in a frame, which waits while the person signs in in another window. The browser does not send
    /// the frame's cookie from that window.
    Window,
}

/// The data stored while the browser is at the provider.
#[derive(Serialize, Deserialize)]
struct StoredState {
    verifier: String,
    via: Via,
}

/// The URL to send a browser to, and the state that the browser returns with.
pub(crate) struct Sent {
    /// The provider's authorization URL.
    pub(crate) url: String,
    /// The state that the browser must return with.
    pub(crate) back: Token,
}

/// The query parameters of the provider's redirect back to the Hub.
#[derive(Debug, Deserialize)]
pub(crate) struct Back {
    pub(crate) state: Option<String>,
    pub(crate) code: Option<String>,
    #[serde(flatten)]
    others: BTreeMap<String, String>,
}

impl Back {
    /// Returns the parameters that describe an error. Their names begin with `error`.
    fn errors(&self) -> Vec<(String, String)> {
        let errors = self.others.iter().filter(|(name, _)| name.starts_with("error"));
        errors.map(|(name, text)| (name.clone(), text.clone())).collect()
    }
}

/// A sign-in whose browser has returned, with its session and attempt.
pub(crate) struct Returned {
    pub(crate) sign_in: SignIn,
    pub(crate) via: Via,
    /// The PKCE code verifier, which proves to the provider that the Hub requested the code.
    pub(crate) verifier: String,
    pub(crate) session: Session,
    pub(crate) attempt: Attempt,
}

/// Sends browsers to providers to sign in, and resumes the attempts when the browsers return.
pub(crate) struct SignIns {
    vault: Arc<Vault>,
    public_url: Url,
    upstreams: Vec<Upstream>,
}

impl SignIns {
    pub(crate) fn new(vault: Arc<Vault>, public_url: Url, upstreams: Vec<Upstream>) -> Self {
        Self { vault, public_url, upstreams }
    }

    /// Begins a sign-in in a session.
    pub(crate) async fn begin(&self, session: &Session) -> Result<SignIn, StoreError> {
        let now = Timestamp::now();
        let until = now.saturating_add(MINUTES.minutes()).unwrap_or(now).min(session.ends_at());
        self.vault.add_sign_in(session.seq, now, until).await
    }

    /// Creates a ticket, with which a waiting page can send the person to the provider from another window. The ticket
    /// can be used until it expires, because people close windows and open them again. Each use begins a new sign-in.
    pub(crate) async fn ticket(&self, session: &Session, attempt: &Attempt) -> Result<Secret, StoreError> {
        let unsent = self.begin(session).await?;
        self.vault.set_attempt_of_sign_in(&unsent.id, &attempt.id).await?;
        Ok(Secret::new(format!("{}.{}", session.seq, unsent.id)))
    }

    /// Returns the session and the attempt that a ticket belongs to. `None` if there is no such ticket, or it has
    /// expired.
    pub(crate) async fn by_ticket(&self, ticket: &str) -> Result<Option<(Session, Attempt)>, StoreError> {
        let now = Timestamp::now();
        let Some((seq, id)) = ticket.split_once('.') else { return Ok(None) };
        let Ok(seq) = seq.parse() else { return Ok(None) };
        let unsent = self.vault.sign_in(seq, id).await?;
        let Some(unsent) = unsent.filter(|unsent| unsent.may_be_sent(now)) else { return Ok(None) };
        self.attempt_of(&unsent, now).await
    }

    /// Returns the attempt that a sign-in belongs to, with its session. `None` if there is no attempt, or the session
    /// has ended.
    async fn attempt_of(
        &self,
        sign_in: &SignIn,
        now: Timestamp,
    ) -> Result<Option<(Session, Attempt)>, StoreError> {
        let Some(id) = &sign_in.attempt else { return Ok(None) };
        let Some(attempt) = self.vault.attempt(id).await? else { return Ok(None) };
        let session = self.vault.session(&attempt.project, attempt.session).await?;
        Ok(session.filter(|session| session.may_continue(now)).map(|session| (session, attempt)))
    }

    /// Returns the origins that replace providers' hosts.
    pub(crate) fn upstream_origins(&self) -> impl Iterator<Item = String> {
        self.upstreams.iter().map(Upstream::origin)
    }

    /// Returns whether a browser is expected to return with this state.
    pub(crate) async fn is_expected(&self, state: &str) -> Result<bool, StoreError> {
        self.vault.is_sign_in_sent(&Digest::of(state)).await
    }

    /// Prepares to send the browser to the provider. The attempt's flow must already have all the values that it needs.
    pub(crate) async fn send(
        &self,
        sign_in: &SignIn,
        attempt: &Attempt,
        flow: &Flow,
        via: Via,
    ) -> Result<Sent, ApiError> {
        let redirect = flow.method().auth.sign_in.as_ref().and_then(|sign_in| sign_in.redirect.as_ref());
        let redirect = redirect.ok_or_else(|| ApiError::of(&INTERNAL))?;
        let back = Token::random("wso_")?;
        let verifier = Token::random("")?.secret().expose().to_owned();
        let uri = self.redirect_uri(flow.guide().provider.key.as_str());
        let inputs = Inputs::new(flow.method(), flow.environment(), flow.values());
        let state = back.secret().expose();
        let request = AuthorizationRequest {
            redirect,
            scopes: &flow.requested_scopes(redirect),
            redirect_uri: &uri,
            state,
            verifier: &verifier,
        };
        let to = probe::authorization_url(flow.method(), &request, &inputs)
            .map_err(|error| format!("The browser cannot be sent to the provider: {error}"))
            .map_err(|message| ApiError::new(&CONFLICT, message))?;
        let port = to.port.map(|port| format!(":{port}")).unwrap_or_default();
        let origin = match self.upstreams.iter().find(|one| one.maps(&to.host)) {
            Some(upstream) => upstream.origin(),
            None => format!("https://{}{port}", to.host),
        };
        let kept = serde_json::to_string(&StoredState { verifier, via });
        let kept = Secret::new(kept.map_err(|error| ApiError::internal(&error))?);
        if !self.vault.send_sign_in(sign_in, attempt, &back.digest(), &kept).await? {
            return Err(ApiError::new(&GONE, "This sign-in has ended; start a new one"));
        }
        Ok(Sent { url: format!("{}{}", origin.trim_end_matches('/'), to.path_and_query), back })
    }

    /// Resumes a sign-in, identified by the state that the browser returned with. Each sign-in can be resumed only
    /// once. Returns `None` if there is no such sign-in, or if its session or attempt has ended.
    pub(crate) async fn take(&self, state: &str) -> Result<Option<Returned>, StoreError> {
        let now = Timestamp::now();
        let taken = self.vault.take_sign_in(&Digest::of(state), now).await?;
        let Some((sign_in, kept)) = taken else { return Ok(None) };
        let Ok(StoredState { verifier, via }) = serde_json::from_str(kept.expose()) else { return Ok(None) };
        let Some((session, attempt)) = self.attempt_of(&sign_in, now).await? else { return Ok(None) };
        Ok(Some(Returned { sign_in, via, verifier, session, attempt }))
    }

    /// Passes the authorization code or the error from the redirect to the flow.
    pub(crate) fn resume_flow(&self, flow: &mut Flow, verifier: String, back: &Back) {
        let Some(code) = &back.code else {
            flow.sign_in_failed(&back.errors());
            return;
        };
        let uri = self.redirect_uri(flow.guide().provider.key.as_str());
        let given = [("code", code.clone()), ("redirect_uri", uri), ("code_verifier", verifier)];
        let given: Values = given
            .into_iter()
            .filter_map(|(name, value)| Some((Key::parse(name)?, Secret::new(value))))
            .collect();
        flow.signed_in(given);
    }

    /// Returns the redirect URI, which an admin registers with the provider.
    pub(crate) fn redirect_uri(&self, provider: &str) -> String {
        redirect_uri(&self.public_url, provider)
    }
}

/// Returns a provider's redirect URI at the Hub's public URL.
pub(crate) fn redirect_uri(public_url: &Url, provider: &str) -> String {
    format!("{public_url}connect/oauth2/{provider}/callback")
}
