//! Tests verdicts on responses that the provider did not send as they arrived: pages of a firewall or a proxy, and JSON
//! that was cut off.

use guide::{Guide, Ours, OutcomeKind, Product};
use probe::{Case, Inputs, judge};

use super::{GUIDE, judge_first_check, read, response, values};

/// A guide that attributes every response that is not JSON to the site, as the built-in guides do.
fn guide() -> Guide {
    let rules = "    outcomes:
      - { key: page, when: { status_not: [401, 403], is_json: false }, is: wrong_tenant, at_field: site }
      - { key: refused,";
    let text = GUIDE.replace("    outcomes:\n      - { key: refused,", rules);
    assert_ne!(text, GUIDE);
    read(&text)
}

#[track_caller]
fn check(status: u16, body: &str, expected: &str) {
    assert_eq!(judge_first_check(&guide(), &response(status, &[], body)), expected, "{body}");
}

#[test]
fn json_that_was_cut_off_is_not_taken_for_a_page() {
    for body in [r#"{"id":7,"na"#, "{", "[{\"id\"", "\u{feff} {\"id\":7,}", "[1,2"] {
        check(200, body, "protocol_mismatch - - -");
    }
    // The status still counts.
    check(401, r#"{"id":7,"na"#, "wrong_secret refused token make");
    for body in ["<html>", "", "No such site", "[error] no such site", "{site} is unknown"] {
        check(200, body, "wrong_tenant page site enter");
    }
}

#[test]
fn the_advice_on_json_that_was_cut_off_does_not_doubt_the_address() {
    let guide = guide();
    let method = &guide.methods[0];
    let values = values("eu", "ann", "token");
    let inputs = Inputs::new(method, method.environments.first(), &values);
    let case =
        Case { guide: &guide, method, check: &method.checks[0], inputs, product: &Product::named("Us") };
    let verdict = judge(&case, &response(200, &[], r#"{"id":7,"na"#), 0);
    assert!(matches!(verdict.fix.ours(), Some(Ours::Fix { outcome: OutcomeKind::Unknown, .. })));
}
