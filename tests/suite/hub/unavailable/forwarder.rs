//! A TCP forwarder in front of PostgreSQL that can close its connections, as a stopped server does.

use std::io::copy;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How the forwarder treats connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Connections are forwarded.
    Forward,
    /// Connections are accepted and immediately closed, like those of a proxy whose server is down.
    Disconnect,
    /// The forwarder does not listen, so connections are refused.
    Refuse,
    /// The forwarder has been dropped.
    End,
}

/// A running forwarder.
pub(super) struct Forwarder {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    mode: Mode,
    /// Whether the forwarder listens.
    listens: bool,
    /// Both ends of every connection.
    open: Vec<TcpStream>,
}

impl Forwarder {
    /// Starts a forwarder to the server of a database URL.
    pub(super) fn to(url: &str) -> Self {
        let target = host(url).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("cannot listen");
        let address = listener.local_addr().expect("an address");
        let state = State { mode: Mode::Forward, listens: true, open: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        thread::spawn(move || run(listener, address, &target, &shared));
        Self { address, state }
    }

    /// Returns a database URL in which the forwarder replaces the server.
    pub(super) fn url(&self, url: &str) -> String {
        url.replace(host(url), &self.address.to_string())
    }

    /// Forwards new connections.
    pub(super) fn forward(&self) {
        self.set(Mode::Forward);
    }

    /// Closes all connections, and every new connection.
    pub(super) fn disconnect(&self) {
        self.set(Mode::Disconnect);
    }

    /// Closes all connections, and refuses new connections.
    pub(super) fn refuse(&self) {
        self.set(Mode::Refuse);
    }

    /// Changes the mode, and waits until it applies.
    fn set(&self, mode: Mode) {
        {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.mode = mode;
            for stream in state.open.drain(..) {
                // The connection may already be closed.
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
        let is_applied = || {
            let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.listens == (mode != Mode::Refuse)
        };
        while mode != Mode::End && !is_applied() {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.set(Mode::End);
    }
}

fn run(listener: TcpListener, address: SocketAddr, target: &str, shared: &Mutex<State>) {
    let mut listener = Some(listener);
    loop {
        let mode = shared.lock().unwrap_or_else(PoisonError::into_inner).mode;
        match mode {
            Mode::End => return,
            Mode::Refuse => listener = None,
            Mode::Forward | Mode::Disconnect => {
                let listening =
                    listener.get_or_insert_with(|| TcpListener::bind(address).expect("cannot listen again"));
                listening.set_nonblocking(true).expect("a non-blocking socket");
                if let Ok((client, _)) = listening.accept() {
                    client.set_nonblocking(false).expect("a blocking socket");
                    accept(client, target, shared);
                    continue;
                }
            }
        }
        shared.lock().unwrap_or_else(PoisonError::into_inner).listens = listener.is_some();
        thread::sleep(Duration::from_millis(1));
    }
}

/// Forwards a connection, or drops it, depending on the mode.
fn accept(client: TcpStream, target: &str, shared: &Mutex<State>) {
    let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
    if state.mode != Mode::Forward {
        return;
    }
    let server = TcpStream::connect(target).expect("cannot reach PostgreSQL");
    for (from, to) in [(&client, &server), (&server, &client)] {
        let mut from = from.try_clone().expect("a second handle");
        let mut to = to.try_clone().expect("a second handle");
        thread::spawn(move || {
            // An error means that the connection was closed.
            let _ = copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
    }
    state.open.extend([client, server]);
}

/// Returns a database URL's host and port.
fn host(url: &str) -> &str {
    let rest = url.split_once('@').map_or(url, |(_, rest)| rest);
    rest.split_once('/').map_or(rest, |(host, _)| host)
}
