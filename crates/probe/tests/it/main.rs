//! Tests requests and verdicts with a small guide.

mod auth;
mod authorize;
mod derived;
mod extracted;
mod hosts;
mod numbers;
mod paths;
mod placeholders;
mod proxied;
mod statuses;
mod tokens;
mod unreadable;

use guide::{Fault, Guide, Key, OutcomeKind, Product};
use probe::{Answer, Case, Inputs, Problem, Response, Values, Verdict, judge, request};
use proptest::prelude::*;
use secret::Secret;

const GUIDE: &str = r"
waystone: 1
provider: { key: acme, name: Acme }
methods:
  - key: api-key
    label: API Key
    environments:
      - { key: live, label: Live, host: acme.example }
      - { key: test, label: Test, host: acme.test }
    fields:
      - { key: site, label: Site, type: text, public: true }
      - { key: email, label: Email, type: text, public: true }
      - { key: token, label: Token, type: secret }
    auth: { basic: { username: '{{ value.email }}/token', password: '{{ value.token }}' } }
    base_url: 'https://{{ value.site | host_labels(2) }}.{{ environment.host }}/api'
    hosts: ['**.acme.example', '**.acme.test']
    checks:
      - key: me
        role: identity
        request:
          line: 'POST /users/{{ value.email }}'
          query: { q: '{{ value.site }}' }
          headers: { X-Site: '{{ value.site }}' }
          json: { token: '{{ value.token }}', n: 1 }
        expect: { status: 200, json: { id: { exists: true }, kind: { one_of: [user, bot] } } }
        account: { id: '{{ json.id }}', name: '{{ json.name }}' }
        outcomes:
          - key: elsewhere
            when: { json: { url: { host_differs_from: '{{ value.site | host_labels(2) }}.{{ environment.host }}' } } }
            is: wrong_tenant
            at_field: site
    outcomes:
      - { key: refused, when: { status: 401 }, is: wrong_secret, at_field: token, says: 'No: {{ label.token }} of {{ value.email }}.' }
      - { key: shadowed, when: { status: [401, 402] }, is: unknown }
      - { key: busy, when: { headers: { x-limit: { contains: REACHED } } }, is: throttled }
      - { key: outside, when: { status: 421 }, is: ip_blocked, fix: 'Allow {{ brand.egress_addresses }}.' }
      - { key: blocked, when: { status: 423 }, is: ip_blocked }
      - { key: gone, when: { fails: dns }, is: wrong_tenant }
    link:
      sections:
        - key: one
          title: One
          steps:
            - { key: make, title: Make, obtains: token, body: Make it. }
            - { key: enter, title: Enter, collects: [site, email, token], body: Enter it. }
";

fn guide() -> Guide {
    read(GUIDE)
}

fn read(text: &str) -> Guide {
    let reading = guide::read("acme.yaml", text.as_bytes());
    reading.into_usable().unwrap_or_else(|reading| panic!("{:#?}", reading.findings))
}

fn values(site: &str, email: &str, token: &str) -> Values {
    let key = |text: &str| Key::parse(text).expect("a key");
    Values::from([
        (key("site"), Secret::from(site)),
        (key("email"), Secret::from(email)),
        (key("token"), Secret::from(token)),
    ])
}

/// Returns the verdict on a response to the first check, for these values.
fn verdict_with(guide: &Guide, values: &Values, answer: &Answer) -> Verdict {
    let method = &guide.methods[0];
    let inputs = Inputs::new(method, method.environments.first(), values);
    let product = Product::named("Us");
    judge(&Case { guide, method, check: &method.checks[0], inputs, product: &product }, answer, 0)
}

/// Returns the verdict on a response to the first check.
fn verdict(guide: &Guide, answer: &Answer) -> Verdict {
    verdict_with(guide, &values("eu", "ann", "canary-token"), answer)
}

/// Returns the verdict on a response to the first check as `outcome rule at_field return_to`, and asserts that the verdict
/// does not contain the token.
fn judge_first_check(guide: &Guide, answer: &Answer) -> String {
    let verdict = verdict(guide, answer);
    let word = |key: &Option<Key>| key.as_ref().map_or("-", Key::as_str).to_owned();
    assert!(!format!("{verdict:?}").contains("canary-token"));
    format!(
        "{} {} {} {}",
        verdict.outcome,
        word(&verdict.rule),
        word(&verdict.at_field),
        word(&verdict.return_to)
    )
}

fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Answer::Response(Response { status, headers, body: body.as_bytes().to_vec() })
}

/// Returns a response to the first check that contains a user with this id and name.
fn user(id: &str, name: &str) -> Answer {
    let body = serde_json::json!({ "id": id, "name": name, "kind": "user" });
    response(200, &[], &body.to_string())
}

/// `judge_first_check` asserts that the verdict does not contain the token.
#[test]
fn a_secret_with_inserted_control_characters_is_not_quoted() {
    let guide = guide();
    for body in ["canary-token", "canary\u{14}-token", "\u{1}c\u{7f}anary-token", "can\r\u{8}ary-token\u{85}"]
    {
        judge_first_check(&guide, &response(500, &[], body));
    }
}

#[test]
fn a_secret_is_not_quoted_in_the_encodings_of_common_frameworks() {
    let (guide, values) = (guide(), values("eu", "ann", "canAry12/34ab+CDef&5678=="));
    for encoded in [
        r"canAry12\/34ab+CDef&5678==",
        r"canAry12/34ab+CDef\u00265678==",
        r"canAry12\\\/34ab+CDef\\u00265678==",
        r"canAry12/34ab\u002BCDef\u00265678\u003D\u003D",
        "canAry12%2f34ab%2bCDef%265678%3d%3d",
        "canAry12%252F34ab%252BCDef%25265678%253D%253D",
        "canAry12&#x2F;34ab+CDef&amp;5678&#61;&#61;",
        "Y2FuQXJ5MTIvMzRhYitDRGVmJjU2Nzg9PQ==",
        "63616e41727931322f333461622b4344656626353637383d3d",
    ] {
        let answer = response(401, &[], &format!("{{\"error\":\"bad token <{encoded}>\"}}"));
        let quote = verdict_with(&guide, &values, &answer).quote.expect("a quote");
        assert!(quote.starts_with("HTTP 401\n{\"error\":\"bad token <(hidden)"), "{encoded}: {quote}");
        assert!(!quote.contains("CDef") && quote.len() < 55, "{encoded}: {quote}");
    }
}

#[test]
fn a_secret_that_the_provider_repeats_never_identifies_the_account() {
    let values = values("eu", "ann@acme.example", "canary-token");
    let verdict = |id: &str, name: &str| verdict_with(&guide(), &values, &user(id, name));
    let found = verdict("ann@acme.example", "Key canary-token of Ann").identity.expect("an identity");
    assert_eq!((found.id.as_str(), found.name.as_str()), ("ann@acme.example", "Key (hidden) of Ann"));
    for id in ["canary-token", "key/canary%2Dtoken", "Y2FuYXJ5LXRva2Vu", "63616e6172792d746f6b656e"] {
        let verdict = verdict(id, "Ann");
        assert_eq!((verdict.outcome, verdict.identity), (OutcomeKind::ProtocolMismatch, None), "{id}");
    }
}

#[test]
fn headers_that_a_rule_tests_are_quoted() {
    let guide = guide();
    let quoted = |status, headers: &[(&str, &str)]| {
        verdict(&guide, &response(status, headers, "busy")).quote.expect("a quote")
    };
    let reason = "REACHED by canary-token and can\u{1}ary-token";
    let headers = [("x-other", "other"), ("x-limit", reason), ("x-limit", "100 per hour")];
    assert_eq!(
        quoted(503, &headers),
        "HTTP 503\nx-limit: REACHED by (hidden) and (hidden), 100 per hour\nbusy"
    );
    // A rule that does not test the header determines the verdict.
    assert_eq!(quoted(401, &headers), "HTTP 401\nbusy");
    let long = format!("REACHED {}", "é".repeat(300));
    let expected = format!("HTTP 503\nx-limit: REACHED {}\nbusy", "é".repeat(192));
    assert_eq!(quoted(503, &[("x-limit", &long)]), expected);
    // A cookie can be a new credential.
    let on_cookies = read(&GUIDE.replace("x-limit: { contains: REACHED }", "set-cookie: { exists: true }"));
    let found = verdict(&on_cookies, &response(503, &[("set-cookie", "session=new")], "busy"));
    assert_eq!((found.outcome, found.quote.as_deref()), (OutcomeKind::Throttled, Some("HTTP 503\nbusy")));
}

