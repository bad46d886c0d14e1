//! Signing in at a provider: the browser is sent there, comes back, and what it brings is made into tokens.
//!
//! **Invariant:** a browser comes back once, and only the one that was sent; where it is sent is an address that the
//! guide allows. Of what a provider says about a failure, only the word that OAuth defines is looked at.

use guide::{Key, OutcomeKind};
use jiff::{Timestamp, ToSpan as _};
use probe::{AuthorizationRequest, Inputs, Values};
use secret::Secret;
use serde::{Deserialize, Serialize};
use vault::{Digest, Session, SignIn, Token};

use crate::app::App;
use crate::connectors;
use crate::linking::Linking;
use crate::wire::error::{ApiError, CONFLICT, GONE, INTERNAL};

/// For so many minutes a person may be at the provider.
const MINUTES: i64 = 15;

/// How a sign-in is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Via {
    /// By StackOne's widget: nobody is asked to confirm.
    Widget,
    /// By a page of ours.
    Page,
}

/// What only this side knows while the browser is away.
#[derive(Serialize, Deserialize)]
struct Kept {
    verifier: String,
    via: Via,
}

/// Where the browser goes, and what it will bring back.
pub(crate) struct Sent {
    /// The address at the provider.
    pub(crate) url: String,
    /// What it brings back.
    pub(crate) back: Token,
}

/// What a browser brought back.
#[derive(Debug, Deserialize)]
pub(crate) struct Back {
    pub(crate) state: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) error: Option<String>,
}

/// A sign-in that was taken up again.
pub(crate) struct Returned {
    pub(crate) sign_in: SignIn,
    pub(crate) via: Via,
    pub(crate) session: Session,
    pub(crate) linking: Linking,
}

/// Begins to sign in, in a session.
pub(crate) async fn begin(app: &App, session: &Session) -> Result<SignIn, ApiError> {
    let now = Timestamp::now();
    let until = now.saturating_add(MINUTES.minutes()).unwrap_or(now).min(session.ends_at());
    app.vault.add_sign_in(session.seq, now, until).await.map_err(|error| ApiError::internal(&error))
}

/// Sends the browser to the provider. The flow has all that is typed before.
pub(crate) async fn send(app: &App, sign_in: &SignIn, linking: &Linking, via: Via) -> Result<Sent, ApiError> {
    let failed = |error: &(dyn std::error::Error + 'static)| ApiError::internal(error);
    let flow = &linking.flow;
    let redirect = flow.method().auth.sign_in.as_ref().and_then(|sign_in| sign_in.redirect.as_ref());
    let redirect = redirect.ok_or_else(|| ApiError::of(&INTERNAL))?;
    let back = Token::random("wso_").map_err(|error| failed(&error))?;
    let verifier = Token::random("").map_err(|error| failed(&error))?.secret().expose().to_owned();
    let uri = redirect_uri(app, flow.guide().provider.key.as_str());
    let inputs = Inputs::new(flow.method(), flow.environment(), flow.values());
    let request = AuthorizationRequest {
        redirect,
        scopes: &flow.requested_scopes(redirect),
        redirect_uri: &uri,
        state: back.secret().expose(),
        verifier: &verifier,
    };
    let to = probe::authorization_url(flow.method(), &request, &inputs);
    let to = to.map_err(|error| {
        ApiError::new(&CONFLICT, format!("The browser cannot be sent to the provider: {error}"))
    })?;
    let port = to.port.map(|port| format!(":{port}")).unwrap_or_default();
    let origin = match app.settings.server.upstreams.value.iter().find(|one| one.maps(&to.host)) {
        Some(upstream) => upstream.origin(),
        None => format!("https://{}{port}", to.host),
    };
    let kept = serde_json::to_string(&Kept { verifier, via }).map_err(|error| failed(&error))?;
    let (kept, now) = (Secret::new(kept), Timestamp::now());
    let sent = app.vault.send_sign_in(sign_in, &linking.attempt.id, &back.digest(), &kept, now).await;
    if !sent.map_err(|error| failed(&error))? {
        return Err(ApiError::new(&GONE, "This sign-in was begun already, or is over; begin another"));
    }
    Ok(Sent { url: format!("{}{}", origin.trim_end_matches('/'), to.path_and_query), back })
}

/// Takes a sign-in up again, with what the browser brought.
pub(crate) async fn take(app: &App, provider: &str, state: &str) -> Result<Option<Returned>, ApiError> {
    let failed = |error| ApiError::internal(&error);
    let now = Timestamp::now();
    let taken = app.vault.take_sign_in(&Digest::of(state), now).await.map_err(failed)?;
    let Some((sign_in, kept)) = taken else { return Ok(None) };
    let Ok(kept) = serde_json::from_str::<Kept>(kept.expose()) else { return Ok(None) };
    let Some(id) = &sign_in.attempt else { return Ok(None) };
    let Some(attempt) = app.vault.attempt(id).await.map_err(failed)? else { return Ok(None) };
    let session = app.vault.session(&attempt.project, attempt.session).await.map_err(failed)?;
    let Some(session) = session.filter(|session| session.goes_on(now)) else { return Ok(None) };
    let found = connectors::find(app, &attempt.project, &attempt.connector_profile).await?;
    let Some(connector) = found.filter(|one| one.provider() == provider) else { return Ok(None) };
    let Some(mut linking) = Linking::open(app, &session, connector, attempt).await? else {
        return Ok(None);
    };
    linking.away = Some(kept.verifier);
    Ok(Some(Returned { sign_in, via: kept.via, session, linking }))
}

/// Tells the flow what the browser brought.
pub(crate) fn tell(app: &App, linking: &mut Linking, back: &Back) {
    let verifier = linking.away.take().unwrap_or_default();
    let Some(code) = &back.code else {
        linking.flow.sign_in_failed(outcome(back.error.as_deref()));
        return;
    };
    let uri = redirect_uri(app, linking.flow.guide().provider.key.as_str());
    let given = [("code", code.clone()), ("redirect_uri", uri), ("code_verifier", verifier)];
    let given: Values =
        given.into_iter().filter_map(|(name, value)| Some((Key::parse(name)?, Secret::new(value)))).collect();
    linking.flow.signed_in(given);
}

/// Where a provider sends the browser back to: what an admin enters there, once.
pub(crate) fn redirect_uri(app: &App, provider: &str) -> String {
    format!("{}connect/oauth2/{provider}/callback", app.public_url)
}

/// What an error of the authorization endpoint means
/// ([RFC 6749, 4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1)).
fn outcome(error: Option<&str>) -> OutcomeKind {
    match error {
        Some("access_denied") => OutcomeKind::Declined,
        Some("server_error" | "temporarily_unavailable") => OutcomeKind::ProviderDown,
        Some("invalid_scope") => OutcomeKind::MissingPermission,
        Some("unauthorized_client" | "invalid_request" | "unsupported_response_type") => {
            OutcomeKind::Misconfigured
        }
        _ => OutcomeKind::Unknown,
    }
}
