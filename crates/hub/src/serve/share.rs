//! The connections that each network has open.
//!
//! **Invariant:** a network never has more connections open than its share, and a closed connection no longer counts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ipnet::IpNet;
use tokio::sync::OwnedSemaphorePermit;

/// A connection's slot among the listener's connections. Dropping the value frees the slot.
pub(super) struct Slot {
    // Dropped first: as soon as the permit is free, the same network may connect again.
    _share: Share,
    _permit: OwnedSemaphorePermit,
}

impl Slot {
    pub(super) fn new(permit: OwnedSemaphorePermit, share: Share) -> Self {
        Self { _share: share, _permit: permit }
    }
}

/// The open connections of each network.
#[derive(Default)]
pub(super) struct Shares(Mutex<BTreeMap<IpNet, Open>>);

#[derive(Default)]
struct Open {
    connections: usize,
    /// Whether the log says that the network has used up its share. A flood of connections is logged only once.
    is_reported: bool,
}

impl Shares {
    /// Counts a connection. Returns `None` if the network already has `most` connections open.
    pub(super) fn take(self: &Arc<Self>, network: IpNet, most: usize) -> Option<Share> {
        let mut networks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = networks.entry(network).or_default();
        if open.connections < most {
            open.connections += 1;
            return Some(Share(Some((Arc::clone(self), network))));
        }
        if !open.is_reported {
            open.is_reported = true;
            let message = "this network has used up its share of the open connections; closing further ones";
            tracing::warn!(%network, connections = most, message);
        }
        None
    }

    fn put_back(&self, network: IpNet) {
        let mut networks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = networks.get_mut(&network) {
            open.connections -= 1;
            if open.connections == 0 {
                networks.remove(&network);
            }
        }
    }
}

/// One connection in a network's share. `None` if the connection does not count.
pub(super) struct Share(Option<(Arc<Shares>, IpNet)>);

impl Share {
    /// Returns a share for a connection that does not count.
    pub(super) fn unlimited() -> Self {
        Self(None)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if let Some((shares, network)) = &self.0 {
            shares.put_back(*network);
        }
    }
}
