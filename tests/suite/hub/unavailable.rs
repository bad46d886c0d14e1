//! A database that temporarily cannot be used: requests fail with 503, the readiness check reports the failure, and the
//! Hub recovers without a restart and without losing anything that it acknowledged.
//!
//! **Invariant:** the failures are real. The kernel refuses to let SQLite's files grow, and the connections to
//! PostgreSQL are closed, or the server crashes.

use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;

use self::forwarder::Forwarder;
use super::client::{Request, Response};
use super::process::{Installation, RunningHub};
use super::world::{Database, new_database};

mod forwarder;
mod minute;
mod server;

/// An address that refuses connections. These tests send no requests to a provider.
const NO_PROVIDER: &str = "http://127.0.0.1:9";

/// A Hub, and the ids of the sessions that it acknowledged.
struct Scene {
    hub: RunningHub,
    key: String,
    sessions: Vec<String>,
}

impl Scene {
    fn start(installation: &Installation) -> Self {
        let hub = installation.start();
        let key = hub.key.clone().expect("a first key");
        Self { hub, key, sessions: Vec::new() }
    }

    fn send(&self, request: Request) -> Response {
        request.send_to(self.hub.address).expect("no response")
    }

    /// Tries to create a session, and remembers its id if the Hub acknowledges it.
    fn create_session(&mut self) -> Response {
        let body = json!({ "origin_owner_id": "acme", "origin_owner_name": "Acme" });
        let response = self.send(Request::post("/connect_sessions").key(&self.key).json(&body));
        if response.status == 201 {
            self.sessions.push(response.value()["id"].to_string());
        }
        response
    }

    fn readiness(&self) -> Response {
        self.send(Request::get("/health/ready"))
    }

    /// Asserts that the Hub becomes ready again, can then create a session, and has lost no session.
    fn assert_recovers(&mut self) {
        let began = Instant::now();
        while self.readiness().status != 200 {
            assert!(began.elapsed() < Duration::from_mins(1), "the Hub did not become ready again");
            sleep(Duration::from_millis(50));
        }
        let created = self.create_session();
        assert_eq!(created.status, 201, "{}", created.body);
        self.assert_sessions_exist();
    }

    fn assert_sessions_exist(&self) {
        assert!(1 < self.sessions.len());
        for id in &self.sessions {
            let found = self.send(Request::get(&format!("/connect_sessions/{id}")).key(&self.key));
            assert_eq!(found.status, 200, "session {id}: {}", found.body);
        }
    }
}

/// Asserts that a response is the API's error for a database that cannot be used.
fn assert_unavailable(response: &Response) {
    assert_eq!(response.status, 503, "{}", response.body);
    assert_eq!(response.text("code"), "unavailable", "{}", response.body);
    assert!(response.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok()));
}

/// Asserts that a response is the page, with status 503, that tells the person to try again.
fn assert_page_unavailable(response: &Response) {
    assert_eq!(response.status, 503, "{}", response.body);
    assert!(response.body.contains("Try again in a few minutes."), "{}", response.body);
    assert!(response.header("retry-after").is_some());
}

/// Limits the size of the files that a process can write. `unlimited` removes the limit.
fn limit_files(hub: &RunningHub, size: &str) {
    let mut prlimit = Command::new("prlimit");
    // Keeps the hard limit, so that the soft limit can be raised again.
    prlimit.arg(format!("--pid={}", hub.id())).arg(format!("--fsize={size}:"));
    assert!(prlimit.status().expect("cannot start prlimit").success());
}

#[test]
fn a_full_disk_makes_changes_fail_until_there_is_room() {
    // Without this, the kernel kills a process that exceeds its limit instead of failing the write.
    let installation =
        Installation::new(Database::Sqlite, NO_PROVIDER).under(&["env", "--ignore-signal=XFSZ"]);
    let mut scene = Scene::start(&installation);
    for _ in 0..2 {
        let link = scene.create_session().link();
        let log = installation.data().join("vault.db-wal");
        let size = std::fs::metadata(log).expect("the database has no log").len();
        limit_files(&scene.hub, &size.to_string());
        let failed = loop {
            let response = scene.create_session();
            if response.status != 201 {
                break response;
            }
        };
        assert_unavailable(&failed);
        let ready = scene.readiness();
        assert_eq!((ready.status, ready.text("database").as_str()), (503, "not writable"), "{}", ready.body);
        assert_page_unavailable(&scene.send(Request::get(&link).header("sec-fetch-mode", "navigate")));
        let read = scene.send(Request::get("/accounts").key(&scene.key));
        assert_eq!(read.status, 200, "reading needs no room: {}", read.body);
        limit_files(&scene.hub, "unlimited");
        scene.assert_recovers();
    }
    scene.hub.kill();
    scene.hub = installation.start();
    scene.assert_sessions_exist();
}

#[test]
fn a_database_file_that_is_deleted_or_replaced_is_noticed() {
    let installation = Installation::new(Database::Sqlite, NO_PROVIDER);
    let scene = Scene::start(&installation);
    let (file, aside) = (installation.data().join("vault.db"), installation.data().join("aside.db"));
    let assert_gone = || {
        let ready = scene.readiness();
        assert_eq!((ready.status, ready.text("database").as_str()), (503, "missing"), "{}", ready.body);
        assert_eq!(ready.text("status"), "database file missing");
        assert!(ready.text("help").contains("`waystone vault restore`"), "{}", ready.body);
    };
    assert_eq!(scene.readiness().status, 200);
    std::fs::rename(&file, &aside).expect("cannot move the database");
    assert_gone();
    std::fs::copy(&aside, &file).expect("cannot copy the database");
    assert_gone();
    std::fs::rename(&aside, &file).expect("cannot move the database");
    assert_eq!(scene.readiness().status, 200);
    assert!(scene.readiness().value().get("help").is_none());
}

#[test]
fn a_server_that_cannot_be_reached_makes_requests_fail_until_it_is_back() {
    let server = new_database();
    let forwarder = Forwarder::to(&server);
    let installation = Installation::with_database(Some(forwarder.url(&server)), NO_PROVIDER);
    let mut scene = Scene::start(&installation);
    for refuses in [false, true] {
        let link = scene.create_session().link();
        if refuses {
            forwarder.refuse();
        } else {
            forwarder.disconnect();
        }
        assert_unavailable(&scene.create_session());
        assert_unavailable(&scene.send(Request::get("/accounts").key(&scene.key)));
        assert_page_unavailable(&scene.send(Request::get(&link).header("sec-fetch-mode", "navigate")));
        let ready = scene.readiness();
        assert_eq!((ready.status, ready.text("database").as_str()), (503, "unreachable"), "{}", ready.body);
        forwarder.forward();
        scene.assert_recovers();
    }
    scene.hub.kill();
    scene.hub = installation.start();
    scene.assert_sessions_exist();
}
