//! One Hub after the other on the same data: killed, started again, looked at.

use std::io;
use std::net::SocketAddr;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use secret::{Redactor, Secret};
use serde_json::{Value, json};

use super::tally::{NEWER, TOKEN, Tally};
use crate::hub::client::{Answer, Ask};
use crate::hub::process::{Place, Served};
use crate::hub::rows::Rows;
use crate::hub::world::Database;

/// Data, and the Hub that serves it at present.
pub(super) struct Lane {
    pub(super) place: Place,
    hub: Option<Served>,
    /// The first key of the project, and one that may read credentials.
    key: String,
    reader: String,
    pub(super) tally: Tally,
    orders: u32,
}

/// A customer's leave to link.
#[derive(Clone, Debug)]
pub(super) struct Leave {
    pub(super) owner: String,
    pub(super) token: String,
    pub(super) link: String,
}

/// What became of a link that was cut.
pub(super) struct Cut {
    /// Where it stood. None: it came to its end, and the process was killed then.
    pub(super) label: Option<String>,
    /// The account that was acknowledged.
    pub(super) acknowledged: Option<String>,
}

impl Lane {
    pub(super) fn new(database: Database, provider: &str) -> Self {
        let place = Place::new(database, provider);
        let hub = place.start();
        let key = hub.key.clone().expect("a first key");
        let made = Ask::post("/api_keys")
            .key(&key)
            .json(&json!({ "name": "reader", "scopes": ["credentials:read"] }))
            .to(hub.address)
            .expect("it answers");
        let reader = made.text("key");
        Self { place, hub: Some(hub), key, reader, tally: Tally::default(), orders: 0 }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.hub.as_ref().expect("a Hub serves").address
    }

    /// What the API answers to the first key.
    fn ask(&self, ask: Ask) -> Answer {
        ask.key(&self.key).to(self.address()).expect("it answers")
    }

    /// Makes a session.
    pub(super) fn leave(&self, owner: &str) -> Leave {
        let body = json!({ "origin_owner_id": owner, "origin_owner_name": owner, "provider": "gladly" });
        let made = self.ask(Ask::post("/connect_sessions").json(&body));
        assert_eq!(made.status, 201, "{}", made.body);
        let url = made.text("auth_link_url");
        let link = url.find("/link/").map(|at| url[at..].to_owned()).expect("a link");
        Leave { owner: owner.to_owned(), token: made.text("token"), link }
    }

    /// Lets a link run to its `n`-th labelled point, has another run beside it, and kills the process.
    pub(super) fn cut(&mut self, n: u32, link: impl FnOnce(SocketAddr) -> io::Result<String> + Send) -> Cut {
        let beside = self.leave(&format!("beside-{}-{n}", self.orders));
        let hub = self.hub.take().expect("a Hub serves");
        let address = hub.address;
        self.orders += 1;
        self.place.order(&format!("*#{n} order {}", self.orders));
        let place = &self.place;
        // Drawn by lot, and the same in every run.
        let moment = Duration::from_micros(u64::from(self.orders.wrapping_mul(2_654_435_761) % 90_000));
        let (linked, other, label) = thread::scope(|scope| {
            let task = scope.spawn(move || link(address));
            let deadline = Instant::now() + Duration::from_secs(40);
            let label = loop {
                if let Some(label) = place.mark() {
                    break Some(label);
                }
                if task.is_finished() {
                    break place.mark();
                }
                assert!(Instant::now() < deadline, "it came to no point and no end: {}", place.log());
                thread::sleep(Duration::from_micros(500));
            };
            let other = scope.spawn(|| Ok::<_, io::Error>(linked(&create(address, &beside, TOKEN)?)));
            thread::sleep(moment);
            hub.kill();
            (task.join().expect("it ran"), other.join().expect("it ran"), label)
        });
        self.place.no_order();
        self.nothing_in_the_clear();
        self.hub = Some(self.place.start());
        let point = label.clone().unwrap_or_else(|| "after the answer".to_owned());
        *self.tally.points.entry(point.clone()).or_default() += 1;
        self.tally.beside += 1;
        self.settled(&beside.owner, other.ok().as_deref(), &format!("beside {point}"));
        Cut { label, acknowledged: linked.ok() }
    }

    /// Looks at an owner's account from both sides; gives what is there. What was acknowledged has to be, and to work.
    pub(super) fn settled(&mut self, owner: &str, acknowledged: Option<&str>, when: &str) -> Option<Value> {
        let mut rows = Rows::of(&self.place);
        rows.agree(when);
        let listed = self.ask(Ask::get(&format!("/accounts?origin_owner_id={owner}"))).value();
        let listed = listed.as_array().cloned().unwrap_or_default();
        let ids: Vec<&str> = listed.iter().filter_map(|account| account["id"].as_str()).collect();
        assert_eq!(ids, rows.accounts_of(owner), "{when}: the API and the tables");
        assert!(ids.len() <= 1, "{when}: one account an owner: {ids:?}");
        match (acknowledged, ids.first()) {
            (Some(id), there) => {
                assert_eq!(there, Some(&id), "{when}: it was acknowledged");
                self.tally.acknowledged += 1;
            }
            (None, Some(_)) => self.tally.there += 1,
            (None, None) => self.tally.absent += 1,
        }
        if let Some(id) = ids.first() {
            self.works(id, when);
        }
        listed.into_iter().next()
    }

