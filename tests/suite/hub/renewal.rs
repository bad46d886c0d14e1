//! Tokens that are renewed while an account is used, at a provider whose tokens for renewing are good once: by whomever it
//! is done, it is done once. Two Hubs on PostgreSQL, and one on SQLite.

mod provider;

use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::browser::{Browser, Came, between};
use super::client::{Answer, Ask};
use super::process::{Place, Served};
use super::world::Database;

use self::provider::Provider;

/// The guide: people sign in, and each renewal gives another token for renewing.
const KEY: &str = "a-sign-in-in-the-browser";

/// So many ask through the account at once, at each Hub.
const MANY: usize = 12;

/// Hubs on one database, and an account at the provider.
struct Linked {
    provider: Provider,
    places: Vec<Place>,
    hubs: Vec<Served>,
    key: String,
    account: String,
    _guides: tempfile::TempDir,
}

impl Linked {
    /// `holds_for`: what the provider says of its first token, if anything.
    fn at(database: Database, holds_for: Option<u32>) -> Self {
        let provider = Provider::start(holds_for);
        let guides = tempfile::tempdir().expect("a folder can be made");
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/guides/ok").join(KEY);
        std::fs::create_dir(guides.path().join(KEY)).expect("a folder can be made");
        std::fs::copy(from.join("guide.yaml"), guides.path().join(KEY).join("guide.yaml")).expect("a guide");
        let folder = guides.path().to_str().expect("the path is text");
        let upstream = format!("*.acme.example={}", provider.origin);
        let more = ["--guides", folder, "--upstream", upstream.as_str()];
        let mut places = vec![Place::new(database, "http://127.0.0.1:1").with(&more)];
        let mut hubs = vec![places[0].start()];
        let key = hubs[0].key.clone().expect("a first key");
        if database == Database::Postgres {
            let other = Place::beside(places[0].server.clone(), "http://127.0.0.1:1").with(&more);
            std::fs::copy(places[0].data().join("key"), other.data().join("key")).expect("a key");
            hubs.push(other.start());
            places.push(other);
        }
        let account = link(hubs[0].address, &key);
        Self { provider, places, hubs, key, account, _guides: guides }
    }

    fn through(&self) -> Ask {
        Ask::get(&format!("/accounts/{}/proxy/things", self.account)).key(&self.key)
    }

    fn verify(&self) -> Ask {
        Ask::post(&format!("/accounts/{}/verify", self.account)).key(&self.key)
    }

    /// Asks all at once, at every Hub.
    fn at_once(&self) -> Vec<Answer> {
        thread::scope(|scope| {
            let addresses = self.hubs.iter().map(|hub| hub.address);
            let asks = addresses.flat_map(|address| (0..MANY).map(move |n| (n, address)));
            let asked: Vec<_> = asks
                .map(|(n, address)| {
                    let ask = if n % 4 == 3 { self.verify() } else { self.through() };
                    scope.spawn(move || ask.to(address).expect("it answers"))
                })
                .collect();
            asked.into_iter().map(|one| one.join().expect("it ran")).collect()
        })
    }

    #[track_caller]
    fn renewed_once(&self, answers: &[Answer], when: &str) {
        for answer in answers {
            assert_eq!(answer.status, 200, "{when}: {}", answer.body);
        }
        assert_eq!(self.provider.told(), (1, 0), "{when}: renewals, and uses of a token that was used");
    }
}

/// A person signs in at the provider, in a browser. Gives the account.
fn link(address: SocketAddr, key: &str) -> String {
    let ask = |ask: Ask| ask.key(key).to(address).expect("it answers");
    let profile = ask(Ask::post("/connector_profiles").json(&json!({
        "provider": KEY, "method": "main", "name": "Acme",
        "values": { "client_id": "app", "client_secret": "app-secret" },
    })));
    assert_eq!(profile.status, 201, "{}", profile.body);
    let made = ask(Ask::post("/connect_sessions").json(&json!({
        "origin_owner_id": "mine", "origin_owner_name": "Mine", "connector_profile_id": profile.text("id"),
    })));
    let url = made.text("auth_link_url");
    let mut browser = Browser::new(&url[url.find("/link/").expect("a link")..], &[]);
    let page = browser.open(|| address).expect("it answers");
    let csrf = between(&page.body, "name=\"csrf\" value=\"", "\"");
    let form = Ask::post(&browser.path).form(&[("csrf", csrf), ("do", "connect")]);
    let page = browser.send(address, form).expect("it answers");
    let leave = format!("/connect/oauth2/leave/{}", between(&page.body, "/connect/oauth2/leave/", "\""));
    let away = browser.send(address, Ask::get(&leave)).expect("it answers");
    let state = between(away.header("location").expect("it is sent on"), "&state=", "&");
    let back = format!("/connect/oauth2/{KEY}/callback?code=agreed&state={state}");
    let back = browser.send(address, Ask::get(&back)).expect("it answers");
    assert_eq!(back.status, 303, "{}", back.body);
    back.header("location").expect("it is sent on").clone_into(&mut browser.path);
    let came = browser.walk(Duration::from_secs(20), || address).expect("it answers");
    let Came::Done(account) = came else { panic!("it is not linked: {came:?}") };
    account
}

