//! Tests sign-in through a browser: how tokens are obtained, kept and renewed, and how denied sign-ins are judged.

use std::sync::Arc;

use guide::{Guide, Key};
use link::{Flow, Stage, Start};
use probe::Values;

use crate::{entered, played, read};

/// A guide with which people sign in through a browser. `{more}` is replaced with more keys of `oauth2`.
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
    checks:
      - { key: me, role: identity, request: GET /me, account: { id: '{{ json.id }}', name: x } }
    link:
      sections: [{ key: one, title: One, steps: [{ key: agree, title: Agree, body: Agree. }] }]
";

pub(crate) fn guide(more: &str) -> Arc<Guide> {
    read(&GUIDE.replace("{more}", more))
}

fn values(pairs: &[(&str, &str)]) -> Values {
    entered(pairs).into_iter().collect()
}

/// Returns a flow for a linked account whose tokens expire at Unix time 5.
fn linked(more: &str, tokens: &[(&str, &str)]) -> Flow {
    let start = Start { tokens: values(tokens), tokens_expire_at: Some(5), ..Start::default() };
    Flow::new(guide(more), "main", start).expect("a method")
}

/// Runs the flow at Unix time 0 and responds to each request with the next status and body. Returns the path and the
/// body of every request.
fn play(flow: &mut Flow, answers: &[(u16, &str)]) -> Vec<String> {
    let answers: Vec<(i64, u16, &str)> = answers.iter().map(|&(status, body)| (0, status, body)).collect();
    played::play(flow, &answers, |request| {
        let body =
            request.body.as_ref().map(|body| String::from_utf8_lossy(body.bytes.expose()).into_owned());
        format!("{} {}", request.path, body.unwrap_or_default()).trim_end().to_owned()
    })
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
fn a_refresh_token_is_used_even_if_the_guide_does_not_specify_the_request() {
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
    // A flow that is restored after the sign-in still has the URL.
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
fn a_renewal_that_cannot_be_sent_makes_the_flow_fail() {
    let mut flow = linked(SENDS_REDIRECT_URI, &[("access_token", "a-1"), ("refresh_token", "r-1")]);
    flow.submit_all(&[]);
    assert_eq!(play(&mut flow, &[]), Vec::<String>::new());
    let Stage::Failed { verdict, .. } = flow.stage() else { panic!("{:?}", flow.stage()) };
    assert_eq!(verdict.outcome, guide::OutcomeKind::Misconfigured);
}

#[test]
fn the_guide_can_specify_where_a_response_contains_its_tokens() {
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

#[test]
fn sign_in_requests_chosen_mandatory_and_renewal_scopes() {
    let declared = "scopes: [{ name: me }, { name: read }, { name: write, includes: [read] }, { name: delete }, { name: renew }, { name: offline_access }]";
    let sends = "scopes: [me, read, write, delete, renew, offline_access, undeclared]\n        refresh: { scopes: renew }";
    let optional = "{ key: read, role: capability, required: false, scopes: read, request: GET /read }";
    let text = GUIDE
        .replace("methods:", &format!("{declared}\nmethods:"))
        .replace("{more}", sends)
        .replace("role: identity", "role: identity, scopes: me")
        .replace("    link:", &format!("      - {optional}\n    link:"));
    let guide = read(&text);
    let requested = |scopes: Option<&[&str]>| {
        let scopes = scopes.map(|scopes| scopes.iter().map(|&scope| scope.to_owned()).collect());
        let flow =
            Flow::new(Arc::clone(&guide), "main", Start { scopes, ..Start::default() }).expect("a method");
        let redirect = guide.methods[0].auth.sign_in.as_ref().and_then(|sign_in| sign_in.redirect.as_ref());
        flow.requested_scopes(redirect.expect("a redirect")).join(" ")
    };
    assert_eq!(requested(None), "me read write delete renew offline_access undeclared");
    assert_eq!(requested(Some(&["delete"])), "me delete renew offline_access undeclared");
    assert_eq!(
        requested(Some(&["read"])),
        "me read write renew offline_access undeclared",
        "write includes read"
    );
}
