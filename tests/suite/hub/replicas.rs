//! Two Hubs on one PostgreSQL: what was begun on one goes on on the other, whichever is asked.
//!
//! **Invariant:** a request may go to any replica; what one has seen, counted or begun, the other has as well.

use std::cell::Cell;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::browser::{Browser, Came};
use super::client::{Answer, Ask};
use super::process::{Place, Served};
use super::rows::Rows;
use super::world::{Database, new_database};
use crate::linking::world::World;

/// What is typed on the pages.
const TYPED: [(&str, &str); 4] = [
    ("environment", "production"),
    ("field.organization_slug", "acme"),
    ("field.agent_email", "api-user@acme.example"),
    ("field.api_token", "right-token"),
];

/// Longer than a process has checks to itself without saying that it is at them; shorter than a provider may take.
const PAUSE: Duration = Duration::from_millis(9_300);

/// Two processes with folders of their own, one database, and one key of the vault in both folders.
struct Pair {
    places: [Place; 2],
    hubs: [Option<Served>; 2],
    key: String,
    /// The provider, where it is the simulated one. It ends with the pair.
    _world: Option<World>,
    turn: Cell<usize>,
}

impl Pair {
    fn start() -> Self {
        let world = World::new();
        let pair = Self::of(&world.origin);
        Self { _world: Some(world), ..pair }
    }

    fn of(provider: &str) -> Self {
        let first = Place::new(Database::Postgres, provider);
        let second = Place::beside(first.server.clone(), provider);
        Self::serving([first, second])
    }

    /// One after the other, on nothing.
    fn serving([first, second]: [Place; 2]) -> Self {
        let hub = first.start();
        std::fs::copy(first.data().join("key"), second.data().join("key")).expect("the key can be copied");
        let other = second.start();
        assert_eq!(other.key, None, "there is one first key");
        let key = hub.key.clone().expect("a first key");
        let hubs = [Some(hub), Some(other)];
        Self { places: [first, second], hubs, key, _world: None, turn: Cell::new(0) }
    }

    fn address(&self, which: usize) -> SocketAddr {
        self.hubs[which].as_ref().expect("it serves").address
    }

    /// The other one, each time.
    fn next(&self) -> SocketAddr {
        self.turn.set(1 - self.turn.get());
        self.address(self.turn.get())
    }

    fn ask(&self, which: usize, ask: Ask) -> Answer {
        ask.to(self.address(which)).expect("it answers")
    }

    /// Makes a session at one of them; gives its token, and the path of its link.
    fn session(&self, which: usize, owner: &str) -> (String, String) {
        let body = json!({ "origin_owner_id": owner, "origin_owner_name": owner, "provider": "gladly" });
        let made = self.ask(which, Ask::post("/connect_sessions").key(&self.key).json(&body));
        assert_eq!(made.status, 201, "{}", made.body);
        let url = made.text("auth_link_url");
        (made.text("token"), url[url.find("/link/").expect("a link")..].to_owned())
    }
}

/// A link by the widget's protocol.
fn link(token: &str, api_token: &str) -> Ask {
    let credentials = json!({
        "organization_slug": "acme", "agent_email": "api-user@acme.example", "api_token": api_token,
        "environment": "production",
    });
    let body = json!({ "integration_id": "gladly.api-key", "credentials": credentials });
    Ask::post("/hub/accounts").session(token).json(&body)
}

#[test]
fn a_session_of_one_is_used_on_the_other() {
    let pair = Pair::start();
    let (token, _) = pair.session(0, "there");
    let listed = pair.ask(1, Ask::get("/hub/connectors").session(&token));
    assert_eq!(listed.value()["integrations"][0]["integration_id"], "gladly.api-key", "{}", listed.body);
    let made = pair.ask(0, link(&token, "right-token"));
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.text("id");
    let seen = pair.ask(1, Ask::get(&format!("/accounts/{id}")).key(&pair.key));
    assert_eq!(seen.text("id"), id);
    let verified = pair.ask(1, Ask::post(&format!("/accounts/{id}/verify")).key(&pair.key));
    assert_eq!(verified.text("outcome"), "ok", "{}", verified.body);
    let edited = pair.ask(
        1,
        Ask::new("PATCH", &format!("/hub/accounts/{id}")).session(&token).json(
            &json!({ "integration_id": "gladly.api-key", "credentials": { "api_token": "newer-token" } }),
        ),
    );
    assert_eq!(edited.status, 200, "{}", edited.body);
    assert_eq!(pair.ask(0, Ask::get(&format!("/accounts/{id}")).key(&pair.key)).value()["version"], 2);
    // A key that is made at one is known at the other, and revoked there.
    let body = json!({ "name": "another", "scopes": ["platform:read"] });
    let another = pair.ask(0, Ask::post("/api_keys").key(&pair.key).json(&body));
    let list = || Ask::get("/accounts").key(&another.text("key"));
    assert_eq!(pair.ask(1, list()).status, 200);
    let path = format!("/api_keys/{}", another.text("id"));
    assert_eq!(pair.ask(1, Ask::new("DELETE", &path).key(&pair.key)).status, 204);
    assert_eq!(pair.ask(0, list()).status, 401);
}

