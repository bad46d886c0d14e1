//! An operator's mapping, which sends the requests for some hosts to a different server.
//!
//! Mappings are for tests, the simulator, and gateways in the operator's network. The server receives the original host
//! name in the `Host` header and, with TLS, in SNI. Its certificate must be valid for the *original* host: a mapping
//! changes the destination of a connection, not the identity that the server must prove.

use std::fmt;
use std::str::FromStr;

use guide::{HostPattern, HostPatternError};
use url::Url;

use crate::origin::{Origin, OriginError};

/// A mapping from a host pattern to a server, written as `**.example.com=http://127.0.0.1:9100`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    pub(crate) pattern: HostPattern,
    pub(crate) origin: Origin,
}

impl Upstream {
    /// Returns whether this host is mapped. The host must be in lowercase.
    pub fn maps(&self, host: &str) -> bool {
        self.pattern.matches(host)
    }

    /// Returns the server's URL, always with a port and without a trailing slash: `http://127.0.0.1:9100`.
    pub fn origin(&self) -> String {
        self.origin.to_string()
    }
}

/// Why a string is not a valid mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// There is no `=` between the pattern and the URL.
    #[error("a mapping must be `pattern=url`, such as `**.example.com=http://127.0.0.1:9100`")]
    NoEqualsSign,
    /// The part before `=` is not a host pattern.
    #[error("the part before `=` is not a host pattern")]
    Pattern(#[source] HostPatternError),
    /// The part after `=` is not an http or https URL.
    #[error("the part after `=` must be a URL that begins with `http://` or `https://`")]
    NotAUrl,
    /// The URL has credentials, a path, a query or a fragment.
    #[error("the URL after `=` can contain only a scheme, a host and a port")]
    NotAnOrigin,
}

impl FromStr for Upstream {
    type Err = UpstreamError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (pattern, url) = text.split_once('=').ok_or(UpstreamError::NoEqualsSign)?;
        let pattern = pattern.trim().parse().map_err(UpstreamError::Pattern)?;
        let url = Url::parse(url.trim()).map_err(|_| UpstreamError::NotAUrl)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UpstreamError::NotAnOrigin);
        }
        let origin = Origin::of(&url).map_err(|error| match error {
            OriginError::Scheme => UpstreamError::NotAUrl,
            OriginError::NotAnOrigin => UpstreamError::NotAnOrigin,
        })?;
        Ok(Self { pattern, origin })
    }
}

/// Shows the mapping in its input syntax, always with a port.
impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.pattern, self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, UpstreamError>) {
        let parsed = text.parse::<Upstream>().map(|upstream| upstream.to_string());
        assert_eq!(parsed, expected.map(str::to_owned), "{text}");
    }

    #[test]
    fn a_mapping_is_a_pattern_and_an_origin() {
        check("**.example.com=http://127.0.0.1:9100", Ok("**.example.com=http://127.0.0.1:9100"));
        check("api.example.com=https://gateway.corp/", Ok("api.example.com=https://gateway.corp:443"));
        check("*.example.com = http://[::1]:80", Ok("*.example.com=http://[::1]:80"));
    }

    #[test]
    fn invalid_mappings_are_rejected() {
        check("http://127.0.0.1:9100", Err(UpstreamError::NoEqualsSign));
        check("**.com=http://127.0.0.1:9100", Err(UpstreamError::Pattern(HostPatternError::TooWide)));
        check("a.example.com=127.0.0.1:9100", Err(UpstreamError::NotAUrl));
        check("a.example.com=ftp://127.0.0.1", Err(UpstreamError::NotAUrl));
        check("a.example.com=http://u:p@127.0.0.1", Err(UpstreamError::NotAnOrigin));
        check("a.example.com=http://127.0.0.1/v1", Err(UpstreamError::NotAnOrigin));
        check("a.example.com=http://127.0.0.1/?x", Err(UpstreamError::NotAnOrigin));
    }
}
