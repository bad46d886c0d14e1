//! Tests which texts are hidden, and exactly which part of them, with one encoding at a time.

use super::*;

#[test]
fn every_symbol_of_an_alphabet_is_read() {
    for ch in ' '..='~' {
        let secret = format!("<{ch}{ch}{ch}word{ch}{ch}{ch}>");
        let upper = hex::encode_upper(&secret);
        for encoded in
            [STANDARD.encode(&secret), URL_SAFE_NO_PAD.encode(&secret), hex::encode(&secret), upper]
        {
            check(&secret, &format!("[{encoded}]"), "[(hidden)]");
            // Other letters next to the encoded secret stay.
            check(&secret, &format!("{}.{encoded}.x", "y".repeat(9)), "yyyyyyyyy.(hidden).x");
        }
    }
}

#[test]
fn an_encoded_secret_that_is_cut_off_begins_where_it_could_continue() {
    let redactor = Redactor::new([&Secret::new("canary-token")]);
    let open = |text: &str| redactor.places(text.as_bytes()).open;
    for encode in [|text: &str| STANDARD.encode(text), |text: &str| hex::encode(text)] {
        let encoded = encode("canary-token");
        for length in 4..encoded.len() {
            assert_eq!(open(&format!("a b: {}", &encoded[..length])), 5, "{}", &encoded[..length]);
            let text = format!("a b: {} c.", &encoded[..length]);
            assert_eq!(open(&text), text.len(), "the symbols end before the text does");
        }
    }
    assert_eq!(open("a canary"), 2);
    assert_eq!(open("a canary b."), 11);
}

#[test]
fn every_escape_is_read() {
    for (escaped, plain) in [
        (r"\n", '\n'),
        (r"\r", '\r'),
        (r"\t", '\t'),
        (r"\b", '\u{8}'),
        (r"\f", '\u{c}'),
        (r"\v", '\u{b}'),
        (r"\a", '\u{7}'),
        (r"\e", '\u{1b}'),
        (r"\ ", ' '),
        (r"\?", '?'),
        (r"\x3f", '?'),
        (r"\077", '?'),
        (r"\u003f", '?'),
        (r"\u{3f}", '?'),
        (r"\u{01f600}", '😀'),
        (r"\U0001f600", '😀'),
        (r"\ud83d\ude00", '😀'),
        ("%3f", '?'),
        ("%u003F", '?'),
        ("%u20AC", '€'),
        ("%e2%82%ac", '€'),
        ("%E9", 'é'),
        ("+", ' '),
        ("''", '\''),
        ("\"\"", '"'),
        ("&#63;", '?'),
        ("&#0000063;", '?'),
        ("&#x3f;", '?'),
        ("&#X00003F;", '?'),
        ("&#128512;", '😀'),
        ("&quest;", '?'),
        ("&NewLine;", '\n'),
        ("&nbsp;", '\u{a0}'),
    ] {
        check(&format!("pass{plain}word"), &format!("[pass{escaped}word]"), "[(hidden)]");
    }
}

#[test]
fn text_that_only_looks_like_an_escape_is_not_read_as_one() {
    for text in [
        "pass\\x3gword",
        "pass%3gword",
        "pass&#63word",
        "pass\\?wo\\rd",
        "pas\\s?word",
        "pass&#x;word",
        "pass&quesword",
        "pass\\u{3fword",
        "pass\\078word",
    ] {
        check("pass?word", &format!("[{text}]"), &format!("[{text}]"));
    }
}

#[test]
fn lines_are_found_alone_only_if_they_are_long_and_not_common_text() {
    let secret = "-----BEGIN A LONG PRIVATE KEY-----\n  0123456789abcdef  \n0123456789abcde\n================\néééééééééé";
    let check = |text: &str, expected: &str| check(secret, text, expected);
    check("[0123456789abcdef]", "[(hidden)]");
    check("[0123456789abcde ]", "[0123456789abcde ]");
    check("-----BEGIN A LONG PRIVATE KEY-----", "-----BEGIN A LONG PRIVATE KEY-----");
    check("[================]", "[================]");
    check("[éééééééééé]", "[(hidden)]");
    check(&format!("[{secret}]"), "[(hidden)]");
}

