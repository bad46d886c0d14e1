//! The pages that are shown instead of a requested page: one explains why it cannot be shown, and the other has the
//! button that opens a single-use link.
//!
//! **Invariant:** these pages reveal nothing to strangers, not even whether a session exists.

use minijinja::context;

use super::shell::{Event, Frame, Head, Mode, data, is_web, render_page};

/// Why a page cannot be shown. The embedding page receives the variant's name in snake case as the error code.
#[derive(Clone, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Trouble {
    /// The link has expired.
    LinkExpired,
    /// The single-use link has been used.
    LinkUsed,
    /// The link was revoked.
    LinkRevoked,
    /// The session never existed, or no longer exists.
    NoSession,
    /// The session was opened in another browser.
    OtherBrowser,
    /// The sign-in has finished, was canceled, or has expired.
    SignInOver,
    /// The browser does not store cookies.
    CookiesOff,
    /// There were too many attempts.
    TooManyAttempts {
        /// The minutes to wait before the next attempt.
        minutes: u64,
    },
    /// The browser blocks the embedded page's cookie.
    CookiesBlocked {
        /// The path that opens in a separate window, where the person continues.
        action: String,
        /// The single-use token that lets the person continue there.
        frame: String,
    },
    /// The session does not allow the embedding page's origin.
    OriginNotAllowed,
    /// The page does not exist.
    NotFound,
    /// The form did not come from a page that was shown to this browser, or it is too old.
    StaleForm {
        /// The path of the page to reload.
        back: String,
    },
    /// The Hub cannot use its database at the moment.
    Unavailable,
    /// The Hub failed.
    HubError {
        /// The request's id in the log.
        request: String,
    },
}

/// Renders the page that explains why the requested page cannot be shown, and what to do.
pub fn trouble(frame: &Frame<'_>, trouble: &Trouble) -> String {
    let texts = frame.texts();
    let (mark, title, fix) = match trouble {
        Trouble::LinkExpired => ("clock", texts.expired_title, texts.expired_fix),
        Trouble::LinkUsed => ("link", texts.used_title, texts.used_fix),
        Trouble::LinkRevoked => ("link", texts.revoked_title, texts.revoked_fix),
        Trouble::NoSession => ("link", texts.no_session_title, texts.no_session_fix),
        Trouble::OtherBrowser => ("link", texts.other_browser_title, texts.other_browser_fix),
        Trouble::SignInOver => ("clock", texts.sign_in_over_title, texts.sign_in_over_fix),
        Trouble::CookiesOff => ("link", texts.cookies_off_title, texts.cookies_off_fix),
        Trouble::TooManyAttempts { .. } => ("clock", texts.too_many_title, texts.too_many_fix),
        Trouble::CookiesBlocked { .. } => ("link", texts.no_cookie_title, texts.no_cookie_fix),
        Trouble::OriginNotAllowed => ("link", texts.wrong_origin_title, texts.wrong_origin_fix),
        Trouble::NotFound => ("warn", texts.not_found_title, texts.not_found_fix),
        Trouble::StaleForm { .. } => ("clock", texts.stale_title, texts.stale_fix),
        Trouble::Unavailable => ("clock", texts.unavailable_title, texts.unavailable_fix),
        Trouble::HubError { .. } => ("warn", texts.hub_error_title, texts.hub_error_fix),
    };
    let (mut minutes, mut request, mut window, mut actions) = (String::new(), None, None, Vec::new());
    match trouble {
        Trouble::TooManyAttempts { minutes: wait } => minutes = wait.to_string(),
        Trouble::CookiesBlocked { action, frame } => window = Some([action, frame]),
        Trouble::StaleForm { back } => actions.push((back.as_str(), texts.reload.to_owned())),
        Trouble::HubError { request: id } => request = Some(id),
        _ => {}
    }
    // A page that does not know its session leads to the product's site instead. In a frame, the site would replace
    // only the frame.
    let site = frame.brand.site_url.as_deref().filter(|_| frame.mode == Mode::Standalone);
    actions.extend(frame.return_to.or(site).map(|url| (url, frame.fill(texts.back_to_product, &[]))));
    actions.retain(|(url, _)| is_web(url));
    let head = Head {
        is_problem: true,
        event: Some(Event { name: "failed", detail: trouble.into(), provider: "" }),
        ..Head::new(title, frame.fill(fix, &[("minutes", &minutes)]))
    };
    let page = context! { mark, request, window => data(window), actions => data(actions) };
    render_page(frame, &head, "notice.html", page)
}

/// Renders the page with the button that opens a single-use link. The page is shown if the request might not come from
/// a person: link scanners in mail and chat apps also request links, but never submit a form. The form is submitted to
/// the page's own path. Viewing the page does not use up the link.
pub fn opening(frame: &Frame<'_>) -> String {
    let texts = frame.texts();
    let head = Head::new(frame.fill(texts.open_title, &[]), texts.open_lead);
    render_page(frame, &head, "notice.html", context! { mark => "go", open => true })
}
