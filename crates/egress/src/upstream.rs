//! An operator's mapping: requests to these hosts go to that server instead.
//!
//! For tests, the simulator and gateways on the operator's own network. The server is told the original host,
//! in the `Host` header and, where it speaks TLS, by SNI; and its certificate must be valid for the *original*
//! host: a mapping moves a connection elsewhere, it does not change whom one talks to.

use std::fmt;
use std::str::FromStr;

use guide::{HostPattern, HostPatternError};
use url::Url;

use crate::origin::{Origin, OriginError};

/// A mapping of a host pattern to another server, written `**.example.com=http://127.0.0.1:9100`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    pattern: HostPattern,
    origin: Origin,
}

impl Upstream {
    /// Whether a host, in lower case, is one of those mapped.
    pub fn maps(&self, host: &str) -> bool {
        self.pattern.matches(host)
    }

    /// The hosts that are mapped.
    pub fn pattern(&self) -> &HostPattern {
        &self.pattern
    }

    /// The server that is asked instead, such as `http://127.0.0.1:9100`: always with its port, without a slash.
    pub fn origin(&self) -> String {
        self.origin.to_string()
    }

    pub(crate) fn target(&self) -> &Origin {
        &self.origin
    }
}

/// Why a text is not a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamError {
    /// There is no `=` between pattern and URL.
    NoEqualsSign,
    /// What stands before `=` is not a host pattern.
    Pattern(HostPatternError),
    /// What stands after `=` is not an http or https URL.
    NotAUrl,
    /// The URL has a user, a path, a query or a fragment.
    NotAnOrigin,
}

impl fmt::Display for UpstreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoEqualsSign => {
                "a mapping is written `pattern=url`, as in `**.example.com=http://127.0.0.1:9100`"
            }
            Self::Pattern(_) => "what stands before `=` is not a host pattern",
            Self::NotAUrl => "what stands after `=` is not a URL that begins with `http://` or `https://`",
            Self::NotAnOrigin => "the URL after `=` may have a scheme, a host and a port only",
        })
    }
}

impl std::error::Error for UpstreamError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Pattern(cause) => Some(cause),
            Self::NoEqualsSign | Self::NotAUrl | Self::NotAnOrigin => None,
        }
    }
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
            OriginError::TooMuch => UpstreamError::NotAnOrigin,
        })?;
        Ok(Self { pattern, origin })
    }
}

/// As it was written, but for the port, which is always said.
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
    fn anything_more_or_less_is_refused() {
        check("http://127.0.0.1:9100", Err(UpstreamError::NoEqualsSign));
        check("**.com=http://127.0.0.1:9100", Err(UpstreamError::Pattern(HostPatternError::TooWide)));
        check("a.example.com=127.0.0.1:9100", Err(UpstreamError::NotAUrl));
        check("a.example.com=ftp://127.0.0.1", Err(UpstreamError::NotAUrl));
        check("a.example.com=http://u:p@127.0.0.1", Err(UpstreamError::NotAnOrigin));
        check("a.example.com=http://127.0.0.1/v1", Err(UpstreamError::NotAnOrigin));
        check("a.example.com=http://127.0.0.1/?x", Err(UpstreamError::NotAnOrigin));
    }
}
