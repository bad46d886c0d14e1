//! Tests misleading hosts. The permit allows each host, and the resolver would return an address, so only the check of
//! the host's spelling can reject the request.

use egress::{Egress, Policy, Proxy};
use guide::Fault;

use crate::world::{self, Fixed};

/// Addresses in all notations, and misleading names.
const HOSTS: &[&str] = &[
    // addresses in the usual notation
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "8.8.8.8",
    "0.0.0.0",
    "255.255.255.255",
    // addresses with fewer parts or in other bases
    "127.1",
    "127.0.1",
    "0",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "0X7F.0.0.1",
    "4294967297",
    "127.0.0.1.",
    "127.0.0.1.0x0",
    // IPv6
    "::1",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "::ffff:169.254.169.254",
    "[64:ff9b::7f00:1]",
    "[fe80::1%25eth0]",
    "[fd00:ec2::254]",
    // other scripts, which URL parsers fold to ASCII
    "１２７.０.０.１",
    "127。0。0。1",
    "①②⑦.⓪.⓪.①",
    "ⓛocalhost.example.com",
    "ａcme.example.com",
    // names of the local machine
    "localhost",
    "localhost.",
    "acme.localhost",
    "LOCALHOST",
    // spelled differently from the guide
    "acme.example.com.",
    "Acme.example.com",
    "ACME.EXAMPLE.COM",
    ".acme.example.com",
    "acme..example.com",
    "acme.example.com..",
    "-acme.example.com",
    "acme-.example.com",
    "ac_me.example.com",
    "*.example.com",
    "com",
    "",
    ".",
    // a host with other parts of a URL
    "example.com@evil.net",
    "evil.net@acme.example.com",
    "user:password@acme.example.com",
    "evil.net#.example.com",
    "evil.net?.example.com",
    "evil.net/.example.com",
    "evil.net\\.example.com",
    "evil.net:443",
    "acme.example.com:8443",
    "evil.net%23.example.com",
    "evil.net%2f.example.com",
    "evil.net%00.example.com",
    "https://acme.example.com",
    "//acme.example.com",
    // control characters, spaces and invisible characters
    "acme.example.com\r\nhost: evil.net",
    "acme.example.com\n",
    "acme.example.com\t",
    "acme.example.com\0.evil.net",
    " acme.example.com",
    "acme.example.com ",
    "acme .example.com",
    "acme\u{200b}.example.com",
    "acme\u{ad}.example.com",
];

async fn check_all(policy: &Policy, route: &str) {
    let resolver = Fixed::addresses("127.0.0.1");
    let egress = Egress::with_resolver(policy.clone(), resolver.clone()).expect("an egress");
    let long = format!("{}.com", "a".repeat(64));
    let longer = format!("{}example.com", "abcdefg.".repeat(32));
    for host in HOSTS.iter().copied().chain([long.as_str(), &longer]) {
        let mut request = world::request();
        request.host = host.to_owned();
        request.permit.own_host = Some(host.to_owned());
        let answer = world::send(&egress, &request).await;
        world::assert_fault(&answer, Fault::Refused, &format!("{host:?} {route}"));
    }
    assert_eq!(resolver.calls(), 0, "{route}: nothing must be resolved");
}

#[tokio::test]
async fn misleading_hosts_are_refused_on_every_route() {
    assert!(60 < HOSTS.len());
    let server = world::Server::start(vec![world::answer("", b"")]).await;
    check_all(&Policy::default(), "directly").await;
    check_all(&world::mapped("http", server.port), "mapped").await;
    let proxy = Proxy::explicit(&format!("http://127.0.0.1:{}", server.port), "").expect("a proxy");
    check_all(&Policy { proxy, ..Policy::default() }, "through a proxy").await;
    assert_eq!(server.seen(), [""; 0]);
}

#[tokio::test]
async fn a_host_that_the_guide_does_not_allow_is_refused() {
    let resolver = Fixed::addresses("127.0.0.1");
    let egress = Egress::with_resolver(Policy::default(), resolver.clone()).expect("an egress");
    let hosts = [
        "example.com",
        "evilexample.com",
        "acme.example.com.evil.net",
        "acme-example.com",
        "acme.example.org",
        "evil.net",
        "xn--acme.example.net",
    ];
    for host in hosts {
        let mut request = world::request();
        request.host = host.to_owned();
        world::assert_fault(&world::send(&egress, &request).await, Fault::Refused, host);
    }
    assert_eq!(resolver.calls(), 0);
}
