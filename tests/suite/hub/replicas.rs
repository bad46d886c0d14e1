//! Two Hubs on one PostgreSQL database: each Hub can continue a link that the other Hub started.
//!
//! **Invariant:** any request may go to either replica, because sessions, counters and link attempts are shared.

use std::cell::Cell;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::browser::{Browser, Progress};
use super::client::{Request, Response};
use super::process::{Installation, RunningHub};
use super::rows::Rows;
use super::world::{Database, new_database};
use crate::linking::world::World;

/// The values that a person enters on the pages.
const ENTERED: [(&str, &str); 4] = [
    ("environment", "production"),
    ("field.organization_slug", "acme"),
    ("field.agent_email", "api-user@acme.example"),
    ("field.api_token", "right-token"),
];

/// How long a slow provider takes to respond: longer than a lease on checks lasts without renewal, but within the time
/// limit for a provider's response.
const PAUSE: Duration = Duration::from_millis(9_300);

/// How long a Hub may use an API key or an account without reading it again.
const VALIDITY: Duration = Duration::from_secs(1);

/// Two processes with separate folders, one database and the same vault key.
struct Pair {
    installations: [Installation; 2],
    hubs: [Option<RunningHub>; 2],
    key: String,
    /// The simulated provider, if the pair uses it. The provider stops when the pair is dropped.
    _world: Option<World>,
    turn: Cell<usize>,
}

impl Pair {
    fn start() -> Self {
        let world = World::new();
        let pair = Self::with_provider(&world.origin);
        Self { _world: Some(world), ..pair }
    }

    fn with_provider(provider: &str) -> Self {
        let first = Installation::new(Database::Postgres, provider);
        let second = Installation::with_database(first.server.clone(), provider);
        Self::start_both([first, second])
    }

    /// Starts both processes, one after the other, on an empty database.
    fn start_both([first, second]: [Installation; 2]) -> Self {
        let hub = first.start();
        std::fs::copy(first.data().join("key"), second.data().join("key")).expect("cannot copy the key");
        let other = second.start();
        assert_eq!(other.key, None, "the second Hub must not create another first key");
        let key = hub.key.clone().expect("a first key");
        let hubs = [Some(hub), Some(other)];
        Self { installations: [first, second], hubs, key, _world: None, turn: Cell::new(0) }
    }

    fn address(&self, index: usize) -> SocketAddr {
        self.hubs[index].as_ref().expect("the Hub is not running").address
    }

    /// The address of the Hub that did not receive the previous request.
    fn next(&self) -> SocketAddr {
        self.turn.set(1 - self.turn.get());
        self.address(self.turn.get())
    }

    fn send(&self, index: usize, request: Request) -> Response {
        request.send_to(self.address(index)).expect("no response")
    }

    /// Creates a session on one of the Hubs. Returns the session's token and the path of its link.
    fn session(&self, index: usize, owner: &str) -> (String, String) {
        let body = json!({ "origin_owner_id": owner, "origin_owner_name": owner, "provider": "gladly" });
        let created = self.send(index, Request::post("/connect_sessions").key(&self.key).json(&body));
        assert_eq!(created.status, 201, "{}", created.body);
        (created.text("token"), created.link())
    }
}

/// A request that links an account with the widget's protocol.
fn link(token: &str, api_token: &str) -> Request {
    let credentials = json!({
        "organization_slug": "acme", "agent_email": "api-user@acme.example", "api_token": api_token,
        "environment": "production",
    });
    let body = json!({ "integration_id": "gladly.api-key", "credentials": credentials });
    Request::post("/hub/accounts").session(token).json(&body)
}

#[test]
fn a_session_created_on_one_hub_works_on_the_other() {
    let pair = Pair::start();
    let (token, _) = pair.session(0, "there");
    let listed = pair.send(1, Request::get("/hub/connectors").session(&token));
    assert_eq!(listed.value()["integrations"][0]["integration_id"], "gladly.api-key", "{}", listed.body);
    let created = pair.send(0, link(&token, "right-token"));
    assert_eq!(created.status, 201, "{}", created.body);
    let id = created.text("id");
    let seen = pair.send(1, Request::get(&format!("/accounts/{id}")).key(&pair.key));
    assert_eq!(seen.text("id"), id);
    let verified = pair.send(1, Request::post(&format!("/accounts/{id}/verify")).key(&pair.key));
    assert_eq!(verified.text("outcome"), "ok", "{}", verified.body);
    let edited = pair.send(
        1,
        Request::new("PATCH", &format!("/hub/accounts/{id}")).session(&token).json(
            &json!({ "integration_id": "gladly.api-key", "credentials": { "api_token": "newer-token" } }),
        ),
    );
    assert_eq!(edited.status, 200, "{}", edited.body);
    assert_eq!(pair.send(0, Request::get(&format!("/accounts/{id}")).key(&pair.key)).value()["version"], 2);
    // A key created on one Hub works on the other, and can be revoked there.
    let body = json!({ "name": "another", "scopes": ["platform:read"] });
    let new_key = pair.send(0, Request::post("/api_keys").key(&pair.key).json(&body));
    let list = || Request::get("/accounts").key(&new_key.text("key"));
    assert_eq!(pair.send(1, list()).status, 200);
    let path = format!("/api_keys/{}", new_key.text("id"));
    assert_eq!(pair.send(1, Request::new("DELETE", &path).key(&pair.key)).status, 204);
    thread::sleep(VALIDITY);
    assert_eq!(pair.send(0, list()).status, 401);
}

