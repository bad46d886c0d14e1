//! Before a link that opens once is opened: a button.
//!
//! **Invariant:** to see the page is not to use the link, and it says nothing of whose it is.

use minijinja::context;

use super::shell::{Frame, Head, draw};

/// The page in front of a link that opens once, for whatever may be no person: what looks at links in mails and chats asks
/// for them as well, and never sends a form. The form goes to where the page was.
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
