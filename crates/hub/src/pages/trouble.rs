//! The page that explains why a page cannot be shown, and what to do.
//!
//! **Invariant:** it reveals nothing to strangers, not even whether a session exists.

use minijinja::{Value, context};

use super::shell::{Event, Frame, Head, data, draw};

/// Why a page cannot be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble<'a> {
    /// The link has expired.
    LinkExpired,
    /// The single-use link has been used.
    LinkUsed,
    /// The link was revoked.
    LinkRevoked,
    /// The session does not exist, or no longer exists.
    NoSession,
    /// The session was opened in another browser.
    OtherBrowser,
    /// There were too many attempts.
    TooMany {
        /// How long to wait.
        minutes: u32,
    },
    /// The browser keeps no cookie for an embedded page.
    NoCookie {
        /// The path that continues in a window of its own.
        action: &'a str,
        /// A token that allows this once.
        frame: &'a str,
    },
    /// The session does not allow the embedding page's origin.
    WrongOrigin,
    /// The page does not exist.
    NotFound,
    /// The form does not belong to this browser's page, or is too old.
    StaleForm {
        /// The page to reload.
        back: &'a str,
    },
    /// The Hub failed.
    HubError {
        /// The request's id in the log.
        request: &'a str,
    },
}

/// Renders the page.
pub fn trouble(frame: &Frame<'_>, trouble: Trouble<'_>) -> String {
    let texts = frame.texts();
    let (title, fix) = match trouble {
        Trouble::LinkExpired => (texts.expired_title, texts.expired_fix),
        Trouble::LinkUsed => (texts.used_title, texts.used_fix),
        Trouble::LinkRevoked => (texts.revoked_title, texts.revoked_fix),
        Trouble::NoSession => (texts.no_session_title, texts.no_session_fix),
        Trouble::OtherBrowser => (texts.other_browser_title, texts.other_browser_fix),
        Trouble::TooMany { .. } => (texts.too_many_title, texts.too_many_fix),
        Trouble::NoCookie { .. } => (texts.no_cookie_title, texts.no_cookie_fix),
        Trouble::WrongOrigin => (texts.wrong_origin_title, texts.wrong_origin_fix),
        Trouble::NotFound => (texts.not_found_title, texts.not_found_fix),
        Trouble::StaleForm { .. } => (texts.stale_title, texts.stale_fix),
        Trouble::HubError { .. } => (texts.hub_error_title, texts.hub_error_fix),
    };
    let minutes = match trouble {
        Trouble::TooMany { minutes } => minutes.to_string(),
        _ => String::new(),
    };
    let window = match trouble {
        Trouble::NoCookie { action, frame } => Some([action.to_owned(), frame.to_owned()]),
        _ => None,
    };
    let mut actions: Vec<(String, String)> = Vec::new();
    if let Trouble::StaleForm { back } = trouble {
        actions.push((back.to_owned(), texts.reload.to_owned()));
    }
    if let Some(product) = frame.return_to {
        actions.push((product.to_owned(), frame.say(texts.back_to_product, &[])));
    }
    actions.retain(|(url, _)| super::shell::is_web(url));
    let head = Head {
        is_problem: true,
        event: Some(Event::new("failed", Some(trouble.code()))),
        ..Head::new(title, None)
    };
    draw(
        frame,
        &head,
        "notice.html",
        context! {
            lead => frame.say(fix, &[("minutes", &minutes)]),
            mark => trouble.mark(),
            request => match trouble { Trouble::HubError { request } => Some(request), _ => None },
            actions => data(actions),
            window => window.map(data),
            ..nothing_more()
        },
    )
}

impl Trouble<'_> {
    /// The identifier that is sent to the embedding page.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::LinkExpired => "link_expired",
            Self::LinkUsed => "link_used",
            Self::LinkRevoked => "link_revoked",
            Self::NoSession => "no_session",
            Self::OtherBrowser => "other_browser",
            Self::TooMany { .. } => "too_many_attempts",
            Self::NoCookie { .. } => "cookies_blocked",
            Self::WrongOrigin => "origin_not_allowed",
            Self::NotFound => "not_found",
            Self::StaleForm { .. } => "stale_form",
            Self::HubError { .. } => "hub_error",
        }
    }

    const fn mark(&self) -> &'static str {
        match self {
            Self::LinkExpired | Self::TooMany { .. } | Self::StaleForm { .. } => "clock",
            Self::LinkUsed
            | Self::LinkRevoked
            | Self::NoSession
            | Self::OtherBrowser
            | Self::NoCookie { .. }
            | Self::WrongOrigin => "link",
            Self::NotFound | Self::HubError { .. } => "warn",
        }
    }
}

/// The extra data of a notice that has only a heading and a text.
pub(super) fn nothing_more() -> Value {
    context! {
        icon => (),
        provider => "",
        note => (),
        notes => (),
        request => (),
        poll => (),
        follow => false,
        window => (),
        open => false,
        actions => data(Vec::<(String, String)>::new()),
    }
}