#[test]
fn a_suspended_account_stops_working_on_the_other_hub_within_a_second() {
    let pair = Pair::start();
    let (token, _) = pair.session(0, "there");
    let account = pair.send(0, link(&token, "right-token")).text("id");
    let through = |index| {
        let path = format!("/accounts/{account}/proxy/api/v1/organization");
        pair.send(index, Request::get(&path).key(&pair.key)).status
    };
    let set = |index, status| {
        let request = Request::new("PATCH", &format!("/accounts/{account}")).key(&pair.key);
        assert_eq!(pair.send(index, request.json(&json!({ "status": status }))).status, 200);
    };
    assert_eq!((through(0), through(1)), (200, 200));
    set(1, "suspended");
    assert_eq!(through(1), 409, "a Hub's own change takes effect at once");
    thread::sleep(VALIDITY);
    assert_eq!(through(0), 409);
    set(0, "active");
    assert_eq!(through(0), 200, "a Hub's own change takes effect at once");
    thread::sleep(VALIDITY);
    assert_eq!(through(1), 200);
    assert_eq!(
        pair.send(0, Request::new("DELETE", &format!("/accounts/{account}")).key(&pair.key)).status,
        200
    );
    thread::sleep(VALIDITY);
    assert_eq!((through(0), through(1)), (404, 404));
}

#[test]
fn a_person_whose_requests_alternate_between_hubs_can_link() {
    let pair = Pair::start();
    for n in 0..4 {
        let owner = format!("alternating-{n}");
        let (_, path) = pair.session(n % 2, &owner);
        // Half of the runs start with the other Hub, so that across all runs, each request in the flow is sent to both
        // Hubs.
        pair.turn.set(n / 2);
        let mut browser = Browser::new(&path, &ENTERED);
        let progress = browser.walk(Duration::from_secs(20), || pair.next()).expect("no response");
        let Progress::Done(id) = progress else { panic!("the checks did not finish: {progress:?}") };
        let mut rows = Rows::open(&pair.installations[0]);
        assert_eq!(rows.accounts_of(&owner), [id]);
        rows.assert_consistent(&owner);
    }
}

#[test]
fn the_other_process_takes_over_the_checks_of_one_that_dies() {
    let mut pair = Pair::start();
    for (n, point) in
        ["hub.request-due", "hub.answer-received", "vault.attempt-saved#3"].into_iter().enumerate()
    {
        let owner = format!("orphan-{n}");
        let (_, path) = pair.session(0, &owner);
        let mut browser = Browser::new(&path, &ENTERED);
        pair.installations[0].stop_at(point);
        let address = pair.address(0);
        // All requests are sent to the Hub that stops at the point. Only the background task that runs the checks stops
        // there.
        let progress = browser.walk(Duration::from_millis(700), || address).expect("no response");
        assert_eq!(progress, Progress::Checking, "{point}");
        assert!(pair.installations[0].mark().is_some(), "{point}: the Hub did not stop");
        // While the first process is alive, the other one does not take over its checks.
        let path = browser.path.clone();
        let other = pair.address(1);
        assert_eq!(
            browser.walk(Duration::from_millis(50), || other).expect("no response"),
            Progress::Checking
        );
        browser.path = path;
        pair.hubs[0].take().expect("the Hub is not running").kill();
        pair.installations[0].clear_stop();
        let began = Instant::now();
        let progress = browser.walk(Duration::from_secs(40), || other).expect("no response");
        assert!(matches!(progress, Progress::Done(_)), "{point}: {progress:?}");
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{point}: the takeover took {:?}",
            began.elapsed()
        );
        Rows::open(&pair.installations[1]).assert_consistent(point);
        pair.hubs[0] = Some(pair.installations[0].start());
    }
}

#[test]
fn slow_checks_stay_with_the_process_that_runs_them() {
    let (origin, requests) = slow_provider(PAUSE);
    let pair = Pair::with_provider(&origin);
    let (_, path) = pair.session(0, "slow");
    let mut browser = Browser::new(&path, &ENTERED);
    let began = Instant::now();
    let progress = browser.walk(Duration::from_secs(20), || pair.next()).expect("no response");
    assert!(matches!(progress, Progress::Done(_)), "{progress:?}");
    assert!(PAUSE <= began.elapsed());
    assert_eq!(requests.load(Ordering::Relaxed), 1, "the provider received more than one request");
}

