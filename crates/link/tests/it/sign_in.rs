//! Tests sign-in: how tokens are obtained, expire and are renewed.

use std::sync::Arc;

use guide::Key;
use link::{Effect, Flow, Stage, Start};
use probe::{Moment, Values};
use secret::Secret;

use crate::{MOMENT, played, read, response, sent};

const GUIDE: &str = r"
waystone: 1
provider: { key: acme, name: Acme }
scopes: [{ name: read }, { name: write }, { name: delete }]
methods:
  - key: main
    label: Main
    fields: [{ key: pass, label: Password, type: secret }]
    auth:
      exchange:
        steps:
          - key: log-in
            request: { line: POST /login, form: { pass: '{{ value.pass }}' } }
            captures: { token: token }
            expires_in: ttl
        refresh:
          key: renew
          request: { line: POST /renew, form: { old: '{{ token.token }}' } }
          captures: { token: token }
        carries: [{ in: header, name: X-Token, value: '{{ token.token }}' }]
    base_url: https://acme.example
    hosts: [acme.example]
    checks:
      - { key: me, role: identity, request: GET /me, account: { id: '{{ json.id }}', name: x }, granted: scopes }
      - { key: read, role: capability, required: false, scopes: read, request: GET /read }
      - { key: write, role: capability, required: false, scopes: write, request: GET /write }
    link:
      sections:
        - key: one
          title: One
          steps: [{ key: enter, title: Enter, collects: pass, body: Enter it. }]
";

fn flow(start: Start) -> Flow {
    let mut flow = Flow::new(read(GUIDE), "main", start).expect("a method");
    flow.submit_all(&[(Key::parse("pass").expect("a key"), Secret::from("word"))]);
    flow
}

/// Runs the flow and responds to each request with the next status and body at the given Unix time. Returns the path
/// and token of every request.
fn play(flow: &mut Flow, answers: &[(i64, u16, &str)]) -> Vec<String> {
    played::play(flow, answers, |request| {
        let token = request.headers.iter().find(|header| header.name == "x-token");
        format!("{} {}", request.path, token.map_or("-", |header| header.value.expose()))
    })
}

fn result(flow: &Flow) -> String {
    match flow.stage() {
        Stage::Confirm { limited, reports, .. } => {
            let reports: Vec<String> =
                reports.iter().map(|report| format!("{} {:?}", report.check, report.state)).collect();
            format!("{}: {}", if limited { "limited" } else { "ok" }, reports.join(", "))
        }
        Stage::Failed { verdict, .. } => format!("failed {}", verdict.outcome),
        other => format!("{other:?}"),
    }
}

