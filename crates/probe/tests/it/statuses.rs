//! Tests the outcome of each status and kind of body if no rule of the guide matches.

use guide::Ours;

use super::{GUIDE, judge_first_check, read, response, verdict};

const PAGE: &str = "<!doctype html><title>Not here</title>";

/// The kinds of bodies: a JSON error, a web page, nothing, and plain text.
const BODIES: [&str; 4] = [r#"{"error":"no"}"#, PAGE, "", "No."];

/// The outcome and the blamed field of each status, for each kind of body.
const TABLE: &[(u16, [&str; 4])] = &[
    (200, ["protocol_mismatch -", "protocol_mismatch -", "protocol_mismatch -", "protocol_mismatch -"]),
    (302, ["protocol_mismatch -", "protocol_mismatch -", "protocol_mismatch -", "protocol_mismatch -"]),
    (400, ["unknown -", "protocol_mismatch -", "unknown -", "unknown -"]),
    (401, ["wrong_secret token", "protocol_mismatch -", "wrong_secret token", "wrong_secret token"]),
    (402, ["unknown -", "protocol_mismatch -", "unknown -", "unknown -"]),
    (403, ["missing_permission -", "ip_blocked -", "missing_permission -", "missing_permission -"]),
    (404, ["protocol_mismatch -", "protocol_mismatch -", "protocol_mismatch -", "protocol_mismatch -"]),
    (405, ["unknown -", "protocol_mismatch -", "unknown -", "unknown -"]),
    (406, ["unknown -", "ip_blocked -", "unknown -", "unknown -"]),
    (407, ["unreachable -", "unreachable -", "unreachable -", "unreachable -"]),
    (408, ["throttled -", "throttled -", "throttled -", "throttled -"]),
    (410, ["unknown -", "protocol_mismatch -", "unknown -", "unknown -"]),
    (418, ["unknown -", "protocol_mismatch -", "unknown -", "unknown -"]),
    (422, ["unknown -", "protocol_mismatch -", "unknown -", "unknown -"]),
    (425, ["throttled -", "throttled -", "throttled -", "throttled -"]),
    (429, ["throttled -", "throttled -", "throttled -", "throttled -"]),
    (451, ["unknown -", "ip_blocked -", "unknown -", "unknown -"]),
    (500, ["provider_down -", "provider_down -", "provider_down -", "provider_down -"]),
    (502, ["provider_down -", "provider_down -", "provider_down -", "provider_down -"]),
    (503, ["provider_down -", "provider_down -", "provider_down -", "provider_down -"]),
    (511, ["unreachable -", "unreachable -", "unreachable -", "unreachable -"]),
];

/// Returns the guide with other rules for all checks.
fn with_rules(rules: &str) -> String {
    let (before, rest) = GUIDE.split_once("    outcomes:\n      - { key: refused").expect("the rules");
    let (_, after) = rest.split_once("    link:\n").expect("the walkthrough");
    format!("{before}{rules}    link:\n{after}")
}

#[test]
fn a_status_without_a_rule_blames_a_field_only_if_the_provider_answered() {
    let guide = read(&with_rules(""));
    for (status, expected) in TABLE {
        for (body, expected) in BODIES.iter().zip(expected) {
            let found = judge_first_check(&guide, &response(*status, &[], body));
            let [outcome, rule, field, _] = found.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{found}")
            };
            assert_eq!((format!("{outcome} {field}").as_str(), rule), (*expected, "-"), "{status} {body:?}");
        }
    }
}

#[test]
fn a_rule_that_names_a_status_also_applies_to_a_page() {
    for status in [400, 401, 404, 410, 422] {
        let rule = format!(
            "    outcomes:\n      - {{ key: named, when: {{ status: {status} }}, is: wrong_tenant, at_field: site }}\n"
        );
        let found = judge_first_check(&read(&with_rules(&rule)), &response(status, &[], PAGE));
        assert_eq!(found, "wrong_tenant named site enter", "{status}");
    }
}

#[test]
fn a_page_that_the_guide_expects_has_the_usual_meaning() {
    let guide = with_rules("").replace(
        "expect: { status: 200, json: { id: { exists: true }, kind: { one_of: [user, bot] } } }",
        "expect: { is_json: false }",
    );
    assert_eq!(judge_first_check(&read(&guide), &response(401, &[], PAGE)), "wrong_secret - token make");
    assert_eq!(judge_first_check(&read(&guide), &response(403, &[], PAGE)), "missing_permission - - -");
}

#[test]
fn the_message_about_an_unexpected_page_names_the_page() {
    let guide = read(&with_rules(""));
    for status in [200, 401, 404] {
        let says = verdict(&guide, &response(status, &[], PAGE)).says;
        assert!(matches!(says.ours(), Some(Ours::WebPage { .. })), "{status}: {says}");
    }
    let says = verdict(&guide, &response(404, &[], "{}")).says;
    assert!(!matches!(says.ours(), Some(Ours::WebPage { .. })), "{says}");
}