    /// That an account can be used.
    pub(super) fn works(&self, id: &str, when: &str) {
        let verified = self.ask(Ask::post(&format!("/accounts/{id}/verify")));
        assert_eq!(
            (verified.status, verified.text("outcome").as_str()),
            (200, "ok"),
            "{when}: {}",
            verified.body
        );
    }

    /// The token that an account was linked with.
    pub(super) fn token_of(&self, id: &str) -> String {
        let ask = Ask::get(&format!("/accounts/{id}/credentials")).key(&self.reader);
        let answer = ask.to(self.address()).expect("it answers");
        answer.value()["credentials"]["api_token"].as_str().unwrap_or_default().to_owned()
    }

    /// That linking works, and leaves one account.
    pub(super) fn links_again(&self, leave: &Leave, when: &str) {
        let again = create(self.address(), leave, TOKEN).expect("it answers");
        assert_eq!(again.status, 201, "{when}: {}", again.body);
        assert_eq!(Rows::of(&self.place).accounts_of(&leave.owner), [again.text("id")], "{when}");
    }

    /// The bytes of all files, at the moment of the kill.
    fn nothing_in_the_clear(&self) {
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
            .arg(self.place.data())
            .arg(self.place.file("log"))
            .output()
            .expect("grep runs");
        assert_eq!(found.status.code(), Some(1), "in the clear: {}", String::from_utf8_lossy(&found.stdout));
    }

    /// The end of the lane: every file and every row, in every spelling of a secret; and no token that lets in.
    pub(super) fn finish(mut self) -> Tally {
        if let Some(hub) = self.hub.take() {
            hub.kill();
        }
        let secrets = [TOKEN, NEWER, self.key.as_str(), self.reader.as_str()].map(Secret::from);
        let redactor = Redactor::new(&secrets);
        let mut texts = vec![("log".to_owned(), self.place.log())];
        if self.place.server.is_some() {
            let dump = Rows::of(&self.place).dump();
            texts.extend(dump.into_iter().map(|(table, row)| (format!("a row of {table}"), row)));
        }
        for entry in std::fs::read_dir(self.place.data()).expect("the data is there") {
            let path = entry.expect("an entry").path();
            // The key of the vault is what the folder is for.
            if path.is_file() && path.file_name().is_some_and(|name| name != "key") {
                let bytes = std::fs::read(&path).expect("it can be read");
                texts
                    .push((path.display().to_string(), bytes.iter().map(|byte| char::from(*byte)).collect()));
            }
        }
        for (name, text) in &texts {
            assert!(redactor.redact(text) == *text, "a secret is in the clear in {name}");
            for prefix in ["wst_", "wsb_", "wsh_"] {
                assert!(!has_token(text, prefix), "a token {prefix}… is in the clear in {name}");
            }
        }
        self.tally
    }
}

/// Links by the widget's protocol.
pub(super) fn create(address: SocketAddr, leave: &Leave, token: &str) -> io::Result<Answer> {
    let credentials = json!({
        "organization_slug": "acme", "agent_email": "api-user@acme.example", "api_token": token,
        "environment": "production",
    });
    let body = json!({ "integration_id": "gladly.api-key", "credentials": credentials });
    from(Ask::post("/hub/accounts"), leave).json(&body).to(address)
}

/// With the token of a session, and an address of its owner's own.
pub(super) fn from(ask: Ask, leave: &Leave) -> Ask {
    let lot = leave.owner.bytes().fold(7_u32, |lot, byte| lot.wrapping_mul(31).wrapping_add(byte.into()));
    let [_, b, c, d] = lot.to_be_bytes();
    ask.session(&leave.token).header("x-forwarded-for", &format!("10.{b}.{c}.{d}"))
}

/// The account that an answer acknowledges.
pub(super) fn linked(answer: &Answer) -> String {
    assert!(matches!(answer.status, 200 | 201), "a link that is not cut works: {}", answer.body);
    answer.text("id")
}

/// Whether a text holds something that looks like a token.
fn has_token(text: &str, prefix: &str) -> bool {
    let is_of_it = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_');
    text.match_indices(prefix)
        .any(|(at, _)| text[at + prefix.len()..].chars().take(20).filter(|ch| is_of_it(*ch)).count() == 20)
}
