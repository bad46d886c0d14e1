//! A provider that accepts every credential, records each request, and sends any bytes as its response.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::hub::received::request;

/// The response to the checks of a guide.
const ACCOUNT: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
                       content-length: 22\r\n\r\n{\"id\":7,\"name\":\"Acme\"}";

pub(super) struct Provider {
    pub(super) origin: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    requests: Vec<String>,
    response: Option<String>,
    /// Whether the body of each response is the request.
    repeats: bool,
}

impl Provider {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                serve(stream, &shared);
            }
        });
        Self { origin, state }
    }

    /// Sets the response to all further requests: the status and the header lines, then the body.
    pub(super) fn respond(&self, head: &str, body: &str) {
        let head = head.replace('\n', "\r\n");
        lock(&self.state).response = Some(format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n{body}"));
    }

    /// Responds to all further requests with the requests themselves.
    pub(super) fn repeat(&self) {
        lock(&self.state).repeats = true;
    }

    /// Returns the requests since the last call, each with its head and its body.
    pub(super) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.state).requests)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) {
    let Some(request) = request(&mut stream) else { return };
    let mut state = lock(state);
    state.requests.push(request.clone());
    let repeated = state.repeats.then(|| format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{request}"));
    let response = repeated.or_else(|| state.response.clone()).unwrap_or_else(|| ACCOUNT.to_owned());
    drop(state);
    let _ = stream.write_all(response.as_bytes());
}
