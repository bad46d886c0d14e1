//! Signing in at the provider, in the browser.
//!
//! **Invariant:** the address to which the browser is sent is one that the flow made; a page only shows it.

use minijinja::context;
use probe::Verdict;

use super::shell::{Event, Frame, Head, Mode, data, draw, is_web};
use crate::texts::Said;

/// What the page is made from.
#[derive(Clone, Copy)]
pub struct SignInPage<'a> {
    /// The provider's name.
    pub provider: &'a str,
    /// The provider's icon.
    pub icon: Option<&'a str>,
    /// Where linking is: `/session/{session}/{connector}`.
    pub base: &'a str,
    /// Whether a script goes to the provider by itself: not within a frame, where no provider lets itself be shown.
    pub follow: bool,
}

/// The browser goes to the provider, in a window of its own where this page is embedded, and this page waits.
pub fn sign_in(frame: &Frame<'_>, page: &SignInPage<'_>, authorize: &str) -> String {
    let texts = frame.texts();
    let title = frame.say(texts.browser_title, &[("provider", page.provider)]);
    let open = frame.say(texts.browser_open, &[("provider", page.provider)]);
    let event = Event::new("sign_in", None);
    let head = Head { event: Some(event), ..Head::new(&title, Some(2)) };
    let actions: Vec<(&str, String)> =
        Some((authorize, open)).filter(|(url, _)| is_web(url)).into_iter().collect();
    draw(
        frame,
        &head,
        "notice.html",
        context! {
            lead => frame.say(texts.browser_lead, &[("provider", page.provider)]),
            mark => "wait",
            icon => page.icon,
            provider => page.provider,
            poll => format!("{}/progress", page.base),
            follow => page.follow && frame.mode == Mode::Standalone,
            actions => data(actions),
            ..super::trouble::nothing_more()
        },
    )
}

/// Signing in did not work: somebody said no, or what came back was not in order.
pub fn sign_in_failed(frame: &Frame<'_>, page: &SignInPage<'_>, verdict: Option<&Verdict>) -> String {
    let texts = frame.texts();
    let title = match verdict {
        Some(verdict) => frame.language.outcome(verdict.outcome).to_owned(),
        None => frame.say(texts.browser_failed_title, &[("provider", page.provider)]),
    };
    let says = verdict.into_iter().flat_map(|verdict| [&verdict.says, &verdict.fix]);
    let notes: Vec<Said> = says.map(|saying| frame.language.say(saying)).collect();
    let head = Head { is_problem: true, ..Head::new(&title, Some(2)) };
    draw(
        frame,
        &head,
        "notice.html",
        context! {
            lead => frame.say(texts.browser_failed_fix, &[("provider", page.provider)]),
            mark => "warn",
            icon => page.icon,
            provider => page.provider,
            notes => data(&notes),
            actions => data([(page.base, texts.browser_again)]),
            ..super::trouble::nothing_more()
        },
    )
}

/// The person came back, in a window that was opened for it: what comes next is in the other one.
pub fn signed_in(frame: &Frame<'_>, provider: &str, icon: Option<&str>) -> String {
    let texts = frame.texts();
    draw(
        frame,
        &Head::new(texts.browser_done_title, None),
        "notice.html",
        context! {
            lead => texts.help_close,
            mark => "done",
            icon,
            provider,
            ..super::trouble::nothing_more()
        },
    )
}