const LOGIN: (i64, u16, &str) = (0, 200, r#"{"token":"t1","ttl":60}"#);
const ME: (i64, u16, &str) = (0, 200, r#"{"id":"a1","scopes":["read","write"]}"#);

#[test]
fn a_token_is_obtained_sent_and_stored() {
    let mut flow = flow(Start::default());
    let sent = play(&mut flow, &[LOGIN, ME]);
    assert_eq!(sent, ["/login -", "/me t1"], "checks decided by the granted scopes send no requests");
    assert_eq!(result(&flow), "ok: log-in Passed, me Passed, read Passed, write Passed");
    flow.confirm(true);
    let Some(Effect::Store(linked)) = flow.poll(Moment::default()) else {
        panic!("the account must be stored")
    };
    assert_eq!(linked.tokens.values().map(Secret::expose).collect::<Vec<_>>(), ["t1"]);
    assert_eq!(linked.tokens_expire_at, Some(60));
    assert_eq!(linked.missed, Vec::<Key>::new());
}

#[test]
fn checks_without_their_scopes_are_missed_without_a_request() {
    let mut flow = flow(Start::default());
    play(&mut flow, &[LOGIN, (0, 200, r#"{"id":"a1","scopes":"read delete"}"#)]);
    assert_eq!(result(&flow), "limited: log-in Passed, me Passed, read Passed, write Missed");
}

#[test]
fn only_requested_scopes_are_checked() {
    let mut flow = flow(Start { scopes: Some(vec!["read".to_owned()]), ..Start::default() });
    let sent = play(&mut flow, &[LOGIN, (0, 200, r#"{"id":"a1"}"#), (0, 200, "")]);
    assert_eq!(sent, ["/login -", "/me t1", "/read t1"]);
    assert_eq!(result(&flow), "ok: log-in Passed, me Passed, read Passed");
}

#[test]
fn a_rejected_token_is_renewed_once() {
    let renewed = (0, 200, r#"{"token":"t2"}"#);
    let mut good = flow(Start::default());
    let sent = play(&mut good, &[LOGIN, (0, 401, ""), renewed, ME]);
    assert_eq!(sent, ["/login -", "/me t1", "/renew -", "/me t2"]);
    assert_eq!(result(&good), "ok: log-in Passed, renew Passed, me Passed, read Passed, write Passed");
    let mut bad = flow(Start::default());
    play(&mut bad, &[LOGIN, (0, 401, ""), renewed, (0, 401, "")]);
    assert_eq!(result(&bad), "failed wrong_secret");
    // A web page blames nobody, but the token may still be the reason for it.
    let page = (0, 401, "<html>Unauthorized</html>");
    let mut paged = flow(Start::default());
    let sent = play(&mut paged, &[LOGIN, page, renewed, page]);
    assert_eq!(sent, ["/login -", "/me t1", "/renew -", "/me t2"]);
    assert_eq!(result(&paged), "failed protocol_mismatch");
}

#[test]
fn a_renewed_token_is_kept_even_if_a_check_fails() {
    let tokens = Values::from([(Key::parse("token").expect("a key"), Secret::from("t1"))]);
    let mut flow = flow(Start { tokens, tokens_expire_at: Some(5), ..Start::default() });
    assert!(flow.must_renew_tokens(0) && !flow.must_renew_tokens(-6));
    play(&mut flow, &[(0, 200, r#"{"token":"t2"}"#), (0, 403, "")]);
    assert_eq!(result(&flow), "failed missing_permission");
    let (tokens, end) = flow.tokens();
    assert_eq!(tokens.values().map(Secret::expose).collect::<Vec<_>>(), ["t2"]);
    assert_eq!(end, None);
}

#[test]
fn a_failed_renewal_signs_in_again() {
    let mut flow = flow(Start::default());
    let sent = play(&mut flow, &[LOGIN, (0, 401, ""), (0, 400, ""), (0, 200, r#"{"token":"t3"}"#), ME]);
    assert_eq!(sent, ["/login -", "/me t1", "/renew -", "/login -", "/me t3"]);
    assert_eq!(result(&flow), "ok: log-in Passed, me Passed, read Passed, write Passed");
    flow.confirm(true);
    let Some(Effect::Store(linked)) = flow.poll(Moment::default()) else {
        panic!("the account must be stored")
    };
    assert_eq!(linked.missed, Vec::<Key>::new(), "the failed renewal is not a missed check");
}

#[test]
fn changed_credentials_sign_in_again_despite_existing_tokens() {
    let mut flow = flow(Start::default());
    play(&mut flow, &[LOGIN, ME]);
    flow.confirm(false);
    flow.submit_all(&[(Key::parse("pass").expect("a key"), Secret::from("other"))]);
    let sent = play(&mut flow, &[(0, 401, "")]);
    assert_eq!(sent, ["/login -"]);
    assert_eq!(result(&flow), "failed wrong_secret");
}

#[test]
fn a_stored_token_is_renewed_before_it_expires() {
    let kept = |end| Start {
        tokens: Values::from([(Key::parse("token").expect("a key"), Secret::from("old"))]),
        tokens_expire_at: Some(end),
        ..Start::default()
    };
    let mut fresh = flow(kept(1000));
    assert_eq!(play(&mut fresh, &[ME]), ["/me old"]);
    let mut stale = flow(kept(5));
    assert_eq!(play(&mut stale, &[(0, 200, r#"{"token":"new"}"#), ME]), ["/renew -", "/me new"]);
}

#[test]
fn verdicts_and_debug_output_contain_no_tokens() {
    let mut flow = flow(Start::default());
    play(&mut flow, &[(0, 200, r#"{"token":"canary","ttl":1}"#), (0, 418, "you sent canary")]);
    let Stage::Failed { verdict, reports, .. } = flow.stage() else { panic!("the flow must fail") };
    assert!(!format!("{verdict:?} {reports:?}").contains("canary"));
    assert!(flow.snapshot().expose().contains("word"), "the snapshot must contain the password");
}

#[test]
fn a_restored_flow_keeps_its_tokens_and_derived_values() {
    let mut one = flow(Start::default());
    play(&mut one, &[LOGIN, ME]);
    let guide = Arc::new(one.guide().clone());
    let mut other = Flow::restore(guide, &one.snapshot()).expect("a valid snapshot");
    other.confirm(true);
    let Some(Effect::Store(linked)) = other.poll(Moment::default()) else {
        panic!("the account must be stored")
    };
    assert_eq!(linked.tokens.values().map(Secret::expose).collect::<Vec<_>>(), ["t1"]);
}

#[test]
fn tokens_and_derived_secrets_are_not_sent_to_another_host() {
    let text = GUIDE
        .replace(
            "fields: [",
            "fields: [{ key: site, label: Site, type: text, public: true, pattern: '[a-z]+', pattern_says: letters }, ",
        )
        .replace("    auth:", "    derived: [{ key: mark, from: '{{ value.pass }}' }]\n    auth:")
        .replace("https://acme.example", "'https://{{ value.site }}.acme.example'")
        .replace("[acme.example]", "['*.acme.example']")
        .replace("collects: pass", "collects: [site, pass]");
    let key = |text| Key::parse(text).expect("a key");
    let stored = [("site", "one"), ("pass", "word"), ("mark", "of the word")];
    let start = Start {
        stored: stored.map(|(name, value)| (key(name), Secret::from(value))).into(),
        tokens: Values::from([(key("token"), Secret::from("old"))]),
        ..Start::default()
    };
    let mut flow = Flow::new(read(&text), "main", start).expect("a method");
    flow.submit_all(&[(key("site"), Secret::from("two")), (key("pass"), Secret::from("word"))]);
    assert_eq!(flow.values().keys().map(Key::as_str).collect::<Vec<_>>(), ["pass", "site"]);
    assert_eq!(play(&mut flow, &[(0, 401, "")]), ["/login -"]);
}

#[test]
fn a_renewal_that_takes_too_long_does_not_end_with_the_verdict_on_the_check() {
    let tokens = Values::from([(Key::parse("token").expect("a key"), Secret::from("t1"))]);
    let mut flow = flow(Start { tokens, ..Start::default() });
    let id = sent(&mut flow);
    flow.answered(id, &response(429, ""), 0);
    assert!(matches!(flow.poll(MOMENT), Some(Effect::WaitUntil(_))));
    flow.elapsed(100);
    let id = sent(&mut flow);
    flow.answered(id, &response(401, ""), 100);
    let Some(Effect::Send { request, .. }) = flow.poll(MOMENT) else { panic!("{}", result(&flow)) };
    assert_eq!(request.path, "/renew");
    flow.give_up_checks();
    assert_eq!(result(&flow), "failed unreachable");
}

/// Returns a flow for a guide that cannot renew tokens, and whose sign-in can also return an `extra` token.
fn without_renewal(start: Start) -> Flow {
    let (before, rest) = GUIDE.split_once("        refresh:\n").expect("a renewal");
    let (_, after) = rest.split_once("        carries:").expect("a carrier");
    let extra = "captures: { token: token, extra: { at: extra, required: false } }";
    let text = format!("{before}        carries:{after}").replacen("captures: { token: token }", extra, 1);
    let mut flow = Flow::new(read(&text), "main", start).expect("a method");
    flow.submit_all(&[(Key::parse("pass").expect("a key"), Secret::from("word"))]);
    flow
}

#[test]
fn a_token_that_cannot_be_renewed_is_replaced_by_signing_in_again() {
    let kept = |end| {
        let tokens = ["token", "extra"].map(|name| (Key::parse(name).expect("a key"), Secret::from("old")));
        Start { tokens: tokens.into(), tokens_expire_at: Some(end), ..Start::default() }
    };
    let mut rejected = without_renewal(kept(1000));
    let sent = play(&mut rejected, &[(0, 401, ""), LOGIN, ME]);
    assert_eq!(sent, ["/me old", "/login -", "/me t1"]);
    let (tokens, end) = rejected.tokens();
    assert_eq!((tokens.keys().map(Key::as_str).collect::<Vec<_>>(), end), (vec!["token"], Some(60)));
    let mut expired = without_renewal(kept(5));
    assert!(expired.must_renew_tokens(0));
    assert_eq!(play(&mut expired, &[LOGIN, ME]), ["/login -", "/me t1"]);
    let mut new = without_renewal(Start::default());
    assert_eq!(play(&mut new, &[LOGIN, (0, 401, "")]), ["/login -", "/me t1"], "a second sign-in is useless");
    assert_eq!(result(&new), "failed wrong_secret");
}

#[test]
fn the_redactor_hides_the_tokens_while_checks_run_and_afterwards() {
    let mut flow = flow(Start::default());
    let id = sent(&mut flow);
    flow.answered(id, &response(200, r#"{"token":"canary-token","ttl":60}"#), 0);
    let hidden = |flow: &Flow| flow.redactor().redact("a canary-token for word");
    assert_eq!(hidden(&flow), "a (hidden) for (hidden)");
    play(&mut flow, &[ME]);
    assert_eq!(hidden(&flow), "a (hidden) for (hidden)");
}

#[test]
fn a_sign_in_of_several_steps_makes_each_request_once() {
    let second = "          - key: pick\n            request: { line: POST /pick, form: { of: '{{ token.token }}' } }\n            captures: { token: token }\n        refresh:";
    let start = Start { scopes: Some(Vec::new()), ..Start::default() };
    let mut flow =
        Flow::new(read(&GUIDE.replace("        refresh:", second)), "main", start).expect("a method");
    flow.submit_all(&[(Key::parse("pass").expect("a key"), Secret::from("word"))]);
    let sent = play(&mut flow, &[LOGIN, (0, 200, r#"{"token":"t2"}"#), ME]);
    assert_eq!(sent, ["/login -", "/pick -", "/me t2"]);
    assert_eq!(result(&flow), "ok: log-in Passed, pick Passed, me Passed");
}

#[test]
fn granted_scopes_decide_only_checks_that_need_scopes() {
    let more = "      - { key: more, role: capability, request: GET /more }\n    link:";
    let mut flow =
        Flow::new(read(&GUIDE.replace("    link:", more)), "main", Start::default()).expect("a method");
    flow.submit_all(&[(Key::parse("pass").expect("a key"), Secret::from("word"))]);
    assert_eq!(play(&mut flow, &[LOGIN, ME, (0, 403, "")]), ["/login -", "/me t1", "/more t1"]);
    assert_eq!(result(&flow), "failed missing_permission");
}
