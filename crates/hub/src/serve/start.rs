//! Builds an [`App`] from the settings.

use std::fmt;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use egress::{BuildError, Egress, Policy};
use guide::{Brand, Finding, Source};
use jiff::Timestamp;
use secret::Secret;
use std::sync::Arc;
use url::Url;
use vault::{By, OpenError, Scope, Vault};

use super::tls::TlsError;
use crate::app::{App, Parts};
use crate::guides::Guides;
use crate::settings::{SetBy, Settings};

/// Why the Hub could not start, or had to stop.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServeError {
    /// An address cannot be listened on.
    Listen {
        /// The address.
        address: SocketAddr,
        /// Who said so.
        set_by: SetBy,
        /// What the system said.
        cause: io::Error,
    },
    /// A file that a setting names cannot be read.
    File {
        /// The setting.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The guides' folder cannot be read.
    Guides(catalog::ReadError),
    /// The brand's file has errors.
    Brand {
        /// Its text.
        source: Arc<Source>,
        /// What there is to say.
        findings: Vec<Finding>,
    },
    /// The certificate cannot be used.
    Tls(TlsError),
    /// The way out cannot be opened.
    Egress(BuildError),
    /// The vault cannot be opened.
    Vault(OpenError),
    /// Something failed while serving.
    Io(io::Error),
}

impl ServeError {
    /// How to fix the error, if that is known.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Listen { cause, address, .. } => Some(match cause.kind() {
                io::ErrorKind::AddrInUse => format!(
                    "another program listens on port {}: stop it, or choose another port with --listen",
                    address.port()
                ),
                io::ErrorKind::PermissionDenied => {
                    "ports below 1024 are reserved for the system: listen on another port, and let a proxy forward to it"
                        .to_owned()
                }
                io::ErrorKind::AddrNotAvailable => "this machine does not have this address".to_owned(),
                _ => "choose another address with --listen".to_owned(),
            }),
            Self::File { key, .. } => Some(format!("check that the path in `{key}` is right, and that the Hub may read the file")),
            Self::Guides(_) => Some("`guides` must be the folder of a guide, or a folder of such folders".to_owned()),
            Self::Brand { .. } => Some("fix the brand's file".to_owned()),
            Self::Tls(_) | Self::Egress(_) | Self::Vault(_) | Self::Io(_) => None,
        }
    }
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen { address, set_by: SetBy::Default, .. } => write!(f, "cannot listen on {address}"),
            Self::Listen { address, set_by, .. } => write!(f, "cannot listen on {address} ({set_by})"),
            Self::File { path, .. } => write!(f, "cannot read `{}`", path.display()),
            Self::Guides(error) => error.fmt(f),
            Self::Brand { source, findings } => match findings.first() {
                Some(first) => {
                    let place = source.place(first.span.start);
                    write!(f, "{}:{}:{}: {}", source.name, place.line, place.column, first.message)
                }
                None => write!(f, "the brand's file `{}` has errors", source.name),
            },
            Self::Tls(error) => error.fmt(f),
            Self::Egress(error) => error.fmt(f),
            Self::Vault(error) => error.fmt(f),
            Self::Io(_) => f.write_str("serving failed"),
        }
    }
}

impl std::error::Error for ServeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Listen { cause, .. } | Self::File { cause, .. } | Self::Io(cause) => Some(cause),
            Self::Guides(error) => error.source(),
            Self::Tls(error) => error.source(),
            Self::Egress(error) => error.source(),
            Self::Vault(error) => error.source(),
            Self::Brand { .. } => None,
        }
    }
}

/// Builds the app. `address` is the address that the Hub listens on.
pub(crate) async fn app(settings: Settings, address: SocketAddr) -> Result<App, ServeError> {
    let folder = settings.server.guides.value.clone();
    let guides = tokio::task::spawn_blocking(move || Guides::open(folder.as_deref()));
    let guides =
        guides.await.map_err(io::Error::other).map_err(ServeError::Io)?.map_err(ServeError::Guides)?;
    let brand = brand(&settings)?;
    let egress = egress(&settings)?;
    let vault = open_vault(&settings).await?;
    let public_url = public_url(&settings, address);
    Ok(App::new(Parts { settings, vault, guides, egress, brand, public_url }))
}

/// Opens the database in the settings.
pub async fn open_vault(settings: &Settings) -> Result<Vault, ServeError> {
    let (folder, key) = (&settings.data.value, settings.key.value.clone());
    let opened = match &settings.database.value {
        Some(url) => Vault::open_postgres(folder, url.clone(), key).await,
        None => Vault::open(folder, key).await,
    };
    opened.map_err(ServeError::Vault)
}

/// At the very first start, creates the project and returns its first API key.
pub(super) async fn first_key(app: &App) -> Result<Option<Secret>, ServeError> {
    let by = By::new("serve", Timestamp::now());
    let founded = app.vault.add_first_project("Default", &Scope::FIRST, by).await;
    let founded = founded.map_err(|error| ServeError::Vault(OpenError::Store(error)))?;
    Ok(founded.map(|(_, token)| token.secret().clone()))
}

/// Builds the HTTP client for requests to the outside, with the operator's policy.
pub(crate) fn egress(settings: &Settings) -> Result<Egress, ServeError> {
    let mut policy = Policy {
        upstreams: settings.server.upstreams.value.clone(),
        proxy: settings.proxy.value.clone(),
        ..Policy::default()
    };
    for path in &settings.server.extra_roots.value {
        let pem = fs::read(path).map_err(|cause| ServeError::File {
            key: "extra_roots",
            path: path.clone(),
            cause,
        })?;
        policy.extra_roots.push(pem);
    }
    Egress::new(policy).map_err(ServeError::Egress)
}

/// Returns the brand in the settings, or the built-in one.
pub(crate) fn brand(settings: &Settings) -> Result<Brand, ServeError> {
    let Some(path) = &settings.server.brand.value else { return Ok(catalog::shipped_brand()) };
    let bytes =
        fs::read(path).map_err(|cause| ServeError::File { key: "brand", path: path.clone(), cause })?;
    guide::read_brand(&path.display().to_string(), &bytes)
        .into_usable()
        .map_err(|reading| ServeError::Brand { source: reading.source, findings: reading.findings })
}

/// Returns the URL at which the Hub is reached: `public_url`, or a URL made from the address that it listens on.
pub(crate) fn public_url(settings: &Settings, address: SocketAddr) -> Url {
    if let Some(url) = &settings.server.public_url.value {
        return url.clone();
    }
    let scheme = if settings.tls.value.is_some() { "https" } else { "http" };
    let host = match address.ip() {
        // The unspecified address cannot be opened in a browser, but localhost can.
        ip if ip.is_unspecified() => "localhost".to_owned(),
        std::net::IpAddr::V6(ip) => format!("[{ip}]"),
        std::net::IpAddr::V4(ip) => ip.to_string(),
    };
    let text = format!("{scheme}://{host}:{}", address.port());
    Url::parse(&text).expect("a scheme, a host and a port are a URL")
}
