//! A listener that limits the number of open connections.
//!
//! **Invariant:** connections beyond the limit wait in the operating system's queue until another one closes, and cost
//! the Hub nothing.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum_server::{AddrListener, Address};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::client::Peer;

/// A listener that counts its connections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted(pub(super) SocketAddr);

/// Listens, and counts.
pub(super) struct Listener {
    tcp: TcpListener,
    places: Arc<Semaphore>,
}

/// A connection, which frees its place when it closes.
pub(super) struct Stream {
    tcp: TcpStream,
    _place: OwnedSemaphorePermit,
}

impl Listener {
    /// Starts listening.
    pub(super) async fn bind(address: SocketAddr, connections: usize) -> io::Result<Self> {
        let tcp = TcpListener::bind(address).await?;
        Ok(Self { tcp, places: Arc::new(Semaphore::new(connections.min(Semaphore::MAX_PERMITS))) })
    }

    /// The address, with the actual port.
    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

impl Address for Counted {
    type Stream = Stream;
    type Listener = Listener;
}

impl AddrListener<Stream, Counted> for Listener {
    async fn bind_to(address: Counted) -> io::Result<Self> {
        Self::bind(address.0, Semaphore::MAX_PERMITS).await
    }

    async fn accept_stream(&self) -> io::Result<(Stream, Counted)> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(io::Error::other)?;
        let (tcp, peer) = self.tcp.accept().await?;
        // Responses are written in one piece, so Nagle's algorithm would only delay them.
        let _ = tcp.set_nodelay(true);
        Ok((Stream { tcp, _place: place }, Counted(peer)))
    }

    fn get_local_addr(&self) -> io::Result<Counted> {
        self.address().map(Counted)
    }
}

impl Connected<Counted> for Peer {
    fn connect_info(address: Counted) -> Self {
        Self(address.0)
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
