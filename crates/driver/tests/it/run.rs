//! Tests the run loop: what it sends and reports, in which order, and what stops it.

use std::convert::Infallible;
use std::time::Duration;

use driver::{Exchange, Observer};
use link::{Flow, Stage, Start};
use probe::{Answer, Response};
use serde_json::{Value, json};

use crate::{Log, PASSWORD, Script, ann, answer, flow, signed_in, timeout};

#[tokio::test]
async fn a_flow_runs_until_a_person_is_needed() {
    let (mut flow, mut log) = (flow(Start::default()), Log::default());
    let linked = driver::run(&mut flow, &mut Script::new([signed_in(), ann()]), &mut log).await;
    assert!(matches!(linked, Ok(None)), "an account was returned before it was confirmed");
    assert!(matches!(flow.stage(), Stage::Confirm { .. }));
    assert_eq!(
        log.events,
        [
            "sending",
            "received",
            "answered /login",
            "checking", //
            "sending",
            "received",
            "answered /me",
            "confirm",
        ]
    );
}

#[tokio::test]
async fn a_confirmed_account_is_returned_once() {
    let mut flow = flow(Start::default());
    assert!(driver::confirm(&mut flow).is_none(), "an account was returned before it was found");
    let run = driver::run(&mut flow, &mut Script::new([signed_in(), ann()]), &mut Log::default()).await;
    assert!(matches!(run, Ok(None)));
    let linked = driver::confirm(&mut flow).expect("no account was found");
    assert_eq!(linked.identity.expect("the account has no identity").id, "7");
    assert!(driver::confirm(&mut flow).is_none());
}

#[tokio::test]
async fn running_a_confirmed_flow_returns_its_account() {
    let mut flow = flow(Start::default());
    let mut script = Script::new([signed_in(), ann()]);
    driver::run(&mut flow, &mut script, &mut Log::default()).await.unwrap();
    flow.confirm(true);
    let linked = driver::run(&mut flow, &mut script, &mut Log::default()).await.unwrap();
    assert_eq!(linked.expect("no account was returned").provider.as_str(), "acme");
}

#[tokio::test]
async fn a_request_that_times_out_is_sent_again_after_a_wait() {
    let (mut flow, mut log) = (flow(Start::default()), Log::default());
    let mut script = Script::new([signed_in(), timeout(), ann()]);
    driver::run(&mut flow, &mut script, &mut log).await.unwrap();
    assert!(matches!(flow.stage(), Stage::Confirm { .. }));
    let waits: Vec<_> = log.events.iter().filter(|event| event.starts_with("waiting")).collect();
    assert_eq!(waits, ["waiting 1"]);
}

#[tokio::test]
async fn an_observer_can_refuse_a_wait() {
    let mut flow = flow(Start::default());
    let mut log = Log { patience: Some(Duration::ZERO), ..Log::default() };
    let run = driver::run(&mut flow, &mut Script::new([signed_in(), timeout()]), &mut log).await;
    assert_eq!(run.unwrap_err(), "the wait is too long");
    assert_eq!(log.events.last().unwrap(), "waiting 1");
    assert!(matches!(flow.stage(), Stage::Checking(_)), "the flow must keep checking");
}

#[tokio::test]
async fn an_interruption_ends_a_request_in_flight() {
    let mut flow = flow(Start::default());
    let mut log = Log { interrupts: true, ..Log::default() };
    // The script contains no response, so only the interruption can end the run.
    let run = driver::run(&mut flow, &mut Script::new([]), &mut log).await;
    assert_eq!(run.unwrap_err(), "interrupted");
    assert_eq!(log.events, ["sending"]);
}

/// Records a run's exchanges in a transcript.
#[derive(Default)]
struct Recorder(Vec<Value>);

impl Observer for Recorder {
    type Stop = Infallible;

    async fn answered(&mut self, flow: &Flow, exchange: &Exchange) -> Result<(), Infallible> {
        driver::record(&mut self.0, exchange, flow);
        Ok(())
    }
}

#[tokio::test]
async fn a_transcript_contains_the_requests_and_no_secret() {
    let (mut flow, mut recorder) = (flow(Start::default()), Recorder::default());
    let script = [signed_in(), ann_refused(), answer(200, r#"{"token":"renewed-token"}"#), ann_refused()];
    driver::run(&mut flow, &mut Script::new(script), &mut recorder).await.unwrap();
    let lines = recorder.0;
    let checks: Vec<_> = lines.iter().map(|line| (&line["check"], &line["status"])).collect();
    assert_eq!(
        json!(checks),
        json!([["Signing in", 200], ["Account", 401], ["Renewing", 200], ["Account", 401]])
    );
    let last = lines.last().unwrap();
    assert_eq!(last["request"], "GET https://acme.example/me");
    assert_eq!(last["outcome"], "wrong_secret");
    assert_eq!(last["bytes"], 2);
    assert_eq!(last["content_type"], "application/vnd.(hidden)+json");
    let text = json!(lines).to_string();
    assert!(
        !text.contains(PASSWORD) && !text.contains("first-token") && !text.contains("renewed-token"),
        "{text}"
    );
}

#[tokio::test]
async fn a_transcript_keeps_its_latest_entries() {
    let (mut flow, mut recorder) = (flow(Start::default()), Recorder(vec![json!("older"); 200]));
    driver::run(&mut flow, &mut Script::new([signed_in(), ann()]), &mut recorder).await.unwrap();
    assert_eq!(recorder.0.len(), 200);
    assert_eq!(recorder.0[197], "older");
    assert_eq!(recorder.0[199]["check"], "Account");
}

/// Returns a refusal whose `content-type` header repeats the password.
fn ann_refused() -> Answer {
    let kind = format!("application/vnd.{}+json; of={PASSWORD}", PASSWORD.replace('-', "%2d"));
    let headers = vec![("content-type".to_owned(), kind)];
    Answer::Response(Response { status: 401, headers, body: b"{}".to_vec() })
}
