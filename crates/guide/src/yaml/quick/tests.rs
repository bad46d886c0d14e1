//! What this reader gives is what the parser gives, for texts of every sort.

#![expect(clippy::disallowed_methods, reason = "a test reads the guides that ship")]

use std::fs;

use super::super::{Source, load};
use super::read;

/// Reading does the comparing: it panics where the parser has another tree.
fn agrees(text: &str) -> bool {
    load(&Source::new("x", text), &mut Vec::new());
    read(text).is_some()
}

fn guides() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../guides");
    let folders = fs::read_dir(folder).expect("the guides are there");
    folders.filter_map(|entry| fs::read_to_string(entry.ok()?.path().join("guide.yaml")).ok()).collect()
}

#[test]
fn the_guides_we_ship_are_read_as_the_parser_reads_them() {
    let guides = guides();
    assert!(guides.len() > 10);
    let quick = guides.iter().filter(|text| agrees(text)).count();
    assert_eq!(quick, guides.len(), "this reader is for texts like these");
}

/// What may stand behind a key.
const VALUES: &[&str] = &[
    "a",
    "a b",
    "1",
    "-1",
    "1.5",
    "01",
    "true",
    "yes",
    "~",
    "",
    "null",
    "a:b",
    "a: b",
    "a:",
    ":a",
    "a #b",
    "a#b",
    "#b",
    "- a",
    "-",
    "--- a",
    "'a'",
    "'a''b'",
    "'a\nb'",
    "\"a\"",
    "\"a\\n\"",
    "\"\\ta\\\\ \\\"b\"",
    "\"\\u0041\"",
    "\"\\x\"",
    "\"a\\",
    "'a' b",
    "'a': b",
    "'a",
    "{}",
    "[]",
    "{ a: b }",
    "{a: b}",
    "{a:b}",
    "{ a: b, }",
    "{ a: b, a: c }",
    "{ a }",
    "{ a: }",
    "[a, b]",
    "[a,b]",
    "[a,]",
    "[a b, 'c']",
    "[[a], { b: [c] }]",
    "[a: b]",
    "[a:]",
    "[a:,b]",
    "[a #b]",
    "[a]b",
    "[a] #b",
    "[a",
    "{{ a }}",
    "'{{ a }}'",
    "a {{ b }}",
    "a [b]",
    "a, b",
    "&a b",
    "*a",
    "!a b",
    "@a",
    "`a",
    "%a",
    "? a",
    "|",
    ">",
    "|-",
    ">-",
    "|+",
    "|2",
    "| #c",
    "a\n b",
    "a\n  b",
    "a\n   b: c",
    "|\n a",
    "|\n  a",
    "|\n  a\n\n  b\n\n\n",
    "|\n  a\n   b",
    "|\n  a\n b",
    "|-\n  a\n\n",
    "|\n\n  a",
    "|\n  a\n      \n  b",
    "|\n  a \n  b",
    ">\n  a\n  b",
    ">-\n  a\n  b\n\n",
    ">-\n  a\n\n  b",
    ">-\n  a\n   b",
    ">-\n  a \n  b",
    ">-\n  # a\n  b",
    "|\n  a\n# b",
    "|\n  a\n  # b\n",
    "(a)",
    "$a",
    "/a",
    "é",
    "a\u{a0}",
    "\u{a0}",
    "\u{3000}a",
    "a\u{85}b",
    "<a",
    "<<",
    ".5",
    "+1",
    "0x1",
    "...",
    "a\n...\nb",
    "a\n---\nb",
    "\n  a: b",
    "\n  - a",
    "\n- a",
    "\n  a",
    "\n  # c\n  a: b",
    "\n  - a: b\n    c: d",
    "\n  - a: b\n   c: d",
    "\n  - - a",
    "\n  -\n    a: b",
    "\n  - a\n  b: c",
    "\n  -  a: b\n     c: d",
    "\n  - |\n    a",
    "\n  - |\n  a",
    "\n  - >-\n   a\n",
    "\n  - a\n  - b",
    "\n  - a\n - b",
    "\n  - a\n   - b",
    "\n  a: b\n c: d",
    "\n  a: b\n   c: d",
    "\n  a: b\n  a: c",
    "\n  - a: |\n      b\n    c: d",
    "\n  - a: |\n    b\n",
    "\n  <<: a",
    "\n  a: b\n  ? c",
    "\n  'a': b",
    "\n  1: b",
    "\n  a:  b",
    "\n  a :b",
    "\n  'a b': c",
    "\n  \"a\":b",
    "{ 'a': b }",
    "{ 'a':b }",
    "\n  - 'a': b\n    c: d",
    "\n  a b: c",
    "\n  a b : c",
    "\n  'a'''b: c",
    "'a''': b",
];

#[test]
fn texts_of_every_sort_are_read_as_the_parser_reads_them_or_left_to_it() {
    let mut quick = 0;
    for value in VALUES {
        for text in [
            format!("k: {value}\n"),
            format!("k: {value}"),
            format!("k: {value}\nl: m\n"),
            format!("k:\n  l: {value}\n  m: n\n"),
            format!("k:\n  - {value}\n  - n\n"),
            format!("k:\n- {value}\n"),
            format!("k: [{value}, n]\n"),
            format!("k: {{ l: {value}, m: n }}\n"),
            format!("{value}\n"),
            format!("- {value}\n"),
            format!("k: l # {value}\nm: n\n"),
            format!("# {value}\n\nk: l\n\n  # n\n"),
            format!("k: |\n  {value}\nl: m\n"),
            format!("k: >-\n  {value}\n  n\nl: m\n"),
        ] {
            quick += usize::from(agrees(&text));
        }
    }
    assert!(quick > 600, "{quick}");
}

#[test]
fn guides_with_a_line_or_a_character_changed_are_read_as_the_parser_reads_them() {
    let text = guides().into_iter().min_by_key(String::len).expect("guides are there");
    let starts: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
    let signs = [" ", "  ", "\n", "- ", ":", ": ", "#", " #", "'", "\"", "{", "]", ",", "|", ">", "é"];
    for (n, lines) in starts.windows(2).enumerate().step_by(3) {
        let (start, end) = (lines[0], lines[1]);
        let without = format!("{}{}", &text[..start], &text[end..]);
        agrees(&without);
        let middle = text.floor_char_boundary(start + (n * 7) % (end - start));
        let sign = signs[n % signs.len()];
        agrees(&format!("{}{sign}{}", &text[..start], &text[start..]));
        agrees(&format!("{}{sign}{}", &text[..middle], &text[middle..]));
        agrees(&text[..middle]);
    }
}
