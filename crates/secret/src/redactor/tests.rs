//! Tests that secrets are found in every encoding, and that other text stays.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::*;

mod exact;

/// Encodes a whole string.
type Encoder = fn(&str) -> String;

/// Encoders that encode each character separately.
const BY_CHARACTER: &[Encoder] = &[
    json,
    |text| json(text).replace('/', "\\/"),
    json_in_ascii,
    |text| json(text).replace('&', "\\u0026").replace('<', "\\u003c").replace('\\', "\\u005C"),
    |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
    |text| lowercase_codes(&utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()),
    |text| url::form_urlencoded::byte_serialize(text.as_bytes()).collect(),
    |text| html_escape::encode_safe(text).into_owned(),
    |text| html_escape::encode_quoted_attribute(text).into_owned(),
    |text| text.chars().map(|ch| format!("&#{};", u32::from(ch))).collect(),
    |text| text.escape_default().to_string(),
    |text| text.escape_debug().to_string(),
    |text| text.replace('\'', "''"),
    |text| text.bytes().map(|byte| std::ascii::escape_default(byte).to_string()).collect(),
    |text| text.bytes().map(|byte| format!("\\{byte:03o}")).collect(),
    |text| text.chars().map(|ch| format!("\\x{{{:x}}}", u32::from(ch))).collect(),
];

/// Encoders that encode groups of bytes.
const BY_GROUP: &[Encoder] =
    &[|text| STANDARD.encode(text), |text| URL_SAFE_NO_PAD.encode(text), |text| hex::encode(text)];

/// Encodes text as a JSON string, without the quotation marks.
fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Encodes text as a JSON string in ASCII, as Python does.
fn json_in_ascii(text: &str) -> String {
    let mut units = [0; 2];
    let mut escaped = |ch: char| {
        let codes = ch.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}"));
        if ch.is_ascii() { ch.to_string() } else { codes.collect() }
    };
    json(text).chars().map(&mut escaped).collect()
}

fn lowercase_codes(encoded: &str) -> String {
    let mut out = String::new();
    let mut digits = 0;
    for ch in encoded.chars() {
        out.push(if 0 < digits { ch.to_ascii_lowercase() } else { ch });
        digits = if ch == '%' { 2 } else { usize::saturating_sub(digits, 1) };
    }
    out
}

fn encoded(text: &str, encoders: &[Encoder]) -> String {
    encoders.iter().fold(text.to_owned(), |text, encode| encode(&text))
}

