//! A provider with single-use refresh tokens: it treats the reuse of a refresh token as theft and revokes all tokens.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::hub::received::request;

/// How long a renewal takes by default. This is long enough for concurrent requests to arrive during the renewal.
const PAUSE: Duration = Duration::from_millis(400);

/// The state of the provider's only account.
#[derive(Default)]
struct Account {
    /// The sequence number of the current tokens.
    number: u32,
    /// Whether the current access token has expired.
    is_expired: bool,
    /// Whether the person has revoked the Hub's access.
    is_revoked: bool,
    /// The wait, in seconds, that the provider asks for instead of renewing tokens.
    wait: Option<u32>,
    /// How often tokens were renewed, and how often a used refresh token was sent again.
    renewed: u32,
    reused: u32,
    /// How long it takes to issue tokens. `None` for the defaults.
    pause: Option<Duration>,
    /// The requests, other than those to the token endpoint.
    requests: Vec<String>,
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

    /// Makes the access token expire without notifying the Hub.
    pub(super) fn expire_token(&self) {
        lock(&self.account).is_expired = true;
    }

    /// Makes the access token expire, and responds to renewals with a wait, in seconds.
    pub(super) fn throttle(&self, wait: u32) {
        let mut account = lock(&self.account);
        (account.is_expired, account.wait) = (true, Some(wait));
    }

    /// Revokes the access token and the refresh token, as a person can in the provider's settings.
    pub(super) fn revoke(&self) {
        let mut account = lock(&self.account);
        (account.is_expired, account.is_revoked) = (true, true);
    }

    /// Sets how long it takes to issue tokens.
    pub(super) fn set_pause(&self, pause: Duration) {
        lock(&self.account).pause = Some(pause);
    }

    /// Returns the requests since the last call, other than those to the token endpoint.
    pub(super) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.account).requests)
    }

    /// Returns the number of renewals and the number of attempts to reuse a refresh token.
    pub(super) fn counts(&self) -> (u32, u32) {
        let account = lock(&self.account);
        (account.renewed, account.reused)
    }
}

fn lock(account: &Mutex<Account>) -> std::sync::MutexGuard<'_, Account> {
    account.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(mut stream: TcpStream, account: &Mutex<Account>, holds_for: Option<u32>) {
    let Some(request) = request(&mut stream) else { return };
    let (status, body) = response(&request, account, holds_for);
    let body = body.to_string();
    let wait = lock(account).wait.filter(|_| status == 429);
    let wait = wait.map(|seconds| format!("\r\nretry-after: {seconds}")).unwrap_or_default();
    let head = format!("content-type: application/json\r\nconnection: close{wait}");
    let _ = write!(stream, "HTTP/1.1 {status} -\r\n{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
}

fn response(request: &str, account: &Mutex<Account>, holds_for: Option<u32>) -> (u16, Value) {
    let tokens = |number: u32, holds_for: Option<u32>| {
        let mut tokens = json!({ "access_token": format!("access-token-{number}"), "refresh_token": format!("refresh-token-{number}"), "instance": "a" });
        if let Some(seconds) = holds_for {
            tokens["expires_in"] = json!(seconds);
        }
        (200, tokens)
    };
    if request.starts_with("POST /token ") && request.contains("grant_type=authorization_code") {
        let pause = lock(account).pause;
        thread::sleep(pause.unwrap_or_default());
        return tokens(0, holds_for);
    }
    if request.starts_with("POST /token ") {
        let mut account = lock(account);
        if account.wait.is_some() {
            return (429, json!({}));
        }
        if account.is_revoked {
            return (400, json!({ "error": "invalid_grant" }));
        }
        // Some providers require the callback URL again.
        if !request.contains("redirect_uri=http%3A%2F%2F") {
            return (400, json!({ "error": "invalid_request" }));
        }
        if !request.contains(&format!("refresh_token=refresh-token-{}&", account.number))
            && !request.ends_with(&format!("refresh_token=refresh-token-{}", account.number))
        {
            account.reused += 1;
            account.is_expired = true;
            return (400, json!({ "error": "invalid_grant" }));
        }
        account.number += 1;
        account.renewed += 1;
        account.is_expired = false;
        let (number, pause) = (account.number, account.pause.unwrap_or(PAUSE));
        drop(account);
        thread::sleep(pause);
        return tokens(number, holds_for.map(|_| 3600));
    }
    let mut account = lock(account);
    account.requests.push(request.to_owned());
    let is_current = request.lines().any(|line| {
        line.to_ascii_lowercase().trim_end()
            == format!("authorization: bearer access-token-{}", account.number)
    });
    if request.starts_with("GET /echo ") {
        let number = account.number;
        let earlier = number.checked_sub(1).map(|number| format!("access-token-{number}"));
        let access = format!("access-token-{number}");
        let refresh = format!("refresh-token-{number}");
        let body = json!({ "app": "app-secret", "access": access, "refresh": refresh, "earlier": earlier });
        let status = if is_current && !account.is_expired { 200 } else { 401 };
        return (status, body);
    }
    if is_current && !account.is_expired {
        (200, json!({ "id": "a1", "name": "Acme" }))
    } else {
        (401, json!({ "error": "invalid_token" }))
    }
}
