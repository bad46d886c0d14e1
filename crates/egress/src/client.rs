//! The three routes that a request can take, and the HTTP client for each route.
//!
//! A request goes directly to the provider, to an operator's upstream, or through the proxy. Each route has its own
//! client and its own [`Guard`], so that an exemption for one route does not affect the other routes.

mod certified;
mod route;

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
use tokio::time::Instant;

use self::certified::{CertifiedClients, IDLE};
use self::route::Route;
use crate::address::is_public;
use crate::fault::Failure;
use crate::policy::Policy;
use crate::proxy::Proxy;
use crate::resolve::{Guard, Guarded, Resolve, SystemResolver};
use crate::streamed::{Bounds, Streamed};
use crate::upstream::Upstream;
use crate::{incoming, outgoing};

/// Sends requests to providers. Cheap to clone: clones share their connections.
#[derive(Clone)]
pub struct Egress {
    factory: Arc<ClientFactory>,
    direct: Client,
    /// The client for upstreams, or the direct client if the policy has no upstreams.
    mapped: Client,
    /// The client for the proxy, or the direct client if the policy has no proxy.
    proxied: Client,
    /// The clients for requests with a client certificate.
    certified: Arc<CertifiedClients>,
    has_roots: bool,
}

impl Egress {
    /// Creates the clients that a policy requires.
    pub fn new(policy: Policy) -> Result<Self, BuildError> {
        Self::with_resolver(policy, Arc::new(SystemResolver))
    }

    /// Creates the clients that a policy requires, with a custom resolver. The addresses that the resolver returns are
    /// also checked.
    pub fn with_resolver(policy: Policy, resolver: Arc<dyn Resolve>) -> Result<Self, BuildError> {
        Self::with_address_check(policy, resolver, is_public)
    }

    fn with_address_check(
        policy: Policy,
        resolver: Arc<dyn Resolve>,
        admits: fn(IpAddr) -> bool,
    ) -> Result<Self, BuildError> {
        // This fails if a cryptography provider is already installed. The error is ignored, because the existing
        // provider also works.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let roots = roots(&policy.extra_roots)?;
        let factory = ClientFactory { policy, resolver, admits, roots };
        let (direct, has_roots) = factory.client(Route::Direct, None)?;
        let mapped = match factory.policy.upstreams.as_slice() {
            [] => direct.clone(),
            _ => factory.client(Route::Mapped, None)?.0,
        };
        let proxied = match &factory.policy.proxy {
            Proxy::None => direct.clone(),
            Proxy::Server(_) => factory.client(Route::Proxied, None)?.0,
        };
        let certified = CertifiedClients::new(IDLE);
        Ok(Self { factory: Arc::new(factory), direct, mapped, proxied, certified, has_roots })
    }

    /// Sends a request once and reads the complete response.
    pub async fn send(&self, request: &Request) -> Answer {
        match tokio::time::timeout(self.factory.policy.total_timeout, self.exchange(request)).await {
            Ok(Ok(response)) => Answer::Response(response),
            Ok(Err(failure)) => failure.into(),
            Err(_) => Failure::new(Fault::Timeout, "timed out before the response was complete").into(),
        }
    }

    /// Returns notes for the operator to read at startup: every exemption from the rules and every problem with the
    /// policy.
    pub fn notes(&self) -> Vec<String> {
        let Policy { upstreams, proxy, .. } = &self.factory.policy;
        let upstreams = upstreams.iter();
        let notes = upstreams.map(|it| format!("requests to {} go to {} instead", it.pattern, it.origin));
        let mut notes: Vec<String> = notes.collect();
        if let Proxy::Server(server) = proxy {
            notes.push(format!("requests go through the proxy {server}, which resolves host names itself"));
        }
        if !self.has_roots {
            let note = "no CA certificates were found, so every provider's certificate will be rejected";
            notes.push(note.to_owned());
        }
        notes
    }

    /// Sends a request once and returns the response as a stream. `max_body` is the maximum size of the body, in bytes.
    /// The policy's total timeout applies until the headers arrive, and its stream timeout until the body ends.
    pub async fn open(&self, request: &Request, max_body: u64) -> Result<Streamed, Failure> {
        let policy = &self.factory.policy;
        let end = Instant::now() + policy.stream_timeout;
        let opened = async { Streamed::open(self.execute(request).await?, Bounds { max_body, end }).await };
        let timed_out = |_| Failure::new(Fault::Timeout, "timed out waiting for a response");
        tokio::time::timeout(policy.total_timeout, opened).await.map_err(timed_out)?
    }

    async fn exchange(&self, request: &Request) -> Result<probe::Response, Failure> {
        incoming::read(self.execute(request).await?, &self.factory.policy).await
    }