/// Encodes text as UTF-16, with or without a byte order mark.
fn utf_16(text: &str, big: bool, marked: bool) -> Vec<u8> {
    let mark = marked.then_some(0xfeff);
    let units = mark.into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[track_caller]
fn check(secret: &str, text: &str, expected: &str) {
    assert_eq!(Redactor::new([&Secret::new(secret)]).redact(text), expected);
}

fn any_secret() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        "[A-Za-z0-9+/=_.-]{4,80}",
        "[ -~]{4,40}",
        "[%&+\\\\'\"/;#x5cCn0-9{}]{4,24}",
        "\\PC{4,24}",
        "[a-zé€😀\u{7}\n\t\\\\\"]{6,24}",
        "([A-Za-z0-9+/]{64}\n){1,4}",
    ];
    let text = text.prop_map(|text| text.trim().to_owned());
    text.prop_filter("too short", |text| SHORTEST <= text.len())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nested_encodings_are_hidden_exactly(
        secret in any_secret(),
        encoders in prop::collection::vec(prop::sample::select(BY_CHARACTER), 0..4),
    ) {
        let (before, after) = (encoded("bad token [", &encoders), encoded("] in request", &encoders));
        let text = format!("{before}{}{after}", encoded(&secret, &encoders));
        let ends_in_backslash = secret.ends_with('\\');
        let redacted = Redactor::new([&Secret::new(secret)]).redact(&text);
        let (start, end) = (format!("{before}(hidden)"), encoded(" in request", &encoders));
        prop_assert!(redacted.starts_with(&start) && redacted.ends_with(&end), "{} of {}", redacted, text);
        // A backslash at the end of the secret cannot be told from one that begins the next escape.
        prop_assert!(ends_in_backslash || redacted == start + &after, "{} of {}", redacted, text);
    }

    #[test]
    fn base64_and_hexadecimal_are_hidden(
        secret in "[ -~]{24,60}",
        inner in prop::collection::vec(prop::sample::select(BY_CHARACTER), 0..3),
        groups in prop::collection::vec(prop::sample::select(BY_GROUP), 1..3),
        outer in prop::collection::vec(prop::sample::select(BY_CHARACTER), 0..2),
        before in "[a-z]{0,5}",
    ) {
        let secret = format!("<{secret}>");
        let encode = |text: &str| encoded(&encoded(&encoded(text, &inner), &groups), &outer);
        let text = format!("token {}.", encode(&format!("{before}[{secret}]")));
        let redacted = Redactor::new([&Secret::new(secret)]).redact(&text);
        // The symbols next to the secret also encode its neighbors.
        let most = "token .".len() + encode(&format!("{before}[]")).len() + 20 * encoded("=", &outer).len();
        let visible = redacted.replace(MARK, "");
        prop_assert!(visible.len() <= most, "{} of {}", redacted, text);
        prop_assert_ne!(redacted, visible);
    }

    #[test]
    fn utf_16_is_hidden(
        secret in "[!-~é]{8,40}",
        encoders in prop::collection::vec(prop::sample::select(BY_CHARACTER), 0..2),
        groups in prop::collection::vec(prop::sample::select(BY_GROUP), 0..2),
        big in any::<bool>(),
        marked in any::<bool>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let text = format!("token [{}]", encoded(&encoded(&secret, &encoders), &groups));
        // Encoders can leave characters that are only partly in ASCII.
        prop_assume!(text.chars().all(|ch| u32::from(ch) <= 0xff));
        let bytes = utf_16(&text, big, marked);
        let redactor = Redactor::new([&Secret::new(&*secret)]);
        let places = redactor.places(&bytes).hidden;
        let hidden: usize = places.iter().map(ExactSizeIterator::len).sum();
        prop_assert!(2 * (text.len() - "token []".len()) <= hidden + 2 * text.len() / 8 + 40, "{places:?} of {text}");
        for place in places.iter().filter(|_| groups.is_empty()) {
            let at = place.start + cut.index(place.len());
            let before = redactor.places(&bytes[..at]);
            let is_hidden = before.hidden.iter().any(|hidden| hidden.contains(&place.start));
            prop_assert!(before.open <= place.start || is_hidden, "{text} {at} {before:?}");
        }
    }

    #[test]
    fn other_text_stays_the_same(secret in "[A-Za-z0-9]{10,40}", words in prop::collection::vec("\\PC{0,12}", 0..40)) {
        let text = words.join(" ");
        prop_assume!(!text.contains(&secret));
        prop_assert_eq!(Redactor::new([&Secret::new(secret)]).redact(&text), text);
    }

    #[test]
    fn the_beginning_of_a_secret_at_the_end_of_a_text_is_reported(
        secret in any_secret(),
        encoders in prop::collection::vec(prop::sample::select(BY_CHARACTER), 0..3),
        base64 in any::<bool>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut text = encoded(&secret, &encoders);
        if base64 {
            text = STANDARD.encode(text);
        }
        let redactor = Redactor::new([&Secret::new(&*secret)]);
        let text = format!("[{text}]");
        for place in redactor.places(text.as_bytes()).hidden {
            let at = place.start + cut.index(place.len());
            // The first part can contain the whole secret, because a run of backslashes reads as one backslash.
            let before = redactor.places(&text.as_bytes()[..at]);
            let is_hidden = before.hidden.iter().any(|hidden| hidden.contains(&place.start));
            prop_assert!(before.open <= place.start || is_hidden || 64 < secret.len(), "{text} {at} {before:?}");
        }
    }
}

#[test]
fn the_beginning_of_an_escape_at_the_end_of_a_text_is_part_of_the_secret() {
    let redactor = Redactor::new([&Secret::new("a<secret")]);
    assert_eq!(redactor.places(b"[a\\").open, 1);
}

#[test]
fn a_secret_waits_for_a_long_escape_that_is_cut_off() {
    let html = |text: &str| text.chars().map(|ch| format!("&#{};", u32::from(ch))).collect::<String>();
    let secret = "a😀secret";
    let text = format!("[{}", html(&json_in_ascii(secret)));
    let redactor = Redactor::new([&Secret::new(secret)]);
    let hidden = redactor.places(text.as_bytes()).hidden;
    assert_eq!(hidden, std::slice::from_ref(&(1..text.len())));
    for end in 2..text.len() {
        assert!(redactor.places(&text.as_bytes()[..end]).open <= 1, "{}", &text[..end]);
    }
}