#[test]
fn every_request_of_a_person_goes_to_the_other() {
    let pair = Pair::start();
    for n in 0..4 {
        let owner = format!("alternating-{n}");
        let (_, path) = pair.session(n % 2, &owner);
        // Which of the two has which request of the way is different each time.
        pair.turn.set(n / 2);
        let mut browser = Browser::new(&path, &TYPED);
        let came = browser.walk(Duration::from_secs(20), || pair.next()).expect("they answer");
        let Came::Done(id) = came else { panic!("the checks did not come to an end: {came:?}") };
        let mut rows = Rows::of(&pair.places[0]);
        assert_eq!(rows.accounts_of(&owner), [id]);
        rows.agree(&owner);
    }
}

#[test]
fn checks_of_a_process_that_dies_are_taken_over_by_the_other() {
    let mut pair = Pair::start();
    for (n, point) in
        ["hub.request-due", "hub.answer-received", "vault.attempt-saved#3"].into_iter().enumerate()
    {
        let owner = format!("orphan-{n}");
        let (_, path) = pair.session(0, &owner);
        let mut browser = Browser::new(&path, &TYPED);
        pair.places[0].order(point);
        let address = pair.address(0);
        // All of it asked of the one, which comes to the point beside the requests.
        let came = browser.walk(Duration::from_millis(700), || address).expect("it answers");
        assert_eq!(came, Came::Checking, "{point}");
        assert!(pair.places[0].mark().is_some(), "{point}: it never came there");
        // Alive, it has the checks to itself.
        let at = browser.path.clone();
        let other = pair.address(1);
        assert_eq!(browser.walk(Duration::from_millis(50), || other).expect("it answers"), Came::Checking);
        browser.path = at;
        pair.hubs[0].take().expect("it serves").kill();
        pair.places[0].no_order();
        let began = Instant::now();
        let came = browser.walk(Duration::from_secs(40), || other).expect("it answers");
        assert!(matches!(came, Came::Done(_)), "{point}: {came:?}");
        assert!(began.elapsed() < Duration::from_secs(30), "{point}: it took {:?}", began.elapsed());
        Rows::of(&pair.places[1]).agree(point);
        pair.hubs[0] = Some(pair.places[0].start());
    }
}

#[test]
fn checks_that_take_long_stay_with_the_process_that_makes_them() {
    let (origin, asked) = slow_provider(PAUSE);
    let pair = Pair::of(&origin);
    let (_, path) = pair.session(0, "slow");
    let mut browser = Browser::new(&path, &TYPED);
    let began = Instant::now();
    let came = browser.walk(Duration::from_secs(20), || pair.next()).expect("they answer");
    assert!(matches!(came, Came::Done(_)), "{came:?}");
    assert!(PAUSE <= began.elapsed());
    assert_eq!(asked.load(Ordering::Relaxed), 1, "the provider is asked once");
}

/// A provider that takes its time; and how often it was asked.
fn slow_provider(pause: Duration) -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut request = [0; 4096];
            if stream.read(&mut request).is_ok_and(|length| 0 < length) {
                counted.fetch_add(1, Ordering::Relaxed);
                thread::sleep(pause);
                let body = r#"{"id":"org-1","name":"Slow","gladlyUrl":"https://acme.gladly.com"}"#;
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
                let _ = write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            }
        }
    });
    (origin, asked)
}

