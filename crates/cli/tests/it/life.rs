//! Tests startup, health, errors, metrics, the log and shutdown.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Stdio;

use serde_json::Value;

use crate::world::{Hub, run, send, waystone};

fn body(response: &str) -> Value {
    let text = response.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {response}"))
}

#[test]
fn the_hub_starts_without_configuration_and_stops_on_sigterm() {
    let hub = Hub::start(&[]);
    let started: Value = serde_json::from_str(&hub.started).unwrap();
    assert_eq!(started["event"], "started");
    assert_eq!(started["url"], format!("http://{}/", hub.address));
    assert!(started["made"].to_string().contains("keep a copy"), "{started}");
    let key = started["api_key"].as_str().unwrap();
    assert!(!hub.log().contains(key), "the key is in the log");
    assert!(!hub.folder.path().join("data/first-key").exists(), "the key is also in a file");
    let ready = hub.get("/health/ready");
    assert!(ready.starts_with("HTTP/1.1 200"), "{ready}");
    assert_eq!(body(&ready)["database"], "reachable");
    assert!(hub.get("/health/live").starts_with("HTTP/1.1 200"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name: &str| hub.folder.path().join(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("data"), mode("data/key")), (0o700, 0o600));
    }
    let address = hub.address;
    hub.signal("TERM");
    let (code, log) = hub.wait();
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("\"message\":\"stopped\""), "{log}");
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn clients_without_a_request_do_not_change_the_exit_code() {
    let hub = Hub::start(&["--shutdown-grace", "200ms"]);
    let mut silent = TcpStream::connect(hub.address).unwrap();
    silent.write_all(b"GET /health/live HTTP/1.1\r\nhost:").unwrap();
    // A response to a later connection shows that the Hub has accepted this one.
    assert!(hub.get("/health/live").starts_with("HTTP/1.1 200"));
    hub.signal("TERM");
    let (code, log) = hub.wait();
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("the grace period has ended"), "{log}");
}

/// Without `--json`, the Hub's output is for people. If it is not a terminal, it may end up in a log.
#[test]
fn the_first_key_is_written_to_a_private_file_if_nobody_is_watching() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let mut child = waystone(folder.path())
            .args(["serve", "--listen", "127.0.0.1:0", "--data", "data"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut output = String::new();
        let ready = lines.by_ref().find(|line| {
            output.push_str(line);
            output.push('\n');
            line.contains("The Hub is ready")
        });
        assert!(ready.is_some(), "{output}");
        let url = ready.as_deref().and_then(|line| line.split("http://").nth(1)).unwrap();
        let address: SocketAddr = url.split('/').next().unwrap().parse().unwrap();
        (child, output, address)
    };
    let path = folder.path().join("data/first-key");
    let (mut child, output, address) = start();
    let key = std::fs::read_to_string(&path).unwrap();
    assert!(key.starts_with("wak_live_") && key.ends_with('\n'), "{key}");
    assert!(output.contains("The first API key is in data/first-key"), "{output}");
    assert!(!output.contains("wak_"), "{output}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let request = format!(
        "GET /connectors/meta HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nconnection: close\r\n\r\n",
        key.trim()
    );
    assert!(send(address, &request).starts_with("HTTP/1.1 200"));
    child.kill().unwrap();
    child.wait().unwrap();

    std::fs::remove_file(&path).unwrap();
    let (mut child, output, _) = start();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!output.contains("first") && !path.exists(), "{output}");
}

