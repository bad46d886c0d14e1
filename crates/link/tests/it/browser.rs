//! Tests sign-in through a browser: how tokens are kept, renewed and given up.

use std::sync::Arc;

use guide::{Guide, Key};
use link::{Effect, Flow, Stage, Start};
use probe::{Answer, Moment, Response, Values};
use secret::Secret;

/// A guide with which people sign in through a browser. `{more}` is replaced by further keys of `oauth2`.
const GUIDE: &str = r"
waystone: 1
provider: { key: acme, name: Acme }
methods:
  - key: main
    label: Main
    auth:
      oauth2:
        grant: authorization_code
        authorize_url: https://acme.example/authorize
        token_url: https://acme.example/token
        client_auth: none
        client_id: example
        {more}
    base_url: https://acme.example
    hosts: [acme.example]
    checks: [{ key: me, role: identity, request: GET /me, account: { id: '{{ json.id }}', name: x } }]
    link:
      sections: [{ key: one, title: One, steps: [{ key: agree, title: Agree, body: Agree. }] }]
";

fn guide(more: &str) -> Arc<Guide> {
    let reading = guide::read("acme.yaml", GUIDE.replace("{more}", more).as_bytes());
    Arc::new(reading.into_usable().unwrap_or_else(|reading| panic!("{:#?}", reading.findings)))
}

fn values(pairs: &[(&str, &str)]) -> Values {
    let value = |(key, text): &(&str, &str)| (Key::parse(key).expect("a key"), Secret::from(*text));
    pairs.iter().map(value).collect()
}

/// A flow for a linked account whose tokens expire at the time 5.
fn linked(more: &str, tokens: &[(&str, &str)]) -> Flow {
    let start = Start { tokens: values(tokens), tokens_expire_at: Some(5), ..Start::default() };
    Flow::new(guide(more), "main", start).expect("a method")
}

/// Runs the flow at the time 0 and responds to each request with the next status and body. Returns the path and the
/// body of every request.
fn play(flow: &mut Flow, answers: &[(u16, &str)]) -> Vec<String> {
    let (mut sent, mut answers) = (Vec::new(), answers.iter());
    while let Some(effect) = flow.poll(Moment { unix_ms: 0, nonce: [0; 16] }) {
        let Effect::Send { id, request } = effect else { panic!("unexpected effect after {sent:?}") };
        let body =
            request.body.as_ref().map(|body| String::from_utf8_lossy(body.bytes.expose()).into_owned());
        sent.push(format!("{} {}", request.path, body.unwrap_or_default()).trim_end().to_owned());
        let (status, body) = answers.next().unwrap_or_else(|| panic!("unexpected request: {sent:?}"));
        let answer = Response { status: *status, headers: Vec::new(), body: body.as_bytes().to_vec() };
        flow.answered(id, &Answer::Response(answer), 0);
    }
    assert_eq!(answers.next(), None, "missing request: {sent:?}");
    sent
}

fn tokens(flow: &Flow) -> String {
    let (tokens, end) = flow.tokens();
    let tokens: Vec<String> = tokens.iter().map(|(key, value)| format!("{key} {}", value.expose())).collect();
    format!("{} until {end:?}", tokens.join(", "))
}