#[test]
fn the_shortest_secret_has_four_bytes() {
    check("abc", "abc", "abc");
    check("abcd", "abc abcd", "abc (hidden)");
    // Spaces around a secret do not count, unless the rest is too short.
    check(" abcd\n", "[abcd]", "[(hidden)]");
    check(" ab ", "[ab] [ ab ]", "[ab] [(hidden)]");
    check("\\\\\\\\", r"[\\\\]", "[(hidden)]");
}

#[test]
fn parts_of_a_long_secret_are_found_alone() {
    let secret: String = (0..150_u8).map(|n| char::from(b'a' + n % 26)).collect();
    // The parts are 64 bytes long, and the last overlaps with the one before it.
    for part in [&secret[..64], &secret[64..128], &secret[86..]] {
        check(&secret, &format!("[{part}]"), "[(hidden)]");
        check(&secret, &format!("[{}]", &part[1..]), &format!("[{}]", &part[1..]));
    }
}

#[test]
fn overlapping_secrets_are_hidden_once() {
    let redactor =
        Redactor::new([&Secret::new("first-second"), &Secret::new("second-third"), &Secret::new("third")]);
    assert_eq!(redactor.redact("a first-second-third b"), "a (hidden) b");
    assert_eq!(redactor.redact("third third"), "(hidden) (hidden)");
    assert_eq!(redactor.redact("thirdthird"), "(hidden)");
    assert!(redactor.finds_in("a third") && !redactor.finds_in("a thir"));
}

#[test]
fn a_place_is_extended_to_whole_characters() {
    // The Latin-1 reading of the bytes of `é` ends within the character `é`.
    let redactor = Redactor::new([&Secret::new("pass\u{c3}")]);
    assert_eq!(redactor.redact("[passé]"), "[(hidden)]");
    let redactor = Redactor::new([&Secret::new("\u{a9}word")]);
    assert_eq!(redactor.redact("[éword]"), "[(hidden)]");
    assert_eq!(redactor.redact_bytes(b"\xa9word"), "(hidden)");
}

#[test]
fn symbols_that_are_separated_are_not_decoded_together() {
    let encoded = STANDARD.encode("canary-token");
    for separator in [";", "&", "#", "{"] {
        let text = format!("[{}{separator}{}]", &encoded[..8], &encoded[8..]);
        check("canary-token", &text, &text);
    }
}

#[test]
fn at_most_two_layers_of_base64_or_hexadecimal_are_decoded() {
    let twice = hex::encode(STANDARD.encode("canary-token"));
    check("canary-token", &format!("[{twice}]"), "[(hidden)]");
    let often = STANDARD.encode(&twice);
    check("canary-token", &format!("[{often}]"), &format!("[{often}]"));
}

#[test]
fn a_complete_secret_at_the_end_of_a_text_is_not_open() {
    let redactor = Redactor::new([&Secret::new("canary-tok!")]);
    let places = redactor.places(b"a canary-tok!");
    assert_eq!(places.hidden, std::slice::from_ref(&(2..13)));
    assert_eq!(places.open, 13);
}

#[test]
fn a_run_of_backslashes_is_found_as_one() {
    check(r"a\\bc", r"[a\bc]", "[(hidden)]");
}

#[test]
fn a_text_that_reads_as_the_beginnings_of_two_secrets_is_searched_for_both() {
    let redactor = Redactor::new([&Secret::new("pass word"), &Secret::new("pass+work")]);
    assert_eq!(redactor.redact("[pass+word] [pass+work] [pass+worn]"), "[(hidden)] [(hidden)] [pass+worn]");
}

