//! A server that crashes and stays away for a minute, which is longer than every timeout, lease and retry in the Hub.
//!
//! **Invariant:** the server is real and is stopped like in a crash, and the Hub is not restarted.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::server::Server;
use super::{Scene, assert_page_unavailable, assert_unavailable};
use crate::hub::browser::{Browser, Progress, between};
use crate::hub::client::{Request, Response};
use crate::hub::process::Installation;

/// How long the server is away.
const AWAY: Duration = Duration::from_mins(1);

/// The maximum duration of a request while the server is away: the wait for a connection, and some time for a busy
/// machine.
const QUICK: Duration = Duration::from_secs(8);

/// The number of requests that are sent at the same time, again and again, while the server is away.
const AT_ONCE: usize = 40;

/// The values that a person enters on the pages.
const ENTERED: [(&str, &str); 4] = [
    ("environment", "production"),
    ("field.organization_slug", "acme"),
    ("field.agent_email", "api-user@acme.example"),
    ("field.api_token", "right-token"),
];

/// A provider that accepts every credential. It reports each request, and pauses before its response to the second one.
fn provider(pause: Duration) -> (String, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, requests) = channel();
    thread::spawn(move || {
        for (index, stream) in listener.incoming().enumerate() {
            let (mut stream, sender) = (stream.expect("a connection"), sender.clone());
            thread::spawn(move || {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request);
                let _ = sender.send(());
                if index == 1 {
                    thread::sleep(pause);
                }
                let body = r#"{"id":"org-1","name":"Slow","gladlyUrl":"https://acme.gladly.com"}"#;
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
                let _ = write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            });
        }
    });
    (origin, requests)
}

impl Scene {
    /// Creates a session for an owner. Returns its token and the path of its link.
    fn session_of(&self, owner: &str) -> (String, String) {
        let body = json!({ "origin_owner_id": owner, "origin_owner_name": owner, "provider": "gladly" });
        let created = self.send(Request::post("/connect_sessions").key(&self.key).json(&body));
        assert_eq!(created.status, 201, "{}", created.body);
        (created.text("token"), created.link())
    }

    fn get(&self, path: &str) -> Response {
        self.send(Request::get(path).key(&self.key))
    }

    /// The number of background tasks.
    fn tasks(&self) -> u32 {
        let metrics = self.send(Request::get("/metrics")).body;
        let line = metrics
            .lines()
            .find(|line| line.starts_with("waystone_background_tasks "))
            .expect("the number of tasks");
        line.split(' ').nth(1).and_then(|number| number.parse().ok()).expect("a number")
    }
}

/// Sends requests at the same time until the time is over. Asserts that each fails quickly.
fn fail_quickly(address: SocketAddr, key: &str, until: Instant) -> usize {
    let send = || {
        let mut sent = 0;
        while Instant::now() < until {
            let began = Instant::now();
            let response = Request::get("/accounts").key(key).send_to(address).expect("no response");
            assert!(began.elapsed() < QUICK, "a request took {:?}", began.elapsed());
            assert_unavailable(&response);
            sent += 1;
        }
        sent
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|thread| thread.join().expect("a request failed")).sum()
    })
}

/// Fills in the form and sends it. Returns the response.
fn submit(browser: &mut Browser, address: SocketAddr) -> Response {
    let page = browser.open(|| address).expect("no response");
    let csrf = between(&page.body, "name=\"csrf\" value=\"", "\"").to_owned();
    let fields = ENTERED.iter().copied().chain([("csrf", csrf.as_str()), ("do", "connect")]);
    let request = Request::post(&browser.path).form(&fields.collect::<Vec<_>>());
    browser.send(address, request).expect("no response")
}

#[test]
fn nothing_is_lost_when_the_server_crashes_and_is_away_for_a_minute() {
    let server = Server::start();
    let (origin, requests) = provider(Duration::from_secs(5));
    let installation = Installation::with_database(Some(server.url()), &origin);
    let mut scene = Scene::start(&installation);
    let address = scene.hub.address;

    // What was acknowledged: an account, and sessions.
    let (token, _) = scene.session_of("acknowledged");
    let credentials = json!({ "organization_slug": "acme", "agent_email": "api-user@acme.example",
        "api_token": "right-token", "environment": "production" });
    let body = json!({ "integration_id": "gladly.api-key", "credentials": credentials });
    let linked = scene.send(Request::post("/hub/accounts").session(&token).json(&body));
    assert_eq!(linked.status, 201, "{}", linked.body);
    let account = format!("/accounts/{}", linked.text("id"));
    requests.recv().expect("the check");
    for _ in 0..3 {
        assert_eq!(scene.create_session().status, 201);
    }

    // What is in progress: a person whose check is running, and a person who has opened the form.
    let mut checking = Browser::new(&scene.session_of("checking").1, &ENTERED);
    let sent = submit(&mut checking, address);
    assert_eq!(sent.status, 303, "{}", sent.body);
    sent.header("location").expect("a redirect").clone_into(&mut checking.path);
    requests.recv_timeout(Duration::from_secs(30)).expect("the check did not start");
    let mut filling = Browser::new(&scene.session_of("filling").1, &ENTERED);
    assert_eq!(filling.open(|| address).expect("no response").status, 200);

    let tasks = scene.tasks();
    server.stop_immediately();
    let until = Instant::now() + AWAY;
    assert_page_unavailable(&filling.open(|| address).expect("no response"));
    let failed = fail_quickly(address, &scene.key, until);
    assert!(AT_ONCE * 5 < failed, "only {failed} requests in a minute");
    let ready = scene.readiness();
    assert_eq!((ready.status, ready.text("database").as_str()), (503, "unreachable"), "{}", ready.body);
    assert_eq!(scene.send(Request::get("/health/live")).status, 200);
    assert!(scene.tasks() <= tasks, "tasks have piled up: {tasks} before, {} now", scene.tasks());
    server.resume();

    scene.assert_recovers();
    assert_eq!(scene.get(&account).text("status"), "active");
    let verified = scene.send(Request::post(&format!("{account}/verify")).key(&scene.key));
    assert_eq!(verified.text("outcome"), "ok", "{}", verified.body);
    let proxied = scene.get(&format!("{account}/proxy/api/v1/organization"));
    assert_eq!((proxied.status, proxied.value()["id"].clone()), (200, Value::from("org-1")));
    for (what, mut browser) in [("checking", checking), ("filling in the form", filling)] {
        let progress = browser.walk(Duration::from_secs(30), || address).expect("no response");
        assert!(matches!(progress, Progress::Done(_)), "{what}: {progress:?}");
    }
    assert_eq!(scene.get("/accounts").value().as_array().map(Vec::len), Some(3));

    // A second crash right after the acknowledgment, and a new process.
    assert_eq!(scene.create_session().status, 201);
    server.stop_immediately();
    server.resume();
    scene.assert_recovers();
    scene.hub.kill();
    scene.hub = installation.start();
    scene.assert_sessions_exist();
    assert_eq!(scene.get("/accounts").value().as_array().map(Vec::len), Some(3));
}
