//! The door itself: which route a request takes, and the client of each route.
//!
//! There are three routes: straight to the provider, to an operator's upstream, and through the proxy. Each has
//! a client of its own with a [`Guard`] of its own, so that an exemption of one route is none of another.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use guide::Fault;
use probe::{Answer, ClientCertificate, Request};
use reqwest::{Certificate, Client, ClientBuilder, Identity};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::address::is_public;
use crate::fault::Failure;
use crate::policy::Policy;
use crate::proxy::Proxy;
use crate::resolve::{Guard, Guarded, Resolve, SystemResolver};
use crate::streamed::{Broken, Streamed};
use crate::upstream::Upstream;
use crate::{incoming, outgoing};

/// The only way out. Cheap to clone; connections are shared and reused.
#[derive(Clone)]
pub struct Egress {
    maker: Arc<Maker>,
    direct: Client,
    mapped: Option<Client>,
    proxied: Option<Client>,
    trusts_anyone: bool,
}

impl Egress {
    /// Opens the door under a policy.
    pub fn new(policy: Policy) -> Result<Self, BuildError> {
        Self::with_resolver(policy, Arc::new(SystemResolver))
    }

    /// Opens the door under a policy, with another source of addresses. They are checked all the same.
    pub fn with_resolver(policy: Policy, resolver: Arc<dyn Resolve>) -> Result<Self, BuildError> {
        Self::assemble(policy, resolver, is_public)
    }

    fn assemble(
        policy: Policy,
        resolver: Arc<dyn Resolve>,
        admits: fn(IpAddr) -> bool,
    ) -> Result<Self, BuildError> {
        // Whoever came first has installed a provider; either will do.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let roots = roots(&policy.extra_roots)?;
        let maker = Maker { policy, resolver, admits, roots };
        let (direct, trusts_anyone) = maker.client(Route::Direct, None)?;
        let mapped = match maker.policy.upstreams.as_slice() {
            [] => None,
            _ => Some(maker.client(Route::Mapped, None)?.0),
        };
        let proxied = match &maker.policy.proxy {
            Proxy::None => None,
            Proxy::Server(_) => Some(maker.client(Route::Proxied, None)?.0),
        };
        Ok(Self { maker: Arc::new(maker), direct, mapped, proxied, trusts_anyone })
    }

    /// Sends a request, once, and reads the answer whole.
    pub async fn send(&self, request: &Request) -> Answer {
        match tokio::time::timeout(self.maker.policy.total_timeout, self.exchange(request)).await {
            Ok(Ok(response)) => Answer::Response(response),
            Ok(Err(failure)) => failure.into(),
            Err(_) => Failure::new(Fault::Timeout, "no whole answer in time").into(),
        }
    }

    /// What an operator should read at start-up: every exemption from the rules, and what is amiss.
    pub fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self
            .maker
            .policy
            .upstreams
            .iter()
            .map(|it| format!("requests to {} go to {} instead", it.pattern(), it.origin()))
            .collect();
        if let Proxy::Server(server) = &self.maker.policy.proxy {
            notes.push(format!("requests go through the proxy {server}, which resolves names itself"));
        }
        if !self.trusts_anyone {
            notes.push("no CA certificates were found: no provider's certificate will be trusted".to_owned());
        }
        notes
    }

    /// Sends a request, once, and gives the answer as it comes; `cap`: how much of its body may pass, in bytes. The
    /// time in which a whole answer has to be there is that in which it has to begin.
    pub async fn open(&self, request: &Request, cap: u64) -> Result<Streamed, Broken> {
        match tokio::time::timeout(self.maker.policy.total_timeout, self.execute(request)).await {
            Ok(Ok(response)) => Ok(Streamed::new(response, cap)),
            Ok(Err(failure)) => Err(failure.into()),
            Err(_) => Err(Failure::new(Fault::Timeout, "no answer in time").into()),
        }
    }

    async fn exchange(&self, request: &Request) -> Result<probe::Response, Failure> {
        incoming::read(self.execute(request).await?, &self.maker.policy).await
    }

    async fn execute(&self, request: &Request) -> Result<reqwest::Response, Failure> {
        let policy = &self.maker.policy;
        let port = outgoing::admit(request)?;
        let upstream = policy.upstream_for(&request.host);
        let route = self.route(&request.host, port, upstream);
        let client = match &request.certificate {
            None => self.client(route).clone(),
            // Connections made with a certificate are nobody else's, so they are not kept.
            Some(certificate) => {
                self.maker.client(route, Some(&identity(certificate)?)).map_err(|_| bad_identity())?.0
            }
        };
        let request = outgoing::build(request, port, upstream)?;
        client.execute(request).await.map_err(|error| Failure::of(&error))
    }

    fn route(&self, host: &str, port: u16, upstream: Option<&Upstream>) -> Route {
        match (upstream, &self.maker.policy.proxy) {
            (Some(_), _) => Route::Mapped,
            (None, Proxy::Server(server)) if server.carries(host, port) => Route::Proxied,
            (None, Proxy::Server(_) | Proxy::None) => Route::Direct,
        }
    }

    fn client(&self, route: Route) -> &Client {
        let exempt = match route {
            Route::Direct => None,
            Route::Mapped => self.mapped.as_ref(),
            Route::Proxied => self.proxied.as_ref(),
        };
        // Were one missing, the direct client would refuse more, not less.
        exempt.unwrap_or(&self.direct)
    }
}