/// Starts a provider that pauses before each response. Returns the provider's origin and its request counter.
fn slow_provider(pause: Duration) -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    let requests = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&requests);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut request = [0; 4096];
            if stream.read(&mut request).is_ok_and(|length| 0 < length) {
                counter.fetch_add(1, Ordering::Relaxed);
                thread::sleep(pause);
                let body = r#"{"id":"org-1","name":"Slow","gladlyUrl":"https://acme.gladly.com"}"#;
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
                let _ = write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            }
        }
    });
    (origin, requests)
}

#[test]
fn both_hubs_can_start_at_the_same_time_on_an_empty_database() {
    for _ in 0..3 {
        let server = new_database();
        let installations =
            [0, 1].map(|_| Installation::with_database(Some(server.clone()), "http://127.0.0.1:1"));
        let key = "wsk1-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n";
        for installation in &installations {
            std::fs::write(installation.data().join("key"), key).expect("cannot write the key");
            restrict_to_owner(&installation.data().join("key"));
        }
        let launched = installations.each_ref().map(Installation::launch);
        let hubs = launched.map(|hub| hub.ready().expect("a Hub did not start"));
        let keys: Vec<&String> = hubs.iter().filter_map(|hub| hub.key.as_ref()).collect();
        assert_eq!(keys.len(), 1, "there must be one first key");
        for hub in &hubs {
            assert_eq!(
                Request::get("/accounts").key(keys[0]).send_to(hub.address).expect("no response").status,
                200
            );
        }
        let mut rows = Rows::open(&installations[0]);
        for table in ["projects", "api_keys", "vault_keys"] {
            assert_eq!(rows.integer(&format!("select count(*) from {table}")), 1, "{table}");
        }
    }
}

#[test]
fn rate_limits_are_shared() {
    let pair = Pair::start();
    let (token, _) = pair.session(0, "eager");
    let mut statuses = Vec::new();
    for n in 0..22 {
        statuses.push(pair.send(n % 2, link(&token, "revoked-token")).status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 20, "{statuses:?}");
    assert_eq!(statuses[20..], [429, 429], "{statuses:?}");
    // Guesses keys from a single address.
    let guess = |n: usize| {
        let request =
            Request::get("/accounts").key(&format!("wak_live_{n:043}")).header("x-forwarded-for", "10.9.9.9");
        pair.send(n % 2, request)
    };
    let refused: Vec<u16> = (0..62).map(|n| guess(n).status).collect();
    assert!(refused[..60].iter().all(|status| *status == 401), "{refused:?}");
    assert_eq!(refused[60..], [429, 429]);
    assert!(guess(0).header("retry-after").and_then(|text| text.parse::<u32>().ok()).is_some());
}

#[test]
fn a_session_keeps_its_guide_on_a_hub_that_has_another_version() {
    let world = World::new();
    let guides = tempfile::tempdir().expect("cannot create a temporary folder");
    let folder = guides.path().join("gladly");
    std::fs::create_dir(&folder).expect("cannot create the folder");
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../guides/gladly");
    std::fs::copy(source.join("icon.svg"), folder.join("icon.svg")).expect("cannot copy the icon");
    let text = std::fs::read_to_string(source.join("guide.yaml")).expect("cannot read the guide");
    let changed = text.replace("label: API Token", "label: Brand New Token");
    assert_ne!(text, changed, "the guide has no such label");
    std::fs::write(folder.join("guide.yaml"), &changed).expect("cannot write the guide");

    let first = Installation::new(Database::Postgres, &world.origin);
    let own = guides.path().to_str().expect("the path is not UTF-8");
    let other = Installation::with_database(first.server.clone(), &world.origin).with(&["--guides", own]);
    let pair = Pair { _world: Some(world), ..Pair::start_both([first, other]) };

    let shows_new_label = |index: usize, path: &str, browser: &mut Browser| {
        path.clone_into(&mut browser.path);
        let address = pair.address(index);
        let page = browser.open(|| address).expect("no response");
        assert_eq!(page.status, 200);
        page.body.contains("Brand New Token")
    };
    // The second Hub has the new guide. A session that begins there must see the new guide on both Hubs, and a
    // session that begins on the first Hub must see the old guide on both.
    for start in [1, 0] {
        let owner = format!("guided-{start}");
        let (token, path) = pair.session(0, &owner);
        let mut browser = Browser::new(&path, &ENTERED);
        let is_new = start == 1;
        assert_eq!(shows_new_label(start, &path, &mut browser), is_new);
        let form = browser.path.clone();
        assert_eq!(shows_new_label(1 - start, &form, &mut browser), is_new, "started on Hub {start}");
        let progress = browser.walk(Duration::from_secs(20), || pair.next()).expect("no response");
        assert!(matches!(progress, Progress::Done(_)), "started on Hub {start}: {progress:?}");
        // The widget gets the same guide.
        for index in [0, 1] {
            let config = pair.send(index, Request::get("/hub/connectors/gladly.api-key").session(&token));
            assert_eq!(config.body.contains("Brand New Token"), is_new, "{}", config.body);
        }
    }
}

/// Restricts a file to its owner.
fn restrict_to_owner(file: &std::path::Path) {
    #[cfg(unix)]
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .expect("cannot set the mode");
    #[cfg(not(unix))]
    let _ = file;
}
