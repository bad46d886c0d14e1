//! Tests how a request is shown without its secrets.

use guide::Key;
use probe::{Inputs, Placeholders, Values};
use secret::Secret;

use super::{GUIDE, read, values};

/// Shows a text that can contain values, a capture and tokens, one of which is short.
fn show(text: &str) -> (String, Option<String>) {
    let derived =
        "    derived: [{ key: half, from: '{{ value.token }}', accept: [{ after_last: '-' }] }]\n    auth:";
    let guide = read(&GUIDE.replace("    auth:", derived));
    let method = &guide.methods[0];
    let values = values("europe", "ann@acme", "first-second");
    let key = |text| Key::parse(text).expect("a key");
    let captures = Values::from([(key("session"), "first-second-third".into())]);
    let tokens = Values::from([(key("access"), "four".into()), (key("short"), "ab3".into())]);
    let inputs = Inputs { captures: &captures, tokens: &tokens, ..Inputs::new(method, None, &values) };
    let shown = Placeholders::new(method, &inputs, |kind, key| format!("<{kind} {key}>"));
    let text = Secret::from(text);
    (shown.show(&text), shown.show_basic(&text))
}

#[test]
fn every_secret_has_its_own_placeholder() {
    for (text, expected) in [
        ("europe ann@acme", "europe ann@acme"),
        ("first-second", "<value token>"),
        ("the second one", "the <value half> one"),
        ("first-second-third", "<capture session>"),
        ("four ab3", "<token access> ab3"),
        // An encoded secret has no placeholder of its own.
        ("Zmlyc3Qtc2Vjb25k", "(hidden)"),
    ] {
        assert_eq!(show(text).0, expected);
    }
}

#[test]
fn the_credentials_of_basic_authentication_are_shown_decoded() {
    // The Base64 encodings of `ann@acme:first-second` and of the byte 0xff.
    let basic = show("Basic YW5uQGFjbWU6Zmlyc3Qtc2Vjb25k").1;
    assert_eq!(basic.as_deref(), Some("ann@acme:<value token>"));
    for other in ["Bearer YW5uQGFjbWU6Zmlyc3Qtc2Vjb25k", "Basic ?", "Basic /w=="] {
        assert_eq!(show(other).1, None, "{other}");
    }
}