const ME: (u16, &str) = (200, r#"{"id":"a1"}"#);

#[test]
fn an_empty_refresh_token_does_not_replace_the_current_one() {
    let mut flow = linked("refresh: {}", &[("access_token", "a-1"), ("refresh_token", "r-1")]);
    flow.submit_all(&[]);
    let renewed = (200, r#"{"access_token":"a-2","refresh_token":"","expires_in":60}"#);
    let sent = play(&mut flow, &[renewed, ME]);
    assert_eq!(sent, ["/token grant_type=refresh_token&refresh_token=r-1&client_id=example", "/me"]);
    assert!(matches!(flow.stage(), Stage::Confirm { .. }));
    assert_eq!(tokens(&flow), "access_token a-2, refresh_token r-1 until Some(60)");
}

#[test]
fn tokens_that_cannot_be_renewed_are_used_until_the_provider_rejects_them() {
    let mut flow = linked("refresh: {}", &[("access_token", "a-1")]);
    assert!(!flow.must_renew_tokens(0), "there is no refresh token");
    flow.submit_all(&[]);
    assert_eq!(play(&mut flow, &[ME]), ["/me"]);
    let renewable = linked("refresh: {}", &[("access_token", "a-1"), ("refresh_token", "r-1")]);
    assert!(renewable.must_renew_tokens(0) && !renewable.must_renew_tokens(-6));
}

#[test]
fn a_lifetime_of_zero_means_that_the_lifetime_is_unknown() {
    let mut flow = Flow::new(guide("refresh: {}"), "main", Start::default()).expect("a method");
    flow.signed_in(values(&[
        ("code", "c"),
        ("redirect_uri", "https://hub.example/back"),
        ("code_verifier", "v"),
    ]));
    play(&mut flow, &[(200, r#"{"access_token":"a-1","expires_in":0}"#), ME]);
    assert_eq!(tokens(&flow), "access_token a-1 until None");
}

#[test]
fn a_refresh_token_is_used_even_if_the_guide_does_not_say_how() {
    let mut flow = linked("", &[("access_token", "a-1"), ("refresh_token", "r-1")]);
    flow.submit_all(&[]);
    let sent = play(&mut flow, &[(200, r#"{"access_token":"a-2"}"#), ME]);
    assert_eq!(sent, ["/token grant_type=refresh_token&refresh_token=r-1&client_id=example", "/me"]);
    assert_eq!(tokens(&flow), "access_token a-2, refresh_token r-1 until None");
}

/// A refresh request that sends the callback URL.
const SENDS_REDIRECT_URI: &str = "refresh: { parameters: { redirect_uri: '{{ hub.redirect_uri }}' } }";

#[test]
fn a_renewal_can_send_the_callback_url() {
    let uri = Some("https://hub.example/back".to_owned());
    let stored = values(&[("access_token", "a-1"), ("refresh_token", "r-1")]);
    let start =
        Start { tokens: stored, tokens_expire_at: Some(5), redirect_uri: uri.clone(), ..Start::default() };
    let mut flow = Flow::new(guide(SENDS_REDIRECT_URI), "main", start).expect("a method");
    flow.submit_all(&[]);
    let sent = play(&mut flow, &[(200, r#"{"access_token":"a-2"}"#), ME]);
    let body = "grant_type=refresh_token&refresh_token=r-1&redirect_uri=https%3A%2F%2Fhub.example%2Fback";
    assert_eq!(sent, [&format!("/token {body}&client_id=example"), "/me"]);
    // A flow that is restored after the sign-in still knows the URL.
    let mut flow = Flow::new(guide(SENDS_REDIRECT_URI), "main", Start::default()).expect("a method");
    let back = [("code", "c"), ("redirect_uri", "https://hub.example/back"), ("code_verifier", "v")];
    flow.signed_in(values(&back));
    play(&mut flow, &[(200, r#"{"access_token":"a-1","refresh_token":"r-1","expires_in":5}"#), ME]);
    let mut flow = Flow::restore(guide(SENDS_REDIRECT_URI), &flow.snapshot()).expect("a valid snapshot");
    flow.confirm(false);
    flow.submit_all(&[]);
    let sent = play(&mut flow, &[(200, r#"{"access_token":"a-2"}"#), ME]);
    assert_eq!(sent, [&format!("/token {body}&client_id=example"), "/me"]);
}

#[test]
fn a_renewal_that_cannot_be_sent_fails_visibly() {
    let mut flow = linked(SENDS_REDIRECT_URI, &[("access_token", "a-1"), ("refresh_token", "r-1")]);
    flow.submit_all(&[]);
    assert_eq!(play(&mut flow, &[]), Vec::<String>::new());
    let Stage::Failed { verdict, .. } = flow.stage() else { panic!("{:?}", flow.stage()) };
    assert_eq!(verdict.outcome, guide::OutcomeKind::Misconfigured);
}

#[test]
fn the_guide_can_say_where_a_response_has_its_tokens() {
    let more = "captures: { access_token: user.token, refresh_token: user.renewal, expires_in: user.ttl, team: team.id }";
    let mut flow = Flow::new(guide(more), "main", Start::default()).expect("a method");
    flow.signed_in(values(&[
        ("code", "c"),
        ("redirect_uri", "https://hub.example/back"),
        ("code_verifier", "v"),
    ]));
    let first = r#"{"access_token":"bot","user":{"token":"a-1","renewal":"r-1","ttl":60},"team":{"id":"t"}}"#;
    play(&mut flow, &[(200, first), ME]);
    assert_eq!(tokens(&flow), "access_token a-1, expires_in 60, refresh_token r-1, team t until Some(60)");
}

#[test]
fn a_denied_sign_in_is_judged_by_the_guides_rules() {
    let more = "outcomes: [{ key: approval, when: { json: { error_description: { contains: approval } } }, is: missing_permission, return_to: agree }]";
    let check = |parameters: &[(&str, &str)], expected: &str| {
        let mut flow = Flow::new(guide(more), "main", Start::default()).expect("a method");
        let parameters: Vec<(String, String)> =
            parameters.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        flow.sign_in_failed(&parameters);
        let Stage::Failed { verdict, reports, .. } = flow.stage() else { panic!("{:?}", flow.stage()) };
        let rule = verdict.rule.as_ref().map_or("-", Key::as_str);
        assert_eq!(format!("{} {rule}", verdict.outcome), expected, "{parameters:?}");
        assert!(reports.is_empty() && verdict.at_field.is_none(), "{parameters:?}");
    };
    check(
        &[("error", "access_denied"), ("error_description", "needs Approval")],
        "missing_permission approval",
    );
    check(&[("error", "access_denied")], "declined -");
    for error in ["consent_required", "login_required", "interaction_required"] {
        check(&[("error", error)], "declined -");
    }
    check(&[("error", "invalid_scope")], "missing_permission -");
    check(&[("error", "server_error")], "provider_down -");
    for error in
        ["unauthorized_client", "invalid_client", "unsupported_response_type", "redirect_uri_mismatch"]
    {
        check(&[("error", error)], "misconfigured -");
    }
    check(&[("error", "something_new")], "unknown -");
    check(&[], "unknown -");
}

#[test]
fn no_rule_makes_a_denied_sign_in_a_success() {
    let more = "outcomes: [{ key: fine, when: { json: { error: { exists: true } } }, is: ok }]";
    let mut flow = Flow::new(guide(more), "main", Start::default()).expect("a method");
    flow.sign_in_failed(&[("error".to_owned(), "access_denied".to_owned())]);
    let Stage::Failed { verdict, .. } = flow.stage() else { panic!("{:?}", flow.stage()) };
    assert_eq!(verdict.outcome, guide::OutcomeKind::Unknown);
}
