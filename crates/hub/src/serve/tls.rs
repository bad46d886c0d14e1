//! The Hub's TLS certificate.
//!
//! **Invariant:** a certificate is used only with its matching key. While the files do not match, the Hub keeps using
//! the previous certificate and key.

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
const INTERVAL: Duration = Duration::from_secs(5);

/// Why a certificate and its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read `{}`", path.display())]
    File {
        /// The file's path.
        path: PathBuf,
        /// The system's error.
        #[source]
        cause: io::Error,
    },
    /// The file contains no certificate.
    #[error("`{}` does not contain a certificate in PEM format", path.display())]
    NoCertificate {
        /// The file's path.
        path: PathBuf,
    },
    /// The file contains no private key.
    #[error("`{}` does not contain a private key in PEM format", path.display())]
    NoKey {
        /// The file's path.
        path: PathBuf,
    },
    /// The certificate and the key do not match.
    #[error("the certificate and the key do not match")]
    Mismatch(#[source] rustls::Error),
    /// The certificate or the key cannot be used for another reason, such as an unsupported type.
    #[error("the certificate and its key cannot be used")]
    Unsupported(#[source] rustls::Error),
}

/// Returns a warning if users other than the owner and the group can access the key file. Group access is accepted,
/// because systems that share certificates between services use a group for it.
#[cfg(unix)]
pub(super) fn exposed_key(tls: &Tls) -> Option<String> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&tls.key).ok()?.permissions());
    let message = || format!("other users can read the certificate's key `{}`", tls.key.display());
    (mode & 0o007 != 0).then(message)
}

/// Non-Unix systems do not have these permissions, so there is nothing to report.
#[cfg(not(unix))]
pub(super) fn exposed_key(_: &Tls) -> Option<String> {
    None
}

/// Reads the certificate and the key, and checks that they match.
pub(crate) fn load(tls: &Tls) -> Result<Arc<ServerConfig>, TlsError> {
    // This call fails if another part of the program has already installed a crypto provider. The error is ignored,
    // because the Hub can use that provider too.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&read(&tls.certificate)?)
        .collect::<Result<_, _>>()
        .map_err(|_| TlsError::NoCertificate { path: tls.certificate.clone() })?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate { path: tls.certificate.clone() });
    }
    let key = PrivateKeyDer::from_pem_slice(&read(&tls.key)?)
        .map_err(|_| TlsError::NoKey { path: tls.key.clone() })?;
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key);
    let mut config = config.map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => TlsError::Mismatch(error),
        _ => TlsError::Unsupported(error),
    })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|cause| TlsError::File { path: path.to_owned(), cause })
}

/// Reloads the certificate and its key, and logs the result. Returns whether they are valid. Blocks while it reads the
/// files, so do not call this function on an async thread.
pub(super) fn reload(tls: &Tls, config: &RustlsConfig) -> bool {
    let loaded = load(tls);
    let is_valid = loaded.is_ok();
    match loaded {
        Ok(loaded) => {
            config.reload_from_config(loaded);
            tracing::info!("reloaded the certificate");
        }
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            tracing::error!(%error, cause, "could not reload the certificate; keeping the current certificate");
        }
    }
    is_valid
}

/// Reloads the certificate and its key whenever one of the two files changes, until the Hub stops.
pub(super) async fn watch(tls: Tls, config: RustlsConfig, stop: CancellationToken) {
    let mut known = metadata(&tls);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
        let now = metadata(&tls);
        if now != known {
            // The two files are replaced one after the other. If they do not match yet, the next iteration tries again.
            let (tls, config) = (tls.clone(), config.clone());
            let reloaded = tokio::task::spawn_blocking(move || reload(&tls, &config));
            if reloaded.await.unwrap_or(false) {
                known = now;
            }
        }
    }
}

/// Returns the size and modification time of each file; `None` for a file that cannot be read.
fn metadata(tls: &Tls) -> [Option<(u64, SystemTime)>; 2] {
    [&tls.certificate, &tls.key].map(|path| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.len(), metadata.modified().ok()?))
    })
}