#[test]
fn errors_are_returned_in_the_envelope() {
    let hub = Hub::start(&[]);
    let response = hub.get("/nothing");
    assert!(response.starts_with("HTTP/1.1 404"), "{response}");
    assert!(response.contains("content-type: application/json"), "{response}");
    let error = body(&response);
    assert_eq!((&error["statusCode"], &error["message"]), (&404.into(), &"Not found".into()));
    assert!(response.contains(error["request_id"].as_str().unwrap()), "{response}");
    let wrong = send(
        hub.address,
        "PUT /health/live HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    );
    assert!(wrong.starts_with("HTTP/1.1 405"), "{wrong}");
    assert_eq!(body(&wrong)["code"], "method_not_allowed");
}

#[test]
fn metrics_can_be_on_the_hubs_port_on_another_port_or_off() {
    let hub = Hub::start(&[]);
    hub.get("/nothing/4711");
    let metrics = hub.get("/metrics");
    for part in [
        "# HELP waystone_http_requests_total",
        "waystone_http_requests_total{method=\"GET\",route=\"(none)\",status=\"404\"} 1",
        "# TYPE waystone_http_request_duration_seconds histogram",
        "waystone_guides_loaded 12",
        "waystone_build_info{version=",
        "waystone_uptime_seconds ",
        "waystone_http_requests_in_flight 1",
    ] {
        assert!(metrics.contains(part), "missing: {part}\n{metrics}");
    }
    assert!(!metrics.contains("4711"), "{metrics}");

    let hub = Hub::start(&["--metrics-listen", "127.0.0.1:0"]);
    let started: Value = serde_json::from_str(&hub.started).unwrap();
    let address = started["metrics"].as_str().unwrap().parse().unwrap();
    assert!(hub.get("/metrics").starts_with("HTTP/1.1 404"));
    let metrics = send(address, "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert!(metrics.contains("waystone_guides_loaded"), "{metrics}");

    let hub = Hub::start(&["--metrics-enabled", "false"]);
    assert!(hub.get("/metrics").starts_with("HTTP/1.1 404"));
}

#[test]
fn client_input_is_not_logged() {
    let hub = Hub::start(&["--log-level", "trace"]);
    hub.get("/health/canary?canary=canary");
    send(
        hub.address,
        "POST /canary HTTP/1.1\r\nhost: canary\r\nauthorization: Bearer canary\r\ncookie: a=canary\r\n\
         x-request-id: my-own-request\r\ncontent-length: 6\r\nconnection: close\r\n\r\ncanary",
    );
    send(hub.address, "CANARY /canary HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    send(hub.address, "GET /canary\r\ncanary: canary\r\n\r\n");
    hub.signal("INT");
    let (code, log) = hub.wait();
    assert_eq!(code, 0);
    assert!(!log.to_lowercase().contains("canary"), "{log}");
    assert!(log.contains("\"id\":\"my-own-request\",\"method\":\"POST\",\"route\":\"(none)\""), "{log}");
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
    }
}

/// Sessions without their own origins have those of the setting, so both must accept the same ones.
#[test]
fn accepted_origins_work_in_sessions() {
    let origins = ["http://app.localhost:3000", "http://127.0.0.2:3000", "https://APP.example.com:443/"];
    let hub = Hub::start(&origins.map(|origin| ["--allow-origin", origin]).concat());
    let started: Value = serde_json::from_str(&hub.started).unwrap();
    let key = started["api_key"].as_str().unwrap();
    let session = r#"{"origin_owner_id":"a","origin_owner_name":"A"}"#;
    let request = format!(
        "POST /connect_sessions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{session}",
        session.len()
    );
    let response = send(hub.address, &request);
    assert!(response.starts_with("HTTP/1.1 201"), "{response}");
}

#[test]
fn a_port_in_use_is_reported_with_a_fix() {
    let hub = Hub::start(&[]);
    let address = hub.address.to_string();
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["serve", "--listen", &address], &[]);
    assert_eq!(output.code, 3);
    assert!(output.err.contains(&format!("error: cannot listen on {address} (--listen)")), "{}", output.err);
    assert!(
        output.err.contains(&format!("port {} is in use by another program", hub.address.port())),
        "{}",
        output.err
    );
}

#[test]
fn a_second_start_creates_nothing_and_a_lost_key_is_reported() {
    let hub = Hub::start(&[]);
    hub.signal("TERM");
    let (code, folder) = hub.wait_and_keep_folder();
    assert_eq!(code, 0);
    let hub = Hub::start_in(folder, &[]);
    let started: Value = serde_json::from_str(&hub.started).unwrap();
    assert_eq!((&started["made"], &started["api_key"]), (&serde_json::json!([]), &Value::Null));
    std::fs::remove_file(hub.folder.path().join("data/key")).unwrap();
    let output = run(hub.folder.path(), &["serve", "--data", "data", "--listen", "127.0.0.1:0"], &[]);
    assert_eq!(output.code, 3, "{}", output.err);
    let output = run(hub.folder.path(), &["serve", "--data", "data", "--check"], &[]);
    assert_eq!(output.code, 1, "{}", output.out);
    assert!(output.out.contains("there is a database, but its key file"), "{}", output.out);
}
