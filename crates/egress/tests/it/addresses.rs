//! Tests host names that resolve to forbidden addresses.

use std::sync::Arc;

use egress::{Egress, Policy, Resolve, Resolving};
use guide::Fault;

use crate::world::{self, Fixed};

#[tokio::test]
async fn names_with_private_addresses_are_refused() {
    let lists = [
        "127.0.0.1",
        "127.8.9.10",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "127.0.0.1 ::1 10.0.0.1 fe80::1",
    ];
    for list in lists {
        // The server is listening, so a request that passed the check would get a response.
        let server = world::Server::start(vec![world::answer("", b"")]).await;
        let resolver = Fixed::addresses(list);
        let egress = Egress::with_resolver(Policy::default(), resolver.clone()).expect("an egress");
        let mut request = world::request();
        request.port = Some(server.port);
        let answer = world::send(&egress, &request).await;
        world::assert_fault(&answer, Fault::Refused, list);
        assert_eq!((resolver.calls(), server.seen().len()), (1, 0), "{list}");
    }
}

#[tokio::test]
async fn every_connection_resolves_the_name_again() {
    let resolver = Fixed::addresses("127.0.0.1");
    let egress = Egress::with_resolver(Policy::default(), resolver.clone()).expect("an egress");
    for n in 1..=3 {
        world::assert_fault(&world::send(&egress, &world::request()).await, Fault::Refused, "loopback");
        assert_eq!(resolver.calls(), n);
    }
}

#[tokio::test]
async fn a_name_without_an_address_is_a_dns_fault() {
    for resolver in [Fixed::failing(), Fixed::addresses("")] {
        let egress = Egress::with_resolver(Policy::default(), resolver).expect("an egress");
        world::assert_fault(&world::send(&egress, &world::request()).await, Fault::Dns, "no address");
    }
}

/// A resolver that never answers.
struct Silent;

impl Resolve for Silent {
    fn resolve<'a>(&'a self, _host: &'a str) -> Resolving<'a> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn a_resolver_that_never_answers_times_out() {
    let policy = world::impatient(Policy::default());
    let egress = Egress::with_resolver(policy, Arc::new(Silent)).expect("an egress");
    world::assert_fault(&world::send(&egress, &world::request()).await, Fault::Timeout, "silence");
}

#[tokio::test]
async fn a_mapping_exempts_its_own_hosts_only() {
    let server = world::Server::start(vec![world::answer("", b"hello")]).await;
    let resolver = Fixed::addresses("127.0.0.1");
    let egress =
        Egress::with_resolver(world::mapped("http", server.port), resolver.clone()).expect("an egress");
    assert_eq!(world::response(world::send(&egress, &world::request()).await).body, b"hello");
    assert_eq!(resolver.calls(), 0, "an address is not resolved");

    let mut other = world::request();
    other.host = "acme.example.net".to_owned();
    other.port = Some(server.port);
    world::assert_fault(&world::send(&egress, &other).await, Fault::Refused, "not allowed");
    other.permit.own_host = Some(other.host.clone());
    world::assert_fault(&world::send(&egress, &other).await, Fault::Refused, "not mapped, and loopback");
    assert_eq!((resolver.calls(), server.seen().len()), (1, 1));
}

#[tokio::test]
async fn an_upstream_can_have_a_name() {
    let server = world::Server::start(vec![world::answer("", b"hello")]).await;
    let upstream = format!("**.example.com=http://gateway.corp:{}", server.port);
    let policy = Policy { upstreams: vec![upstream.parse().expect("a mapping")], ..Policy::default() };
    let egress = Egress::with_resolver(policy, Fixed::addresses("127.0.0.1")).expect("an egress");
    assert_eq!(world::response(world::send(&egress, &world::request()).await).body, b"hello");
}