#[test]
fn common_encodings_are_redacted() {
    let check = |text: &str, expected: &str| check("ca/nary \"token\"&", text, expected);
    check("a ca/nary \"token\"& b", "a (hidden) b");
    check("?key=ca%2Fnary%20%22token%22%26&x=1", "?key=(hidden)&x=1");
    check("?key=ca%2fnary+%22token%22%26", "?key=(hidden)");
    check(r#"{"key":"ca\/nary \"token\"\u0026"}"#, r#"{"key":"(hidden)"}"#);
    check(
        r#"{"body":"{\"key\":\"ca\\\/nary \\\"token\\\"\\u0026\"}"}"#,
        r#"{"body":"{\"key\":\"(hidden)\"}"}"#,
    );
    check("<b>ca&#x2F;nary &quot;token&#34;&amp;</b>", "<b>(hidden)</b>");
    check("nothing here", "nothing here");
}

#[test]
fn doubled_backslashes_are_redacted() {
    check(r"%%%\", r"[%%%\\]", "[(hidden)]");
    check(r"%%%\", r"[%25%25%25%5C%5C%5C%5C]", "[(hidden)]");
    check(r"a\nb/c", r"[a\\\\nb\\u005cu002fc]", "[(hidden)]");
    check("a\\\nb", r"[a\\\nb]", "[(hidden)]");
    check(r"a\\bc", r"[a\\\\bc]", "[(hidden)]");
    check(r"\\\\\\", r"C:\path [\\\\\\\\\\\\]", r"C:\path [(hidden)]");
}

#[test]
fn base64_is_found_at_every_alignment() {
    for text in ["canary-token", "a:canary-token", "ab:canary-token", "abc:canary-token"] {
        let basic = format!("Basic {}", STANDARD.encode(text));
        let redacted = Redactor::new([&Secret::new("canary-token")]).redact(&basic);
        assert!(redacted.contains("(hidden)") && redacted.len() < 22, "{redacted}");
    }
}

#[test]
fn wrapped_base64_is_redacted() {
    let encoded = STANDARD.encode("user:canary-token-with-a-long-tail");
    let (first, second) = encoded.split_at(20);
    check("canary-token-with-a-long-tail", &format!("{first}\r\n{second}"), "dXNlcj(hidden)==");
    check("canary-token-with-a-long-tail", &format!("{first}\\n{second}"), "dXNlcj(hidden)==");
}

#[test]
fn a_surrogate_pair_is_one_character() {
    check("pass😀word", r"pass\ud83d\ude00word", "(hidden)");
    check("pass😀word", "pass&#55357;&#56832;word", "(hidden)");
}

#[test]
fn latin_1_is_redacted() {
    let redactor = Redactor::new([&Secret::new("pässword")]);
    assert_eq!(redactor.redact_bytes(b"[p\xe4ssword] \xff"), "[(hidden)] \u{fffd}");
    assert_eq!(redactor.redact("p%E4ssword"), "(hidden)");
}

#[test]
fn a_key_is_redacted_with_other_line_breaks() {
    let line = |n: u8| STANDARD.encode((0..48).map(|at| (at * 5) ^ n).collect::<Vec<u8>>());
    let lines: Vec<String> = (0..6).map(line).collect();
    let key = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
    let redactor = Redactor::new([&Secret::new(&*key)]);
    for text in [key.replace('\n', "\r\n"), key.replace('\n', ""), json(&key), lines.join(" ")] {
        let redacted = redactor.redact(&text);
        // The last line of a key can be short.
        assert!(lines.iter().all(|line| !redacted.contains(&line[..16])), "{redacted}");
    }
}

#[test]
fn a_long_secret_is_redacted_completely() {
    let secret: String = (0..200).map(|n: u8| char::from(b'!' + n.wrapping_mul(37) % 90)).collect();
    check(&secret, &format!("[{}]", json(&secret)), "[(hidden)]");
}

#[test]
fn short_secrets_are_not_redacted() {
    check("a", "a banana", "a banana");
}

#[test]
fn hostile_text_takes_linear_work() {
    let redactor = Redactor::new([&Secret::new("aaaa\\%25''++aaaa"), &Secret::new("a".repeat(200))]);
    for part in ["\\", "%25", "'", "+", "&amp;", "\\u005c", "a", "YWFh", "61", "\0", "a\0", "\0a", "\\\0"] {
        let text = part.repeat(20_000);
        assert!(redactor.places(text.as_bytes()).hidden.len() <= 1, "{part}");
    }
}
