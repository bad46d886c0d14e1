//! Reads JSON as providers send it, with the deviations from the standard that other clients accept.
//!
//! - A byte order mark is ignored, and the character set that the response names is decoded.
//! - `NaN` and `Infinity` become null. An unpaired surrogate becomes U+FFFD. A control character in a string is kept.
//!
//! **Invariant:** valid JSON is read unchanged.

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::{Encoding, UTF_8};
use guide::Json;

use crate::message::Response;

/// Reads a body as JSON. Returns `None` if it is not JSON.
pub(crate) fn json(response: &Response) -> Option<Json> {
    Json::parse(&repaired(&text(response)))
}

/// Returns a body as text, without its byte order mark.
pub(crate) fn text(response: &Response) -> Cow<'_, str> {
    let named = response.header("content-type").and_then(charset).unwrap_or(UTF_8);
    // A byte order mark takes precedence over the header.
    let (text, _, _) = named.decode(&response.body);
    text
}

/// Returns the encoding that a content type names.
fn charset(content_type: &str) -> Option<&'static Encoding> {
    let mut parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, name) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Encoding::for_label(name.trim().trim_matches('"').as_bytes())
}

/// Replaces the parts of a text that the JSON parser does not accept.
fn repaired(text: &str) -> Cow<'_, str> {
    let mut repair = Repair { text, repaired: String::new(), copied: 0 };
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        at = match first {
            '"' => repair.string(at),
            '-' | '0'..='9' | 'N' | 'I' => repair.word(at),
            _ => at + first.len_utf8(),
        };
    }
    repair.finish()
}

/// A text and the repairs so far.
struct Repair<'t> {
    text: &'t str,
    repaired: String,
    /// The end of the part that has been copied to `repaired`, or replaced there.
    copied: usize,
}

impl<'t> Repair<'t> {
    /// Replaces a part of the text. Parts must be replaced in order.
    fn replace(&mut self, part: Range<usize>, replacement: &str) {
        self.repaired.push_str(&self.text[self.copied..part.start]);
        self.repaired.push_str(replacement);
        self.copied = part.end;
    }

    fn finish(mut self) -> Cow<'t, str> {
        if self.copied == 0 {
            return Cow::Borrowed(self.text);
        }
        self.repaired.push_str(&self.text[self.copied..]);
        Cow::Owned(self.repaired)
    }

    /// Reads a number or a word such as `NaN`. Returns its end.
    fn word(&mut self, start: usize) -> usize {
        let is_part = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '+' | '.');
        let rest = &self.text[start..];
        let word = &rest[..rest.find(|ch| !is_part(ch)).unwrap_or(rest.len())];
        let end = start + word.len();
        if matches!(word.strip_prefix('-').unwrap_or(word), "NaN" | "Infinity") {
            self.replace(start..end, "null");
        }
        end
    }

    /// Reads a string, with its quotes. Returns its end.
    fn string(&mut self, start: usize) -> usize {
        let mut at = start + 1;
        while let Some(ch) = self.text[at..].chars().next() {
            at = match ch {
                '"' => return at + 1,
                '\\' => self.escape(at),
                _ => {
                    let end = at + ch.len_utf8();
                    if matches!(ch, '\0'..='\u{1f}') {
                        self.replace(at..end, &format!("\\u{:04x}", u32::from(ch)));
                    }
                    end
                }
            };
        }
        at
    }

    /// Reads an escape sequence. Returns its end.
    fn escape(&mut self, start: usize) -> usize {
        let text = &self.text[start..];
        match code_unit(text) {
            Some(0xd800..=0xdbff) if text.get(6..).and_then(code_unit).is_some_and(is_low) => start + 12,
            Some(0xd800..=0xdfff) => {
                self.replace(start..start + 6, "\\ufffd");
                start + 6
            }
            Some(_) => start + 6,
            // The parser judges every other escape sequence.
            None => start + 1 + text[1..].chars().next().map_or(0, char::len_utf8),
        }
    }
}

fn is_low(unit: u32) -> bool {
    (0xdc00..=0xdfff).contains(&unit)
}

/// Returns the UTF-16 code unit in a `\uXXXX` at the beginning of a text.
fn code_unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn read(content_type: &str, body: &[u8]) -> Option<Json> {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        json(&Response { status: 200, headers, body: body.to_vec() })
    }

    #[track_caller]
    fn check(body: &str, expected: Option<&Value>) {
        assert_eq!(read("application/json", body.as_bytes()), expected.map(Json::from), "{body}");
    }

    #[test]
    fn character_sets_and_byte_order_marks_are_decoded() {
        let expected = Some(Json::from(&json!({ "name": "Müller" })));
        let text = "{\"name\":\"Müller\"}";
        let latin: Vec<u8> = text.chars().map(|ch| u8::try_from(u32::from(ch)).expect("Latin-1")).collect();
        let utf16: Vec<u8> =
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(read("application/json", format!("\u{feff}{text}").as_bytes()), expected);
        assert_eq!(read("application/json; charset=ISO-8859-1", &latin), expected);
        assert_eq!(read("application/json; x=y; Charset=\"latin1\"", &latin), expected);
        assert_eq!(read("application/json; charset=utf-8", &utf16), expected);
        assert_eq!(read("application/json; charset=unknown", text.as_bytes()), expected);
    }

    #[test]
    fn odd_values_do_not_make_the_rest_unreadable() {
        check("{\"a\":NaN,\"b\":-Infinity,\"c\":1}", Some(&json!({ "a": null, "b": null, "c": 1 })));
        check(
            r#"["\ud83d","\ud83dx","\ud83d\u0041","\ude00","\ud83d\ude00"]"#,
            Some(&json!(["\u{fffd}", "\u{fffd}x", "\u{fffd}A", "\u{fffd}", "😀"])),
        );
        check("[\"a\tb\nc\",\"\\\\\",\"\\\"\"]", Some(&json!(["a\tb\nc", "\\", "\""])));
    }

    #[test]
    fn text_that_is_not_json_is_not_read() {
        for body in [
            "", "<html>", "{", "\"", "\"\\", "\"\\u", "[1,]", "[01]", "[-]", "NaNa", "nul", "[1 2]", "{a:1}",
            "\"\\x\"",
        ] {
            check(body, None);
        }
    }

    proptest! {
        #[test]
        fn valid_json_is_read_unchanged(text in "[a-zé😀\\\\\"\u{1}\n]{0,12}", number in any::<i64>(), float in -1e9..1e9_f64) {
            let value = json!({ text.clone(): [text, number, float, null, true] });
            check(&value.to_string(), Some(&value));
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in r#"["\\u0-9a-fdDNI{}\[\]:,\-\.é😀 ]{0,40}"#) {
            let _ = read("application/json", text.as_bytes());
        }
    }
}
