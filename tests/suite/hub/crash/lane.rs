//! A lane: successive Hub processes with the same data. Each is killed and replaced, and the data is checked.

use std::io;
use std::net::SocketAddr;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use secret::{Redactor, Secret};
use serde_json::{Value, json};

use super::tally::{NEWER, TOKEN, Tally};
use crate::hub::client::{Request, Response};
use crate::hub::process::{Installation, RunningHub};
use crate::hub::rows::Rows;
use crate::hub::world::Database;

/// An installation, and the Hub process that currently uses it.
pub(super) struct Lane {
    pub(super) installation: Installation,
    hub: Option<RunningHub>,
    /// The project's first key, and a key that can read credentials.
    key: String,
    reader: String,
    pub(super) tally: Tally,
    kills: u32,
}

/// A connect session for one customer.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) owner: String,
    pub(super) token: String,
    pub(super) link: String,
}

/// The result of a link that was interrupted.
pub(super) struct Interrupted {
    /// The label of the point where the link stopped. `None` if the link finished before the process was killed.
    pub(super) label: Option<String>,
    /// The id of the acknowledged account, if there was one.
    pub(super) acknowledged: Option<String>,
}

impl Lane {
    pub(super) fn new(database: Database, provider: &str) -> Self {
        let installation = Installation::new(database, provider);
        let hub = installation.start();
        let key = hub.key.clone().expect("a first key");
        let reader = installation.credentials_key();
        Self { installation, hub: Some(hub), key, reader, tally: Tally::default(), kills: 0 }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.hub.as_ref().expect("no Hub is running").address
    }

    /// Sends a request with the first key.
    fn send(&self, request: Request) -> Response {
        request.key(&self.key).send_to(self.address()).expect("no response")
    }

    /// Creates a session.
    pub(super) fn new_session(&self, owner: &str) -> Session {
        let body = json!({ "origin_owner_id": owner, "origin_owner_name": owner, "provider": "gladly" });
        let created = self.send(Request::post("/connect_sessions").json(&body));
        assert_eq!(created.status, 201, "{}", created.body);
        Session { owner: owner.to_owned(), token: created.text("token"), link: created.link() }
    }

    /// Runs a link up to its `n`-th labeled point, starts a second link, and kills the process at a random moment.
    pub(super) fn interrupt(
        &mut self,
        n: u32,
        link: impl FnOnce(SocketAddr) -> io::Result<String> + Send,
    ) -> Interrupted {
        let concurrent = self.new_session(&format!("concurrent-{}-{n}", self.kills));
        let hub = self.hub.take().expect("no Hub is running");
        let address = hub.address;
        self.kills += 1;
        self.installation.stop_at(&format!("*#{n} order {}", self.kills));
        let installation = &self.installation;
        // A pseudo-random delay, the same in every run.
        let moment = Duration::from_micros(u64::from(self.kills.wrapping_mul(2_654_435_761) % 90_000));
        let (linked, other, label) = thread::scope(|scope| {
            let task = scope.spawn(move || link(address));
            let deadline = Instant::now() + Duration::from_secs(40);
            let label = loop {
                if let Some(label) = installation.mark() {
                    break Some(label);
                }
                if task.is_finished() {
                    break installation.mark();
                }
                assert!(
                    Instant::now() < deadline,
                    "the link neither stopped nor finished: {}",
                    installation.log()
                );
                thread::sleep(Duration::from_micros(500));
            };
            let other = scope.spawn(|| Ok::<_, io::Error>(linked(&create(address, &concurrent, TOKEN)?)));
            thread::sleep(moment);
            hub.kill();
            (task.join().expect("the link panicked"), other.join().expect("the link panicked"), label)
        });
        self.installation.clear_stop();
        self.assert_no_plaintext();
        self.hub = Some(self.installation.start());
        let point = label.clone().unwrap_or_else(|| "after the response".to_owned());
        *self.tally.points.entry(point.clone()).or_default() += 1;
        self.tally.concurrent += 1;
        self.check_owner(&concurrent.owner, other.ok().as_deref(), &format!("concurrent with {point}"));
        Interrupted { label, acknowledged: linked.ok() }
    }

    /// Asserts that the API and the tables contain the same account for an owner, or none, and that the account works.
    /// Returns the account. If an account was acknowledged, it must exist.
    pub(super) fn check_owner(
        &mut self,
        owner: &str,
        acknowledged: Option<&str>,
        when: &str,
    ) -> Option<Value> {
        let mut rows = Rows::open(&self.installation);
        rows.assert_consistent(when);
        let listed = self.send(Request::get(&format!("/accounts?origin_owner_id={owner}"))).value();
        let listed = listed.as_array().cloned().unwrap_or_default();
        let ids: Vec<&str> = listed.iter().filter_map(|account| account["id"].as_str()).collect();
        assert_eq!(ids, rows.accounts_of(owner), "{when}: the API and the tables differ");
        assert!(ids.len() <= 1, "{when}: the owner has several accounts: {ids:?}");
        match (acknowledged, ids.first()) {
            (Some(id), stored) => {
                assert_eq!(stored, Some(&id), "{when}: the acknowledged account is missing");
                self.tally.acknowledged += 1;
            }
            (None, Some(_)) => self.tally.stored += 1,
            (None, None) => self.tally.absent += 1,
        }
        if let Some(id) = ids.first() {
            self.assert_usable(id, when);
        }
        listed.into_iter().next()
    }

