//! The pages that are shown before and after the person signs in to the provider.
//!
//! **Invariant:** the URL that the browser is sent to comes from the flow; the page only shows it.

use minijinja::context;
use probe::Verdict;

use super::shell::{Event, Frame, Head, Mode, PageProvider, data, is_web, render_page};
use crate::texts::Localized;

/// The data for a page before or after a sign-in.
#[derive(Clone, Copy)]
pub struct SignInPage<'a> {
    /// The provider.
    pub provider: PageProvider<'a>,
    /// The path of the form: `/session/{session}/{connector}`.
    pub base: &'a str,
    /// Whether a script navigates to the provider automatically. It never does so in a frame, because providers forbid
    /// framing.
    pub follow: bool,
}

/// Renders the page that sends the browser to the provider. If the page is embedded, the provider opens in a separate
/// window while the page waits.
pub fn sign_in(frame: &Frame<'_>, page: &SignInPage<'_>, authorize: &str) -> String {
    let texts = frame.texts();
    let fill = |message| frame.fill(message, &[("provider", page.provider.name)]);
    let head = Head {
        stage: Some(2),
        provider: Some(page.provider),
        event: Some(Event { name: "sign_in", ..Event::default() }),
        ..Head::new(fill(texts.browser_title), fill(texts.browser_lead))
    };
    let open = Some((authorize, fill(texts.browser_open))).filter(|(url, _)| is_web(url));
    let page = context! {
        poll => format!("{}/progress", page.base),
        follow => page.follow && frame.mode == Mode::Standalone,
        actions => data(Vec::from_iter(open)),
    };
    render_page(frame, &head, "notice.html", page)
}

/// Renders the page after a failed sign-in: access was declined, or the response was not valid.
pub fn sign_in_failed(frame: &Frame<'_>, page: &SignInPage<'_>, verdict: Option<&Verdict>) -> String {
    let texts = frame.texts();
    let fill = |message| frame.fill(message, &[("provider", page.provider.name)]);
    let title = match verdict {
        Some(verdict) => frame.language.outcome(verdict.outcome).to_owned(),
        None => fill(texts.browser_failed_title),
    };
    let head = Head {
        stage: Some(2),
        provider: Some(page.provider),
        is_problem: true,
        ..Head::new(title, fill(texts.browser_failed_fix))
    };
    let explanation = verdict.into_iter().flat_map(|verdict| [&verdict.says, &verdict.fix]);
    let notes: Vec<Localized> = explanation.map(|saying| frame.language.localize(saying)).collect();
    let page = context! { notes => data(&notes), actions => data([(page.base, texts.browser_again)]) };
    render_page(frame, &head, "notice.html", page)
}

/// Renders the last page in the window that was opened for the sign-in. The person continues in the original window.
pub fn signed_in(frame: &Frame<'_>, provider: Option<PageProvider<'_>>) -> String {
    let texts = frame.texts();
    let head = Head { provider, ..Head::new(texts.browser_done_title, texts.help_close) };
    render_page(frame, &head, "notice.html", context! { mark => "done" })
}
