//! The operator's proxy, and the hosts for which it is passed over.
//!
//! Requests are tunneled (`CONNECT`), so that the proxy sees a host and bytes it cannot read. It also resolves
//! that host's name: the check of addresses passes to it.
//!
//! **Invariant:** nothing here reads the environment; its variables are handed in as data.

use std::fmt;

use secret::Secret;
use url::{Host, Url};

use crate::origin::{Origin, OriginError};

/// Whether requests go through a proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// They go straight to the provider.
    #[default]
    None,
    /// They go through this one.
    Server(ProxyServer),
}

impl Proxy {
    /// Takes an http or https URL, with or without credentials, and a list of exemptions as in `NO_PROXY`.
    pub fn explicit(url: &str, no_proxy: &str) -> Result<Self, ProxyError> {
        let text = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let url = Url::parse(&text).map_err(|_| ProxyError::NotAUrl)?;
        let origin = Origin::of(&url).map_err(|error| match error {
            OriginError::Scheme => ProxyError::Scheme,
            OriginError::TooMuch => ProxyError::NotAnOrigin,
        })?;
        let exemptions = no_proxy.split(',').filter_map(Exemption::parse).collect();
        Ok(Self::Server(ProxyServer { url: Secret::new(url), origin, exemptions }))
    }

    /// Takes what the usual variables say: `HTTPS_PROXY`, else `ALL_PROXY`, but for the hosts of `NO_PROXY`.
    ///
    /// As with curl, a variable in lower case wins over the same in upper case, and an empty one says nothing.
    /// `HTTP_PROXY` is not read: nothing is sent in plain http.
    pub fn from_env_vars(vars: impl Iterator<Item = (String, String)>) -> Result<Self, ProxyError> {
        const NAMES: [&str; 6] =
            ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];
        let mut values = NAMES.map(|_| String::new());
        for (name, value) in vars {
            if let Some(n) = NAMES.iter().position(|it| *it == name) {
                value.trim().clone_into(&mut values[n]);
            }
        }
        let first_said = |values: &[String]| values.iter().find(|it| !it.is_empty()).cloned();
        match first_said(&values[..4]) {
            Some(url) => Self::explicit(&url, &first_said(&values[4..]).unwrap_or_default()),
            None => Ok(Self::None),
        }
    }
}

/// A proxy, with the hosts for which it is passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyServer {
    url: Secret,
    origin: Origin,
    exemptions: Vec<Exemption>,
}

impl ProxyServer {
    /// Whether requests to this host and port go through the proxy.
    pub fn carries(&self, host: &str, port: u16) -> bool {
        !self.exemptions.iter().any(|it| it.covers(host, port))
    }

    /// The whole URL, with the credentials.
    pub(crate) fn url(&self) -> &Secret {
        &self.url
    }

    /// Its name, where it has one that must be resolved.
    pub(crate) fn name(&self) -> Option<&str> {
        match &self.origin.host {
            Host::Domain(name) => Some(name),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        }
    }
}

/// Scheme, host and port; never the credentials.
impl fmt::Display for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.origin.fmt(f)
    }
}

/// Why a text is not a proxy. It is not quoted: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyError {
    /// It is not a URL.
    NotAUrl,
    /// The scheme is another than http or https.
    Scheme,
    /// It has a path, a query or a fragment.
    NotAnOrigin,
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAUrl => "the proxy is not given as a URL, such as `http://proxy.example:3128`",
            Self::Scheme => "only proxies that are spoken to by `http://` or `https://` are known",
            Self::NotAnOrigin => "the proxy's URL may have credentials, a host and a port only",
        })
    }
}

impl std::error::Error for ProxyError {}

/// One entry of `NO_PROXY`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Exemption {
    scope: Scope,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Scope {
    All,
    /// A name and what is below it.
    Domain(String),
}

impl Exemption {
    /// Reads `*`, `example.com`, `.example.com` or `*.example.com`, with a port or without. Addresses and
    /// networks are read as names, and so never apply: no request goes to an address.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().ok()?)),
            None => (text.as_str(), None),
        };
        let scope = match name {
            "" => return None,
            "*" => Scope::All,
            _ => Scope::Domain(name.trim_start_matches("*.").trim_start_matches('.').to_owned()),
        };
        Some(Self { scope, port })
    }

    fn covers(&self, host: &str, port: u16) -> bool {
        let covers_host = match &self.scope {
            Scope::All => true,
            Scope::Domain(name) => {
                host.strip_suffix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
        };
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
    fn the_usual_variables_are_understood() {
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
    fn exempt_hosts_pass_the_proxy_over() {
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
