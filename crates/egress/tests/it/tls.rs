//! Tests certificates that must not be trusted, and servers that do not use TLS.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use egress::{Egress, Policy};
use guide::Fault;
use probe::{Answer, ClientCertificate};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    date_time_ymd,
};
use secret::Secret;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

use crate::world::{self, Act, HOST, answer, perform, read_request, text};

/// A company's own certificate authority.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("a certificate"))
    }

    pub(crate) fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    /// Issues a server certificate for a host, after `change` has modified its parameters.
    pub(crate) fn issue(&self, host: &str, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a name");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        Identity { certificate: certificate.der().clone(), key: key.serialize_der() }
    }
}

pub(crate) struct Identity {
    certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Identity {
    /// Converts the certificate and the key to PEM, for a client.
    fn of_client(self) -> ClientCertificate {
        let pem = |label: &str, der: &[u8]| {
            let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, der);
            let lines: Vec<&str> =
                text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("text")).collect();
            Secret::new(format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n")))
        };
        ClientCertificate {
            certificate: pem("CERTIFICATE", &self.certificate),
            key: pem("PRIVATE KEY", &self.key),
        }
    }

    /// Builds an acceptor that requires client certificates from an authority.
    fn acceptor_for_clients_of(self, authority: &Authority) -> TlsAcceptor {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut roots = rustls::RootCertStore::empty();
        roots.add(authority.0.der().clone()).expect("a root");
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .expect("a verifier");
        let key = PrivateKeyDer::try_from(self.key).expect("a key");
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(rustls::ALL_VERSIONS)
            .expect("versions")
            .with_client_cert_verifier(clients)
            .with_single_cert(vec![self.certificate], key)
            .expect("a certificate with its key");
        TlsAcceptor::from(Arc::new(config))
    }

    pub(crate) fn acceptor(self) -> TlsAcceptor {
        let key = PrivateKeyDer::try_from(self.key).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(rustls::ALL_VERSIONS)
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate], key)
            .expect("a certificate with its key");
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Starts a TLS server that responds to one request per connection. Returns its port.
pub(crate) async fn start(acceptor: TlsAcceptor, acts: Vec<Act>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, acts) = (acceptor.clone(), acts.clone());
            tokio::spawn(async move { serve(acceptor.accept(stream).await.ok()?, &acts).await });
        }
    });
    port
}

/// Responds to one request, and closes the connection without `close_notify`. Returns the SNI name and the request.
pub(crate) async fn serve(mut stream: TlsStream<TcpStream>, acts: &[Act]) -> Option<String> {
    let name = stream.get_ref().1.server_name().unwrap_or("no name").to_owned();
    let request = read_request(&mut stream).await?;
    for act in acts {
        perform(&mut stream, act).await.ok()?;
    }
    Some(format!("{name}: {request}"))
}

async fn send(policy: Policy) -> Answer {
    world::send(&Egress::new(policy).expect("an egress"), &world::request()).await
}

async fn check(case: &str, identity: Identity, roots: &[&Authority], expected: Result<(), &str>) {
    let port = start(identity.acceptor(), vec![answer("content-length: 5\r\n", b"hello")]).await;
    let extra_roots = roots.iter().map(|authority| authority.pem()).collect();
    let outcome = match send(Policy { extra_roots, ..world::mapped("https", port) }).await {
        Answer::Response(response) => {
            assert_eq!(response.body, b"hello", "{case}");
            Ok(())
        }
        Answer::Failed { fault: Fault::Tls, detail } => Err(detail),
        Answer::Failed { fault, detail } => panic!("{case}: {fault}: {detail}"),
    };
    assert_eq!(outcome, expected.map_err(str::to_owned), "{case}");
}

#[tokio::test]
async fn a_certificate_must_be_trusted_current_and_for_the_host() {
    let (ours, other) = (Authority::new("ours"), Authority::new("other"));
    let plain = |_: &mut CertificateParams| ();
    check("a company's own root", ours.issue(HOST, plain), &[&ours], Ok(())).await;
    check("one of several roots", ours.issue(HOST, plain), &[&other, &ours], Ok(())).await;
    check("a wildcard", ours.issue("*.example.com", plain), &[&ours], Ok(())).await;

    let untrusted = Err("the certificate's issuer is not trusted");
    check("an unknown authority", ours.issue(HOST, plain), &[], untrusted).await;
    check("another authority", ours.issue(HOST, plain), &[&other], untrusted).await;

    let wrong_name = Err("the certificate is for another host");
    check("another host", ours.issue("other.example.com", plain), &[&ours], wrong_name).await;
    check("the upstream's address", ours.issue("127.0.0.1", plain), &[&ours], wrong_name).await;
    check("a subdomain", ours.issue("a.acme.example.com", plain), &[&ours], wrong_name).await;
    check("too wide a wildcard", ours.issue("*.com", plain), &[&ours], wrong_name).await;
    check("a host with the canary", ours.issue("c4n4ry.example.com", plain), &[&ours], wrong_name).await;

    let past = |params: &mut CertificateParams| params.not_after = date_time_ymd(2001, 1, 1);
    check("expired", ours.issue(HOST, past), &[&ours], Err("the certificate has expired")).await;
    let future = |params: &mut CertificateParams| params.not_before = date_time_ymd(2999, 1, 1);
    check("not valid yet", ours.issue(HOST, future), &[&ours], Err("the certificate is not valid yet")).await;
    let client = |params: &mut CertificateParams| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    };
    check("a client certificate", ours.issue(HOST, client), &[&ours], Err("the certificate is not valid"))
        .await;
}

