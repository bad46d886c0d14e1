//! Resolves host names to addresses that the client can connect to.
//!
//! **Invariant:** the client connects only to addresses from this module. The client therefore connects to the address
//! that was checked, and changing a name's address after the check (DNS rebinding) has no effect.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name};
use url::Host;

use crate::refusal::Refusal;
use crate::upstream::Upstream;

/// Looks up the addresses of hosts.
pub trait Resolve: Send + Sync {
    /// Returns all addresses of a host. The result can include private addresses; the caller removes them.
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a>;
}

/// The future that [`Resolve::resolve`] returns.
pub type Resolving<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Uses the operating system's resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Why resolving a host name yields no usable address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    /// The resolver failed.
    #[error("the host name could not be resolved")]
    Failed(#[source] io::Error),
    /// The name exists but has no address.
    #[error("the host name has no address")]
    Empty,
    /// The policy forbids all addresses, or the host itself.
    #[error("{0}")]
    Refused(#[source] Refusal),
}

/// Determines the addresses that a client can connect to. Each route's client has its own guard.
#[derive(Clone)]
pub(crate) enum Guard {
    /// Allows any host, but only addresses that the function accepts. In production, these are public addresses.
    Admitted(fn(IpAddr) -> bool),
    /// Allows only hosts that are mapped to an upstream, at any of the upstream's addresses.
    Mapped(Vec<Upstream>),
    /// Allows only the proxy's host name, at any of its addresses. `None` if the proxy is specified by its IP address,
    /// which needs no lookup.
    Named(Option<String>),
}

/// A resolver for the HTTP client that applies a guard.
pub(crate) struct Guarded {
    pub(crate) resolver: Arc<dyn Resolve>,
    pub(crate) guard: Guard,
}

impl reqwest::dns::Resolve for Guarded {
    fn resolve(&self, name: Name) -> reqwest::dns::Resolving {
        let resolver = Arc::clone(&self.resolver);
        let guard = self.guard.clone();
        Box::pin(async move {
            let addresses = addresses(&*resolver, &guard, name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Returns the socket addresses at which the client can reach a host. Port 0 means the URL's port.
async fn addresses(
    resolver: &dyn Resolve,
    guard: &Guard,
    host: &str,
) -> Result<Vec<SocketAddr>, ResolveError> {
    match guard {
        Guard::Admitted(admits) => {
            let mut found = lookup(resolver, host).await?;
            found.retain(|&address| admits(address));
            if found.is_empty() {
                return Err(ResolveError::Refused(Refusal::NotPublic));
            }
            Ok(with_port(found, 0))
        }
        Guard::Mapped(upstreams) => {
            let upstream = upstreams.iter().find(|it| it.maps(host));
            let upstream = upstream.ok_or(ResolveError::Refused(Refusal::UnexpectedHost))?;
            let target = &upstream.origin;
            let found = match &target.host {
                Host::Ipv4(address) => vec![IpAddr::V4(*address)],
                Host::Ipv6(address) => vec![IpAddr::V6(*address)],
                Host::Domain(name) => lookup(resolver, name).await?,
            };
            Ok(with_port(found, target.port))
        }
        Guard::Named(name) => {
            if name.as_deref() != Some(host) {
                return Err(ResolveError::Refused(Refusal::UnexpectedHost));
            }
            Ok(with_port(lookup(resolver, host).await?, 0))
        }
    }
}

async fn lookup(resolver: &dyn Resolve, host: &str) -> Result<Vec<IpAddr>, ResolveError> {
    let found = resolver.resolve(host).await.map_err(ResolveError::Failed)?;
    if found.is_empty() { Err(ResolveError::Empty) } else { Ok(found) }
}

fn with_port(found: Vec<IpAddr>, port: u16) -> Vec<SocketAddr> {
    found.into_iter().map(|address| SocketAddr::new(address, port)).collect()
}

#[cfg(test)]
mod tests;
