//! Tests how a flow tries rejected credentials in the method's other environments.

use link::{Effect, Flow, Stage, Start};

use crate::{GUIDE, MOMENT, ann, entered, live, read, response, sent, stage};

/// Returns a flow for a method with three environments. The credentials were rejected in the chosen environment, and
/// the person agreed to try them in the others.
fn asked() -> Flow {
    let test = "      - { key: test, label: Test, host: acme.test }\n";
    let text =
        GUIDE.replace(test, &format!("{test}      - {{ key: demo, label: Demo, host: demo.acme.test }}\n"));
    let text = text.replace("'*.acme.test']", "'*.acme.test', '*.demo.acme.test']");
    let mut flow = Flow::new(read(&text), "api-key", live()).expect("a method");
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id, &response(401, ""), 0);
    flow.ask_elsewhere();
    flow
}

/// Responds to the next request with this status. Returns the request's host.
#[track_caller]
fn answer(flow: &mut Flow, status: u16) -> String {
    let Some(Effect::Send { id, request }) = flow.poll(MOMENT) else { panic!("{}", stage(flow)) };
    flow.answered(id, &if status == 200 { ann() } else { response(status, "") }, 0);
    request.host
}

/// Returns the labels and states of the checks.
fn reports(flow: &Flow) -> Vec<String> {
    let (Stage::Checking(reports) | Stage::Failed { reports, .. }) = flow.stage() else {
        panic!("{}", stage(flow))
    };
    reports.iter().map(|report| format!("{} {:?}", report.label, report.state)).collect()
}

#[test]
fn environments_are_tried_one_after_another() {
    let mut flow = asked();
    assert_eq!(answer(&mut flow, 401), "eu.acme.test");
    assert_eq!(reports(&flow), ["me Failed", "me in Test Failed", "me in Demo Running"]);
    assert_eq!(answer(&mut flow, 200), "eu.demo.acme.test");
    assert_eq!(stage(&flow), "failed wrong_environment [switch demo, go make]");
    let Stage::Failed { verdict, .. } = flow.stage() else { panic!("{}", stage(&flow)) };
    assert!(verdict.says.contains("Demo"), "{}", verdict.says);
    flow.switch_environment();
    assert_eq!(flow.environment().map(|environment| environment.key.as_str()), Some("demo"));
}

#[test]
fn credentials_that_work_nowhere_fail_with_the_first_verdict() {
    let mut flow = asked();
    answer(&mut flow, 403);
    answer(&mut flow, 401);
    assert_eq!(stage(&flow), "failed wrong_secret [go make]", "there is no other environment left to offer");
    assert_eq!(reports(&flow), ["me Failed", "me in Test Failed", "me in Demo Failed"]);
    flow.ask_elsewhere();
    flow.switch_environment();
    assert_eq!(stage(&flow), "failed wrong_secret [go make]");
    assert!(flow.poll(MOMENT).is_none());
}

#[test]
fn checks_that_take_too_long_elsewhere_end_with_the_verdict_for_the_chosen_environment() {
    let mut flow = asked();
    answer(&mut flow, 429);
    flow.give_up_checks();
    assert_eq!(stage(&flow), "failed wrong_secret [elsewhere, go make]");
}

#[test]
fn the_only_environment_is_not_offered_again() {
    let text = GUIDE
        .replace("      - { key: test, label: Test, host: acme.test }\n", "")
        .replace("'*.acme.example', '*.acme.test'", "'*.acme.example'")
        .replace(", ask_elsewhere: true", "");
    let mut flow = Flow::new(read(&text), "api-key", Start::default()).expect("a method");
    assert_eq!(stage(&flow), "find", "there is nothing to choose");
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    answer(&mut flow, 401);
    assert_eq!(stage(&flow), "failed wrong_secret [go make]");
    flow.ask_elsewhere();
    assert_eq!(stage(&flow), "failed wrong_secret [go make]");
    flow.go_to("find");
    flow.back();
    assert_eq!(stage(&flow), "find");
}

#[test]
fn a_failure_with_a_step_but_no_field_is_not_repeated_unchanged() {
    let mut flow = Flow::new(read(GUIDE), "api-key", live()).expect("a method");
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    answer(&mut flow, 402);
    assert_eq!(stage(&flow), "failed missing_permission [go make]");
    flow.ask_elsewhere();
    assert_eq!(stage(&flow), "failed missing_permission [go make]", "the verdict does not offer it");
}

/// Returns a flow for a method with two environments and this authentication.
fn with_auth(auth: &str, start: Start) -> Flow {
    let text = GUIDE.replace("auth: { bearer: { token: '{{ value.token }}' } }", &format!("auth: {auth}"));
    let mut flow = Flow::new(read(&text), "api-key", start).expect("a method");
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    flow
}

#[test]
fn a_sign_in_is_repeated_in_the_other_environment() {
    let auth = "{ oauth2: { grant: client_credentials, token_url: 'https://{{ value.site }}.{{ environment.host }}/token', client_id: x, client_secret: '{{ value.token }}' } }";
    let mut flow = with_auth(auth, live());
    let respond = |flow: &mut Flow, status, body: &str| {
        let Some(Effect::Send { id, request }) = flow.poll(MOMENT) else { panic!("{}", stage(flow)) };
        flow.answered(id, &response(status, body), 0);
        format!("{}{}", request.host, request.path)
    };
    let token = r#"{"access_token":"a"}"#;
    assert_eq!(respond(&mut flow, 200, token), "eu.acme.example/token");
    assert_eq!(respond(&mut flow, 401, ""), "eu.acme.example/me");
    flow.ask_elsewhere();
    assert_eq!(respond(&mut flow, 200, token), "eu.acme.test/token");
}

#[test]
fn tokens_from_a_browser_are_not_tried_elsewhere() {
    let auth = "{ oauth2: { grant: authorization_code, authorize_url: 'https://a.acme.example/authorize', token_url: 'https://a.acme.example/token', client_id: x, client_auth: none } }";
    let tokens = entered(&[("access_token", "a")]).into_iter().collect();
    let mut flow = with_auth(auth, Start { tokens, ..live() });
    answer(&mut flow, 401);
    flow.ask_elsewhere();
    assert!(flow.poll(MOMENT).is_none(), "the tokens belong to the other environment");
    assert!(stage(&flow).starts_with("failed misconfigured"), "{}", stage(&flow));
}
