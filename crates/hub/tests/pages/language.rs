//! What is said in the reader's language, and what in the guide's.

use hub::pages;
use hub::texts::Language;
use link::{Flow, Start};
use secret::Secret;

use crate::says::{GUIDE, has, key, read, with_frame};
use crate::views::bare;

#[test]
fn what_is_wrong_with_a_value_is_said_in_the_readers_language() {
    let guide = read(GUIDE);
    let start = Start { environment: Some(key("live")), ..Start::default() };
    let mut flow = Flow::new(guide, "api-key", start).expect("the method is there");
    flow.submit_all(&[(key("site"), Secret::from("a b")), (key("token"), Secret::from("two words"))]);
    let german = with_frame(Language::De, |frame| pages::form(frame, &bare(&flow, None)));
    has(
        &german,
        &[
            // The guide words this one.
            "id=\"error--site\" lang=\"en\">Site must be letters and digits.</p>",
            "id=\"error--token\" lang=\"de\">Token enthält ein Leerzeichen; ",
        ],
    );
}
