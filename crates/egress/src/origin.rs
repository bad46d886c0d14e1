//! The scheme, host and port of an upstream or a proxy.

use std::fmt;

use url::{Host, Url};

/// The server that the operator specifies as an upstream or a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Whether the server uses TLS.
    pub(crate) is_secure: bool,
    /// The server's name or address.
    pub(crate) host: Host,
    /// The port in the URL, or else the scheme's default port.
    pub(crate) port: u16,
}

/// Why a URL is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OriginError {
    /// The scheme is neither http nor https, or there is no host.
    Scheme,
    /// The URL has a path, a query or a fragment.
    NotAnOrigin,
}

impl Origin {
    /// Extracts the origin from a URL. Credentials are ignored; the caller must handle them.
    pub(crate) fn of(url: &Url) -> Result<Self, OriginError> {
        let is_secure = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(OriginError::Scheme),
        };
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(OriginError::NotAnOrigin);
        }
        let host = url.host().ok_or(OriginError::Scheme)?.to_owned();
        let port = url.port_or_known_default().ok_or(OriginError::Scheme)?;
        Ok(Self { is_secure, host, port })
    }

    /// Returns the scheme: `http` or `https`.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.is_secure { "https" } else { "http" }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme(), self.host, self.port)
    }
}