    async fn execute(&self, request: &Request) -> Result<reqwest::Response, Failure> {
        let policy = &self.factory.policy;
        let port = outgoing::admit(request)?;
        let upstream = policy.upstream_for(&request.host);
        let route = self.route(&request.host, port, upstream);
        let client = match &request.certificate {
            None => self.client(route).clone(),
            // A connection with a client certificate must be reused only for requests with the same certificate.
            Some(certificate) => self.certified.find(route, certificate, || {
                let identity = identity(certificate)?;
                let built = self.factory.client(route, Some(&identity));
                built.map(|(client, _)| client).map_err(|_| bad_identity())
            })?,
        };
        let request = outgoing::build(request, port, upstream)?;
        client.execute(request).await.map_err(|error| Failure::of(&error))
    }

    fn route(&self, host: &str, port: u16, upstream: Option<&Upstream>) -> Route {
        match (upstream, &self.factory.policy.proxy) {
            (Some(_), _) => Route::Mapped,
            (None, Proxy::Server(server)) if server.carries(host, port) => Route::Proxied,
            (None, Proxy::Server(_) | Proxy::None) => Route::Direct,
        }
    }

    fn client(&self, route: Route) -> &Client {
        match route {
            Route::Direct => &self.direct,
            Route::Mapped => &self.mapped,
            Route::Proxied => &self.proxied,
        }
    }
}

/// Builds the clients.
struct ClientFactory {
    policy: Policy,
    resolver: Arc<dyn Resolve>,
    admits: fn(IpAddr) -> bool,
    roots: Vec<Certificate>,
}

impl ClientFactory {
    /// Builds a route's client. Also returns whether the client has any root certificates.
    fn client(&self, route: Route, identity: Option<&Identity>) -> Result<(Client, bool), BuildError> {
        let base = |guard| {
            let guarded = Guarded { resolver: Arc::clone(&self.resolver), guard };
            let base = builder(&self.policy).dns_resolver(guarded);
            match identity {
                Some(identity) => base.identity(identity.clone()),
                None => base,
            }
        };
        let direct = || base(Guard::Admitted(self.admits)).https_only(true);
        match (route, &self.policy.proxy) {
            (Route::Mapped, _) => self.build(|| base(Guard::Mapped(self.policy.upstreams.clone()))),
            (Route::Proxied, Proxy::Server(server)) => {
                let proxy = reqwest::Proxy::all(server.url.expose()).map_err(|_| BuildError::Proxy)?;
                let name = server.name().map(str::to_owned);
                self.build(|| base(Guard::Named(name.clone())).https_only(true).proxy(proxy.clone()))
            }
            (Route::Direct, _) | (Route::Proxied, Proxy::None) => self.build(direct),
        }
    }

    /// Builds a client. Also returns whether the client has any root certificates.
    ///
    /// Without any root certificates, the client rejects every server certificate: the program starts, but each request
    /// fails with a TLS fault.
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

/// Converts a client certificate and its key for the HTTP client.
fn identity(certificate: &ClientCertificate) -> Result<Identity, Failure> {
    let mut pem = certificate.certificate.clone();
    pem.push("\n");
    pem.push(certificate.key.expose());
    Identity::from_pem(pem.expose().as_bytes()).map_err(|_| bad_identity())
}

fn bad_identity() -> Failure {
    Failure::new(Fault::Tls, "the client certificate and its key are not valid PEM, or do not match")
}

/// Shows no fields, because the policy can contain a proxy's password.
impl fmt::Debug for Egress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Egress").finish_non_exhaustive()
    }
}

/// Why the clients for a policy cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// An extra root file contains no PEM certificate, or contains an invalid certificate.
    #[error("extra root {position} is not a PEM certificate")]
    Root {
        /// The index of the file in [`Policy::extra_roots`].
        position: usize,
    },
    /// The HTTP client rejects the proxy's URL.
    #[error("the proxy's URL is not valid")]
    Proxy,
    /// The HTTP client could not be built.
    #[error("the HTTP client could not be built")]
    Client(#[source] reqwest::Error),
}

/// Returns a client builder with the settings that all routes share.
fn builder(policy: &Policy) -> ClientBuilder {
    // Shorter than the idle timeout of most servers, so that no request uses a connection that the server is closing.
    const IDLE: Duration = Duration::from_secs(4);
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
        .http1_max_headers(policy.max_headers)
        .user_agent(concat!("waystone/", env!("CARGO_PKG_VERSION")))
        .pool_idle_timeout(IDLE)
        .connect_timeout(policy.connect_timeout)
        .read_timeout(policy.read_timeout)
}

/// Parses the extra roots. Each file must contain at least one certificate.
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
            // The HTTP client would also reject an invalid certificate, but its error would not identify the file.
            RootCertStore::empty().add(certificate).map_err(|_| invalid())?;
            roots.push(root);
        }
    }
    Ok(roots)
}

#[cfg(test)]
mod tests;
