//! Tests what support sees of a run.

use driver::{Exchange, Observer, record, record_denial};
use guide::Fault;
use jiff::Timestamp;
use link::{Flow, Start};
use probe::{Answer, Response};
use serde_json::{Value, json};

use crate::{Script, flow, guide, signed_in};

/// Returns the line for the first request, which receives this answer.
async fn line(answer: Answer) -> Value {
    struct Recorder(Vec<Value>);
    impl Observer for Recorder {
        type Stop = &'static str;

        async fn answered(&mut self, flow: &Flow, exchange: &Exchange) -> Result<(), Self::Stop> {
            record(&mut self.0, exchange, flow);
            Err("one line is enough")
        }
    }
    let mut recorder = Recorder(Vec::new());
    let run = driver::run(&mut flow(Start::default()), &mut Script::new([answer]), &mut recorder).await;
    assert_eq!(run.map(drop), Err("one line is enough"));
    recorder.0.pop().expect("a line")
}

fn response(status: u16, headers: &[(&str, &str)]) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Answer::Response(Response { status, headers, body: b"No.".to_vec() })
}

#[tokio::test]
async fn a_failure_is_recorded_with_its_reason() {
    let refused = line(response(400, &[("content-type", "text/plain"), ("retry-after", "90")])).await;
    let milliseconds = &refused["milliseconds"];
    let expected = json!({
        "at": "2026-09-21T14:13:20.000Z",
        "check": "Signing in",
        "request": "POST https://acme.example/login",
        "milliseconds": milliseconds,
        "status": 400,
        "content_type": "text/plain",
        "bytes": 3,
        "outcome": "unknown",
        "rule": null,
        "retry_after": 90,
        "quote": "HTTP 400\nNo.",
    });
    assert_eq!(refused, expected);
    assert!(milliseconds.as_u64().is_some_and(|milliseconds| milliseconds < 60_000), "{milliseconds}");
    let fault = line(Answer::Failed { fault: Fault::Tls, detail: "expired".to_owned() }).await;
    assert_eq!(
        (&fault["fault"], &fault["outcome"], &fault["status"]),
        (&json!("tls"), &json!("tls"), &Value::Null)
    );
}

#[tokio::test]
async fn only_a_media_type_is_recorded_as_the_content_type() {
    for (header, expected) in [
        ("application/vnd.api+json; charset=utf-8", Some("application/vnd.api+json")),
        (" text/html ", Some("text/html")),
        ("text", None),
        ("/", None),
        ("text/", None),
        ("/html", None),
        ("text/ht ml", None),
        ("te_xt/html", None),
        ("text/html/more", None),
    ] {
        assert_eq!(
            line(response(400, &[("content-type", header)])).await["content_type"],
            json!(expected),
            "{header}"
        );
    }
    assert_eq!(line(response(400, &[])).await["content_type"], Value::Null);
}

#[test]
fn a_denied_sign_in_is_recorded_without_a_request() {
    let mut transcript = Vec::new();
    let mut flow = Flow::new(guide(), "main", Start::default()).expect("a method");
    flow.sign_in_failed(&[("error".to_owned(), "access_denied".to_owned())]);
    record_denial(&mut transcript, Timestamp::UNIX_EPOCH, &flow);
    let [line] = transcript.as_slice() else { panic!("{transcript:?}") };
    assert_eq!(line["at"], "1970-01-01T00:00:00.000Z");
    assert_eq!(line["request"], "the browser's return from the provider");
    assert_eq!((&line["check"], &line["outcome"]), (&json!("Signing in"), &json!("unknown")));
}

#[test]
fn a_full_transcript_drops_its_oldest_line() {
    let flow = Flow::new(guide(), "main", Start::default()).expect("a method");
    let mut transcript: Vec<Value> = (0..199).map(|n| json!(n)).collect();
    record_denial(&mut transcript, Timestamp::UNIX_EPOCH, &flow);
    assert_eq!((transcript.len(), &transcript[0]), (200, &json!(0)));
    record_denial(&mut transcript, Timestamp::UNIX_EPOCH, &flow);
    assert_eq!((transcript.len(), &transcript[0]), (200, &json!(1)));
}

#[tokio::test]
async fn a_success_is_recorded_without_a_verdict() {
    let line = line(signed_in()).await;
    assert_eq!(
        (&line["status"], &line["outcome"], &line["quote"]),
        (&json!(200), &Value::Null, &Value::Null)
    );
}
