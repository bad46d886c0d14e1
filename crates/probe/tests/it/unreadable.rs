//! Tests verdicts on responses that differ from what the provider sent: pages from a firewall or a proxy, and damaged JSON.

use guide::{Guide, Ours, OutcomeKind};
use probe::{Answer, Response, Verdict};

use super::{GUIDE, judge_first_check, read, response, verdict};

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
fn truncated_json_is_not_mistaken_for_a_page() {
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
fn a_response_from_a_proxy_does_not_blame_the_person() {
    for body in ["<html>Sign in to the network", "", r#"{"error":"proxy authentication required"}"#] {
        check(407, body, "unreachable - - -");
        check(511, body, "unreachable - - -");
    }
}

#[test]
fn a_page_is_from_a_firewall_unless_the_request_asks_for_pages() {
    let page = response(403, &[], "<!doctype html><title>Request blocked</title>");
    let with_header =
        |header: &str| GUIDE.replace("headers: { X-Site:", &format!("headers: {{ {header}X-Site:"));
    for (header, expected) in [
        ("", "ip_blocked - - -"),
        ("Accept: application/json, ", "ip_blocked - - -"),
        ("Accept: text/html, ", "missing_permission - - -"),
    ] {
        assert_eq!(judge_first_check(&read(&with_header(header)), &page), expected, "{header}");
    }
}

#[test]
fn a_page_from_a_firewall_is_judged_only_by_rules_about_others() {
    let page = response(403, &[("server", "acme")], "<!doctype html><title>Request blocked</title>");
    for (rule, expected) in [
        ("when: { status: 403 }, is: ip_blocked", "ip_blocked own - -"),
        ("when: { status: 403 }, is: protocol_mismatch", "protocol_mismatch own - -"),
        ("when: { status: 403 }, is: throttled", "throttled own - -"),
        ("when: { status: 403 }, is: wrong_secret, at_field: token", "ip_blocked - - -"),
        // The header shows that the provider sent the page.
        (
            "when: { status: 403, headers: { server: { equals: acme } } }, is: wrong_secret, at_field: token",
            "wrong_secret own token make",
        ),
    ] {
        let rules = format!("    outcomes:\n      - {{ key: own, {rule} }}\n      - {{ key: refused,");
        let guide = read(&GUIDE.replace("    outcomes:\n      - { key: refused,", &rules));
        assert_eq!(judge_first_check(&guide, &page), expected, "{rule}");
    }
}

/// Returns the verdict on a body, which can be invalid UTF-8.
fn judge_body(body: &[u8]) -> Verdict {
    verdict(&guide(), &Answer::Response(Response { status: 200, headers: Vec::new(), body: body.to_vec() }))
}

#[test]
fn the_advice_on_truncated_json_does_not_question_the_address() {
    let verdict = judge_body(br#"{"id":7,"na"#);
    assert!(matches!(verdict.fix.ours(), Some(Ours::Fix { outcome: OutcomeKind::Unknown, .. })));
}

#[test]
fn ids_are_exact_or_rejected() {
    let id = |id: &str| {
        let verdict = judge_body(format!(r#"{{"id":{id},"kind":"user"}}"#).as_bytes());
        verdict.identity.map(|identity| identity.id)
    };
    for number in ["18446744073709551616", "18446744073709551617", "1234567890123456789012345.0"] {
        assert_eq!(id(number).as_deref(), Some(number));
    }
    // Different ids could be decoded to each of these.
    for undecodable in [&b"{\"id\":\"M\xfc\",\"kind\":\"user\"}"[..], br#"{"id":"M\ud83d","kind":"user"}"#] {
        let verdict = judge_body(undecodable);
        assert_eq!((verdict.outcome, verdict.identity), (OutcomeKind::ProtocolMismatch, None));
    }
    // A name is only shown.
    let verdict = judge_body(b"{\"id\":7,\"name\":\"M\xfcller\",\"kind\":\"user\"}");
    assert_eq!(verdict.identity.expect("an identity").name, "M\u{fffd}ller");
}
