//! Tests DNS rebinding on real sockets, and the notes for the operator.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};

use probe::Permit;

use super::*;
use crate::resolve::Resolving;

/// Returns the first address for the first lookup, and the second address for all later lookups.
struct Rebinding {
    addresses: [Ipv4Addr; 2],
    calls: AtomicUsize,
}

impl Resolve for Rebinding {
    fn resolve<'a>(&'a self, _host: &'a str) -> Resolving<'a> {
        let n = self.calls.fetch_add(1, Ordering::Relaxed).min(1);
        Box::pin(async move { Ok(vec![self.addresses[n].into()]) })
    }
}

/// Two loopback addresses stand in for a public and a private address. Only Linux has more than one loopback address by
/// default.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_egress_connects_only_to_the_address_that_it_checked() {
    const ADMITTED: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
    let listen = |ip, port| {
        let listener = TcpListener::bind((ip, port)).ok()?;
        listener.set_nonblocking(true).ok()?;
        Some(listener)
    };
    // Both listeners need the same port, but another program may use it on the second address.
    let pair = (0..100).find_map(|_| {
        let admitted = listen(ADMITTED, 0)?;
        let port = admitted.local_addr().ok()?.port();
        Some((admitted, listen(Ipv4Addr::LOCALHOST, port)?, port))
    });
    let (admitted, private, port) = pair.expect("no port is free on both addresses");

    let resolver: Arc<dyn Resolve> =
        Arc::new(Rebinding { addresses: [ADMITTED, Ipv4Addr::LOCALHOST], calls: AtomicUsize::new(0) });
    // The listeners never respond, because the test checks only whether the egress connects.
    let policy = Policy { connect_timeout: Duration::from_millis(200), ..Policy::default() };
    let egress = Egress::with_address_check(policy, resolver, |it| it == ADMITTED).expect("an egress");
    let request = Request {
        verb: guide::Verb::Get,
        host: "rebind.example.com".to_owned(),
        port: Some(port),
        path: "/".to_owned(),
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        certificate: None,
        permit: Permit { patterns: Vec::new(), own_host: Some("rebind.example.com".to_owned()) },
    };

    let first = egress.send(&request).await;
    assert!(matches!(first, Answer::Failed { fault: Fault::Timeout, .. }), "{first:?}");
    admitted.accept().expect("no connection was made to the allowed address");
    let second = egress.send(&request).await;
    assert!(matches!(second, Answer::Failed { fault: Fault::Refused, .. }), "{second:?}");
    assert_eq!(
        private.accept().expect_err("a connection was made to the private address").kind(),
        ErrorKind::WouldBlock
    );
}

#[test]
fn notes_report_every_exemption() {
    let policy = Policy {
        upstreams: vec!["**.example.com=http://127.0.0.1:9100".parse().expect("an upstream")],
        proxy: Proxy::explicit("http://user:canary@proxy.example:3128", "").expect("a proxy"),
        ..Policy::default()
    };
    let egress = Egress::new(policy).expect("an egress");
    let expected = [
        "requests to **.example.com go to http://127.0.0.1:9100 instead",
        "requests go through the proxy http://proxy.example:3128, which resolves host names itself",
    ];
    assert_eq!(egress.notes()[..2], expected);
    assert!(!format!("{egress:?}").contains("canary"));
}

#[test]
fn an_extra_root_must_be_a_certificate() {
    let bad: [&[u8]; 3] =
        [b"", b"not PEM", b"-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n"];
    for pem in bad {
        let policy = Policy { extra_roots: vec![pem.to_vec()], ..Policy::default() };
        assert!(matches!(Egress::new(policy), Err(BuildError::Root { position: 0 })), "{pem:?}");
    }
}

#[test]
fn missing_roots_are_reported() {
    let policy = Policy { system_roots: false, ..Policy::default() };
    let notes = Egress::new(policy).expect("an egress").notes();
    assert_eq!(notes, ["no CA certificates were found, so every provider's certificate will be rejected"]);
}
