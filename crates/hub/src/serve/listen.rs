//! A listener that limits the number of open connections.
//!
//! **Invariant:** connections beyond the limit wait in the operating system's queue until another connection closes.
//! While they wait, they use none of the Hub's resources.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum_server::{AddrListener, Address};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::client::Peer;

/// The address type of [`Listener`]: the remote address of a connection, or the listener's own address.
#[derive(Clone, Debug)]
pub(super) struct Limited(Peer);

/// A listener that limits the number of open connections.
pub(super) struct Listener {
    tcp: TcpListener,
    permits: Arc<Semaphore>,
}

impl Listener {
    /// Starts listening.
    pub(super) async fn bind(address: SocketAddr, connections: usize) -> io::Result<Self> {
        let tcp = TcpListener::bind(address).await?;
        Ok(Self { tcp, permits: Arc::new(Semaphore::new(connections.min(Semaphore::MAX_PERMITS))) })
    }

    /// Returns the address that the listener is bound to, including the actual port.
    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

impl Address for Limited {
    type Stream = TcpStream;
    type Listener = Listener;
}

impl AddrListener<TcpStream, Limited> for Listener {
    async fn bind_to(address: Limited) -> io::Result<Self> {
        Self::bind(address.0.address, Semaphore::MAX_PERMITS).await
    }

    async fn accept_stream(&self) -> io::Result<(TcpStream, Limited)> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(io::Error::other)?;
        let (tcp, address) = self.tcp.accept().await?;
        // Responses are written in one piece, so Nagle's algorithm would only delay them.
        let _ = tcp.set_nodelay(true);
        Ok((tcp, Limited(Peer::new(address, Some(permit)))))
    }

    fn get_local_addr(&self) -> io::Result<Limited> {
        Ok(Limited(Peer::new(self.address()?, None)))
    }
}

impl Connected<Limited> for Peer {
    fn connect_info(address: Limited) -> Self {
        address.0
    }
}
