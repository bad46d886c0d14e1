//! Why there is no page, and what to do.
//!
//! **Invariant:** it says nothing that a stranger should not know: not whether a session is there.

use minijinja::{Value, context};

use super::shell::{Event, Frame, Head, data, draw};

/// Why there is no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble<'a> {
    /// A link is past its time.
    LinkExpired,
    /// A link that works once was used.
    LinkUsed,
    /// A link was taken back.
    LinkRevoked,
    /// There is no such session, or no more.
    NoSession,
    /// The session was begun in another browser.
    OtherBrowser,
    /// Too many attempts.
    TooMany {
        /// How long to wait.
        minutes: u32,
    },
    /// The browser keeps no cookie for a page within another one.
    NoCookie {
        /// Where linking goes on in a window of its own.
        action: &'a str,
        /// What lets that happen, once.
        frame: &'a str,
    },
    /// A page embeds this one that the session does not name.
    WrongOrigin,
    /// There is no such page.
    NotFound,
    /// The form was not made by the page that is open, or too long ago.
    StaleForm {
        /// The page to load again.
        back: &'a str,
    },
    /// The Hub failed.
    HubError {
        /// The number under which it stands in the log.
        request: &'a str,
    },
}

/// The page that says so.
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
    /// The word for it, for a page that embeds this one.
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

/// What a notice has beside heading and text, when it has nothing.
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
