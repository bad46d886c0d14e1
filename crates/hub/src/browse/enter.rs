//! Opens a session's link, which contains its token.
//!
//! **Invariant:** the token is checked once, and then the browser is redirected to a URL without the token. Only a
//! person can use up a single-use link, by navigating to it or, if navigation cannot be detected, by pressing a button.
//! A single-use link opens nothing after another browser has opened it, or StackOne's widget has used its token.

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::{Timestamp, ToSpan as _};
use secret::Secret;
use serde::Deserialize;
use vault::{Digest, Presentation, Session};

use super::context::{FIRST, FRAME, PageContext, SESSION_COOKIE, cookie_name, redirect_to};
use super::cookie::{self, Cookie};
use super::failure::Failure;
use super::handoff::HANDOFF_HOURS;
use super::link_token::token_of;
use super::posted::Posted;
use super::requester::{is_ahead, is_navigation, is_same_origin};
use crate::pages::{Scheme, Trouble, opening};
use crate::texts::Language;
use crate::wire::{Query, Segments};

/// The beginning of the names of sessions' cookies, and the maximum number of them in a browser.
const SESSION_COOKIES: (&str, usize) = (SESSION_COOKIE, 20);

/// How long a frame's single-use token is valid, in minutes. If the browser blocks the frame's cookie, the token lets
/// the person continue in a separate window.
const MINUTES: i64 = 10;

/// The query parameters of a link, which control how the pages are displayed.
#[derive(Debug, Deserialize)]
pub(super) struct Display {
    /// The origin of the embedding page.
    parent: Option<String>,
    /// `light` or `dark`.
    theme: Option<String>,
    /// The language of the embedding page.
    language: Option<String>,
    /// `1` to show a footer on embedded pages.
    footer: Option<String>,
}

impl Display {
    /// Converts the parameters. Unrecognized values are ignored.
    fn presentation(self) -> Presentation {
        let scheme = self.theme.as_deref().and_then(|name| name.parse::<Scheme>().ok());
        let language = self.language.as_deref().and_then(Language::parse);
        Presentation {
            parent: self.parent,
            scheme: scheme.filter(|one| *one != Scheme::Auto).map(|one| <&str>::from(one).to_owned()),
            language: language.map(|language| language.texts().lang.to_owned()),
            footer: self.footer.as_deref() == Some("1"),
        }
    }
}

pub(super) async fn enter(
    mut context: PageContext,
    Parts { method, headers, .. }: Parts,
    Segments(token): Segments<String>,
    Query(display): Query<Display>,
) -> Result<Response, Failure> {
    let token = token_of(&token);
    let Some(session) = context.app.vault.session_by_token(&Digest::of(token)).await? else {
        return Err(context.wrong_guess(Trouble::NotFound).await);
    };
    let now = Timestamp::now();
    let presentation = display.presentation();
    // Checked before the link is opened, so that a page from a disallowed origin cannot use up a single-use link. The
    // Content-Security-Policy already prevents such a page from embedding the linking pages.
    if presentation.parent.as_ref().is_some_and(|parent| !session.parameters.origins.contains(parent)) {
        return Err(Trouble::OriginNotAllowed.into());
    }
    context.set_session(&session, &presentation);
    let vault = &context.app.vault;
    if session.revoked_at.is_some() || context.app.session_accounts.lost_its_account(&session).await? {
        return Ok(context.trouble(&Trouble::LinkRevoked));
    }
    if session.ends_at() <= now {
        return Ok(context.trouble(&Trouble::LinkExpired));
    }
    let path = path(session.seq);
    // If the link has already been opened in this browser, the person continues the session.
    if let Some(secret) = cookie::read(&headers, &cookie_name(session.seq), context.app.is_secure()) {
        let browser = Digest::of(secret.expose());
        let known = vault.session_by_browser(session.seq, &browser).await?;
        if let Some((_, before)) = known.filter(|(_, before)| before.parent == presentation.parent) {
            if before != presentation {
                context.app.limiter.write(&session)?;
                vault.update_presentation(session.seq, &browser, &presentation).await?;
            }
            return Ok(redirect_to(&path));
        }
    }
    if session.parameters.once && (session.opened_at.is_some() || session.widget_at.is_some()) {
        return Ok(context.trouble(&Trouble::LinkUsed));
    }
    if !session.is_open(now) {
        return Ok(context.trouble(&Trouble::LinkExpired));
    }
    let may_open = match method {
        Method::POST => is_same_origin(&headers, &context.app.public_url),
        Method::GET if session.parameters.once => is_navigation(&headers, presentation.parent.is_some()),
        Method::GET if is_ahead(&headers) => return Ok(StatusCode::NO_CONTENT.into_response()),
        Method::GET => true,
        _ => false,
    };
    if !may_open {
        return Ok(context.page(opening(&context.frame())));
    }
    context.app.limiter.write(&session)?;
    let Some(browser) = vault.open_session(&session, &presentation, now).await? else {
        return Ok(context.trouble(&Trouble::LinkUsed));
    };
    let to = match &browser.frame {
        Some(frame) => format!("{path}?{FRAME}={}", frame.secret().expose()),
        None => format!("{path}?{FIRST}"),
    };
    let embedded = presentation.parent.is_some();
    Ok(redirect_with_cookie(&context, &headers, (&session, browser.secret.secret()), &to, embedded))
}

/// Exchanges a frame's token for a cookie in a separate window, where the person continues. This is needed if the
/// browser blocks the frame's cookie.
pub(super) async fn window(
    context: PageContext,
    headers: HeaderMap,
    Segments(seq): Segments<i64>,
    body: Bytes,
) -> Result<Response, Failure> {
    let vault = &context.app.vault;
    let posted = Posted::parse(&headers, &body).filter(|_| is_same_origin(&headers, &context.app.public_url));
    let posted = posted.ok_or(Trouble::NotFound)?;
    let frame = Digest::of(posted.text(FRAME));
    let now = Timestamp::now();
    let found = vault.session_by_frame(seq, &frame).await?;
    let Some((session, _)) = found.filter(|(session, _)| session.may_continue(now)) else {
        return Err(context.wrong_guess(Trouble::NoSession).await);
    };
    let since = now.saturating_sub(MINUTES.minutes()).unwrap_or(now);
    let secret = vault.exchange_frame_token(seq, &frame, since).await?.ok_or(Trouble::NoSession)?;
    let to = format!("{}?{FIRST}", path(seq));
    Ok(redirect_with_cookie(&context, &headers, (&session, secret.secret()), &to, false))
}

fn path(session: i64) -> String {
    format!("/session/{session}")
}

/// Redirects a browser, and sets the browser's secret as a cookie for the session's pages and for the link itself. This
/// lets a person reopen even a single-use link in the same browser, and continue.
fn redirect_with_cookie(
    context: &PageContext,
    headers: &HeaderMap,
    (session, secret): (&Session, &Secret),
    to: &str,
    embedded: bool,
) -> Response {
    // The cookie may outlive the session, because the session is extended when a step is handed off. The Hub checks the
    // session's expiry itself.
    let seconds =
        session.parameters.expires_at.as_second() - Timestamp::now().as_second() + HANDOFF_HOURS * 3600;
    let (name, is_secure) = (&cookie_name(session.seq), context.app.is_secure());
    let mut response = redirect_to(to);
    let pages = path(session.seq);
    let paths = &[pages.as_str(), "/link"];
    let cookie = Cookie { name, value: secret, paths, seconds, is_secure, embedded };
    cookie.set_limited(headers, SESSION_COOKIES, &mut response);
    response
}
