//! A connection's peer and its activity, which decides when the connection is closed.
//!
//! A connection is idle while the Hub waits for its client: no handler runs, no response body waits for more data, and
//! the client reads no response. Bytes that carry no request, such as HTTP/2 pings, do not keep a connection open.
//!
//! **Invariant:** every connection closes: an idle one after the idle timeout, and any other one when the requests that
//! were in progress at its maximum age have finished.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum_server::ConnectionShutdown;
use tokio::time::Instant;

/// The remote peer of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// The remote address.
    pub(crate) address: SocketAddr,
    /// The connection's activity.
    pub(crate) activity: Arc<Activity>,
}

/// How long connections stay open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetime {
    /// How long a connection stays open while it is idle.
    pub(crate) idle: Duration,
    /// How long a connection accepts requests.
    pub(crate) age: Duration,
}

/// The activity on a connection.
#[derive(Debug)]
pub(crate) struct Activity {
    lifetime: Lifetime,
    opened: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The number of handlers that are running, and of response bodies that are waiting for more data.
    working: usize,
    /// The time of the last activity.
    last: Instant,
    /// Closes the connection after the responses in progress. `None` until the first request.
    shutdown: Option<ConnectionShutdown>,
}

impl Activity {
    pub(crate) fn new(lifetime: Lifetime) -> Self {
        let opened = Instant::now();
        let state = Mutex::new(State { working: 0, last: opened, shutdown: None });
        Self { lifetime, opened, state }
    }

    /// Records a new request. Returns `true` if the connection has reached its maximum age, so that the request is its
    /// last one.
    pub(crate) fn request(&self, shutdown: Option<ConnectionShutdown>) -> bool {
        self.state().shutdown = shutdown;
        let is_last = self.lifetime.age <= self.opened.elapsed();
        if is_last {
            self.close();
        }
        is_last
    }

    /// Keeps the connection open until the returned value is dropped.
    pub(crate) fn work(self: &Arc<Self>) -> Work {
        self.state().working += 1;
        Work(Arc::clone(self))
    }

    /// Records that the client took part of a response.
    pub(crate) fn progress(&self) {
        self.state().last = Instant::now();
    }

    /// Returns the earliest time at which the connection may be closed because it is idle.
    pub(crate) fn idle_until(&self) -> Instant {
        let state = self.state();
        let since = if state.working == 0 { state.last } else { Instant::now() };
        since + self.lifetime.idle
    }

    /// Starts closing the connection gracefully. Returns `false` if that is not possible, because there has been no
    /// request.
    pub(crate) fn close(&self) -> bool {
        let shutdown = self.state().shutdown.clone();
        shutdown.as_ref().map(ConnectionShutdown::graceful_shutdown).is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Work in progress on a connection, which is therefore not idle.
#[derive(Debug)]
pub(crate) struct Work(Arc<Activity>);

impl Drop for Work {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.working -= 1;
        state.last = Instant::now();
    }
}
