//! The Hub's TLS certificate.
//!
//! **Invariant:** a certificate is used only with its matching key. If the files do not match, the current pair stays in
//! use.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_util::sync::CancellationToken;

use crate::settings::Tls;

/// How often the files are checked for changes.
const EVERY: Duration = Duration::from_secs(5);

/// Why a certificate and its key cannot be used.
#[derive(Debug)]
pub enum TlsError {
    /// A file cannot be read.
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The file contains no certificate.
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// The file contains no private key.
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The certificate and the key do not match, or are of an unsupported type.
    Pair(rustls::Error),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, .. } => write!(f, "cannot read `{}`", path.display()),
            Self::NoCertificate { path } => {
                write!(f, "`{}` does not contain a certificate in PEM format", path.display())
            }
            Self::NoKey { path } => {
                write!(f, "`{}` does not contain a private key in PEM format", path.display())
            }
            Self::Pair(rustls::Error::InconsistentKeys(_)) => {
                f.write_str("the certificate and the key do not match")
            }
            Self::Pair(_) => f.write_str("the certificate and its key cannot be used"),
        }
    }
}

impl std::error::Error for TlsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File { cause, .. } => Some(cause),
            Self::Pair(cause) => Some(cause),
            Self::NoCertificate { .. } | Self::NoKey { .. } => None,
        }
    }
}

/// Reads the certificate and the key, and checks that they match.
pub(crate) fn load(tls: &Tls) -> Result<Arc<ServerConfig>, TlsError> {
    // Another part of the program may have installed a crypto provider already, and any provider will do.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&read(&tls.certificate)?)
        .collect::<Result<_, _>>()
        .map_err(|_| TlsError::NoCertificate { path: tls.certificate.clone() })?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate { path: tls.certificate.clone() });
    }
    let key = PrivateKeyDer::from_pem_slice(&read(&tls.key)?)
        .map_err(|_| TlsError::NoKey { path: tls.key.clone() })?;
    let mut config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).map_err(TlsError::Pair)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|cause| TlsError::File { path: path.to_owned(), cause })
}

/// Reads the pair again and logs the result. Blocks; do not call it on an async thread.
pub(super) fn reload(tls: &Tls, config: &RustlsConfig) {
    match load(tls) {
        Ok(fresh) => {
            config.reload_from_config(fresh);
            tracing::info!("read the certificate again");
        }
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            tracing::error!(%error, cause, "could not read the certificate again; keeping the current certificate");
        }
    }
}

/// Reads the pair again whenever one of its files changes, until the Hub stops.
pub(super) async fn watch(tls: Tls, config: RustlsConfig, stop: CancellationToken) {
    let mut known = seen(&tls);
    while stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        let now = seen(&tls);
        if now != known {
            // The files are written one after the other. If they do not match yet, the next change triggers another try.
            let (tls, config) = (tls.clone(), config.clone());
            let fits = tokio::task::spawn_blocking(move || {
                let fits = load(&tls).is_ok();
                reload(&tls, &config);
                fits
            });
            if fits.await.unwrap_or(false) {
                known = now;
            }
        }
    }
}

fn seen(tls: &Tls) -> [Option<(u64, SystemTime)>; 2] {
    [&tls.certificate, &tls.key].map(|path| {
        let about = fs::metadata(path).ok()?;
        Some((about.len(), about.modified().ok()?))
    })
}