#[test]
fn both_may_start_at_the_same_moment_on_nothing() {
    for _ in 0..3 {
        let server = new_database();
        let places = [0, 1].map(|_| Place::beside(Some(server.clone()), "http://127.0.0.1:1"));
        let key = "wsk1-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n";
        for place in &places {
            std::fs::write(place.data().join("key"), key).expect("a key can be written");
            private(&place.data().join("key"));
        }
        let launched = places.each_ref().map(Place::launch);
        let hubs = launched.map(|hub| hub.ready().expect("both start"));
        let keys: Vec<&String> = hubs.iter().filter_map(|hub| hub.key.as_ref()).collect();
        assert_eq!(keys.len(), 1, "one first key");
        for hub in &hubs {
            assert_eq!(Ask::get("/accounts").key(keys[0]).to(hub.address).expect("it answers").status, 200);
        }
        let mut rows = Rows::of(&places[0]);
        for table in ["projects", "api_keys", "vault_keys"] {
            assert_eq!(rows.number(&format!("select count(*) from {table}")), 1, "{table}");
        }
    }
}

#[test]
fn limits_are_counted_together() {
    let pair = Pair::start();
    let (token, _) = pair.session(0, "eager");
    let mut statuses = Vec::new();
    for n in 0..22 {
        statuses.push(pair.ask(n % 2, link(&token, "revoked-token")).status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 20, "{statuses:?}");
    assert_eq!(statuses[20..], [429, 429], "{statuses:?}");
    // Guesses at keys, from one address.
    let guess = |n: usize| {
        let ask =
            Ask::get("/accounts").key(&format!("wak_live_{n:043}")).header("x-forwarded-for", "10.9.9.9");
        pair.ask(n % 2, ask)
    };
    let refused: Vec<u16> = (0..62).map(|n| guess(n).status).collect();
    assert!(refused[..60].iter().all(|status| *status == 401), "{refused:?}");
    assert_eq!(refused[60..], [429, 429]);
    assert!(guess(0).header("retry-after").and_then(|text| text.parse::<u32>().ok()).is_some());
}

#[test]
fn a_session_keeps_its_guide_also_where_that_is_not_known() {
    let world = World::new();
    let guides = tempfile::tempdir().expect("a folder can be made");
    let folder = guides.path().join("gladly");
    std::fs::create_dir(&folder).expect("a folder can be made");
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../guides/gladly");
    std::fs::copy(source.join("icon.svg"), folder.join("icon.svg")).expect("it can be copied");
    let text = std::fs::read_to_string(source.join("guide.yaml")).expect("the guide ships");
    let changed = text.replace("label: API Token", "label: Brand New Token");
    assert_ne!(text, changed);
    std::fs::write(folder.join("guide.yaml"), &changed).expect("it can be written");

    let first = Place::new(Database::Postgres, &world.origin);
    let own = guides.path().to_str().expect("the path is text");
    let other = Place::beside(first.server.clone(), &world.origin).with(&["--guides", own]);
    let pair = Pair { _world: Some(world), ..Pair::serving([first, other]) };

    let label = |which: usize, path: &str, browser: &mut Browser| {
        path.clone_into(&mut browser.path);
        let address = pair.address(which);
        let page = browser.open(|| address).expect("it answers");
        assert_eq!(page.status, 200);
        page.body.contains("Brand New Token")
    };
    // Begun with the new one: so it is also where nobody has it but the database; and the other way round.
    for begins in [1, 0] {
        let owner = format!("guided-{begins}");
        let (token, path) = pair.session(0, &owner);
        let mut browser = Browser::new(&path, &TYPED);
        let is_new = begins == 1;
        assert_eq!(label(begins, &path, &mut browser), is_new);
        let form = browser.path.clone();
        assert_eq!(label(1 - begins, &form, &mut browser), is_new, "begun on {begins}");
        let came = browser.walk(Duration::from_secs(20), || pair.next()).expect("they answer");
        assert!(matches!(came, Came::Done(_)), "begun on {begins}: {came:?}");
        // The widget sees the same.
        for which in [0, 1] {
            let config = pair.ask(which, Ask::get("/hub/connectors/gladly.api-key").session(&token));
            assert_eq!(config.body.contains("Brand New Token"), is_new, "{}", config.body);
        }
    }
}

/// A file for its owner only.
fn private(file: &std::path::Path) {
    #[cfg(unix)]
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("a mode");
    #[cfg(not(unix))]
    let _ = file;
}
