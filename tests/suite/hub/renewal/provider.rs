//! A provider whose tokens for renewing are good once: a second use is taken for theft, and ends all.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// So long a renewal takes: long enough for others to come in between.
const PAUSE: Duration = Duration::from_millis(400);

/// What it remembers of the one account that it has.
#[derive(Default)]
struct Account {
    /// The number of the tokens that hold.
    number: u32,
    /// Whether the one that lets in has ended.
    has_ended: bool,
    /// How often they were renewed, and how often somebody tried with a token that was used.
    renewed: u32,
    reused: u32,
}

pub(super) struct Provider {
    pub(super) origin: String,
    account: Arc<Mutex<Account>>,
}

impl Provider {
    pub(super) fn start(holds_for: Option<u32>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let account = Arc::new(Mutex::new(Account::default()));
        let shared = Arc::clone(&account);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let account = Arc::clone(&shared);
                thread::spawn(move || serve(stream, &account, holds_for));
            }
        });
        Self { origin, account }
    }

    /// The token that lets in ends, and nobody is told.
    pub(super) fn end(&self) {
        lock(&self.account).has_ended = true;
    }

    /// How often tokens were renewed, and how often somebody tried it with a token that was used.
    pub(super) fn told(&self) -> (u32, u32) {
        let account = lock(&self.account);
        (account.renewed, account.reused)
    }
}

fn lock(account: &Mutex<Account>) -> std::sync::MutexGuard<'_, Account> {
    account.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(mut stream: TcpStream, account: &Mutex<Account>, holds_for: Option<u32>) {
    let Some(request) = request(&mut stream) else { return };
    let (status, body) = answer(&request, account, holds_for);
    let body = body.to_string();
    let head = "content-type: application/json\r\nconnection: close";
    let _ = write!(stream, "HTTP/1.1 {status} -\r\n{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
}

/// Head and body.
fn request(stream: &mut TcpStream) -> Option<String> {
    let (mut text, mut piece) = (String::new(), [0; 4096]);
    loop {
        let n = stream.read(&mut piece).ok().filter(|n| 0 < *n)?;
        text.push_str(&String::from_utf8_lossy(&piece[..n]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        let length = lines.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let length = length.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(0);
        if length <= body.len() {
            return Some(text);
        }
    }
}

fn answer(request: &str, account: &Mutex<Account>, holds_for: Option<u32>) -> (u16, Value) {
    let tokens = |number: u32, holds_for: Option<u32>| {
        let mut tokens = json!({ "access_token": format!("in-{number}"), "refresh_token": format!("renew-{number}"), "instance": "a" });
        if let Some(seconds) = holds_for {
            tokens["expires_in"] = json!(seconds);
        }
        (200, tokens)
    };
    if request.starts_with("POST /token ") && request.contains("grant_type=authorization_code") {
        return tokens(0, holds_for);
    }
    if request.starts_with("POST /token ") {
        let mut known = lock(account);
        if !request.contains(&format!("refresh_token=renew-{}&", known.number))
            && !request.ends_with(&format!("refresh_token=renew-{}", known.number))
        {
            known.reused += 1;
            known.has_ended = true;
            return (400, json!({ "error": "invalid_grant" }));
        }
        known.number += 1;
        known.renewed += 1;
        known.has_ended = false;
        let number = known.number;
        drop(known);
        thread::sleep(PAUSE);
        return tokens(number, holds_for.map(|_| 3600));
    }
    let known = lock(account);
    let lets_in = request.lines().any(|line| {
        line.to_ascii_lowercase().trim_end() == format!("authorization: bearer in-{}", known.number)
    });
    if lets_in && !known.has_ended {
        (200, json!({ "id": "a1", "name": "Acme" }))
    } else {
        (401, json!({ "error": "invalid_token" }))
    }
}
