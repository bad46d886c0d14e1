//! A provider that is too slow: a link attempt ends with a verdict before the request that waits for it times out.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::client::{Request, Response};
use super::process::{Installation, RunningHub};
use super::world::Database;

/// Starts a provider that sends each response one byte at a time and never finishes it, so a timeout for idle
/// connections does not apply. Returns the provider's origin.
fn dripping_provider() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.expect("a connection");
            thread::spawn(move || drip(stream));
        }
    });
    origin
}

fn drip(mut stream: TcpStream) {
    let mut request = [0; 4096];
    let _ = stream.read(&mut request);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n";
    let mut sent = stream.write_all(head.as_bytes());
    // Ends when the Hub closes the connection.
    while sent.is_ok() {
        thread::sleep(Duration::from_millis(50));
        sent = stream.write_all(b" ");
    }
}

fn send(hub: &RunningHub, request: Request) -> Response {
    request.send_to(hub.address).expect("no response")
}

/// Links an account with the widget's protocol, at a provider that is slower than the Hub's limit for requests.
fn link_slowly(database: Database) {
    let installation = Installation::new(database, &dripping_provider());
    let installation = installation.with(&["--limits-request-timeout", "3s"]);
    let hub = installation.start();
    let key = hub.key.clone().expect("a first key");
    let body = json!({ "origin_owner_id": "slow", "origin_owner_name": "Slow", "provider": "gladly" });
    let session = send(&hub, Request::post("/connect_sessions").key(&key).json(&body));
    let credentials = json!({
        "organization_slug": "acme", "agent_email": "api-user@acme.example", "api_token": "right-token",
        "environment": "production",
    });
    let body = json!({ "integration_id": "gladly.api-key", "credentials": credentials });
    let request = Request::post("/hub/accounts").session(&session.text("token")).json(&body);
    let refused = send(&hub, request);
    assert_eq!(refused.status, 502, "{}", refused.body);
    assert_eq!(refused.text("outcome"), "unreachable", "{}", refused.body);
    let attempt = refused.text("attempt_id");
    let found = send(&hub, Request::get(&format!("/link_attempts/{attempt}")).key(&key));
    let found = found.value();
    assert_eq!(found["state"], "refused", "{found}");
    assert_eq!(found["transcript"].as_array().map(Vec::len), Some(1), "{found}");
}

#[test]
fn a_slow_provider_ends_in_a_verdict_on_sqlite() {
    link_slowly(Database::Sqlite);
}

#[test]
fn a_slow_provider_ends_in_a_verdict_on_postgresql() {
    link_slowly(Database::Postgres);
}
