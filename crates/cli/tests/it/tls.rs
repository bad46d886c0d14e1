//! Tests TLS with a certificate that is reloaded.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::world::{Hub, run, send, until};

/// Writes a certificate for `localhost` and returns the authority that signed it.
fn certificate(folder: &Path) -> CertificateDer<'static> {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    let ca = params.self_signed(&ca_key).unwrap();
    let issuer = Issuer::new(params, ca_key);
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    fs::write(folder.join("cert.pem"), own.pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    set_mode(folder, 0o600);
    ca.der().clone()
}

/// Sets the permissions of the certificate's key.
fn set_mode(folder: &Path, mode: u32) {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs::set_permissions(folder.join("key.pem"), mode).unwrap();
    }
    #[cfg(not(unix))]
    let _ = (folder, mode);
}

#[cfg(unix)]
#[test]
fn a_certificate_key_that_everyone_can_read_is_reported() {
    let arguments = ["--tls-certificate", "cert.pem", "--tls-key", "key.pem"];
    let warning = "other users can read the certificate's key `key.pem`";
    for (mode, is_reported) in [(0o644, true), (0o604, true), (0o640, false), (0o600, false)] {
        let folder = tempfile::tempdir().unwrap();
        certificate(folder.path());
        set_mode(folder.path(), mode);
        let checked = run(folder.path(), &[&["serve", "--check"][..], &arguments].concat(), &[]);
        let note = format!("note tls.key: {warning}\n  help: chmod 600 'key.pem'");
        assert_eq!(checked.out.contains(&note), is_reported, "{mode:o}: {}", checked.out);
        let hub = Hub::start_in(folder, &arguments);
        assert_eq!(hub.started.contains(warning), is_reported, "{mode:o}: {}", hub.started);
        assert_eq!(hub.log().contains(warning), is_reported, "{mode:o}: {}", hub.log());
    }
}

/// Sends a request over TLS, trusting only this root certificate. Returns the response and the negotiated protocol.
fn get(
    hub: &Hub,
    root: &CertificateDer<'static>,
    protocol: &str,
) -> Result<(String, String), std::io::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let _ = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let tcp = tokio::net::TcpStream::connect(hub.address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        let mut tls = TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
        let agreed =
            String::from_utf8_lossy(tls.get_ref().1.alpn_protocol().unwrap_or_default()).into_owned();
        if agreed == "h2" {
            return Ok((String::new(), agreed));
        }
        tls.write_all(b"GET /health/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        let mut response = Vec::new();
        let _ = tls.read_to_end(&mut response).await;
        Ok((String::from_utf8_lossy(&response).into_owned(), agreed))
    })
}

#[test]
fn the_hub_serves_tls_and_reloads_the_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let root = certificate(folder.path());
    let hub = Hub::start_in(folder, &["--tls-certificate", "cert.pem", "--tls-key", "key.pem"]);
    assert!(hub.started.contains("\"url\":\"https://"), "{}", hub.started);
    assert!(!hub.started.contains("other users"), "{}", hub.started);
    let (response, agreed) = get(&hub, &root, "http/1.1").unwrap();
    assert_eq!(agreed, "http/1.1");
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    assert!(response.contains("strict-transport-security: max-age="), "{response}");
    assert_eq!(get(&hub, &root, "h2").unwrap().1, "h2");
    let plain = send(hub.address, "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n");
    assert!(!plain.contains("200"), "{plain}");

    // A certificate that does not match its key is not loaded.
    let old_key = fs::read(hub.folder.path().join("key.pem")).unwrap();
    let next = certificate(hub.folder.path());
    let new_key = fs::read(hub.folder.path().join("key.pem")).unwrap();
    fs::write(hub.folder.path().join("key.pem"), old_key).unwrap();
    hub.signal("HUP");
    until("the mismatched pair is not rejected", || hub.log().contains("keeping the current certificate"));
    assert!(get(&hub, &root, "http/1.1").is_ok());

    fs::write(hub.folder.path().join("key.pem"), new_key).unwrap();
    hub.signal("HUP");
    until("the new certificate is not served", || get(&hub, &next, "http/1.1").is_ok());
    assert!(get(&hub, &root, "http/1.1").is_err());
    hub.signal("TERM");
    assert_eq!(hub.wait().0, 0);
}
