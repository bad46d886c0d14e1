//! Tests that the Hub works within the limits of its environment.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::world::Hub;

const REQUEST: &[u8] = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";

/// Opens a connection and sends a request on it.
fn connection(hub: &Hub) -> TcpStream {
    let mut stream = TcpStream::connect(hub.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(REQUEST).unwrap();
    stream
}

/// Reads a response, which fits into one read.
fn assert_answered(stream: &mut TcpStream) {
    let mut response = [0; 4096];
    let length = stream.read(&mut response).unwrap();
    assert!(response[..length].starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&response));
}

#[test]
fn the_limit_on_open_files_is_raised() {
    let hub = Hub::start_after("ulimit -S -n 64", &[]);
    let limits = std::fs::read_to_string(hub.process_file("limits")).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let [soft, hard] = [3, 4].map(|n| line.split_whitespace().nth(n).unwrap());
    assert!(soft == hard && soft != "64", "{line}");
}

#[test]
fn connections_leave_open_files_for_everything_else() {
    // Connections from a trusted proxy are not counted by address.
    let hub = Hub::start_after("ulimit -n 128", &["--trusted-proxy", "127.0.0.0/8"]);
    let started: Value = serde_json::from_str(&hub.started).unwrap();
    let note = started["notes"].to_string();
    assert!(note.contains("the system allows 128 open files") && note.contains("at most 64"), "{started}");
    assert!(hub.log().contains("the system allows 128 open files"), "{}", hub.log());

    let mut open: Vec<TcpStream> = (0..64).map(|_| connection(&hub)).collect();
    open.iter_mut().for_each(assert_answered);
    // These wait in the system's queue. They would have been accepted before the responses that follow.
    let mut waiting: Vec<TcpStream> = (0..40).map(|_| connection(&hub)).collect();
    for stream in &mut open {
        stream.write_all(REQUEST).unwrap();
        assert_answered(stream);
    }
    let files = std::fs::read_dir(hub.process_file("fd")).unwrap();
    let is_socket = |path: std::path::PathBuf| path.to_string_lossy().starts_with("socket:");
    let sockets = files.filter(|file| std::fs::read_link(file.as_ref().unwrap().path()).is_ok_and(is_socket));
    // The rest are the listener and the sockets of the runtime.
    let sockets = sockets.count();
    assert!((65..75).contains(&sockets), "{sockets} sockets are open");
    drop(open);
    waiting.iter_mut().for_each(assert_answered);
}

#[test]
fn a_limit_per_address_that_does_not_fit_is_reported() {
    let hub = Hub::start_after("ulimit -n 128", &["--limits-address-connections", "1000"]);
    let started: Value = serde_json::from_str(&hub.started).unwrap();
    let expected =
        "`limits.address_connections` is 1000, but the Hub accepts at most 32 connections from one address";
    assert!(started["notes"].to_string().contains(expected), "{started}");
    let mut open: Vec<TcpStream> = (0..32).map(|_| connection(&hub)).collect();
    open.iter_mut().for_each(assert_answered);
    let mut refused = connection(&hub);
    assert!(!matches!(refused.read(&mut [0; 16]), Ok(1..)), "the Hub accepted a further connection");
}