#[tokio::test]
async fn a_self_signed_certificate_is_not_trusted() {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec![HOST.to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("a certificate").der().clone();
    let identity = Identity { certificate, key: key.serialize_der() };
    check("self-signed", identity, &[], Err("the certificate's issuer is not trusted")).await;
}

#[tokio::test]
async fn servers_without_tls_are_tls_faults() {
    let page = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
    let cases = [
        ("plain HTTP", vec![text(page)]),
        ("another protocol", vec![text("220 mail.example.com ESMTP\r\n")]),
        ("binary", vec![Act::Send(vec![0; 64])]),
        ("a fatal alert", vec![Act::Send(vec![21, 3, 3, 0, 2, 2, 40])]),
        ("closed", vec![]),
        ("reset", vec![Act::Reset]),
    ];
    for (case, acts) in cases {
        let port = start_plain(acts).await;
        world::assert_fault(&send(world::mapped("https", port)).await, Fault::Tls, case);
    }
    let port = start_plain(vec![Act::Hang]).await;
    world::assert_fault(
        &send(world::impatient(world::mapped("https", port))).await,
        Fault::Timeout,
        "silence",
    );
}

/// Starts a server without TLS that waits for the first byte and then runs its script.
async fn start_plain(acts: Vec<Act>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let acts = acts.clone();
            tokio::spawn(async move {
                let _ = stream.readable().await;
                for act in &acts {
                    if matches!(act, Act::Reset) {
                        let _ = stream.set_zero_linger();
                        return;
                    }
                    // The client's hello is read last, because closing a connection that has unread bytes would reset
                    // it.
                    let _ = perform(&mut stream, act).await;
                }
                let mut hello = vec![0; 4096];
                let _ = stream.try_read(&mut hello);
            });
        }
    });
    port
}

#[tokio::test]
async fn a_body_truncated_under_tls_is_a_reset() {
    let ours = Authority::new("ours");
    let acts = vec![answer("content-length: 9\r\n", b"hello")];
    let port = start(ours.issue(HOST, |_| ()).acceptor(), acts).await;
    let policy = Policy { extra_roots: vec![ours.pem()], ..world::mapped("https", port) };
    world::assert_fault(&send(policy).await, Fault::Reset, "no close_notify");
}

#[tokio::test]
async fn a_body_without_length_must_end_with_close_notify() {
    let ours = Authority::new("ours");
    let port = start(ours.issue(HOST, |_| ()).acceptor(), vec![answer("", b"hello")]).await;
    let policy = Policy { extra_roots: vec![ours.pem()], ..world::mapped("https", port) };
    world::assert_fault(&send(policy).await, Fault::Reset, "an attacker must not be able to shorten a body");
}

/// A client certificate is used only for the request that specifies it.
#[tokio::test]
async fn a_client_certificate_is_sent_with_its_request() {
    let (ours, other) = (Authority::new("ours"), Authority::new("other"));
    let client = |authority: &Authority| {
        authority.issue("client.example.com", |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        })
    };
    let acceptor = ours.issue(HOST, |_| ()).acceptor_for_clients_of(&ours);
    let port = start(acceptor, vec![answer("content-length: 5\r\n", b"hello")]).await;
    let egress = Egress::new(Policy { extra_roots: vec![ours.pem()], ..world::mapped("https", port) })
        .expect("an egress");
    let with = |certificate: Option<ClientCertificate>| probe::Request { certificate, ..world::request() };

    let good = with(Some(client(&ours).of_client()));
    assert_eq!(world::outcome(&world::send(&egress, &good).await), "200");
    // The connection that was accepted with the valid certificate must not be reused for these requests.
    for (case, certificate) in [
        ("none", None),
        ("another authority's", Some(client(&other).of_client())),
        (
            "not PEM",
            Some(ClientCertificate { certificate: Secret::from("c4n4ry"), key: Secret::from("c4n4ry") }),
        ),
        (
            "another's key",
            Some(ClientCertificate { key: client(&ours).of_client().key, ..client(&ours).of_client() }),
        ),
    ] {
        let answer = world::send(&egress, &with(certificate)).await;
        let is_refused = matches!(answer, Answer::Failed { fault: Fault::Tls | Fault::Reset, .. });
        assert!(is_refused, "{case}: {answer:?}");
    }
}

/// Building a client and connecting take milliseconds, so both are done once for each certificate.
#[tokio::test]
async fn requests_with_the_same_client_certificate_share_a_connection() {
    let ours = Authority::new("ours");
    let client = || {
        let issued = ours.issue("client.example.com", |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        });
        issued.of_client()
    };
    let acceptor = ours.issue(HOST, |_| ()).acceptor_for_clients_of(&ours);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let connections = Arc::new(AtomicUsize::new(0));
    let accepted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            accepted.fetch_add(1, Ordering::Relaxed);
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                while read_request(&mut stream).await.is_some() {
                    let _ = perform(&mut stream, &answer("content-length: 5\r\n", b"hello")).await;
                }
            });
        }
    });
    let egress = Egress::new(Policy { extra_roots: vec![ours.pem()], ..world::mapped("https", port) })
        .expect("an egress");
    let (first, second) = (client(), client());
    for (certificate, expected) in [(&first, 1), (&first, 1), (&second, 2), (&first, 2), (&second, 2)] {
        let request = probe::Request { certificate: Some(certificate.clone()), ..world::request() };
        assert_eq!(world::outcome(&world::send(&egress, &request).await), "200");
        assert_eq!(connections.load(Ordering::Relaxed), expected);
    }
}
