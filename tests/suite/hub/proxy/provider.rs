//! A provider that accepts every credential, records each request, and sends any bytes as its response.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::hub::received::request;

/// The response to the checks of a guide.
const ACCOUNT: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
                       content-length: 22\r\n\r\n{\"id\":7,\"name\":\"Acme\"}";

/// The response to a request for a token, which expires too soon to be kept.
const TOKEN: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
                     content-length: 47\r\n\r\n{\"access_token\":\"fetched-token\",\"expires_in\":1}";

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
    /// How long the provider takes to issue a token.
    pause: Duration,
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

    /// Sets how long the provider takes to issue a token.
    pub(super) fn set_pause(&self, pause: Duration) {
        lock(&self.state).pause = pause;
    }

    /// Waits until the provider has received a request.
    pub(super) fn wait_for_request(&self) {
        let began = Instant::now();
        while lock(&self.state).requests.is_empty() {
            assert!(began.elapsed() < Duration::from_secs(30), "no request was sent");
            thread::sleep(Duration::from_millis(10));
        }
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
    let is_token = request.starts_with("POST /oauth/token ");
    let usual = if is_token { TOKEN } else { ACCOUNT };
    let response = repeated.or_else(|| state.response.clone()).unwrap_or_else(|| usual.to_owned());
    let pause = state.pause;
    drop(state);
    if is_token {
        thread::sleep(pause);
    }
    let _ = stream.write_all(response.as_bytes());
}
