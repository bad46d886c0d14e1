//! Tests requests through a proxy on loopback that tunnels to a TLS server.

use std::sync::Arc;

use egress::{Egress, Policy, Proxy};
use guide::Fault;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::tls::{Authority, serve};
use crate::world::{self, Act, CANARY, Fixed, HOST, Server, answer, read_request, text};

/// Starts a proxy for one tunnel to a provider that responds to one request. Returns the proxy's port, and a task that
/// returns the requests that the proxy and the provider received.
async fn start(authority: &Authority) -> (u16, JoinHandle<(String, String)>) {
    let acceptor = authority.issue(HOST, |_| ()).acceptor();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let seen = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let to_proxy = read_request(&mut stream).await.expect("a request");
        stream.write_all(b"HTTP/1.1 200 Established\r\n\r\n").await.expect("the client disconnected");
        let stream = acceptor.accept(stream).await.expect("a handshake");
        let to_provider =
            serve(stream, &[answer("content-length: 5\r\n", b"hello")]).await.expect("a request");
        (to_proxy, to_provider)
    });
    (port, seen)
}

fn proxied(port: u16, credentials: &str) -> Policy {
    let proxy = Proxy::explicit(&format!("http://{credentials}127.0.0.1:{port}"), "exempt.example.com");
    Policy { proxy: proxy.expect("a proxy"), ..Policy::default() }
}

#[tokio::test]
async fn a_tunnel_reveals_only_the_host_to_the_proxy() {
    let ours = Authority::new("ours");
    let (port, seen) = start(&ours).await;
    let resolver = Fixed::addresses("127.0.0.1");
    let policy = Policy { extra_roots: vec![ours.pem()], ..proxied(port, "user:p%40ss@") };
    let egress = Egress::with_resolver(policy, resolver.clone()).expect("an egress");
    assert_eq!(world::response(world::send(&egress, &world::request()).await).body, b"hello");

    let (to_proxy, to_provider) = seen.await.expect("the proxy panicked");
    assert!(to_proxy.starts_with("CONNECT acme.example.com:443 HTTP/1.1\r\n"), "{to_proxy}");
    assert!(to_proxy.contains("Basic dXNlcjpwQHNz"), "the credentials must be sent as user:p@ss: {to_proxy}");
    assert!(!to_proxy.contains(CANARY));
    assert!(to_provider.starts_with("acme.example.com: POST /v1/c4n4ry?key="), "{to_provider}");
    assert!(!to_provider.to_lowercase().contains("proxy"));
    assert_eq!(resolver.calls(), 0, "the proxy resolves names");
}

#[tokio::test]
async fn a_proxy_can_have_a_name() {
    let ours = Authority::new("ours");
    let (port, seen) = start(&ours).await;
    let resolver = Fixed::addresses("127.0.0.1");
    let proxy = Proxy::explicit(&format!("proxy.corp:{port}"), "").expect("a proxy");
    let policy = Policy { proxy, extra_roots: vec![ours.pem()], ..Policy::default() };
    let egress = Egress::with_resolver(policy, resolver.clone()).expect("an egress");
    let mut request = world::request();
    request.port = Some(8443);
    assert_eq!(world::response(world::send(&egress, &request).await).status, 200);
    assert!(seen.await.expect("the proxy panicked").0.starts_with("CONNECT acme.example.com:8443 "));
    assert_eq!(resolver.calls(), 1);
}

#[tokio::test]
async fn the_providers_certificate_is_verified_through_a_proxy_too() {
    let (port, _) = start(&Authority::new("ours")).await;
    let policy = Policy { extra_roots: vec![Authority::new("other").pem()], ..proxied(port, "") };
    let answer = world::send(&Egress::new(policy).expect("an egress"), &world::request()).await;
    world::assert_fault(&answer, Fault::Tls, "the proxy's own certificate");
}

#[tokio::test]
async fn a_proxy_that_does_not_tunnel_is_a_connect_fault() {
    let cases = [
        (
            "no credentials",
            vec![text("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")],
        ),
        ("forbidden", vec![text("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")]),
        ("unreachable", vec![text("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")]),
        ("a redirect", vec![text("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\n\r\n")]),
        ("no HTTP", vec![text("SSH-2.0-OpenSSH_9.6\r\n")]),
        ("closed", vec![text("")]),
        ("endless headers", vec![text("HTTP/1.1 200 OK\r\n"), Act::Forever(b"x-a: b\r\n".to_vec())]),
    ];
    for (case, acts) in cases {
        let server = Server::start(acts).await;
        let egress = Egress::new(proxied(server.port, "")).expect("an egress");
        world::assert_fault(&world::send(&egress, &world::request()).await, Fault::Connect, case);
        assert_eq!(server.seen().len(), 1, "{case}");
    }
    let silent = Server::start(vec![Act::Hang]).await;
    let egress = Egress::new(world::impatient(proxied(silent.port, ""))).expect("an egress");
    world::assert_fault(&world::send(&egress, &world::request()).await, Fault::Timeout, "silence");
}

#[tokio::test]
async fn exempt_hosts_are_still_checked_for_private_addresses() {
    let server = Server::start(vec![answer("", b"")]).await;
    let resolver = Fixed::addresses("127.0.0.1");
    let egress =
        Egress::with_resolver(proxied(server.port, ""), Arc::<Fixed>::clone(&resolver)).expect("an egress");
    let mut request = world::request();
    "exempt.example.com".clone_into(&mut request.host);
    request.port = Some(server.port);
    world::assert_fault(&world::send(&egress, &request).await, Fault::Refused, "exempt from the proxy only");
    assert_eq!((resolver.calls(), server.seen().len()), (1, 0));
}

#[tokio::test]
async fn a_mapped_host_does_not_go_through_the_proxy() {
    let proxy = Server::start(vec![answer("", b"")]).await;
    let server = Server::start(vec![answer("", b"hello")]).await;
    let upstreams = world::mapped("http", server.port).upstreams;
    let egress = Egress::new(Policy { upstreams, ..proxied(proxy.port, "") }).expect("an egress");
    assert_eq!(world::response(world::send(&egress, &world::request()).await).body, b"hello");
    assert_eq!(proxy.seen().len(), 0);
}
