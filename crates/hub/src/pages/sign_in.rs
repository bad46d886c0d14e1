//! The pages that are shown before and after the person signs in to the provider in a separate window. A form that is
//! not embedded needs no such window: it leads to the provider directly.
//!
//! **Invariant:** every page that leads to a provider names the customer, the product and the provider, so that nobody
//! unknowingly gives access to someone else's customer account. Only a form leads to a provider, never a link.

use minijinja::context;
use probe::Verdict;

use super::form::{advice, happened};
use super::shell::{Event, Frame, Head, PageProvider, data, render_page};
use crate::texts::{GUIDE_LANGUAGE, Localized};

/// The data for a page before or after a sign-in.
#[derive(Clone, Copy)]
pub struct SignInPage<'a> {
    /// The provider.
    pub provider: PageProvider<'a>,
    /// The name of the customer for whom the account is linked.
    pub customer: &'a str,
}

/// Why a sign-in failed.
#[derive(Clone, Copy, Debug)]
pub enum NotSignedIn<'a> {
    /// The provider or a check refused the sign-in.
    Refused(&'a Verdict),
    /// The sign-in could not begin. The message states the reason.
    NotBegun(&'a str),
}

impl SignInPage<'_> {
    fn fill(&self, frame: &Frame<'_>, message: &str) -> String {
        frame.fill(message, &[("provider", self.provider.name), ("customer", self.customer)])
    }
}

/// Renders the page that waits in a frame while the person signs in in a separate window. `base` is the path of the
/// form. The button can open the window again if the person closes it.
pub fn sign_in(frame: &Frame<'_>, page: &SignInPage<'_>, base: &str, ticket: &str) -> String {
    let texts = frame.texts();
    let head = Head {
        stage: Some(2),
        provider: Some(page.provider),
        event: Some(Event { name: "sign_in", ..Event::default() }),
        ..Head::new(page.fill(frame, texts.browser_title), page.fill(frame, texts.browser_lead))
    };
    let label = page.fill(frame, texts.browser_open);
    let page = context! {
        note => page.fill(frame, texts.browser_for),
        poll => format!("{base}/progress"),
        leave => context! { action => LEAVE, ticket, label, window => true },
        actions => data([(base, texts.hand_back)]),
    };
    render_page(frame, &head, "notice.html", page)
}

/// Renders the first page in a separate window. Its form is submitted to the path for tickets if there is a ticket, and
/// otherwise to the page's own URL.
pub fn sign_in_ask(frame: &Frame<'_>, page: &SignInPage<'_>, ticket: Option<&str>) -> String {
    let texts = frame.texts();
    let head = Head {
        provider: Some(page.provider),
        ..Head::new(page.fill(frame, texts.browser_ask_title), page.fill(frame, texts.browser_ask_lead))
    };
    let label = page.fill(frame, texts.continue_to);
    let action = ticket.map(|_| LEAVE);
    let page = context! {
        note => texts.browser_ask_fix,
        leave => context! { action, ticket, label, window => false },
    };
    render_page(frame, &head, "notice.html", page)
}

/// Renders the page that is shown in a separate window if the sign-in failed. `why` is `None` if the reason is unknown.
pub fn sign_in_failed(frame: &Frame<'_>, page: &SignInPage<'_>, why: Option<NotSignedIn<'_>>) -> String {
    let texts = frame.texts();
    let failed = || page.fill(frame, texts.browser_failed_title);
    let (title, notes): (String, Vec<Localized>) = match why {
        Some(NotSignedIn::Refused(verdict)) => {
            let (title, says) = happened(frame, verdict, page.provider.name);
            (title, says.into_iter().chain(advice(frame, verdict, page.provider.name)).collect())
        }
        Some(NotSignedIn::NotBegun(text)) => (failed(), vec![Localized::plain(text, GUIDE_LANGUAGE)]),
        None => {
            let advice = page.fill(frame, texts.browser_approve_fix);
            (failed(), vec![Localized::plain(advice, texts.lang)])
        }
    };
    let head = Head {
        provider: Some(page.provider),
        is_problem: true,
        ..Head::new(title, page.fill(frame, texts.browser_failed_fix))
    };
    render_page(frame, &head, "notice.html", context! { notes => data(&notes) })
}

/// Renders the last page in a separate window. The person continues in the original window.
pub fn signed_in(frame: &Frame<'_>, page: &SignInPage<'_>) -> String {
    let texts = frame.texts();
    let lead = page.fill(frame, texts.browser_done_lead);
    let head = Head { provider: Some(page.provider), ..Head::new(texts.browser_done_title, lead) };
    render_page(frame, &head, "notice.html", context! { mark => "done" })
}

/// The path to which a form with a ticket is submitted.
const LEAVE: &str = "/connect/oauth2/leave";