/// That all who ask at the moment at which a token ends are served by one renewal: where the end is known, and where the
/// provider alone knows it.
fn is_renewed_once(database: Database) {
    let linked = Linked::at(database, Some(12));
    // It holds for two seconds more than is left of a token that is not used any more.
    thread::sleep(Duration::from_millis(2_500));
    linked.renewed_once(&linked.at_once(), "a token that has ended");
    linked.renewed_once(&linked.at_once(), "a token that was renewed");

    let linked = Linked::at(database, None);
    linked.provider.end();
    linked.renewed_once(&linked.at_once(), "a token that the provider refuses");
}

#[test]
fn tokens_are_renewed_once_by_two_hubs() {
    is_renewed_once(Database::Postgres);
}

#[test]
fn tokens_are_renewed_once_on_sqlite() {
    is_renewed_once(Database::Sqlite);
}

#[test]
fn tokens_that_are_read_hold_for_a_while_yet() {
    let linked = Linked::at(Database::Sqlite, Some(12));
    let address = linked.hubs[0].address;
    let wanted = json!({ "name": "reads", "scopes": ["credentials:read"] });
    let made = Ask::post("/api_keys").key(&linked.key).json(&wanted).to(address).expect("it answers");
    let read = || {
        let path = format!("/accounts/{}/credentials", linked.account);
        Ask::get(&path).key(&made.text("key")).to(address).expect("it answers").value()
    };
    let before = read();
    thread::sleep(Duration::from_millis(2_500));
    let after = read();
    assert_eq!(linked.provider.told(), (1, 0), "{before} {after}");
    let token = |value: &Value| value["credentials"]["token:access_token"].as_str().map(str::to_owned);
    assert!(
        token(&before).is_some() && token(&after).is_some() && token(&before) != token(&after),
        "{after}"
    );
    let ends = after["tokens_expire_at"].as_str().expect("when they end");
    assert!(before["tokens_expire_at"].as_str() < Some(ends), "{before} {after}");
    assert!(!after["credentials"].to_string().contains("tokens:end"), "{after}");
}

#[test]
fn whoever_hangs_up_takes_no_token_along() {
    let linked = Linked::at(Database::Sqlite, Some(12));
    thread::sleep(Duration::from_millis(2_500));
    // Gone when the provider has given other tokens, and before it says so.
    let is_renewing = || linked.provider.told() == (1, 0);
    linked.through().hung_up(linked.hubs[0].address, is_renewing).expect("it is sent");
    thread::sleep(Duration::from_secs(1));
    let answer = linked.through().to(linked.hubs[0].address).expect("it answers");
    linked.renewed_once(&[answer], "a client that hung up");
}

#[cfg(debug_assertions)]
#[test]
fn a_process_that_dies_renewing_keeps_nobody_waiting_for_long() {
    let mut linked = Linked::at(Database::Postgres, Some(12));
    thread::sleep(Duration::from_millis(2_500));
    linked.places[0].order("hub.request-due");
    let stands = || linked.places[0].mark().is_some();
    linked.through().hung_up(linked.hubs[0].address, stands).expect("it is sent");
    linked.hubs.remove(0).kill();
    let began = Instant::now();
    let answer = linked.through().to(linked.hubs[0].address).expect("it answers");
    assert!(began.elapsed() < Duration::from_secs(20), "it took {:?}", began.elapsed());
    linked.renewed_once(&[answer], "a process that died");
}