#[test]
fn captures_are_not_quoted() {
    let guide = guide();
    let method = &guide.methods[0];
    let values = values("one", "a@example.com", "token");
    let captures = Values::from([(guide::Key::parse("session").expect("a key"), Secret::from("canary-1"))]);
    let inputs = Inputs { captures: &captures, ..Inputs::new(method, None, &values) };
    let case =
        Case { guide: &guide, method, check: &method.checks[0], inputs, product: &Product::named("Product") };
    let verdict = judge(&case, &response(418, &[], "the session canary-1 is over"), 0);
    assert_eq!(verdict.quote.as_deref(), Some("HTTP 418\nthe session (hidden) is over"));
}

#[test]
fn debug_output_of_a_response_shows_no_content() {
    let answer = response(200, &[("set-cookie", "canary")], r#"{"access_token":"canary"}"#);
    let printed = format!("{answer:?}");
    assert!(printed.contains("200") && printed.contains("set-cookie"), "{printed}");
    assert!(!printed.contains("canary"), "{printed}");
}

#[test]
fn the_first_matching_rule_decides() {
    let guide = guide();
    let check = |answer: &Answer, expected: &str| assert_eq!(judge_first_check(&guide, answer), expected);
    let good = r#"{"id":7,"name":"Ann","kind":"user","url":"https://eu.acme.example/x"}"#;
    check(&response(200, &[], good), "ok - - -");
    check(&response(200, &[], &good.replace("eu.acme", "us.acme")), "wrong_tenant elsewhere site enter");
    check(&response(200, &[], r#"{"id":7,"kind":"cat"}"#), "protocol_mismatch - - -");
    check(&response(200, &[], r#"{"id":"","kind":"bot"}"#), "protocol_mismatch - - -");
    check(&response(200, &[], "<html>"), "protocol_mismatch - - -");
    check(&response(401, &[], "canary-token"), "wrong_secret refused token make");
    check(&response(402, &[], ""), "unknown shadowed - -");
    check(&response(418, &[("x-limit", "limit reached")], ""), "throttled busy - -");
    check(&response(403, &[], ""), "missing_permission - - -");
    check(&response(429, &[], ""), "throttled - - -");
    check(&response(503, &[], ""), "provider_down - - -");
    check(&response(302, &[], ""), "protocol_mismatch - - -");
    check(&response(418, &[], ""), "unknown - - -");
    let fails = |fault| Answer::Failed { fault, detail: "Basic canary-token".to_owned() };
    check(&fails(Fault::Dns), "wrong_tenant gone - -");
    check(&fails(Fault::Timeout), "unreachable - - -");
    check(&fails(Fault::Tls), "tls - - -");
    check(&fails(Fault::Refused), "misconfigured - - -");
    check(&fails(Fault::TooLarge), "protocol_mismatch - - -");
}

#[test]
fn names_are_cleaned_and_invalid_ids_are_rejected() {
    let verdict = |id: &str, name: &str| verdict(&guide(), &user(id, name));
    let long = "x".repeat(600);
    let found = verdict("7", "An\0n\tof\nA\u{7}cme").identity.expect("an identity");
    assert_eq!((found.id.as_str(), found.name.as_str()), ("7", "Ann of Acme"));
    assert_eq!(verdict("7", &long).identity.expect("an identity").name.len(), 200);
    assert_eq!(verdict(&long[..500], "Ann").identity.expect("an identity").id.len(), 500);
    // If cleaned or truncated, these ids could become other accounts' ids.
    for id in ["7\0", "\u{85}7", "7\n", &long] {
        let verdict = verdict(id, "Ann");
        assert_eq!(verdict.outcome, OutcomeKind::ProtocolMismatch, "{id:?}");
        assert_eq!(verdict.identity, None);
    }
}

#[test]
fn every_outcome_has_standard_wording() {
    for &kind in OutcomeKind::ALL {
        let advice = kind.advice("Acme", &Product::named("Us"));
        assert!(kind.says().ends_with('.') && advice.ends_with('.') && !advice.contains('{'), "{kind}");
    }
}

#[test]
fn advice_about_blocked_addresses_names_the_products_addresses() {
    let guide = guide();
    let method = &guide.methods[0];
    let values = values("eu", "ann", "token");
    let inputs = Inputs::new(method, method.environments.first(), &values);
    let fix = |addresses: &[&str], status| {
        let egress_addresses = serde_json::from_value(serde_json::json!(addresses)).expect("addresses");
        let product = Product { egress_addresses, ..Product::named("Us") };
        let case = Case { guide: &guide, method, check: &method.checks[0], inputs, product: &product };
        judge(&case, &response(status, &[], ""), 0).fix.to_string()
    };
    let known = ["203.0.113.7/32", "198.51.100.0/24"];
    assert_eq!(fix(&known, 421), "Allow Us's IP addresses (203.0.113.7, 198.51.100.0/24).");
    assert_eq!(fix(&[], 421), "Allow Us's IP addresses (ask Us for them).");
    let expected = "Ask an administrator to allow Us's IP addresses (203.0.113.7, 198.51.100.0/24).";
    assert_eq!(fix(&known, 423), expected);
    assert_eq!(fix(&[], 423), "Ask an administrator to allow Us's IP addresses (ask Us for them).");
}

#[test]
fn advice_to_wait_says_how_long() {
    let check = |status, wait: &str, expected: &str| {
        let verdict = verdict(&guide(), &response(status, &[("retry-after", wait)], ""));
        assert_eq!(&*verdict.fix, expected, "{status} {wait}");
        let kept = serde_json::to_string(&verdict).expect("JSON");
        let kept: Verdict = serde_json::from_str(&kept).expect("a verdict");
        assert_eq!(kept.retry_after, verdict.retry_after, "a restored flow must keep the wait");
    };
    check(429, "3600", "Your details look fine. Try again in about an hour.");
    check(503, "120", "Your details look fine. Try again in about 2 minutes.");
    check(429, "30", "Your details look fine. Wait a moment, then try again.");
    check(403, "3600", "Ask an administrator for the permission named in the guide.");
}

#[test]
fn a_request_follows_its_template() {
    let guide = guide();
    let method = &guide.methods[0];
    let (values, captures) = (values("a.eu", "ann@x", "t:1"), Values::new());
    let inputs = Inputs { captures: &captures, ..Inputs::new(method, method.environment("test"), &values) };
    let built = request(method, &method.checks[0].request, &inputs).expect("a request");
    assert_eq!(built.host, "a.eu.acme.test");
    assert_eq!(built.path_and_query().expose(), "/api/users/ann%40x?q=a.eu");
    assert_eq!(built.to_string(), "POST https://a.eu.acme.test/api/users/ann%40x?q=…");
    let authorization = built.headers.iter().find(|header| header.name == "authorization").expect("a header");
    assert_eq!(authorization.value.expose(), "Basic YW5uQHgvdG9rZW46dDox");
    assert_eq!(built.body.expect("a body").bytes.expose(), br#"{"token":"t:1","n":1}"#);
}

proptest! {
    /// For any input, the request goes to an allowed host and has the structure of its template.
    #[test]
    fn a_value_never_becomes_structure(site in "\\PC{0,20}|[a-z.]{0,12}", email in "\\PC{0,20}|[a-z:/]{0,8}", token in any::<String>()) {
        let guide = guide();
        let method = &guide.methods[0];
        let (values, captures) = (values(&site, &email, &token), Values::new());
        let inputs = Inputs { captures: &captures, ..Inputs::new(method, method.environments.first(), &values) };
        match request(method, &method.checks[0].request, &inputs) {
            Ok(built) => {
                prop_assert!(built.host.ends_with(".acme.example"));
                prop_assert!(built.host.split('.').count() <= 4 && built.host.split('.').all(guide::is_label));
                let target = built.path_and_query();
                prop_assert_eq!(target.expose().matches('/').count(), 3);
                prop_assert_eq!(target.expose().matches('?').count(), 1);
                prop_assert_eq!(target.expose().matches('&').count(), 0);
                prop_assert!(target.expose().bytes().all(|b| b.is_ascii_graphic()));
                for header in &built.headers {
                    prop_assert!(!header.value.expose().contains(['\r', '\n', '\0']));
                }
                let body: serde_json::Value = serde_json::from_slice(built.body.expect("a body").bytes.expose()).expect("JSON");
                prop_assert_eq!(&body, &serde_json::json!({ "token": token, "n": 1 }));
            }
            Err(error) => prop_assert!(matches!(error.problem, Problem::NotAHostLabel | Problem::NotAPathSegment | Problem::NotAHeaderValue | Problem::HostNotAllowed)),
        }
    }
}
