//! Opens a session's link, which contains its token.
//!
//! **Invariant:** the token is checked once, and then the browser is redirected to a URL without the token. Only a
//! person can use up a single-use link, by navigating to it or, if navigation cannot be detected, by pressing a button.

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use jiff::{Timestamp, ToSpan as _};
use secret::Secret;
use serde::Deserialize;
use vault::{Digest, Presentation, Session};

use super::context::{FIRST, FRAME, Failure, PageContext, cookie_name, redirect_to};
use super::cookie::{self, Cookie};
use super::handoff::HANDOFF_HOURS;
use super::link_token::token_of;
use super::posted::Posted;
use crate::pages::{Scheme, Trouble, opening};
use crate::texts::Language;
use crate::wire::{Query, Segments};

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
    if !session.may_continue(now) {
        return Ok(context.trouble(&Trouble::LinkExpired));
    }
    let path = path(session.seq);
    // If the link has already been opened in this browser, the person continues the session.
    if let Some(secret) = cookie::read(&headers, &cookie_name(session.seq)) {
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
    if !session.is_open(now) {
        return Ok(context.trouble(&Trouble::LinkExpired));
    }
    if session.parameters.once && session.opened_at.is_some() {
        return Ok(context.trouble(&Trouble::LinkUsed));
    }
    let may_open = match method {
        Method::POST => is_same_origin(&headers),
        // Any request may open a link that is not single-use.
        Method::GET => !session.parameters.once || is_navigation(&headers, presentation.parent.is_some()),
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
    Ok(redirect_with_cookie(&context, &session, browser.secret.secret(), &to, presentation.parent.is_some()))
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
    let posted = Posted::parse(&headers, &body).filter(|_| is_same_origin(&headers));
    let posted = posted.ok_or(Trouble::NotFound)?;
    let frame = Digest::of(posted.text(FRAME));
    let now = Timestamp::now();
    let found = vault.session_by_frame(seq, &frame).await?;
    let Some((session, _)) = found.filter(|(session, _)| session.may_continue(now)) else {
        return Err(context.wrong_guess(Trouble::NoSession).await);
    };
    let since = now.saturating_sub(MINUTES.minutes()).unwrap_or(now);
    let secret = vault.exchange_frame_token(seq, &frame, since).await?.ok_or(Trouble::NoSession)?;
    Ok(redirect_with_cookie(&context, &session, secret.secret(), &format!("{}?{FIRST}", path(seq)), false))
}

/// Whether the headers show that a person is navigating to the page. They do not if the request comes from a link
/// scanner in a mail or chat app, from a browser that prefetches the page, or from a browser that reaches the Hub
/// without TLS. A page can be opened in a frame only if it is embedded, because the embedding page's origin was checked.
fn is_navigation(headers: &HeaderMap, is_embedded: bool) -> bool {
    let is = |name: &str, words: &[&str]| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|text| words.contains(&text))
    };
    let ahead = ["sec-purpose", "purpose", "x-purpose", "x-moz"]
        .into_iter()
        .flat_map(|name| headers.get_all(name))
        .filter_map(|value| value.to_str().ok())
        .map(str::to_ascii_lowercase)
        .any(|text| text.contains("prefetch") || text.contains("preview"));
    let destinations: &[&str] = if is_embedded { &["document", "iframe", "frame"] } else { &["document"] };
    is("sec-fetch-mode", &["navigate"]) && is("sec-fetch-dest", destinations) && !ahead
}

/// Whether a form was submitted from one of the Hub's pages, according to the browser's `Sec-Fetch-Site` header. Used
/// for forms that no cookie protects: anyone who has a link may open it, but another site must not open it without the
/// person noticing.
pub(super) fn is_same_origin(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin")
}

fn path(session: i64) -> String {
    format!("/session/{session}")
}

/// Redirects a browser, and sets the browser's secret as a cookie for the session's pages and for the link itself. This
/// lets a person reopen even a single-use link in the same browser, and continue.
fn redirect_with_cookie(
    context: &PageContext,
    session: &Session,
    secret: &Secret,
    to: &str,
    embedded: bool,
) -> Response {
    // The cookie may outlive the session, because the session is extended when a step is handed off. The Hub checks the
    // session's expiry itself.
    let seconds =
        session.parameters.expires_at.as_second() - Timestamp::now().as_second() + HANDOFF_HOURS * 3600;
    let (name, is_secure) = (&cookie_name(session.seq), context.app.is_secure());
    let mut response = redirect_to(to);
    for path in [path(session.seq).as_str(), "/link"] {
        Cookie { name, value: secret, path, seconds, is_secure, embedded }.set(&mut response);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_navigations_of_a_person_count() {
        let navigates = |pairs: &[(&'static str, &str)], is_embedded| {
            let pairs = pairs.iter().map(|(name, value)| {
                (axum::http::HeaderName::from_static(name), value.parse().expect("a value"))
            });
            is_navigation(&pairs.collect(), is_embedded)
        };
        let (navigate, document) = (("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"));
        let iframe = ("sec-fetch-dest", "iframe");
        assert!(navigates(&[navigate, document], false));
        assert!(navigates(&[navigate, iframe], true));
        assert!(!navigates(&[navigate, iframe], false), "a page that is not embedded was opened in a frame");
        for pairs in [
            &[][..],
            &[navigate],
            &[document],
            &[navigate, ("sec-fetch-dest", "image")],
            &[("sec-fetch-mode", "no-cors"), document],
            &[navigate, document, ("sec-purpose", "prefetch")],
            &[navigate, document, ("sec-purpose", "prefetch;prerender")],
            &[navigate, document, ("purpose", "Prefetch")],
            &[navigate, document, ("x-moz", "prefetch")],
            &[navigate, document, ("x-purpose", "preview")],
        ] {
            assert!(!navigates(pairs, true), "{pairs:?}");
        }
    }
}
