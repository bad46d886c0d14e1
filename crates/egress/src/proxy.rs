//! The operator's proxy, and the hosts that bypass it.
//!
//! Requests are tunneled with `CONNECT`, so the proxy sees the host but cannot read the traffic. The proxy resolves the
//! host name, so the proxy is responsible for checking addresses.
//!
//! **Invariant:** this module never reads environment variables. The caller passes them in.

use std::fmt;

use secret::Secret;
use url::{Host, Url};

use crate::origin::{Origin, OriginError};

/// Whether requests go through a proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// Requests go directly to the provider.
    #[default]
    None,
    /// Requests go through this proxy, except to the hosts that bypass it.
    Server(ProxyServer),
}

impl Proxy {
    /// Parses an http or https URL, which can contain credentials, and a list of exempt hosts in the syntax of
    /// `NO_PROXY`.
    pub fn explicit(url: &str, no_proxy: &str) -> Result<Self, ProxyError> {
        let text = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let url = Url::parse(&text).map_err(|_| ProxyError::NotAUrl)?;
        let origin = Origin::of(&url).map_err(|error| match error {
            OriginError::Scheme => ProxyError::Scheme,
            OriginError::NotAnOrigin => ProxyError::NotAnOrigin,
        })?;
        let exemptions = no_proxy.split(',').filter_map(Exemption::parse).collect();
        Ok(Self::Server(ProxyServer { url: Secret::new(url), origin, exemptions }))
    }

    /// Reads the usual variables: `HTTPS_PROXY` (or else `ALL_PROXY`) and `NO_PROXY`.
    ///
    /// As in curl, a lowercase variable takes precedence over its uppercase form, and empty variables are ignored.
    /// `HTTP_PROXY` is ignored, because no request to a provider uses plain HTTP.
    pub fn from_env_vars(vars: impl Iterator<Item = (String, String)>) -> Result<Self, ProxyError> {
        const NAMES: [&str; 6] =
            ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];
        let mut values = NAMES.map(|_| String::new());
        for (name, value) in vars {
            if let Some(n) = NAMES.iter().position(|it| *it == name) {
                value.trim().clone_into(&mut values[n]);
            }
        }
        let first_set = |values: &[String]| values.iter().find(|it| !it.is_empty()).cloned();
        match first_set(&values[..4]) {
            Some(url) => Self::explicit(&url, &first_set(&values[4..]).unwrap_or_default()),
            None => Ok(Self::None),
        }
    }
}

/// A proxy, and the hosts that bypass it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyServer {
    /// The URL, including credentials.
    pub(crate) url: Secret,
    origin: Origin,
    exemptions: Vec<Exemption>,
}

impl ProxyServer {
    /// Returns whether requests to this host and port go through the proxy.
    pub fn carries(&self, host: &str, port: u16) -> bool {
        !self.exemptions.iter().any(|it| it.covers(host, port))
    }

    /// Returns the proxy's host name, or `None` if the proxy is specified by its IP address.
    pub(crate) fn name(&self) -> Option<&str> {
        match &self.origin.host {
            Host::Domain(name) => Some(name),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        }
    }
}

/// Shows the scheme, host and port, but not the credentials.
impl fmt::Display for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.origin.fmt(f)
    }
}

/// Why a proxy's URL is rejected. The error does not quote the URL, because it can contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// The string is not a URL.
    #[error("the proxy must be a URL such as `http://proxy.example:3128`")]
    NotAUrl,
    /// The scheme is neither http nor https.
    #[error("the proxy's URL must begin with `http://` or `https://`")]
    Scheme,
    /// The URL has a path, a query or a fragment.
    #[error("the proxy's URL can contain only credentials, a host and a port")]
    NotAnOrigin,
}

/// An entry of `NO_PROXY`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Exemption {
    /// The domain, whose subdomains are also exempt, or `None` for all hosts.
    domain: Option<String>,
    /// The port, or `None` for all ports.
    port: Option<u16>,
}

impl Exemption {
    /// Parses `*`, `example.com`, `.example.com` or `*.example.com`, with or without a port. Addresses and networks are
    /// parsed as names. They never match, because no request is sent to an IP address.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().ok()?)),
            None => (text.as_str(), None),
        };
        let domain = match name {
            "" => return None,
            "*" => None,
            _ => Some(name.trim_start_matches("*.").trim_start_matches('.').to_owned()),
        };
        Some(Self { domain, port })
    }

    fn covers(&self, host: &str, port: u16) -> bool {
        let covers_host = self.domain.as_deref().is_none_or(|domain| {
            host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        covers_host && self.port.is_none_or(|it| it == port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(vars: &[(&str, &str)], expected: Result<&str, ProxyError>) {
        let vars = vars.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
        let shown = Proxy::from_env_vars(vars).map(|proxy| match proxy {
            Proxy::None => "none".to_owned(),
            Proxy::Server(server) => server.to_string(),
        });
        assert_eq!(shown, expected.map(str::to_owned));
    }

    #[test]
    fn the_usual_variables_are_read() {
        check(&[], Ok("none"));
        check(&[("HTTP_PROXY", "http://a:1"), ("http_proxy", "http://a:1"), ("PATH", "/bin")], Ok("none"));
        check(&[("HTTPS_PROXY", "http://a:1")], Ok("http://a:1"));
        check(&[("HTTPS_PROXY", "http://a:1"), ("https_proxy", "http://b:2")], Ok("http://b:2"));
        check(&[("https_proxy", " "), ("HTTPS_PROXY", "http://a:1")], Ok("http://a:1"));
        check(&[("ALL_PROXY", "c:3"), ("NO_PROXY", "*")], Ok("http://c:3"));
        check(&[("ALL_PROXY", "http://c:3"), ("HTTPS_PROXY", "https://a")], Ok("https://a:443"));
        check(&[("ALL_PROXY", "socks5://c:3")], Err(ProxyError::Scheme));
        check(&[("ALL_PROXY", "http://c:3/path")], Err(ProxyError::NotAnOrigin));
        check(&[("ALL_PROXY", "http://")], Err(ProxyError::NotAUrl));
    }

    #[test]
    fn a_password_is_never_shown() {
        let proxy = Proxy::explicit("http://user:canary@proxy.example:3128", "").expect("a proxy");
        let Proxy::Server(server) = &proxy else { panic!("a server") };
        assert_eq!(server.to_string(), "http://proxy.example:3128");
        assert!(!format!("{proxy:?}").contains("canary"));
    }

    #[test]
    fn exempt_hosts_bypass_the_proxy() {
        let list = "internal.example, .corp.example,*.lan.example,port.example:8443, ,10.0.0.0/8,x:y";
        let proxy = Proxy::explicit("proxy.example:3128", list).expect("a proxy");
        let Proxy::Server(server) = &proxy else { panic!("a server") };
        let carried = |host| server.carries(host, 443);
        assert!(!carried("internal.example") && !carried("a.internal.example"));
        assert!(!carried("corp.example") && !carried("a.corp.example") && !carried("a.lan.example"));
        assert!(carried("example") && carried("evilinternal.example") && carried("port.example"));
        assert!(!server.carries("port.example", 8443));
    }
}
