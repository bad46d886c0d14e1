//! Hostile input: reading finishes in bounded time, never panics, and reports findings inside the text.
//!
//! The tests generate the input, because storing it in files would take up megabytes.

use std::time::{Duration, Instant};

use guide::{Reading, Source, read};

/// The time limit for reading one input. Even an unoptimized build needs less time on any machine. A quadratic
/// algorithm would take hours.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// The size of the largest accepted file, in bytes.
const LARGEST: usize = 1 << 20;

/// Returns a guide whose first step has this body.
fn with_body(body: &str) -> String {
    in_step(&format!("              body: |\n                {}\n", body.replace('\n', "\n                ")))
}

fn in_step(lines: &str) -> String {
    format!(
        "waystone: 1\nprovider: {{ key: acme, name: Acme }}\nmethods:\n  - key: api-key\n    label: API Key\n    \
         fields:\n      - {{ key: api_token, label: API Token, type: secret }}\n    auth: {{ bearer: {{ token: '{{{{ \
         value.api_token }}}}' }} }}\n    base_url: https://api.acme.example\n    hosts: [api.acme.example]\n    \
         link:\n      sections:\n        - key: token\n          title: Token\n          steps:\n            - key: \
         create-token\n              title: Create a token\n{lines}"
    )
}

/// Repeats a piece as often as the size limit allows, leaving room for the rest of the guide.
fn filled(piece: &str) -> String {
    // Every line of the body is indented.
    let length = piece.len() + 16 * piece.matches('\n').count();
    piece.repeat((LARGEST - 20_000) / length)
}

#[track_caller]
fn read_in_time(what: &str, text: &[u8]) -> Reading<guide::Guide> {
    let begin = Instant::now();
    let reading = read("hostile.yaml", text);
    let elapsed = begin.elapsed();
    assert!(elapsed < TIME_LIMIT, "{what}: took {elapsed:?}");
    assert!(reading.findings.len() <= 101, "{what}: {} findings", reading.findings.len());
    assert_spans_in_text(what, &reading.source, &reading.findings);
    reading
}

/// Asserts that every span of every finding is inside the text, on character boundaries.
#[track_caller]
pub(crate) fn assert_spans_in_text(what: &str, source: &Source, findings: &[guide::Finding]) {
    for finding in findings {
        let also = finding.also.iter().map(|(span, _)| *span);
        let fix = finding.fix.iter().map(|fix| fix.span);
        for span in std::iter::once(finding.span).chain(also).chain(fix) {
            assert!(span.start <= span.end, "{what}: {finding:?}");
            assert!(source.text.get(span.range()).is_some(), "{what}: {finding:?}");
        }
        assert!(!finding.message.contains('\n'), "{what}: {finding:?}");
        assert!(finding.message.len() < 1000, "{what}: a message of {} bytes", finding.message.len());
    }
}

#[track_caller]
fn assert_refused(what: &str, text: impl AsRef<[u8]>, code: &str) {
    let reading = read_in_time(what, text.as_ref());
    let codes: Vec<_> = reading.findings.iter().map(|finding| finding.code.code).collect();
    assert!(codes.contains(&code), "{what}: {code} is missing from {codes:?}");
    assert!(reading.usable().is_none(), "{what} was accepted as a guide");
}

#[test]
fn a_file_that_is_too_large_is_rejected() {
    assert_refused("spaces", vec![b' '; LARGEST + 1], "W0002");
    assert_refused("a guide over the size limit", with_body(&"word ".repeat(LARGEST / 5 + 1)), "W0002");
    assert_refused("bytes that are not text", vec![0xff; LARGEST + 1], "W0002");
}

#[test]
fn depth_is_limited_before_the_tree_is_built() {
    assert_refused("lists in brackets", "[".repeat(100_000), "W0002");
    assert_refused("mappings in braces", "{a: ".repeat(100_000), "W0002");
    assert_refused("lists of hyphens", "- ".repeat(100_000), "W0002");
    assert_refused("explicit keys", "? ".repeat(100_000), "W0009");
    let stairs: String = (0..1000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    assert_refused("stairs", stairs, "W0002");
}

#[test]
fn aliases_and_anchors_are_rejected_without_expansion() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..1000 {
        bomb += &format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(", "));
    }
    assert_refused("an alias bomb", &bomb, "W0006");
    assert_refused("an alias inside its own anchor", "a: &a [*a, *a]\n", "W0006");
    assert_refused("many anchors", (0..50_000).map(|n| format!("- &a{n} x\n")).collect::<String>(), "W0006");
    assert_refused("many tags", "- !t x\n".repeat(100_000), "W0006");
}

