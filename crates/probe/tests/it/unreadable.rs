//! Tests verdicts on responses that the provider did not send as they arrived: pages of a firewall or a proxy, and JSON
//! that was cut off.

use guide::{Guide, Ours, OutcomeKind, Product};
use probe::{Answer, Case, Inputs, Response, Verdict, judge};

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
fn a_proxy_that_responds_instead_of_the_provider_is_not_blamed_on_the_person() {
    for body in ["<html>Sign in to the network", "", r#"{"error":"proxy authentication required"}"#] {
        check(407, body, "unreachable - - -");
        check(511, body, "unreachable - - -");
    }
    check(403, "<!doctype html><title>Request blocked</title>", "ip_blocked - - -");
}

fn judge_body(body: &[u8]) -> Verdict {
    let guide = guide();
    let method = &guide.methods[0];
    let values = values("eu", "ann", "token");
    let inputs = Inputs::new(method, method.environments.first(), &values);
    let case =
        Case { guide: &guide, method, check: &method.checks[0], inputs, product: &Product::named("Us") };
    let answer = Answer::Response(Response { status: 200, headers: Vec::new(), body: body.to_vec() });
    judge(&case, &answer, 0)
}

#[test]
fn the_advice_on_json_that_was_cut_off_does_not_doubt_the_address() {
    let verdict = judge_body(br#"{"id":7,"na"#);
    assert!(matches!(verdict.fix.ours(), Some(Ours::Fix { outcome: OutcomeKind::Unknown, .. })));
}

#[test]
fn ids_are_exact_or_refused() {
    let id = |id: &str| {
        let verdict = judge_body(format!(r#"{{"id":{id},"kind":"user"}}"#).as_bytes());
        verdict.identity.map(|identity| identity.id)
    };
    for number in ["18446744073709551616", "18446744073709551617", "1234567890123456789012345.0"] {
        assert_eq!(id(number).as_deref(), Some(number));
    }
    // Each of these could be several ids.
    for unreadable in [&b"{\"id\":\"M\xfc\",\"kind\":\"user\"}"[..], br#"{"id":"M\ud83d","kind":"user"}"#] {
        let verdict = judge_body(unreadable);
        assert_eq!((verdict.outcome, verdict.identity), (OutcomeKind::ProtocolMismatch, None));
    }
    // A name is only shown.
    let verdict = judge_body(b"{\"id\":7,\"name\":\"M\xfcller\",\"kind\":\"user\"}");
    assert_eq!(verdict.identity.expect("an identity").name, "M\u{fffd}ller");
}
