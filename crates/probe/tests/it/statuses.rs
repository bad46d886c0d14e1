//! Tests the outcome of each status and kind of body if no rule of the guide matches.

use guide::{Ours, Product};
use probe::{Case, Identity, Inputs, different_account, matching_rule, wrong_environment};

use super::{GUIDE, judge_first_check, read, response, values, verdict, verdict_with};

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

#[test]
fn the_rule_that_decides_is_known() {
    let guide = read(GUIDE);
    let method = &guide.methods[0];
    let values = values("eu", "ann", "token");
    let inputs = Inputs::new(method, method.environments.first(), &values);
    let product = Product::named("Us");
    let case = Case { guide: &guide, method, check: &method.checks[0], inputs, product: &product };
    let rule =
        |status, body: &str| matching_rule(&case, &response(status, &[], body)).map(|rule| rule.key.as_str());
    assert_eq!(rule(401, ""), Some("refused"));
    assert_eq!(rule(402, ""), Some("shadowed"));
    assert_eq!(rule(418, ""), None, "a default decides");
    assert_eq!(rule(200, r#"{"id":7,"kind":"user"}"#), None, "the expectation decides");
}

#[test]
fn another_account_and_another_environment_have_their_own_verdicts() {
    let rule =
        "{ key: other, when: { status: 599 }, is: different_account, says: 'This is not {{ value.site }}.' }";
    let rules = format!("    outcomes:\n      - {rule}\n      - {{ key: refused,");
    let guide = read(&GUIDE.replace("    outcomes:\n      - { key: refused,", &rules));
    let method = &guide.methods[0];
    let values = values("eu", "ann", "token");
    let inputs = Inputs::new(method, method.environments.first(), &values);
    let product = Product::named("Us");
    let case = Case { guide: &guide, method, check: &method.checks[0], inputs, product: &product };
    let ann = Identity { id: "7".to_owned(), name: "Ann".to_owned(), details: Vec::new() };
    let verdict = different_account(&case, ann.clone());
    assert_eq!((verdict.outcome.as_str(), &*verdict.says), ("different_account", "This is not eu."));
    assert_eq!(verdict.identity, Some(ann));
    let verdict = wrong_environment(&case, &method.environments[1]);
    assert_eq!(verdict.outcome.as_str(), "wrong_environment");
    assert!(
        verdict.says.contains("Test") && verdict.fix.contains("Live"),
        "{} {}",
        &*verdict.says,
        &*verdict.fix
    );
}

#[test]
fn a_response_that_the_check_does_not_expect_is_quoted() {
    let body = r#"{"id":7,"kind":"cat"}"#;
    let quote = verdict(&read(GUIDE), &response(200, &[], body)).quote;
    assert_eq!(quote, Some(format!("HTTP 200\n{body}")));
}

#[test]
fn a_message_contains_public_values() {
    let derived =
        "    derived: [{ key: part, from: '{{ value.email }}', accept: [{ after_last: '@' }] }]\n    auth:";
    let says = "[{{ value.email }}] [{{ value.part }}] [{{ label.token }}]";
    let text =
        GUIDE.replace("    auth:", derived).replace("No: {{ label.token }} of {{ value.email }}.", says);
    let guide = read(&text);
    let answer = response(401, &[], "");
    let says = verdict_with(&guide, &values("eu", "ann@acme", "canary-token"), &answer).says;
    assert_eq!(&*says, "[ann@acme] [acme] [Token]");
}
