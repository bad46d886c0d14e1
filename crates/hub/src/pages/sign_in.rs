//! The pages around a sign-in to the provider.
//!
//! **Invariant:** the URL that the browser is sent to comes from the flow; the page only shows it.

use minijinja::context;
use probe::Verdict;

use super::shell::{Event, Frame, Head, Mode, data, draw, is_web};
use crate::texts::Said;

/// The data of the page.
#[derive(Clone, Copy)]
pub struct SignInPage<'a> {
    /// The provider's name.
    pub provider: &'a str,
    /// The provider's icon.
    pub icon: Option<&'a str>,
    /// Where linking is: `/session/{session}/{connector}`.
    pub base: &'a str,
    /// Whether a script goes to the provider automatically. Not in a frame, since providers forbid framing.
    pub follow: bool,
}

/// Renders the page that sends the browser to the provider. If the page is embedded, the provider opens in a window of
/// its own while the page waits.
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

/// Renders the page after a failed sign-in: access was declined, or the response was not valid.
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

/// Renders the page in the window that was opened for the sign-in. The person continues in the other window.
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
