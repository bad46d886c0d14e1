//! A listener that limits the number of open connections, in total and per client network.
//!
//! **Invariant:** connections beyond the total wait in the operating system's queue until another connection closes, and
//! use none of the Hub's resources while they wait. No network holds more than its share, and the share shrinks as the
//! connections are used up, so that a few clients cannot use up the total.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum_server::{AddrListener, Address};
use egress::Policy;
use ipnet::IpNet;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::share::{Share, Shares, Slot};
use super::stream::Stream;
use crate::client::network_of;
use crate::connection::{Activity, Connections, Lifetime, Peer};
use crate::settings::Settings;
use crate::telemetry::metrics;

/// The limits on connections.
#[derive(Clone, Debug)]
pub(super) struct ConnectionLimits {
    /// The maximum number of open connections.
    connections: usize,
    /// The maximum number of open connections from one network, at most half of `connections`.
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
            share: limits
                .address_connections
                .value
                .unwrap_or_else(|| connections.div_ceil(4))
                .clamp(1, most_of_one(connections)),
            trusted: settings.server.trusted_proxies.value.clone(),
            lifetime: Lifetime {
                idle: limits.idle_timeout.value,
                age: limits.connection_age.value,
                last_request: limits.request_timeout.value + Policy::default().stream_timeout,
            },
        }
    }

    /// Returns the limits of the separate listener for metrics. Its connections are among the descriptors that are
    /// reserved for everything except connections from clients.
    pub(super) fn for_metrics(self) -> Self {
        const CONNECTIONS: usize = 32;
        let connections = self.connections.min(CONNECTIONS);
        Self { connections, share: self.share.min(most_of_one(connections)), ..self }
    }

    /// Returns the maximum number of connections from one network while this many are free.
    ///
    /// Up to half of the total, it is the setting. From then on, it is a fraction of the free connections, so each
    /// network leaves most of them to the others: about a hundred networks, instead of four, would have to use up 10,000
    /// connections together, and one that has none open is accepted as long as a connection is free. No connection is
    /// closed for another client's benefit, because it may carry a request. Network switches share their buffers by the
    /// same rule ("dynamic thresholds", Choudhury and Hahne 1998), and Apache's `mod_qos` also enforces its limit per
    /// address only on a busy server (`QS_SrvMaxConnPerIP`).
    fn share(&self, free: usize) -> usize {
        const FRACTION: usize = 16;
        let is_busy = free < self.connections.div_ceil(2);
        if is_busy { self.share.min((free / FRACTION).max(1)) } else { self.share }
    }

    /// Returns a warning if one address cannot have as many connections as the settings allow.
    pub(super) fn note(&self, settings: &Settings) -> Option<String> {
        let allowed = settings.limits.address_connections.value?;
        (self.share < allowed).then(|| {
            format!(
                "`limits.address_connections` is {allowed}, but the Hub accepts at most {} connections from one address, \
                 half of all connections: add reverse proxies to `trusted_proxies`, or lower the setting",
                self.share
            )
        })
    }
}

/// Returns the maximum number of connections that the settings can allow one network.
fn most_of_one(connections: usize) -> usize {
    (connections / 2).max(1)
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
    connections: Connections,
}

impl Listener {
    /// Starts listening.
    pub(super) async fn bind(address: SocketAddr, limits: ConnectionLimits) -> io::Result<Self> {
        let tcp = TcpListener::bind(address).await?;
        let permits = Arc::new(Semaphore::new(limits.connections));
        Ok(Self { tcp, limits, permits, shares: Arc::default(), connections: Connections::default() })
    }

    /// Returns the address that the listener is bound to, including the actual port.
    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }

    /// Returns the connections that the listener accepts.
    pub(super) fn connections(&self) -> Connections {
        self.connections.clone()
    }

    /// Counts a connection toward its network's share. Returns `None` if the share is used up.
    fn share(&self, address: SocketAddr) -> Option<Share> {
        let address = address.ip().to_canonical();
        if self.limits.trusted.iter().any(|network| network.contains(&address)) {
            return Some(Share::unlimited());
        }
        // The permit for this connection has already been acquired.
        let free = self.permits.available_permits() + 1;
        self.shares.take(network_of(address), self.limits.share(free))
    }

    fn peer(&self, address: SocketAddr) -> Peer {
        Peer { address, activity: Arc::new(Activity::new(self.limits.lifetime, self.connections())) }
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
            let stream = Stream::new(tcp, Arc::clone(&peer.activity), self.connections.stopped(), slot);
            return Ok((stream, Limited(peer)));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(connections: usize, share: usize) -> ConnectionLimits {
        let longest = std::time::Duration::MAX;
        let lifetime = Lifetime { idle: longest, age: longest, last_request: longest };
        ConnectionLimits { connections, share, trusted: Vec::new(), lifetime }
    }

    /// Returns how many networks, each of which opens as many connections as it can, use up all connections.
    fn networks_to_fill(limits: &ConnectionLimits) -> usize {
        let (mut free, mut networks) = (limits.connections, 0);
        while 0 < free {
            let mut open = 0;
            while 0 < free && open < limits.share(free) {
                (open, free) = (open + 1, free - 1);
            }
            assert!(0 < open, "a new network was refused while {free} connections were free");
            networks += 1;
        }
        networks
    }

    #[test]
    fn a_few_networks_cannot_use_up_the_connections() {
        assert_eq!(networks_to_fill(&limits(10_000, 2500)), 121);
        assert_eq!(networks_to_fill(&limits(10_000, 5000)), 120);
        assert_eq!(networks_to_fill(&limits(768, 192)), 78);
        assert_eq!(networks_to_fill(&limits(4, 1)), 4);
        assert_eq!(networks_to_fill(&limits(1, 1)), 1);
    }

    #[test]
    fn the_listener_for_metrics_leaves_descriptors_for_everything_else() {
        let few = limits(10_000, 2500).for_metrics();
        assert_eq!((few.connections, few.share), (32, 16));
        let fewer = limits(4, 1).for_metrics();
        assert_eq!((fewer.connections, fewer.share), (4, 1));
    }
}
