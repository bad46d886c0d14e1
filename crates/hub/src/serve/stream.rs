//! A connection's socket, which fails when the connection must close.
//!
//! **Invariant:** while the Hub waits for a client, it checks whether the connection may stay open, whether the client
//! speaks HTTP/1 or HTTP/2, with or without TLS, and whatever the client sends.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::share::Slot;
use crate::connection::Activity;

/// A connection's socket.
pub(super) struct Stream {
    tcp: TcpStream,
    activity: Arc<Activity>,
    /// Expires at the time at which the activity must be checked again.
    timer: Pin<Box<Sleep>>,
    /// Completes when the Hub stops. `None` after that.
    stopped: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    /// Counts the connection toward the listener's limits until the socket is closed.
    _slot: Slot,
}

impl Stream {
    pub(super) fn new(
        tcp: TcpStream,
        activity: Arc<Activity>,
        stopped: WaitForCancellationFutureOwned,
        slot: Slot,
    ) -> Self {
        let timer = Box::pin(sleep_until(Instant::now()));
        Self { tcp, activity, timer, stopped: Some(Box::pin(stopped)), _slot: slot }
    }

    /// Fails an operation that waits for the client if the connection must close.
    fn wait<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if let Some(stopped) = &mut self.stopped
            && stopped.as_mut().poll(context).is_ready()
        {
            self.stopped = None;
            self.activity.stop();
        }
        loop {
            // The activity is checked even if the timer has not expired. The time may be earlier now, and a client that
            // sends bytes all the time could use up the task's budget for polling the timer.
            let Some(at) = self.activity.check() else {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            };
            let expiry = self.timer.deadline();
            if at < expiry || expiry <= Instant::now() {
                self.timer.as_mut().reset(at);
            }
            ready!(self.timer.as_mut().poll(context));
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
        match Pin::new(&mut this.tcp).poll_write(context, bytes) {
            Poll::Pending => this.wait(context),
            written @ Poll::Ready(_) => written,
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match Pin::new(&mut this.tcp).poll_write_vectored(context, pieces) {
            Poll::Pending => this.wait(context),
            written @ Poll::Ready(_) => written,
        }
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
