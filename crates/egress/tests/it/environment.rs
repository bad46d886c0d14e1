//! Tests that environment variables have no effect.
//!
//! A process cannot change its own environment safely, so each test runs itself again in a child process.

use std::process::Command;

use egress::{Egress, Policy};
use guide::Fault;

use crate::world::{self, Fixed, Server, answer};

/// The environment variable that marks the child process.
const IN_CHILD: &str = "WAYSTONE_TEST_IN_CHILD";

fn is_child() -> bool {
    std::env::var_os(IN_CHILD).is_some()
}

/// Runs a test of this binary in a child process with additional environment variables.
fn run_in_child(test: &str, vars: &[(&str, &str)]) {
    let output = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", test, "--test-threads", "1"])
        .env(IN_CHILD, "1")
        .envs(vars.iter().copied())
        .output()
        .expect("the child process cannot be started");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn proxy_variables_are_ignored() {
    if is_child() {
        return with_proxy_variables().await;
    }
    let proxy = Server::start(vec![answer("", b"")]).await;
    let url = format!("http://127.0.0.1:{}", proxy.port);
    let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    run_in_child("environment::proxy_variables_are_ignored", &names.map(|name| (name, url.as_str())));
    assert_eq!(proxy.seen().len(), 0);
}

async fn with_proxy_variables() {
    let server = Server::start(vec![answer("", b"hello")]).await;
    let egress = Egress::new(world::mapped("http", server.port)).expect("an egress");
    assert_eq!(world::response(world::send(&egress, &world::request()).await).body, b"hello");
    let egress = Egress::with_resolver(Policy::default(), Fixed::addresses("127.0.0.1")).expect("an egress");
    world::assert_fault(
        &world::send(&egress, &world::request()).await,
        Fault::Refused,
        "the request must not go through the proxy",
    );
}

/// Simulates a minimal container, which has no root certificates. Only Linux keeps root certificates in files.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_egress_can_be_built_without_system_roots() {
    if is_child() {
        return without_roots().await;
    }
    let nowhere = [("SSL_CERT_FILE", "/nonexistent/roots.pem"), ("SSL_CERT_DIR", "/nonexistent")];
    run_in_child("environment::an_egress_can_be_built_without_system_roots", &nowhere);
}

#[cfg(target_os = "linux")]
async fn without_roots() {
    use crate::tls::Authority;

    let ours = Authority::new("ours");
    let egress = Egress::new(Policy::default()).expect("an egress without roots");
    assert_eq!(
        egress.notes(),
        ["no CA certificates were found, so every provider's certificate will be rejected"]
    );

    let port = crate::tls::start(ours.issue(world::HOST, |_| ()).acceptor(), vec![answer("", b"")]).await;
    let egress = Egress::new(world::mapped("https", port)).expect("an egress without roots");
    world::assert_fault(&world::send(&egress, &world::request()).await, Fault::Tls, "no root is trusted");

    let policy = Policy { extra_roots: vec![ours.pem()], ..Policy::default() };
    assert_eq!(Egress::new(policy).expect("an egress").notes(), [""; 0]);
}
