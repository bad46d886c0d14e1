//! The way in: a link with a token.
//!
//! **Invariant:** the token is looked at once, and the browser is sent on to an address without it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use jiff::{Timestamp, ToSpan as _};
use secret::Secret;
use serde::Deserialize;
use vault::{Digest, Session, Showing};

use super::cookie;
use super::desk::{FRAME, Front, cookie_name, go};
use super::posted::Posted;
use crate::app::App;
use crate::layers::client::Client;
use crate::limits;
use crate::pages::{Scheme, Trouble};
use crate::texts::Language;
use crate::wire::error::ApiError;
use crate::wire::{Query, Segments};

/// For so many minutes a frame without a cookie can go on in a window.
const MINUTES: i64 = 10;

/// How the pages are shown.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    /// The origin of the page that embeds them.
    parent: Option<String>,
    /// `light` or `dark`.
    theme: Option<String>,
    /// The language of the page around.
    language: Option<String>,
    /// Whether they have their footer when they are embedded.
    footer: Option<String>,
}

impl Wanted {
    /// What is not known is not kept.
    fn showing(self) -> Showing {
        let scheme = self.theme.as_deref().and_then(Scheme::parse);
        let language = self.language.as_deref().and_then(Language::parse);
        Showing {
            parent: self.parent,
            scheme: scheme.filter(|one| *one != Scheme::Auto).map(|one| one.name().to_owned()),
            language: language.map(|one| one.tag().to_owned()),
            footer: self.footer.as_deref() == Some("1"),
        }
    }
}

pub(super) async fn enter(
    State(app): State<Arc<App>>,
    client: Client,
    headers: HeaderMap,
    Segments(token): Segments<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Response> {
    let front = Front::new(&app, &headers);
    let failed = |error: ApiError| front.failed(&error, "/");
    limits::may_guess(&app, &client).await.map_err(failed)?;
    let found = app.vault.session_by_token(&Digest::of(&token)).await;
    let Some(session) = found.map_err(|error| failed(ApiError::internal(&error)))? else {
        limits::guessed_wrong(&app, &client).await;
        return Err(front.trouble(Trouble::NotFound));
    };
    let now = Timestamp::now();
    let showing = wanted.showing();
    // A page that the session does not name gets no frame: neither here nor by the policy of the pages. Nor does it use
    // up a link that works once.
    if showing.parent.as_ref().is_some_and(|parent| !session.made.origins.contains(parent)) {
        return Err(front.trouble(Trouble::WrongOrigin));
    }
    if session.revoked_at.is_some() {
        return Err(front.of(&session, showing).trouble(Trouble::LinkRevoked));
    }
    if !session.is_open(now) {
        return Err(front.of(&session, showing).trouble(Trouble::LinkExpired));
    }
    let path = path(session.seq);
    // Somebody who comes back in the same browser goes on.
    if let Some(secret) = cookie::read(&headers, &cookie_name(session.seq)) {
        let browser = Digest::of(secret.expose());
        let known = app.vault.session_by_browser(session.seq, &browser).await;
        let known = known.map_err(|error| failed(ApiError::internal(&error)))?;
        if let Some((_, before)) = known.filter(|(_, before)| before.parent == showing.parent) {
            if before != showing {
                let changed = app.vault.show_otherwise(session.seq, &browser, &showing).await;
                changed.map_err(|error| failed(ApiError::internal(&error)))?;
            }
            return Ok(go(&path));
        }
    }
    let opened = app.vault.open_session(&session, &showing, now).await;
    let Some(browser) = opened.map_err(|error| failed(ApiError::internal(&error)))? else {
        return Err(front.of(&session, showing).trouble(Trouble::LinkUsed));
    };
    let to = match &browser.frame {
        Some(frame) => format!("{path}?{FRAME}={}", frame.secret().expose()),
        None => path,
    };
    Ok(let_in(&app, &session, browser.secret.secret(), &to, showing.parent.is_some()))
}

/// A frame for which the browser keeps no cookie goes on in a window of its own.
pub(super) async fn window(
    State(app): State<Arc<App>>,
    client: Client,
    headers: HeaderMap,
    Segments(seq): Segments<i64>,
    body: Bytes,
) -> Result<Response, Response> {
    let front = Front::new(&app, &headers);
    let failed = |error: ApiError| front.failed(&error, "/");
    limits::may_guess(&app, &client).await.map_err(failed)?;
    let posted = Posted::parse(&headers, &body).ok_or_else(|| front.trouble(Trouble::NotFound))?;
    let frame = Digest::of(posted.text(FRAME));
    let now = Timestamp::now();
    let found = app.vault.session_by_frame(seq, &frame).await;
    let found = found.map_err(|error| failed(ApiError::internal(&error)))?;
    let Some((session, _)) = found.filter(|(session, _)| session.is_open(now)) else {
        limits::guessed_wrong(&app, &client).await;
        return Err(front.trouble(Trouble::NoSession));
    };
    let since = now.saturating_sub(MINUTES.minutes()).unwrap_or(now);
    let left = app.vault.leave_frame(seq, &frame, since).await;
    let Some(secret) = left.map_err(|error| failed(ApiError::internal(&error)))? else {
        return Err(front.trouble(Trouble::NoSession));
    };
    Ok(let_in(&app, &session, secret.secret(), &path(seq), false))
}

fn path(session: i64) -> String {
    format!("/session/{session}")
}

/// The browser gets its secret, for the pages of the session and for the way in: so that whoever opens a link again goes
/// on, also where it works once.
fn let_in(app: &App, session: &Session, secret: &Secret, to: &str, embedded: bool) -> Response {
    let seconds = session.made.expires_at.as_second() - Timestamp::now().as_second();
    let name = cookie_name(session.seq);
    let mut response = go(to);
    for path in [path(session.seq).as_str(), "/link"] {
        if let Some(cookie) = cookie::set(&name, secret, path, seconds, app.is_secure(), embedded) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    response
}
