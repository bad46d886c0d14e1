//! What the environment says, and that it is not heard.
//!
//! A process cannot change its own environment safely; so these tests run themselves again in another one.

use std::process::Command;

use egress::{Egress, Policy};
use guide::Fault;

use crate::world::{self, Fixed, Server, answer};

/// Set where a test runs for the second time, in the environment it asked for.
const AGAIN: &str = "WAYSTONE_TEST_AGAIN";

fn is_again() -> bool {
    std::env::var_os(AGAIN).is_some()
}

/// Runs a test of this binary again, in an environment of its own.
fn run_again(test: &str, vars: &[(&str, &str)]) {
    let output = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", test, "--test-threads", "1"])
        .env(AGAIN, "1")
        .envs(vars.iter().copied())
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn proxies_of_the_environment_are_ignored() {
    if is_again() {
        return with_proxies_around().await;
    }
    let proxy = Server::start(vec![answer("", b"")]).await;
    let url = format!("http://127.0.0.1:{}", proxy.port);
    let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    run_again("environment::proxies_of_the_environment_are_ignored", &names.map(|name| (name, url.as_str())));
    assert_eq!(proxy.seen().len(), 0);
}

async fn with_proxies_around() {
    let server = Server::start(vec![answer("", b"hello")]).await;
    let egress = Egress::new(world::mapped("http", server.port)).expect("a door");
    assert_eq!(world::response(world::send(&egress, &world::request()).await).body, b"hello");
    let egress = Egress::with_resolver(Policy::default(), Fixed::addresses("127.0.0.1")).expect("a door");
    world::assert_fault(
        &world::send(&egress, &world::request()).await,
        Fault::Refused,
        "not through a proxy",
    );
}

/// As in a container made from scratch. Other systems keep their roots elsewhere than in files.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_system_without_roots_starts_all_the_same() {
    if is_again() {
        return without_roots().await;
    }
    let nowhere = [("SSL_CERT_FILE", "/nonexistent/roots.pem"), ("SSL_CERT_DIR", "/nonexistent")];
    run_again("environment::a_system_without_roots_starts_all_the_same", &nowhere);
}

#[cfg(target_os = "linux")]
async fn without_roots() {
    use crate::tls::Authority;

    let ours = Authority::new("ours");
    let egress = Egress::new(Policy::default()).expect("a door all the same");
    assert_eq!(egress.notes(), ["no CA certificates were found: no provider's certificate will be trusted"]);

    let port = crate::tls::start(ours.issue(world::HOST, |_| ()).acceptor(), vec![answer("", b"")]).await;
    let egress = Egress::new(world::mapped("https", port)).expect("a door all the same");
    world::assert_fault(&world::send(&egress, &world::request()).await, Fault::Tls, "nobody is trusted");

    let policy = Policy { extra_roots: vec![ours.pem()], ..Policy::default() };
    assert_eq!(Egress::new(policy).expect("a door").notes(), [""; 0]);
}
