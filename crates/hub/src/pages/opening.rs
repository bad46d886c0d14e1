//! The page with a button that opens a single-use link.
//!
//! **Invariant:** viewing the page does not use up the link, and does not reveal whose link it is.

use minijinja::context;

use super::shell::{Frame, Head, draw};

/// Renders the page before a single-use link, for requests that may not come from a person: link scanners in mail and
/// chat request links, too, but never send a form. The form is sent to the page's own path.
pub fn opening(frame: &Frame<'_>) -> String {
    let texts = frame.texts();
    let title = frame.say(texts.open_title, &[]);
    draw(
        frame,
        &Head::new(&title, None),
        "notice.html",
        context! {
            lead => texts.open_lead,
            mark => "go",
            open => true,
            ..super::trouble::nothing_more()
        },
    )
}
