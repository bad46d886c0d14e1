//! Redacts random text around an encoded random secret: no encoding of the secret remains, the places are sound, and text
//! that arrives in two parts is searched as a whole.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fuzz::{quoted, text};
use libfuzzer_sys::fuzz_target;
use secret::{Redactor, Secret, percent_encoded};

/// Encodes text as a JSON string, without the quotation marks.
fn json(text: &str) -> String {
    let quoted = quoted(text);
    quoted[1..quoted.len() - 1].to_owned()
}

fuzz_target!(|data: &[u8]| {
    let [encoders, cut, rest @ ..] = data else { return };
    let (secret, rest) = text(rest);
    let (before, rest) = text(rest);
    let (after, _) = text(rest);
    // Secrets are trimmed. Short ones are not redacted, and parts of long ones that have no letters are not either.
    let secret = secret.trim();
    if !(8..=64).contains(&secret.len()) {
        return;
    }
    let redactor = Redactor::new([&Secret::from(secret)]);
    let mut encoded = secret.to_owned();
    for n in 0..3 {
        encoded = match encoders >> (n * 2) & 3 {
            0 => json(&encoded),
            1 => percent_encoded(&encoded),
            2 => encoded.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&#34;").replace('/', "&#x2F;"),
            _ if n == 2 => STANDARD.encode(&encoded),
            _ => encoded.escape_default().to_string(),
        };
    }
    let text = format!("{before}[{encoded}]{after}");
    let places = redactor.places(text.as_bytes());
    let ends = places.hidden.iter().flat_map(|place| [place.start, place.end]);
    assert!(ends.clone().is_sorted() && ends.clone().all(|end| text.is_char_boundary(end)), "{places:?}");
    assert!(places.open <= text.len());
    let inside = before.len() + 1..before.len() + 1 + encoded.len();
    let hidden = places.hidden.iter().find(|place| inside.start < place.end && place.start < inside.end);
    let hidden = hidden.unwrap_or_else(|| panic!("{encoded} is not hidden in {text}"));
    // The last symbols of Base64 are padding.
    assert!(hidden.start <= inside.start && inside.end - 4 <= hidden.end, "{hidden:?} of {inside:?} in {text}");
    assert!(!redactor.redact(&text).contains(secret), "{text}");

    let cut = inside.start + encoded.len() * usize::from(*cut) / 256;
    let first = redactor.places(&text.as_bytes()[..cut]);
    let is_hidden = first.hidden.iter().any(|place| place.end > inside.start);
    assert!(first.open <= inside.start || is_hidden || cut == inside.start, "{text} {cut} {first:?}");
});