/// Checks that a secret that covers this text is reported as open wherever the text is cut.
#[track_caller]
fn check_cuts(secret: &str, text: &str) {
    let redactor = Redactor::new([&Secret::new(secret)]);
    let body = format!("[{text}]");
    assert_eq!(redactor.places(body.as_bytes()).hidden, std::slice::from_ref(&(1..body.len() - 1)), "{text}");
    for end in 2..body.len() - 1 {
        assert!(redactor.places(&body.as_bytes()[..end]).open <= 1, "{}", &body[..end]);
    }
}

#[test]
fn quotation_marks_that_are_doubled_more_than_once_are_open_at_every_cut() {
    for mark in ["'", "\""] {
        let secret = format!("pass{mark}word");
        check_cuts(&secret, &format!("pass{}word", mark.repeat(4)));
        check_cuts(&secret, &format!("pass{}word", mark.repeat(8)));
        check_cuts(&secret, &format!("pass{}word", format!("\\{mark}").repeat(4)));
        check_cuts(&format!("pass{mark}{mark}word"), &format!("pass{}word", mark.repeat(8)));
    }
}

#[test]
fn quotation_marks_in_shell_quotes_are_found_and_open_at_every_cut() {
    for mark in [r"'\''", r"'\\''", "%27%5C%27%27", r"\u0027\u005c\u0027\u0027"] {
        check_cuts("pa'ssword", &format!("pa{mark}ssword"));
    }
}

#[test]
fn base64_in_nested_escapes_is_open_at_every_cut() {
    let escaped = |text: &str| text.bytes().map(|byte| format!("\\u{byte:04x}")).collect::<String>();
    let encoded = STANDARD.encode("glpat-aB3dE6gH9");
    check_cuts("glpat-aB3dE6gH9", &escaped(&escaped(&encoded)));
    let wrapped = format!("{}\r\n{}", &encoded[..12], &encoded[12..]);
    check_cuts("glpat-aB3dE6gH9", &escaped(&escaped(&wrapped)));
}

#[test]
fn a_character_at_the_end_of_a_text_that_could_become_longer_is_open() {
    let open = |secret: &str, text: &[u8]| Redactor::new([&Secret::new(secret)]).places(text).open;
    assert_eq!(open("it's'", b"[it's'"), 1);
    assert_eq!(open("token", b"[t\0o\0k\0e\0n"), 1);
    // The Latin-1 reading of the first byte of `\u{e9}` completes the secret.
    assert_eq!(open("pass\u{c3}", b"[pass\xc3"), 1);
    assert_eq!(open("pass\u{c3}", b"[pass\xc3\xa9"), 7);
}

#[test]
fn a_nul_after_a_secret_that_is_not_utf_16_stays() {
    let redactor = Redactor::new([&Secret::new("token")]);
    assert_eq!(redactor.places(b"[token\0").hidden, std::slice::from_ref(&(1..6)));
    assert_eq!(redactor.places(b"[t\0o\0k\0e\0n\0").hidden, std::slice::from_ref(&(1..11)));
}

#[test]
fn only_the_bytes_of_one_character_are_hidden_with_a_part_of_it() {
    let redactor = Redactor::new([&Secret::new("pass\u{80}")]);
    let text = [b"pass".as_slice(), &[0x80; 1000]].concat();
    assert_eq!(redactor.places(&text).hidden, std::slice::from_ref(&(0..5)));
}

#[test]
fn an_escape_has_at_most_512_bytes() {
    let redactor = Redactor::new([&Secret::new("\\word")]);
    for (length, hidden) in [(512, 0), (513, 1), (600, 88)] {
        let text = format!("{}word", "\\".repeat(length));
        assert_eq!(redactor.places(text.as_bytes()).hidden, std::slice::from_ref(&(hidden..text.len())));
    }
    let run = "\\".repeat(10_000);
    assert_eq!(redactor.places(run.as_bytes()).open, run.len() - 2 * 512);
}
