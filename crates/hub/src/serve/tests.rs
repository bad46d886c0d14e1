//! Shutdown: requests in progress can finish, and requests that hang are aborted.

mod connections;
mod stopping;
mod target;

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::layers;
use crate::serve::testing::test_app;

/// Listens on an address, with the app's limits.
async fn listen_for_tests(app: &App, address: SocketAddr) -> (Listener, SocketAddr) {
    let limits = ConnectionLimits::new(&app.settings, usize::MAX);
    listen(address, &app.settings.server.listen.set_by, limits).await.unwrap()
}

/// Starts a server with a slow route and the health routes.
async fn serving(app: &Arc<App>, takes: Duration) -> (SocketAddr, Running) {
    let slow = move || async move {
        tokio::time::sleep(takes).await;
        "finished"
    };
    let routes = layers::around(Router::new().route("/slow", get(slow)).merge(crate::health::routes()), app);
    let (listener, address) = listen_for_tests(app, SocketAddr::from(([127, 0, 0, 1], 0))).await;
    (address, Running::start(listener, routes, None))
}

async fn request(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response).await;
    String::from_utf8_lossy(&response).into_owned()
}

#[tokio::test]
async fn a_request_in_progress_is_finished_and_no_new_request_is_accepted() {
    let test = test_app(&[]).await;
    let (address, server) = serving(&test.app, Duration::from_millis(400)).await;
    let done = Arc::new(AtomicBool::new(false));
    let task_done = Arc::clone(&done);
    test.app.tasks.spawn(|stop| async move {
        stop.cancelled().await;
        task_done.store(true, Ordering::SeqCst);
    });
    let response = tokio::spawn(request(address, "/slow"));
    tokio::time::sleep(Duration::from_millis(100)).await;
    let app = Arc::clone(&test.app);
    let (metrics_address, metrics_server) = {
        let (listener, at) = listen_for_tests(&app, SocketAddr::from(([127, 0, 0, 1], 0))).await;
        (at, Running::start(listener, router::numbers(&app), None))
    };
    let ended = tokio::spawn(async move { drain(app, server, Some(metrics_server), pending()).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let ready = request(metrics_address, "/health/ready").await;
    assert!(ready.starts_with("HTTP/1.1 503") && ready.contains("draining"), "{ready}");
    assert!(TcpStream::connect(address).await.is_err(), "a connection was accepted");
    assert!(response.await.unwrap().ends_with("finished"));
    assert_eq!(ended.await.unwrap(), Ended::Finished);
    assert!(done.load(Ordering::SeqCst), "the shutdown did not wait for a task");
}

#[tokio::test]
async fn requests_are_accepted_during_the_shutdown_delay() {
    let test = test_app(&[("WAYSTONE_SHUTDOWN_DELAY", "1h")]).await;
    let (address, server) = serving(&test.app, Duration::ZERO).await;
    let (app, (signal, second_signal)) = (Arc::clone(&test.app), tokio::sync::oneshot::channel::<()>());
    let ended = tokio::spawn(async move {
        let second_signal = async { second_signal.await.unwrap() };
        drain(app, server, None, second_signal).await
    });
    while test.app.phase() != Phase::Draining {
        tokio::task::yield_now().await;
    }
    let ready = request(address, "/health/ready").await;
    assert!(ready.starts_with("HTTP/1.1 503") && ready.contains("draining"), "{ready}");
    assert!(request(address, "/slow").await.ends_with("finished"));
    signal.send(()).unwrap();
    // Nothing was in progress.
    assert_eq!(ended.await.unwrap(), Ended::Finished);
}

#[tokio::test]
async fn requests_beyond_the_grace_period_are_aborted() {
    let test = test_app(&[("WAYSTONE_SHUTDOWN_GRACE", "200ms")]).await;
    let (address, server) = serving(&test.app, Duration::from_secs(30)).await;
    let response = tokio::spawn(request(address, "/slow"));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(drain(Arc::clone(&test.app), server, None, pending()).await, Ended::Aborted);
    assert_eq!(response.await.unwrap(), "");
}

#[tokio::test]
async fn a_second_signal_aborts_requests() {
    let test = test_app(&[]).await;
    let (address, server) = serving(&test.app, Duration::from_secs(30)).await;
    let response = tokio::spawn(request(address, "/slow"));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(drain(Arc::clone(&test.app), server, None, async {}).await, Ended::Aborted);
    assert_eq!(response.await.unwrap(), "");
}

#[tokio::test]
async fn a_connection_beyond_the_limit_waits() {
    let test = test_app(&[("WAYSTONE_LIMITS_CONNECTIONS", "1")]).await;
    let (address, _server) = serving(&test.app, Duration::ZERO).await;
    let mut first = TcpStream::connect(address).await.unwrap();
    first.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut some = [0; 12];
    first.read_exact(&mut some).await.unwrap();
    let second = tokio::spawn(async move {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut some = [0; 12];
        stream.read_exact(&mut some).await.unwrap();
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!second.is_finished(), "the connection was accepted");
    drop(first);
    second.await.unwrap();
}

#[tokio::test]
async fn an_untrusted_proxy_is_reported_at_start() {
    let proxied = ("WAYSTONE_PUBLIC_URL", "https://connect.example.com");
    let test = test_app(&[proxied]).await;
    let notes = notes(&test.app);
    assert!(notes.iter().any(|note| note.contains("`trusted_proxies`")), "{notes:?}");
    let test = test_app(&[proxied, ("WAYSTONE_TRUSTED_PROXIES", "10.0.0.0/8")]).await;
    assert_eq!(super::notes(&test.app), Vec::<String>::new());
}
