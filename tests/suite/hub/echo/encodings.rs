//! The token, and the encodings in which a provider repeats it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::hub::client::escaped;

/// A token with characters that each encoding changes differently.
pub(super) const TOKEN: &str = r#"canAry12/34ab+CDef&56"78<90>é\%Tail3=="#;

/// The parts of the token that no encoding changes except Base64 and hexadecimal.
const PLAIN: &[&str] = &["canAry12", "CDef", "Tail3"];

/// An encoding's name, and the function that encodes a string.
type Encoding = (&'static str, fn(&str) -> String);

/// The encodings that the tests cover.
pub(super) const ENCODINGS: &[Encoding] = &[
    ("as it was sent", str::to_owned),
    ("JSON", json),
    ("JSON in JSON in JSON", |text| json(&json(&json(text)))),
    ("PHP's JSON", |text| json(text).replace('/', "\\/").replace('é', "\\u00e9")),
    ("Go's JSON", |text| json(text).replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e")),
    ("Java's JSON", |text| json(text).replace('=', "\\u003D").replace("\\\\", "\\u005C")),
    ("percent-encoding", escaped),
    (".NET's lowercase percent-encoding", |text| {
        let code = |byte: u8| format!("%{byte:02x}");
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric();
        text.bytes()
            .map(|byte| if is_plain(&byte) { char::from(byte).to_string() } else { code(byte) })
            .collect()
    }),
    ("double percent-encoding", |text| escaped(&escaped(text))),
    ("HTML", |text| html_escape::encode_safe(text).into_owned()),
    ("HTML in JSON", |text| json(&html_escape::encode_quoted_attribute(text))),
    ("decimal entities", |text| text.chars().map(|ch| format!("&#{};", u32::from(ch))).collect()),
    ("Rust's escapes", |text| text.escape_default().to_string()),
    ("Base64", |text| STANDARD.encode(text)),
    ("Base64 of the header", |text| STANDARD.encode(format!("api-user@acme.example:{text}"))),
    ("URL-safe Base64 of JSON", |text| URL_SAFE_NO_PAD.encode(format!(r#"{{"key":"{}"}}"#, json(text)))),
    ("double Base64", |text| STANDARD.encode(STANDARD.encode(text))),
    ("hexadecimal", |text| hex::encode(text)),
];

/// Encodes a string as JSON, without the quotation marks.
fn json(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Asserts that no part of the token can be read in a text.
#[track_caller]
pub(super) fn assert_reveals_nothing(case: &str, text: &str) {
    for part in PLAIN {
        assert!(!text.contains(part), "{case}: `{part}` of the token is in {text}");
    }
    // The middle of an encoded token does not depend on the text around the token.
    for (name, encode) in ENCODINGS {
        let encoded = encode(TOKEN);
        let middle: String = encoded.chars().skip(encoded.chars().count() / 2 - 7).take(14).collect();
        assert!(!text.contains(&middle), "{case}: the token in {name} is in {text}");
    }
}
