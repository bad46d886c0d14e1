//! Builds an [`App`] from the settings.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egress::{BuildError, Egress, Policy};
use guide::{Brand, Finding, Source};
use jiff::Timestamp;
use secret::Secret;
use url::Url;
use vault::{By, OpenError, Scope, Vault};

use super::tls::TlsError;
use crate::app::{App, Parts};
use crate::guides::Guides;
use crate::settings::{SetBy, Settings};

/// Why the Hub could not start, or had to stop.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The Hub cannot listen on an address.
    #[error("cannot listen on {address}{}", in_parentheses(set_by))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The source that set the address.
        set_by: SetBy,
        /// The system's error.
        #[source]
        cause: io::Error,
    },
    /// A file named by a setting cannot be read.
    #[error("cannot read `{}`", path.display())]
    File {
        /// The setting's key.
        key: &'static str,
        /// The file's path.
        path: PathBuf,
        /// The system's error.
        #[source]
        cause: io::Error,
    },
    /// The guides folder cannot be read.
    #[error(transparent)]
    Guides(#[from] catalog::ReadError),
    /// The brand file has errors.
    #[error("{}", first_line(file, findings))]
    Brand {
        /// The brand file.
        file: Arc<Source>,
        /// The findings in the file, at least one of which is an error.
        findings: Vec<Finding>,
    },
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The HTTP client for outgoing requests cannot be built.
    #[error(transparent)]
    Egress(#[from] BuildError),
    /// The vault cannot be opened.
    #[error(transparent)]
    Vault(#[from] OpenError),
    /// Serving failed.
    #[error("serving failed")]
    Io(#[from] io::Error),
}

fn in_parentheses(set_by: &SetBy) -> String {
    if *set_by == SetBy::Default { String::new() } else { format!(" ({set_by})") }
}

/// Returns the first finding as a single line.
fn first_line(file: &Source, findings: &[Finding]) -> String {
    let Some(first) = findings.first() else { return format!("the brand file `{}` has errors", file.name) };
    let place = file.place(first.span.start);
    format!("{}:{}:{}: {}", file.name, place.line, place.column, first.message)
}

impl ServeError {
    /// Returns advice on fixing the error; `None` if there is none.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Listen { cause, address, .. } => Some(match cause.kind() {
                io::ErrorKind::AddrInUse => format!(
                    "port {} is in use by another program: stop it, or choose another port with --listen",
                    address.port()
                ),
                io::ErrorKind::PermissionDenied => {
                    "ports below 1024 are reserved for the system: listen on another port, and have a proxy forward to it"
                        .to_owned()
                }
                io::ErrorKind::AddrNotAvailable => "this address is not assigned to this machine".to_owned(),
                _ => "choose another address with --listen".to_owned(),
            }),
            Self::File { key, .. } => {
                Some(format!("check that the path in `{key}` is correct and that the Hub can read the file"))
            }
            Self::Guides(_) => Some(
                "set `guides` to a guide's folder, or to a folder that contains guide folders".to_owned(),
            ),
            Self::Brand { .. } => Some("fix the brand file".to_owned()),
            Self::Tls(_) | Self::Egress(_) | Self::Vault(_) | Self::Io(_) => None,
        }
    }
}

/// Builds the app. `address` is the address that the Hub listens on.
pub(crate) async fn app(settings: Settings, address: SocketAddr) -> Result<App, ServeError> {
    let folder = settings.server.guides.value.clone();
    let brand = brand(&settings)?;
    let product = brand.product();
    let guides = tokio::task::spawn_blocking(move || Guides::open(folder.as_deref(), product));
    let guides = guides.await.map_err(io::Error::other)??;
    let egress = egress(&settings)?;
    let vault = open_vault(&settings).await?;
    let public_url = public_url(&settings, address);
    Ok(App::new(Parts { settings, vault, guides, egress, brand, public_url }))
}

/// Opens the database that the settings specify.
pub async fn open_vault(settings: &Settings) -> Result<Vault, ServeError> {
    let (folder, key) = (&settings.data.value, settings.key.value.clone());
    Ok(match &settings.database.value {
        Some(url) => Vault::open_postgres(folder, url.clone(), key).await?,
        None => Vault::open(folder, key).await?,
    })
}

/// Creates the project on the Hub's first start, and returns the first API key. Returns `None` if a project already
/// exists.
pub(super) async fn first_key(app: &App) -> Result<Option<Secret>, ServeError> {
    let by = By::new("serve", Timestamp::now());
    let created =
        app.vault.add_first_project("Default", &Scope::FIRST, by).await.map_err(OpenError::Store)?;
    Ok(created.map(|(_, token)| token.secret().clone()))
}

/// Builds the HTTP client for outgoing requests, with the operator's policy.
pub(crate) fn egress(settings: &Settings) -> Result<Egress, ServeError> {
    let mut policy = Policy {
        upstreams: settings.server.upstreams.value.clone(),
        proxy: settings.proxy.value.clone(),
        ..Policy::default()
    };
    for path in &settings.server.extra_roots.value {
        policy.extra_roots.push(read("extra_roots", path)?);
    }
    Ok(Egress::new(policy)?)
}

/// Returns the brand that the settings specify, or the built-in brand.
pub(crate) fn brand(settings: &Settings) -> Result<Brand, ServeError> {
    let Some(path) = &settings.server.brand.value else { return Ok(catalog::shipped_brand()) };
    guide::read_brand(&path.display().to_string(), &read("brand", path)?)
        .into_usable()
        .map_err(|reading| ServeError::Brand { file: reading.source, findings: reading.findings })
}

/// Reads a file whose path comes from the setting with this key.
fn read(key: &'static str, path: &Path) -> Result<Vec<u8>, ServeError> {
    fs::read(path).map_err(|cause| ServeError::File { key, path: path.to_owned(), cause })
}

/// Returns the URL at which clients reach the Hub: `public_url`, or a URL built from the address that the Hub listens
/// on.
pub(crate) fn public_url(settings: &Settings, address: SocketAddr) -> Url {
    if let Some(url) = &settings.server.public_url.value {
        return url.clone();
    }
    let scheme = if settings.tls.value.is_some() { "https" } else { "http" };
    // Browsers cannot open an unspecified address, such as `0.0.0.0`.
    let host = if address.ip().is_unspecified() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    };
    Url::parse(&format!("{scheme}://{host}")).expect("a scheme, a host and a port form a URL")
}