/// Which way a request takes.
#[derive(Clone, Copy)]
enum Route {
    Direct,
    Mapped,
    Proxied,
}

/// Makes the client of a route.
struct Maker {
    policy: Policy,
    resolver: Arc<dyn Resolve>,
    admits: fn(IpAddr) -> bool,
    roots: Vec<Certificate>,
}

impl Maker {
    /// The client, and whether it trusts anyone.
    fn client(&self, route: Route, identity: Option<&Identity>) -> Result<(Client, bool), BuildError> {
        let base = |guard| {
            let guarded = Guarded { resolver: Arc::clone(&self.resolver), guard };
            let base = builder(&self.policy).dns_resolver(guarded);
            match identity {
                Some(identity) => base.identity(identity.clone()).pool_max_idle_per_host(0),
                None => base,
            }
        };
        let direct = || base(Guard::Admitted(self.admits)).https_only(true);
        match (route, &self.policy.proxy) {
            (Route::Mapped, _) => self.build(|| base(Guard::Mapped(self.policy.upstreams.clone()))),
            (Route::Proxied, Proxy::Server(server)) => {
                let proxy = reqwest::Proxy::all(server.url().expose()).map_err(|_| BuildError::Proxy)?;
                let name = server.name().map(str::to_owned);
                self.build(|| base(Guard::Named(name.clone())).https_only(true).proxy(proxy.clone()))
            }
            (Route::Direct, _) | (Route::Proxied, Proxy::None) => self.build(direct),
        }
    }

    /// Builds a client, and says whether it trusts anyone.
    ///
    /// Where the system has no roots and none are given, a client that trusts nobody is built: the program starts,
    /// and each request fails as not secure.
    fn build(&self, make: impl Fn() -> ClientBuilder) -> Result<(Client, bool), BuildError> {
        let roots = || self.roots.iter().cloned();
        if self.policy.system_roots
            && let Ok(client) = make().tls_certs_merge(roots()).build()
        {
            return Ok((client, true));
        }
        let client = make().tls_certs_only(roots()).build().map_err(BuildError::Client)?;
        Ok((client, !self.roots.is_empty()))
    }
}

/// The certificate that a connection is made with.
fn identity(certificate: &ClientCertificate) -> Result<Identity, Failure> {
    let mut pem = certificate.certificate.clone();
    pem.push("\n");
    pem.push(certificate.key.expose());
    Identity::from_pem(pem.expose().as_bytes()).map_err(|_| bad_identity())
}

fn bad_identity() -> Failure {
    Failure::new(Fault::Tls, "the client's certificate and its key are not PEM, or do not belong together")
}

/// Shows nothing: a policy may hold a proxy's password.
impl fmt::Debug for Egress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Egress").finish_non_exhaustive()
    }
}

/// Why a policy cannot be kept.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// An extra root is not a certificate, or no PEM file.
    Root {
        /// Which one, counted from 0.
        position: usize,
    },
    /// The proxy's URL is not understood by the HTTP client.
    Proxy,
    /// The HTTP client could not be made.
    Client(reqwest::Error),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root { position } => write!(f, "extra root {position} is not a certificate in PEM"),
            Self::Proxy => f.write_str("the proxy's URL is not understood"),
            Self::Client(_) => f.write_str("the HTTP client could not be made"),
        }
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Client(cause) => Some(cause),
            Self::Root { .. } | Self::Proxy => None,
        }
    }
}

/// What holds on every route.
fn builder(policy: &Policy) -> ClientBuilder {
    // Shorter than servers commonly keep an idle connection, lest a request meet one that is being closed.
    const IDLE: Duration = Duration::from_secs(4);
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
        .http1_max_headers(policy.max_headers)
        .gzip(true)
        .user_agent(concat!("waystone/", env!("CARGO_PKG_VERSION")))
        .pool_idle_timeout(IDLE)
        .connect_timeout(policy.connect_timeout)
        .read_timeout(policy.read_timeout)
}

/// The extra roots; each file may hold several, and must hold one.
fn roots(files: &[Vec<u8>]) -> Result<Vec<Certificate>, BuildError> {
    let mut roots = Vec::new();
    for (position, pem) in files.iter().enumerate() {
        let invalid = || BuildError::Root { position };
        let certificates: Vec<CertificateDer<'_>> =
            CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|_| invalid())?;
        if certificates.is_empty() {
            return Err(invalid());
        }
        for certificate in certificates {
            let root = Certificate::from_der(&certificate).map_err(|_| invalid())?;
            // The client would say so too, but not which file is to blame.
            RootCertStore::empty().add(certificate).map_err(|_| invalid())?;
            roots.push(root);
        }
    }
    Ok(roots)
}

#[cfg(test)]
mod tests;
