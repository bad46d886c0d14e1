//! A listener that limits the number of open connections, in total and per client network.
//!
//! **Invariant:** connections beyond the total wait in the operating system's queue until another connection closes, and
//! use none of the Hub's resources while they wait. No network holds more than its share, so that one client cannot use
//! up the total.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum_server::{AddrListener, Address};
use ipnet::IpNet;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::share::{Share, Shares, Slot};
use super::stream::Stream;
use crate::client::network_of;
use crate::connection::{Activity, Lifetime, Peer};
use crate::settings::Settings;
use crate::telemetry::metrics;

/// The limits on connections.
#[derive(Clone, Debug)]
pub(super) struct ConnectionLimits {
    /// The maximum number of open connections.
    connections: usize,
    /// The maximum number of open connections from one network.
    share: usize,
    /// The networks of proxies, whose connections carry the requests of many clients.
    trusted: Vec<IpNet>,
    lifetime: Lifetime,
}

impl ConnectionLimits {
    /// Reads the limits from the settings. `fitting` is the number of connections that the system allows.
    pub(super) fn new(settings: &Settings, fitting: usize) -> Self {
        let limits = &settings.limits;
        let connections = limits.connections.value.min(fitting).min(Semaphore::MAX_PERMITS);
        Self {
            connections,
            share: limits.address_connections.value.unwrap_or_else(|| connections.div_ceil(4)),
            trusted: settings.server.trusted_proxies.value.clone(),
            lifetime: Lifetime { idle: limits.idle_timeout.value, age: limits.connection_age.value },
        }
    }
}

/// The address type of [`Listener`]: the remote address of a connection, or the listener's own address.
#[derive(Clone, Debug)]
pub(super) struct Limited(Peer);

/// A listener that limits the number of open connections.
pub(super) struct Listener {
    tcp: TcpListener,
    limits: ConnectionLimits,
    permits: Arc<Semaphore>,
    shares: Arc<Shares>,
}

impl Listener {
    /// Starts listening.
    pub(super) async fn bind(address: SocketAddr, limits: ConnectionLimits) -> io::Result<Self> {
        let tcp = TcpListener::bind(address).await?;
        let permits = Arc::new(Semaphore::new(limits.connections));
        Ok(Self { tcp, limits, permits, shares: Arc::default() })
    }

    /// Returns the address that the listener is bound to, including the actual port.
    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }

    /// Counts a connection toward its network's share. Returns `None` if the share is used up.
    fn share(&self, address: SocketAddr) -> Option<Share> {
        let address = address.ip().to_canonical();
        if self.limits.trusted.iter().any(|network| network.contains(&address)) {
            return Some(Share::unlimited());
        }
        self.shares.take(network_of(address), self.limits.share)
    }

    fn peer(&self, address: SocketAddr) -> Peer {
        Peer { address, activity: Arc::new(Activity::new(self.limits.lifetime)) }
    }
}

impl Address for Limited {
    type Stream = Stream;
    type Listener = Listener;
}

impl AddrListener<Stream, Limited> for Listener {
    async fn bind_to(_: Limited) -> io::Result<Self> {
        // The Hub binds its listeners itself, before it builds the server.
        Err(io::ErrorKind::Unsupported.into())
    }

    async fn accept_stream(&self) -> io::Result<(Stream, Limited)> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(io::Error::other)?;
        loop {
            let (tcp, address) = self.tcp.accept().await?;
            let Some(share) = self.share(address) else {
                metrics::connection_refused();
                continue;
            };
            // Responses are written in one piece, so Nagle's algorithm would only delay them.
            let _ = tcp.set_nodelay(true);
            let peer = self.peer(address);
            let slot = Slot::new(permit, share);
            return Ok((Stream::new(tcp, Arc::clone(&peer.activity), slot), Limited(peer)));
        }
    }

    fn get_local_addr(&self) -> io::Result<Limited> {
        Ok(Limited(self.peer(self.address()?)))
    }
}

impl Connected<Limited> for Peer {
    fn connect_info(address: Limited) -> Self {
        address.0
    }
}