#[test]
fn too_many_values_are_reported() {
    assert_refused("a long list", format!("waystone: [{}]", "a, ".repeat(300_000)), "W0002");
    assert_refused(
        "many keys",
        (0..9000).map(|n| format!("key{n}: x\n")).collect::<String>() + "waystone: 1\n",
        "W0102",
    );
    assert_refused("the same key many times", "waystone: 1\n".repeat(9000), "W0005");
    assert_refused("a long key", format!("waystone: 1\n{}: x\n", "k".repeat(500_000)), "W0004");
    assert_refused("a long quoted key", format!("waystone: 1\n? '{}'\n: x\n", "k".repeat(500_000)), "W0102");
    let fields = "      - { key: Bad Key, label: 7, type: passwd, color: red }\n".repeat(1500);
    assert_refused(
        "many bad fields",
        with_body("x").replace("    auth:", &format!("{fields}    auth:")),
        "W0011",
    );
    let names: String = (0..4000).map(|n| format!("token{n}, ")).collect();
    let text = in_step(&format!("              body: x\n              collects: [{names}]\n"));
    assert_refused("many unknown names", text, "W0011");
    let keys: String =
        (0..3000).map(|n| format!("      - {{ key: field{n}, label: L, type: text }}\n")).collect();
    read_in_time("many fields", with_body("x").replace("    auth:", &format!("{keys}    auth:")).as_bytes());
}

#[test]
fn references_are_parsed_in_linear_time() {
    assert_refused("empty references", with_body(&filled("{{}}")), "W0204");
    assert_refused("unknown references", with_body(&filled("{{ value.x }} ")), "W0205");
    assert_refused("unclosed references", with_body(&filled("{{ x ")), "W0204");
    assert_refused(
        "very many filters",
        with_body(&format!("{{{{ label.api_token {} }}}}", filled("|x"))),
        "W0206",
    );
    assert_refused("a very long path", with_body(&format!("{{{{ label.{} }}}}", filled("a."))), "W0203");
    read_in_time("literal braces", with_body(&filled("{{{{")).as_bytes());
    read_in_time("good references", with_body(&filled("{{ brand.name }} ")).as_bytes());
    let escaped = format!("              body: \"{}\"\n", filled("\\x7b\\x7ba}} "));
    assert_refused("escaped braces", in_step(&escaped), "W0204");
}

#[test]
fn prose_is_parsed_in_linear_time_and_to_a_limited_depth() {
    assert_refused("nested lists", with_body(&filled("- * ")), "W0002");
    assert_refused("a line of hyphens", with_body(&filled("- ")), "W0207");
    assert_refused("numbered lists", with_body(&"1. ".repeat(10_000)), "W0002");
    assert_refused("tags", with_body(&filled("<b>")), "W0207");
    assert_refused("lines of tags", with_body(&filled("<div>\n\n")), "W0207");
    assert_refused("quotations", with_body(&filled("> ")), "W0207");
    assert_refused("headings", with_body(&filled("# x\n\n")), "W0207");
    assert_refused("bad links", with_body(&filled("[a](javascript:x) ")), "W0208");
    assert_refused("images without text", with_body(&filled("![](a.png) ")), "W0209");
    for piece in [
        "*a ", "**a ", "*a _b ", "`", "[", "![", "[[", "](", "<", "&", "\\", "~", "|", "_*", "[a](",
        "- x\n  ",
    ] {
        read_in_time(piece, with_body(&filled(piece)).as_bytes());
    }
    let nested = format!("{}x{}", "*a **b ".repeat(2000), "** *".repeat(2000));
    read_in_time("nested emphasis", with_body(&nested).as_bytes());
}

#[test]
fn patterns_have_a_size_limit() {
    let with = |pattern: &str| {
        let field = format!(
            "type: secret, pattern: '{pattern}', examples: [{{ typed: '{}', becomes: x }}]",
            "a".repeat(5000)
        );
        with_body("x").replace("type: secret", &field)
    };
    assert_refused("groups", with(&"(".repeat(100_000)), "W0210");
    assert_refused(
        "groups that close",
        with(&format!("{}{}", "(".repeat(100_000), ")".repeat(100_000))),
        "W0210",
    );
    assert_refused("classes", with(&"[".repeat(100_000)), "W0210");
    assert_refused("counts", with("((a{999}){999}){999}"), "W0210");
    assert_refused("a pattern that backtracks in other engines", with("(a*)*(a*)*(a*)*b"), "W0219");
    read_in_time("a long pattern", with(&"a?".repeat(100_000)).as_bytes());
}

#[test]
fn hidden_characters_and_broken_encodings_are_reported() {
    assert_refused("null characters", vec![0; 100_000], "W0003");
    assert_refused("zero-width spaces", "\u{200b}".repeat(300_000), "W0003");
    assert_refused("broken bytes", vec![0xc3; 100_000], "W0001");
    assert_refused(
        "an incomplete character",
        with_body("x\u{e9}").as_bytes().split_last().expect("bytes").1.split_last().expect("bytes").1,
        "W0001",
    );
    let wide: Vec<u8> = with_body("x").encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_refused("UTF-16 without a mark", &wide, "W0001");
    assert_refused("truncated UTF-16", [&[0xff, 0xfe], &wide[..7]].concat(), "W0001");
    read_in_time("a byte-order mark", format!("\u{feff}{}", with_body("x")).as_bytes());
    read_in_time("Windows line endings", with_body("x").replace('\n', "\r\n").as_bytes());
    assert_refused("classic Mac line endings", with_body("x").replace('\n', "\r"), "W0003");
}
