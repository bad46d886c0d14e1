//! Tests the guide language from outside the crates: compares our YAML reader with another parser, and reads guides
//! with changed bytes.

use std::fs;

use guide::read;
use proptest::prelude::*;
use serde_json::Value;

use crate::guides::files;
use crate::hostile::assert_spans_in_text;

/// Parses a string with another YAML parser.
fn parse_independently(text: &str) -> Value {
    serde_saphyr::from_str(text).expect("the other parser rejects the text")
}

#[test]
fn another_yaml_parser_reads_the_same_values() {
    for file in files() {
        let text = fs::read_to_string(&file).expect("a text");
        let reading = read("guide.yaml", text.as_bytes());
        let guide = reading.usable().unwrap_or_else(|| panic!("{}: {:?}", file.display(), reading.findings));
        let parsed = parse_independently(&text);
        let text_at = |pointer: &str| parsed.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        // A title or label with a reference differs from the text in the file.
        let is_same = |pointer: &str, text: &str| {
            text_at(pointer).is_some_and(|written| written == text || written.contains("{{"))
        };
        assert_eq!(text_at("/provider/name").as_deref(), Some(guide.provider.name.as_str()));
        for (n, method) in guide.methods.iter().enumerate() {
            assert!(is_same(&format!("/methods/{n}/label"), &method.label), "{}", file.display());
            for (m, field) in method.fields.iter().enumerate() {
                let at = |key: &str| text_at(&format!("/methods/{n}/fields/{m}/{key}"));
                assert!(
                    is_same(&format!("/methods/{n}/fields/{m}/label"), &field.label),
                    "{}",
                    file.display()
                );
                assert_eq!(at("pattern"), field.pattern.as_ref().map(|pattern| pattern.text.clone()));
                assert_eq!(at("placeholder"), field.placeholder);
            }
            for (m, section) in method.link.sections.iter().enumerate() {
                for (k, step) in section.steps.iter().enumerate() {
                    let at = format!("/methods/{n}/link/sections/{m}/steps/{k}");
                    assert!(is_same(&format!("{at}/title"), &step.title), "{}", file.display());
                    // The body in the source file must equal the body that the other parser reads, apart from
                    // indentation and line breaks.
                    let body = text_at(&format!("{at}/body")).expect("a body");
                    let written =
                        reading.source.slice(step.body.span).trim_start_matches(['|', '>', '\'', '"']);
                    // Removes the chomping indicator (`-`) of a block scalar, but keeps the bullet of a list.
                    let written = written.strip_prefix("-\n").unwrap_or(written);
                    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
                    assert_eq!(
                        words(&body),
                        words(written.trim_end_matches(['\'', '"'])),
                        "{}",
                        file.display()
                    );
                }
            }
            for (m, scenario) in method.scenarios.iter().enumerate() {
                let given =
                    parsed.pointer(&format!("/methods/{n}/scenarios/{m}/given")).and_then(Value::as_object);
                let given: Vec<_> =
                    given.into_iter().flatten().map(|(k, v)| (k.as_str(), v.as_str())).collect();
                let ours: Vec<_> =
                    scenario.given.iter().map(|(k, v)| (k.as_str(), Some(v.as_str()))).collect();
                assert_eq!(given, ours, "{}", file.display());
            }
        }
    }
}

/// A change to the bytes of a string.
#[derive(Clone, Debug)]
enum Change {
    Insert(usize, Vec<u8>),
    Remove(usize, usize),
    Set(usize, u8),
    Repeat(usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let piece = prop_oneof![
        proptest::collection::vec(any::<u8>(), 1..4),
        proptest::sample::select(vec![
            "{{",
            "}}",
            "{",
            "}",
            "[",
            "]",
            ":",
            ": ",
            "- ",
            "'",
            "\"",
            "|",
            ">",
            "&a",
            "*a",
            "!",
            "#",
            "\n",
            "\t",
            "  ",
            "---\n",
            "?",
            "<b>",
            "](",
            "\u{e9}",
            "\u{200b}",
            "\u{1f600}",
            "when: {}",
            "allow: []",
            "0",
            "~",
        ])
        .prop_map(|piece| piece.as_bytes().to_vec()),
    ];
    let at = any::<usize>();
    prop_oneof![
        (at, piece).prop_map(|(at, piece)| Change::Insert(at, piece)),
        (at, 1..40_usize).prop_map(|(at, n)| Change::Remove(at, n)),
        (at, any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (at, 1..200_usize).prop_map(|(at, n)| Change::Repeat(at, n)),
    ]
}

fn changed(text: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = text.to_vec();
    for change in changes {
        let length = bytes.len().max(1);
        match change {
            Change::Insert(at, piece) => drop(bytes.splice(at % length..at % length, piece.iter().copied())),
            Change::Remove(at, n) => drop(bytes.drain(at % length..(at % length + n).min(bytes.len()))),
            Change::Set(at, byte) => bytes.get_mut(at % length).into_iter().for_each(|b| *b = *byte),
            Change::Repeat(at, n) => {
                let piece = bytes[at % length..(at % length + n).min(bytes.len())].to_vec();
                drop(bytes.splice(at % length..at % length, piece));
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn findings_about_a_changed_guide_are_inside_its_text(
        file in any::<proptest::sample::Index>(),
        changes in proptest::collection::vec(change(), 1..6),
    ) {
        let files = files();
        let text = fs::read(file.get(&files)).expect("a file");
        let bytes = changed(&text, &changes);
        let reading = read("changed.yaml", &bytes);
        assert_spans_in_text("changed", &reading.source, &reading.findings);
        prop_assert!(reading.value.is_some() || !reading.findings.is_empty());
        let entry = catalog::Entry::new("acme", "acme/guide.yaml", &bytes);
        assert_spans_in_text("linted", &entry.reading.source, &lint::check(&entry, Some("2026-11-24")));
    }
}
