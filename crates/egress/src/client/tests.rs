//! Rebinding on a real socket, and what the operator is told.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};

use probe::Permit;

use super::*;
use crate::resolve::Resolving;

/// Answers with one address first, and with another ever after.
struct Rebinding {
    addresses: [Ipv4Addr; 2],
    asked: AtomicUsize,
}

impl Resolve for Rebinding {
    fn resolve<'a>(&'a self, _host: &'a str) -> Resolving<'a> {
        let n = self.asked.fetch_add(1, Ordering::Relaxed).min(1);
        Box::pin(async move { Ok(vec![self.addresses[n].into()]) })
    }
}

/// Two addresses of this machine play the public and the private one; only Linux has more than one by default.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_address_that_was_checked_is_the_address_dialed() {
    const ADMITTED: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
    let listen = |ip, port| {
        let listener = TcpListener::bind((ip, port)).ok()?;
        listener.set_nonblocking(true).ok()?;
        Some(listener)
    };
    // The same port is wanted twice; another program may have taken it on the second address.
    let pair = (0..100).find_map(|_| {
        let admitted = listen(ADMITTED, 0)?;
        let port = admitted.local_addr().ok()?.port();
        Some((admitted, listen(Ipv4Addr::LOCALHOST, port)?, port))
    });
    let (admitted, private, port) = pair.expect("a port that is free on both");

    let resolver: Arc<dyn Resolve> =
        Arc::new(Rebinding { addresses: [ADMITTED, Ipv4Addr::LOCALHOST], asked: AtomicUsize::new(0) });
    // Nobody answers: that a connection was made is all one wants to know.
    let policy = Policy { connect_timeout: Duration::from_millis(200), ..Policy::default() };
    let egress = Egress::assemble(policy, resolver, |it| it == ADMITTED).expect("a door");
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
    admitted.accept().expect("the admitted address was dialed");
    let second = egress.send(&request).await;
    assert!(matches!(second, Answer::Failed { fault: Fault::Refused, .. }), "{second:?}");
    assert_eq!(private.accept().expect_err("nobody came").kind(), ErrorKind::WouldBlock);
}

#[test]
fn an_operator_is_told_of_every_exemption() {
    let policy = Policy {
        upstreams: vec!["**.example.com=http://127.0.0.1:9100".parse().expect("an upstream")],
        proxy: Proxy::explicit("http://user:canary@proxy.example:3128", "").expect("a proxy"),
        ..Policy::default()
    };
    let egress = Egress::new(policy).expect("a door");
    let expected = [
        "requests to **.example.com go to http://127.0.0.1:9100 instead",
        "requests go through the proxy http://proxy.example:3128, which resolves names itself",
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
fn without_the_systems_certificates_nobody_is_trusted() {
    let policy = Policy { system_roots: false, ..Policy::default() };
    let notes = Egress::new(policy).expect("a door").notes();
    assert_eq!(notes, ["no CA certificates were found: no provider's certificate will be trusted"]);
}
