//! A server that the operator names: scheme, host and port, and nothing more.

use std::fmt;

use url::{Host, Url};

/// Where an upstream or a proxy listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Whether it speaks TLS.
    pub(crate) is_secure: bool,
    /// Its name or address.
    pub(crate) host: Host,
    /// Its port, said or implied by the scheme.
    pub(crate) port: u16,
}

/// Why a URL is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OriginError {
    /// Neither http nor https.
    Scheme,
    /// There is a path, a query or a fragment.
    TooMuch,
}

impl Origin {
    /// Takes what matters of a URL; credentials are the caller's matter.
    pub(crate) fn of(url: &Url) -> Result<Self, OriginError> {
        let is_secure = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(OriginError::Scheme),
        };
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(OriginError::TooMuch);
        }
        let host = url.host().ok_or(OriginError::Scheme)?.to_owned();
        let port = url.port_or_known_default().ok_or(OriginError::Scheme)?;
        Ok(Self { is_secure, host, port })
    }

    /// The word before `://`.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.is_secure { "https" } else { "http" }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme(), self.host, self.port)
    }
}
