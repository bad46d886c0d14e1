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
