//! The way in: a link with a token.
//!
//! **Invariant:** the token is looked at once, and the browser is sent on to an address without it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use vault::Digest;

use super::cookie;
use super::desk::{Front, cookie_name, go};
use crate::app::App;
use crate::layers::client::Client;
use crate::limits;
use crate::pages::Trouble;
use crate::wire::error::ApiError;
use crate::wire::{Query, Segments};

/// Who embeds the pages.
#[derive(Debug, Deserialize)]
pub(super) struct Embedded {
    /// The origin of the page that does.
    parent: Option<String>,
}

pub(super) async fn enter(
    State(app): State<Arc<App>>,
    client: Client,
    headers: HeaderMap,
    Segments(token): Segments<String>,
    Query(embedded): Query<Embedded>,
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
    if session.revoked_at.is_some() {
        return Err(front.of(&session, None).trouble(Trouble::LinkRevoked));
    }
    if !session.is_open(now) {
        return Err(front.of(&session, None).trouble(Trouble::LinkExpired));
    }
    // A page that the session does not name gets no frame: neither here nor by the policy of the pages.
    let parent = embedded.parent.filter(|parent| session.made.origins.contains(parent));
    // Somebody who comes back in the same browser goes on.
    if parent.is_none()
        && let Some(secret) = cookie::read(&headers, &cookie_name(session.seq))
    {
        let known = app.vault.session_by_browser(session.seq, &Digest::of(secret.expose())).await;
        if known.map_err(|error| failed(ApiError::internal(&error)))?.is_some() {
            return Ok(go(&format!("/session/{}", session.seq)));
        }
    }
    let opened = app.vault.open_session(&session, parent.as_deref(), now).await;
    let Some(browser) = opened.map_err(|error| failed(ApiError::internal(&error)))? else {
        return Err(front.of(&session, parent).trouble(Trouble::LinkUsed));
    };
    let path = format!("/session/{}", session.seq);
    let seconds = session.made.expires_at.as_second() - now.as_second();
    let (name, secure, embedded) = (cookie_name(session.seq), app.is_secure(), parent.is_some());
    let mut response = go(&path);
    if let Some(cookie) = cookie::set(&name, browser.secret(), &path, seconds, secure, embedded) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}
