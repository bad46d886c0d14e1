//! The way in: a link with a token.
//!
//! **Invariant:** the token is looked at once, and the browser is sent on to an address without it. A link that opens once
//! is opened by a person alone: by going there, or by a button where that cannot be told.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use jiff::{Timestamp, ToSpan as _};
use secret::Secret;
use serde::Deserialize;
use vault::{Digest, Presentation, Session};

use super::context::{FRAME, PageContext, cookie_name, go};
use super::cookie::{self, Cookie};
use super::handoff::HANDED_HOURS;
use super::posted::Posted;
use crate::app::App;
use crate::client::Client;
use crate::pages::{Scheme, Trouble, opening};
use crate::texts::Language;
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
    fn showing(self) -> Presentation {
        let scheme = self.theme.as_deref().and_then(Scheme::parse);
        let language = self.language.as_deref().and_then(Language::parse);
        Presentation {
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
    Parts { method, headers, .. }: Parts,
    Segments(token): Segments<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Response> {
    let context = PageContext::new(&app, &headers);
    app.limiter.may_guess(&client).await.map_err(context.failed("/"))?;
    let found = app.vault.session_by_token(&Digest::of(&token)).await;
    let Some(session) = found.map_err(context.failed("/"))? else {
        app.limiter.guessed_wrong(&client).await;
        return Err(context.trouble(Trouble::NotFound));
    };
    let now = Timestamp::now();
    let showing = wanted.showing();
    // A page that the session does not name gets no frame: neither here nor by the policy of the pages. Nor does it use
    // up a link that works once.
    if showing.parent.as_ref().is_some_and(|parent| !session.made.origins.contains(parent)) {
        return Err(context.trouble(Trouble::WrongOrigin));
    }
    if session.revoked_at.is_some() {
        return Err(context.of(&session, showing).trouble(Trouble::LinkRevoked));
    }
    if !session.may_continue(now) {
        return Err(context.of(&session, showing).trouble(Trouble::LinkExpired));
    }
    let path = path(session.seq);
    // Somebody who comes back in the same browser goes on.
    if let Some(secret) = cookie::read(&headers, &cookie_name(session.seq)) {
        let browser = Digest::of(secret.expose());
        let known = app.vault.session_by_browser(session.seq, &browser).await;
        let known = known.map_err(context.failed("/"))?;
        if let Some((_, before)) = known.filter(|(_, before)| before.parent == showing.parent) {
            if before != showing {
                let changed = app.vault.update_presentation(session.seq, &browser, &showing).await;
                changed.map_err(context.failed("/"))?;
            }
            return Ok(go(&path));
        }
    }
    if !session.is_open(now) {
        return Err(context.of(&session, showing).trouble(Trouble::LinkExpired));
    }
    if session.made.once && session.opened_at.is_some() {
        return Err(context.of(&session, showing).trouble(Trouble::LinkUsed));
    }
    let is_asked = match method {
        Method::POST => is_from_here(&headers),
        // One that opens in several browsers costs nothing to open.
        Method::GET => !session.made.once || is_navigation(&headers),
        _ => false,
    };
    if !is_asked {
        let context = context.of(&session, showing);
        return Ok(context.page(StatusCode::OK, opening(&context.frame())));
    }
    let opened = app.vault.open_session(&session, &showing, now).await;
    let Some(browser) = opened.map_err(context.failed("/"))? else {
        return Err(context.of(&session, showing).trouble(Trouble::LinkUsed));
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
    let context = PageContext::new(&app, &headers);
    app.limiter.may_guess(&client).await.map_err(context.failed("/"))?;
    let posted = Posted::parse(&headers, &body).ok_or_else(|| context.trouble(Trouble::NotFound))?;
    let frame = Digest::of(posted.text(FRAME));
    let now = Timestamp::now();
    let found = app.vault.session_by_frame(seq, &frame).await;
    let found = found.map_err(context.failed("/"))?;
    let Some((session, _)) = found.filter(|(session, _)| session.may_continue(now)) else {
        app.limiter.guessed_wrong(&client).await;
        return Err(context.trouble(Trouble::NoSession));
    };
    let since = now.saturating_sub(MINUTES.minutes()).unwrap_or(now);
    let left = app.vault.exchange_frame_token(seq, &frame, since).await;
    let Some(secret) = left.map_err(context.failed("/"))? else {
        return Err(context.trouble(Trouble::NoSession));
    };
    Ok(let_in(&app, &session, secret.secret(), &path(seq), false))
}

/// Whether a browser is on its way to a page that somebody will see. What looks at links in mails and chats does not say so,
/// nor does a browser that fetches ahead, or one that reaches the Hub without TLS.
fn is_navigation(headers: &HeaderMap) -> bool {
    let is = |name: &str, words: &[&str]| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|text| words.contains(&text))
    };
    let ahead = ["sec-purpose", "purpose"]
        .into_iter()
        .flat_map(|name| headers.get_all(name))
        .any(|value| value.to_str().is_ok_and(|text| text.to_ascii_lowercase().contains("prefetch")));
    is("sec-fetch-mode", &["navigate"]) && is("sec-fetch-dest", &["document", "iframe", "frame"]) && !ahead
}

/// Whether a form was sent from a page of the Hub. Without a cookie there is nothing to prove it by: whoever has the link
/// may open it, but no page of others opens it unseen.
fn is_from_here(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin")
}

fn path(session: i64) -> String {
    format!("/session/{session}")
}

/// The browser gets its secret, for the pages of the session and for the way in: so that whoever opens a link again goes
/// on, also where it works once.
fn let_in(app: &App, session: &Session, secret: &Secret, to: &str, embedded: bool) -> Response {
    // A step may be handed on, and then it goes on for longer: the Hub knows when it ends, whatever the browser keeps.
    let seconds = session.made.expires_at.as_second() - Timestamp::now().as_second() + HANDED_HOURS * 3600;
    let name = cookie_name(session.seq);
    let mut response = go(to);
    for path in [path(session.seq).as_str(), "/link"] {
        let is_secure = app.is_secure();
        let cookie = Cookie { name: &name, value: secret, path, seconds, is_secure, embedded };
        response.headers_mut().extend(cookie.header().map(|header| (SET_COOKIE, header)));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_goes_to_a_page_and_nothing_else_does() {
        let goes = |pairs: &[(&'static str, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| {
                (axum::http::HeaderName::from_static(name), value.parse().expect("a value"))
            });
            is_navigation(&pairs.collect())
        };
        let (navigate, document) = (("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"));
        assert!(goes(&[navigate, document]));
        assert!(goes(&[navigate, ("sec-fetch-dest", "iframe")]));
        for pairs in [
            &[][..],
            &[navigate],
            &[document],
            &[navigate, ("sec-fetch-dest", "image")],
            &[("sec-fetch-mode", "no-cors"), document],
            &[navigate, document, ("sec-purpose", "prefetch")],
            &[navigate, document, ("sec-purpose", "prefetch;prerender")],
            &[navigate, document, ("purpose", "Prefetch")],
        ] {
            assert!(!goes(pairs), "{pairs:?}");
        }
    }
}
