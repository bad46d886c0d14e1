//! A connection's socket, which fails when the connection has been idle for too long.
//!
//! **Invariant:** a connection whose client neither sends requests nor reads responses is closed, whether it speaks
//! HTTP/1 or HTTP/2, with or without TLS.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::share::Slot;
use crate::connection::Activity;

/// The number of bytes that count as progress when the client reads them. Smaller numbers would let a client keep a
/// connection open with control frames, such as HTTP/2 pings.
const PROGRESS: usize = 4096;

/// How long an idle connection has to close gracefully.
const CLOSING: Duration = Duration::from_secs(5);

/// A connection's socket.
pub(super) struct Stream {
    tcp: TcpStream,
    activity: Arc<Activity>,
    /// Expires at the earliest time at which the connection may be closed.
    timer: Pin<Box<Sleep>>,
    /// The number of bytes written since the last progress.
    written: usize,
    is_closing: bool,
    /// Counts the connection toward the listener's limits until the socket is closed.
    _slot: Slot,
}

impl Stream {
    pub(super) fn new(tcp: TcpStream, activity: Arc<Activity>, slot: Slot) -> Self {
        let timer = Box::pin(sleep_until(activity.idle_until()));
        Self { tcp, activity, timer, written: 0, is_closing: false, _slot: slot }
    }

    /// Fails an operation that waits for the client if the connection has been idle for too long.
    fn wait<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        loop {
            ready!(self.timer.as_mut().poll(context));
            let now = Instant::now();
            let until = self.activity.idle_until();
            if now < until {
                self.timer.as_mut().reset(until);
            } else if !self.is_closing && self.activity.close() {
                self.is_closing = true;
                self.timer.as_mut().reset(now + CLOSING);
            } else {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
    }

    fn wrote(
        &mut self,
        context: &mut Context<'_>,
        polled: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match polled {
            Poll::Pending => self.wait(context),
            Poll::Ready(Ok(bytes)) => {
                self.written += bytes;
                if PROGRESS <= self.written {
                    self.written = 0;
                    self.activity.progress();
                }
                polled
            }
            Poll::Ready(Err(_)) => polled,
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match Pin::new(&mut this.tcp).poll_read(context, buffer) {
            Poll::Pending => this.wait(context),
            read @ Poll::Ready(_) => read,
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.tcp).poll_write(context, bytes);
        this.wrote(context, polled)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.tcp).poll_write_vectored(context, pieces);
        this.wrote(context, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    // TCP has no buffer of its own to flush, and shutting it down does not wait for the client.

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_shutdown(context)
    }
}
