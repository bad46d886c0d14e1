//! Tests the driver with a scripted transport and a real vault.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod relink;
mod run;
mod store;
mod tokens;
mod transcript;
mod transport;
mod verification;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use driver::{Exchange, Observer, Transport};
use guide::{Fault, Guide, Key};
use link::{Flow, Stage, Start};
use probe::{Answer, Moment, Request, Response};
use secret::Secret;
use vault::{KeySource, Vault};

const GUIDE: &str = r"
waystone: 1
provider: { key: acme, name: Acme }
methods:
  - key: main
    label: Main
    fields:
      - { key: site, label: Site, type: text, public: true, description: The site., placeholder: example }
      - { key: pass, label: Password, type: secret, description: The password. }
    auth:
      exchange:
        steps:
          - key: log-in
            label: Signing in
            request: { line: POST /login, form: { pass: '{{ value.pass }}' } }
            captures: { session: token }
            expires_in: ttl
        refresh:
          key: renew
          label: Renewing
          request: { line: POST /renew, form: { old: '{{ token.session }}' } }
          captures: { session: token }
          expires_in: ttl
        carries: [{ in: header, name: X-Session, value: '{{ token.session }}' }]
    base_url: https://acme.example
    hosts: [acme.example]
    checks:
      - { key: me, label: Account, role: identity, request: GET /me, account: { id: '{{ json.id }}', name: '{{ json.name }}' } }
    link:
      sections:
        - key: one
          title: One
          steps: [{ key: enter, title: Enter, collects: [site, pass], body: Enter both. }]
";

/// The password, which must not appear in any transcript.
const PASSWORD: &str = "canary-7f3a";

fn guide() -> Arc<Guide> {
    let reading = guide::read("acme.yaml", GUIDE.as_bytes());
    Arc::new(reading.into_usable().unwrap_or_else(|reading| panic!("{:#?}", reading.findings)))
}

fn key(name: &str) -> Key {
    Key::parse(name).unwrap()
}

/// Creates a flow and submits values for both fields.
fn flow(start: Start) -> Flow {
    let mut flow = Flow::new(guide(), "main", start).unwrap();
    flow.submit_all(&[(key("site"), Secret::from("shop")), (key("pass"), Secret::from(PASSWORD))]);
    flow
}

fn answer(status: u16, body: &str) -> Answer {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Answer::Response(Response { status, headers, body: body.as_bytes().to_vec() })
}

fn signed_in() -> Answer {
    answer(200, r#"{"token":"first-token","ttl":3600}"#)
}

fn ann() -> Answer {
    answer(200, r#"{"id":"7","name":"Ann"}"#)
}

fn timeout() -> Answer {
    Answer::Failed { fault: Fault::Timeout, detail: "timed out waiting for a response".to_owned() }
}

/// A transport that returns scripted responses. Its clock advances only during waits.
struct Script {
    answers: VecDeque<Answer>,
    now: i64,
}

impl Script {
    fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { answers: answers.into_iter().collect(), now: 1_790_000_000 }
    }
}

impl Transport for Script {
    async fn send(&mut self, _: &Request) -> Answer {
        match self.answers.pop_front() {
            Some(answer) => answer,
            // Simulates a provider that never responds.
            None => std::future::pending().await,
        }
    }

    async fn wait_until(&mut self, until: i64) -> i64 {
        self.now = until;
        until
    }

    fn moment(&self) -> Moment {
        Moment { unix_ms: self.now * 1000, nonce: [7; 16] }
    }
}

/// Records a run's events and can stop the run.
#[derive(Default)]
struct Log {
    events: Vec<String>,
    /// The longest wait that the observer accepts, or `None` if it accepts any wait.
    patience: Option<Duration>,
    /// Whether to interrupt the run while it waits for a response.
    interrupts: bool,
}

impl Observer for Log {
    type Stop = &'static str;

    fn sending(&mut self) {
        self.events.push("sending".to_owned());
    }

    fn received(&mut self) {
        self.events.push("received".to_owned());
    }

    async fn answered(&mut self, _: &Flow, exchange: &Exchange) -> Result<(), Self::Stop> {
        self.events.push(format!("answered {}", exchange.request.path));
        Ok(())
    }

    fn waiting(&mut self, _: &Flow, wait: Duration) -> Result<(), Self::Stop> {
        self.events.push(format!("waiting {}", wait.as_secs()));
        match self.patience {
            Some(patience) if patience < wait => Err("the wait is too long"),
            _ => Ok(()),
        }
    }

    async fn changed(&mut self, flow: &Flow) -> Result<(), Self::Stop> {
        let stage = match flow.stage() {
            Stage::Checking(_) => "checking",
            Stage::Confirm { .. } => "confirm",
            Stage::Failed { .. } => "failed",
            _ => "other",
        };
        self.events.push(stage.to_owned());
        Ok(())
    }

    async fn interrupted(&mut self) -> Self::Stop {
        if self.interrupts { "interrupted" } else { std::future::pending().await }
    }
}

async fn open(folder: &Path) -> Vault {
    Vault::open(folder, KeySource::File(folder.join("key"))).await.unwrap()
}
