//! A connection's peer and its activity, which decides when the connection is closed.
//!
//! A request is in progress from its complete head until the server has received the end of its response. Meanwhile, the
//! Hub works on it (a handler runs, or the response's body waits for more data), or its client takes the response. Only
//! requests keep a connection open: other bytes, such as HTTP/2 pings, do not count.
//!
//! **Invariant:** every connection closes: after the idle timeout if it has no request in progress or if its client does
//! not take a response, and otherwise when the requests that were in progress at its maximum age, or when the Hub
//! stopped, have finished.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum_server::ConnectionShutdown;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// How long a connection without a request in progress stays open after it started closing: the time for a request that
/// the client is sending, or for the end of a response.
pub(crate) const CLOSING: Duration = Duration::from_secs(5);

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
    /// How long a connection stays open without a request in progress, or while its client does not take a response.
    pub(crate) idle: Duration,
    /// How long a connection accepts requests.
    pub(crate) age: Duration,
    /// How long a connection stays open after it stopped accepting requests: the maximum duration of a request.
    pub(crate) last_request: Duration,
}

/// All connections of a listener.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connections {
    stop: CancellationToken,
    requests: TaskTracker,
}

impl Connections {
    /// Closes every connection when its requests in progress have finished.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until the connections must close.
    pub(crate) fn stopped(&self) -> WaitForCancellationFutureOwned {
        self.stop.clone().cancelled_owned()
    }

    /// Returns the number of requests in progress.
    pub(crate) fn requests(&self) -> usize {
        self.requests.len()
    }

    /// Waits until no request is in progress.
    pub(crate) async fn finished(&self) {
        self.requests.close();
        self.requests.wait().await;
    }
}

/// The activity on a connection.
#[derive(Debug)]
pub(crate) struct Activity {
    lifetime: Lifetime,
    connections: Connections,
    opened: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The number of requests in progress.
    requests: usize,
    /// The number of handlers that are running, and of response bodies that are waiting for more data.
    working: usize,
    /// The time of the last activity.
    last: Instant,
    /// The time at which the connection started closing. `None` while it is open.
    closing: Option<Instant>,
    /// Closes the connection after the responses in progress. `None` until the first request.
    shutdown: Option<ConnectionShutdown>,
}

impl State {
    /// Starts closing the connection gracefully. Returns `false` if that is not possible, because there has been no
    /// request.
    fn close(&mut self, now: Instant) -> bool {
        self.closing.get_or_insert(now);
        self.shutdown.as_ref().map(ConnectionShutdown::graceful_shutdown).is_some()
    }
}

impl Activity {
    pub(crate) fn new(lifetime: Lifetime, connections: Connections) -> Self {
        let opened = Instant::now();
        let state = State { requests: 0, working: 0, last: opened, closing: None, shutdown: None };
        Self { lifetime, connections, opened, state: Mutex::new(state) }
    }

    /// Records a new request. Returns `None` if the request does not keep the connection open, because the connection
    /// has been closing for too long. Only an HTTP/2 client that does not answer the Hub's frames can send such a
    /// request.
    pub(crate) fn request(self: &Arc<Self>, shutdown: Option<ConnectionShutdown>) -> Option<Request> {
        let now = Instant::now();
        let mut state = self.state();
        if state.closing.is_some_and(|since| since + CLOSING <= now) {
            return None;
        }
        state.shutdown = shutdown;
        state.requests += 1;
        let is_last = state.closing.is_some() || self.opened + self.lifetime.age <= now;
        if is_last {
            state.close(now);
        }
        let token = self.connections.requests.token();
        Some(Request { activity: Arc::clone(self), is_last, _token: token })
    }

    /// Records that the Hub is stopping.
    pub(crate) fn stop(&self) {
        // The server itself stops gracefully.
        self.state().closing.get_or_insert_with(Instant::now);
    }

    /// Starts closing the connection if it is idle or too old. Returns the time at which to check again, or `None` if the
    /// connection must be closed now.
    pub(crate) fn check(&self) -> Option<Instant> {
        let (now, Lifetime { idle, age, last_request }) = (Instant::now(), self.lifetime);
        let (mut state, old) = (self.state(), self.opened + age);
        if state.closing.map_or(old, |since| since.min(old)) + last_request <= now {
            return None;
        }
        if 0 < state.requests {
            let until = if 0 < state.working { now + idle } else { state.last + idle };
            // A request can finish without a notification, and the connection may have to close soon after that.
            return (now < until).then(|| until.min(now + CLOSING));
        }
        let until = match state.closing {
            Some(since) => state.last.max(since) + CLOSING,
            None => (state.last + idle).min(state.last.max(old) + CLOSING),
        };
        if now < until {
            return Some(until);
        }
        (state.closing.is_none() && state.close(now)).then(|| now + CLOSING)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request in progress. Dropping the value finishes it.
#[derive(Debug)]
pub(crate) struct Request {
    activity: Arc<Activity>,
    /// Whether the connection closes after the response.
    pub(crate) is_last: bool,
    _token: TaskTrackerToken,
}

impl Request {
    /// Records that the Hub works on the request until the returned value is dropped.
    pub(crate) fn work(&self) -> Work {
        self.activity.state().working += 1;
        Work(Arc::clone(&self.activity))
    }

    /// Records that the client took a part of the response.
    pub(crate) fn progress(&self) {
        self.activity.state().last = Instant::now();
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.requests -= 1;
        state.last = Instant::now();
    }
}

/// Work on a request in progress.
#[derive(Debug)]
pub(crate) struct Work(Arc<Activity>);

impl Drop for Work {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.working -= 1;
        state.last = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(age: Duration, last_request: Duration) -> Arc<Activity> {
        let lifetime = Lifetime { idle: Duration::from_hours(1), age, last_request };
        Arc::new(Activity::new(lifetime, Connections::default()))
    }

    #[test]
    fn a_request_in_progress_keeps_an_old_connection_open_only_for_a_requests_maximum_duration() {
        for (last_request, is_open) in [(Duration::from_hours(1), true), (Duration::ZERO, false)] {
            let activity = activity(Duration::ZERO, last_request);
            let request = activity.request(None).unwrap();
            let _work = request.work();
            assert!(request.is_last);
            assert_eq!(activity.check().is_some(), is_open);
        }
    }

    #[test]
    fn a_request_after_the_last_one_does_not_keep_a_connection_open() {
        let long = Duration::from_hours(1);
        let activity = activity(long, long);
        activity.stop();
        let during = activity.request(None);
        assert!(during.is_some_and(|request| request.is_last));
        let before = Instant::now().checked_sub(CLOSING).unwrap();
        activity.state().closing = Some(before);
        assert!(activity.request(None).is_none());
        assert_eq!(activity.connections.requests(), 0);
    }
}
