//! From names to addresses that may be dialed.
//!
//! **Invariant:** the client dials what it gets from here and nothing else; so the address that was checked is
//! the address dialed, and a name that changes its mind in between (DNS rebinding) gains nothing.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name};
use url::Host;

use crate::refusal::Refusal;
use crate::upstream::Upstream;

/// Finds the addresses of hosts.
pub trait Resolve: Send + Sync {
    /// All addresses of a host, public or not: they are filtered afterwards.
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a>;
}

/// Addresses, later.
pub type Resolving<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Asks the operating system.
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

/// A name could not be turned into an address.
#[derive(Debug)]
pub(crate) enum ResolveError {
    /// The resolver said so.
    Failed(io::Error),
    /// The name exists, without addresses.
    Empty,
    /// Our policy has left none.
    Refused(Refusal),
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(_) => f.write_str("the host's name could not be resolved"),
            Self::Empty => f.write_str("the host's name has no address"),
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl std::error::Error for ResolveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Failed(cause) => Some(cause),
            Self::Refused(cause) => Some(cause),
            Self::Empty => None,
        }
    }
}

/// Which addresses a client may dial. Each client has one of these, for one kind of route.
#[derive(Clone)]
pub(crate) enum Guard {
    /// Any host, on those of its addresses that are admitted: the public ones.
    Admitted(fn(IpAddr) -> bool),
    /// Mapped hosts only, on the socket addresses of their upstreams whatever those are.
    Mapped(Vec<Upstream>),
    /// This name only, on all its addresses: the proxy's.
    Named(Option<String>),
}

/// A resolver behind a guard, as the client wants it.
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

/// What may be dialed for a host; port 0 means the URL's.
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
            let target = upstream.ok_or(ResolveError::Refused(Refusal::Astray))?.target();
            let found = match &target.host {
                Host::Ipv4(address) => vec![IpAddr::V4(*address)],
                Host::Ipv6(address) => vec![IpAddr::V6(*address)],
                Host::Domain(name) => lookup(resolver, name).await?,
            };
            Ok(with_port(found, target.port))
        }
        Guard::Named(name) => {
            if name.as_deref() != Some(host) {
                return Err(ResolveError::Refused(Refusal::Astray));
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