    /// Asserts that an account can be used.
    pub(super) fn assert_usable(&self, id: &str, when: &str) {
        let verified = self.send(Request::post(&format!("/accounts/{id}/verify")));
        assert_eq!(
            (verified.status, verified.text("outcome").as_str()),
            (200, "ok"),
            "{when}: {}",
            verified.body
        );
    }

    /// Returns the API token that an account currently has.
    pub(super) fn token_of(&self, id: &str) -> String {
        let request = Request::get(&format!("/accounts/{id}/credentials")).key(&self.reader);
        let response = request.send_to(self.address()).expect("no response");
        response.value()["credentials"]["api_token"].as_str().unwrap_or_default().to_owned()
    }

    /// Asserts that linking works again and results in one account.
    pub(super) fn assert_links_again(&self, session: &Session, when: &str) {
        let linked = create(self.address(), session, TOKEN).expect("no response");
        assert_eq!(linked.status, 201, "{when}: {}", linked.body);
        assert_eq!(Rows::open(&self.installation).accounts_of(&session.owner), [linked.text("id")], "{when}");
    }

    /// Asserts that no file contains a secret in plaintext. Searches the files as the killed process left them.
    fn assert_no_plaintext(&self) {
        let found = Command::new("grep")
            .args([
                "--recursive",
                "--text",
                "--fixed-strings",
                "--files-with-matches",
                "-e",
                TOKEN,
                "-e",
                NEWER,
            ])
            .args(["-e", "canary-"])
            .arg(self.installation.data())
            .arg(self.installation.file("log"))
            .output()
            .expect("cannot start grep");
        assert_eq!(
            found.status.code(),
            Some(1),
            "files with plaintext secrets: {}",
            String::from_utf8_lossy(&found.stdout)
        );
    }

    /// Ends the lane: checks that no file and no row contains a secret in any encoding, or a usable token.
    pub(super) fn finish(mut self) -> Tally {
        if let Some(hub) = self.hub.take() {
            hub.kill();
        }
        let secrets = [TOKEN, NEWER, self.key.as_str(), self.reader.as_str()].map(Secret::from);
        let redactor = Redactor::new(&secrets);
        let mut texts = vec![("log".to_owned(), self.installation.log())];
        if self.installation.server.is_some() {
            let dump = Rows::open(&self.installation).dump();
            texts.extend(dump.into_iter().map(|(table, row)| (format!("a row of {table}"), row)));
        }
        for entry in std::fs::read_dir(self.installation.data()).expect("cannot read the data folder") {
            let path = entry.expect("an entry").path();
            // The file `key` stores the vault key in plaintext by design.
            if path.is_file() && path.file_name().is_some_and(|name| name != "key") {
                let bytes = std::fs::read(&path).expect("cannot read the file");
                texts
                    .push((path.display().to_string(), bytes.iter().map(|byte| char::from(*byte)).collect()));
            }
        }
        for (name, text) in &texts {
            assert!(redactor.redact(text) == *text, "{name} contains a secret in plaintext");
            for prefix in ["wst_", "wsb_", "wsh_"] {
                assert!(!has_token(text, prefix), "{name} contains a {prefix}… token in plaintext");
            }
        }
        self.tally
    }
}

/// Links an account with the widget's protocol.
pub(super) fn create(address: SocketAddr, session: &Session, token: &str) -> io::Result<Response> {
    let credentials = json!({
        "organization_slug": "acme", "agent_email": "api-user@acme.example", "api_token": token,
        "environment": "production",
    });
    let body = json!({ "integration_id": "gladly.api-key", "credentials": credentials });
    as_client(Request::post("/hub/accounts"), session).json(&body).send_to(address)
}

/// Adds the session's token, and a client address that is unique to the session's owner.
pub(super) fn as_client(request: Request, session: &Session) -> Request {
    let hash =
        session.owner.bytes().fold(7_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
    let [_, b, c, d] = hash.to_be_bytes();
    request.session(&session.token).header("x-forwarded-for", &format!("10.{b}.{c}.{d}"))
}

/// Returns the id of the account that a successful response acknowledges.
pub(super) fn linked(response: &Response) -> String {
    assert!(
        matches!(response.status, 200 | 201),
        "a link that was not interrupted failed: {}",
        response.body
    );
    response.text("id")
}

/// Whether a string contains a token with this prefix.
fn has_token(text: &str, prefix: &str) -> bool {
    let is_token_char = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_');
    text.match_indices(prefix).any(|(at, _)| {
        text[at + prefix.len()..].chars().take(20).filter(|ch| is_token_char(*ch)).count() == 20
    })
}
