//! Tests that our own messages are in the reader's language, and the guide's messages are in the guide's language.

use hub::pages;
use hub::texts::Language;
use link::{Flow, Start};
use secret::Secret;

use crate::texts::{GUIDE, has, key, read, with_frame};
use crate::views::bare;

#[test]
fn messages_about_values_are_in_the_readers_language() {
    let guide = read(GUIDE);
    let start = Start { environment: Some(key("live")), ..Start::default() };
    let mut flow = Flow::new(guide, "api-key", start).expect("the guide has no such method");
    flow.submit_all(&[(key("site"), Secret::from("a b")), (key("token"), Secret::from("two words"))]);
    let german = with_frame(Language::De, |frame| pages::form(frame, &bare(&flow)));
    has(
        &german,
        &[
            // This message comes from the guide.
            "id=\"error--site\" aria-live=\"polite\" lang=\"en\"><strong>Site</strong> must be letters and digits.</p>",
            "id=\"error--token\" aria-live=\"polite\" lang=\"de\"><strong>Token</strong> darf keine Leerzeichen enthalten. ",
        ],
    );
}
