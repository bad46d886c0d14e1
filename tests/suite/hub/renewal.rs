//! Token renewal while an account is in use, with a provider whose refresh tokens can be used only once: concurrent
//! requests must cause exactly one renewal. The tests run two Hubs on PostgreSQL and one on SQLite.

mod provider;
mod windows;

use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::browser::{Browser, Progress, between};
use super::client::{Request, Response};
use super::process::{Installation, RunningHub};
use super::world::Database;
use crate::waystone;

use self::provider::Provider;

/// The key of the guide in [`guides`], in which people sign in through a browser and each renewal returns a new refresh
/// token.
pub(super) const KEY: &str = "a-sign-in-in-the-browser";

/// The number of concurrent requests to each Hub.
const REQUESTS: usize = 12;

/// An account at the provider, and the Hubs that share its database.
struct Linked {
    provider: Provider,
    installations: Vec<Installation>,
    hubs: Vec<RunningHub>,
    key: String,
    account: String,
    guides: tempfile::TempDir,
}

impl Linked {
    /// Links an account. `holds_for` is the lifetime, in seconds, that the provider reports for its first token, or
    /// `None` if the provider reports no lifetime.
    fn new(database: Database, holds_for: Option<u32>) -> Self {
        let provider = Provider::start(holds_for);
        let guides = guides();
        let folder = guides.path().to_str().expect("the path is not UTF-8");
        let upstream = format!("*.acme.example={}", provider.origin);
        let more = ["--guides", folder, "--upstream", upstream.as_str()];
        let mut installations = vec![Installation::new(database, "http://127.0.0.1:1").with(&more)];
        let mut hubs = vec![installations[0].start()];
        let key = hubs[0].key.clone().expect("a first key");
        if database == Database::Postgres {
            let other = Installation::with_database(installations[0].server.clone(), "http://127.0.0.1:1")
                .with(&more);
            std::fs::copy(installations[0].data().join("key"), other.data().join("key"))
                .expect("cannot copy the key");
            hubs.push(other.start());
            installations.push(other);
        }
        let account = link(hubs[0].address, &key);
        Self { provider, installations, hubs, key, account, guides }
    }

    fn proxied(&self) -> Request {
        Request::get(&format!("/accounts/{}/proxy/things", self.account)).key(&self.key)
    }

    fn verify(&self) -> Request {
        Request::post(&format!("/accounts/{}/verify", self.account)).key(&self.key)
    }

    /// Sends [`REQUESTS`] requests to every Hub at the same time.
    fn send_concurrently(&self) -> Vec<Response> {
        thread::scope(|scope| {
            let addresses = self.hubs.iter().map(|hub| hub.address);
            let requests = addresses.flat_map(|address| (0..REQUESTS).map(move |n| (n, address)));
            let tasks: Vec<_> = requests
                .map(|(n, address)| {
                    let request = if n % 4 == 3 { self.verify() } else { self.proxied() };
                    scope.spawn(move || request.send_to(address).expect("no response"))
                })
                .collect();
            tasks.into_iter().map(|task| task.join().expect("the request panicked")).collect()
        })
    }

    #[track_caller]
    fn assert_renewed_once(&self, responses: &[Response], when: &str) {
        for response in responses {
            assert_eq!(response.status, 200, "{when}: {}", response.body);
        }
        assert_eq!(self.provider.counts(), (1, 0), "{when}: (renewals, reused refresh tokens)");
    }
}

/// Creates a folder with the guide.
pub(super) fn guides() -> tempfile::TempDir {
    let guides = tempfile::tempdir().expect("cannot create a temporary folder");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/guides/ok").join(KEY);
    std::fs::create_dir(guides.path().join(KEY)).expect("cannot create the folder");
    std::fs::copy(from.join("guide.yaml"), guides.path().join(KEY).join("guide.yaml"))
        .expect("cannot copy the guide");
    guides
}

/// Signs in to the provider as a person does in a browser. Returns the account's id.
fn link(address: SocketAddr, key: &str) -> String {
    let mut browser = returned(address, key, "code=agreed");
    let progress = browser.walk(Duration::from_secs(20), || address).expect("no response");
    let Progress::Done(account) = progress else { panic!("the account is not linked: {progress:?}") };
    account
}

/// Starts a sign-in in a browser, and redirects the browser back from the provider with these parameters, such as
/// `code=agreed`. Returns the browser on the page that shows the checks.
pub(super) fn returned(address: SocketAddr, key: &str, parameters: &str) -> Browser {
    let send = |request: Request| request.key(key).send_to(address).expect("no response");
    let profile = send(Request::post("/connector_profiles").json(&json!({
        "provider": KEY, "method": "main", "name": "Acme",
        "values": { "client_id": "app", "client_secret": "app-secret" },
    })));
    assert_eq!(profile.status, 201, "{}", profile.body);
    let created = send(Request::post("/connect_sessions").json(&json!({
        "origin_owner_id": "mine", "origin_owner_name": "Mine", "connector_profile_id": profile.text("id"),
    })));
    let mut browser = Browser::new(&created.link(), &[]);
    let page = browser.open(|| address).expect("no response");
    let csrf = between(&page.body, "name=\"csrf\" value=\"", "\"");
    let form = Request::post(&browser.path).form(&[("csrf", csrf), ("do", "connect")]);
    let away = browser.send(address, form).expect("no response");
    let state = between(away.header("location").expect("no redirect"), "&state=", "&");
    let back = format!("/connect/oauth2/{KEY}/callback?{parameters}&state={state}");
    let back = browser.send(address, Request::get(&back)).expect("no response");
    assert_eq!(back.status, 303, "{}", back.body);
    back.header("location").expect("no redirect").clone_into(&mut browser.path);
    browser
}

/// Asserts that one renewal serves all concurrent requests when a token expires. Covers both cases: the Hub knows the
/// expiry time, or only the provider knows it.
fn check_renewals(database: Database) {
    let linked = Linked::new(database, Some(12));
    // The Hub renews a token ten seconds before it expires, so this one is due for renewal after two seconds.
    thread::sleep(Duration::from_millis(2_500));
    linked.assert_renewed_once(&linked.send_concurrently(), "an expired token");
    linked.assert_renewed_once(&linked.send_concurrently(), "a renewed token");

    let linked = Linked::new(database, None);
    linked.provider.expire_token();
    linked.assert_renewed_once(&linked.send_concurrently(), "a token that the provider rejects");
}

#[test]
fn two_hubs_renew_a_token_once() {
    check_renewals(Database::Postgres);
}

#[test]
fn one_hub_renews_a_token_once() {
    check_renewals(Database::Sqlite);
}

#[test]
fn reading_credentials_renews_tokens_that_expire_soon() {
    let linked = Linked::new(Database::Sqlite, Some(12));
    let address = linked.hubs[0].address;
    let key = linked.installations[0].credentials_key();
    let read = || {
        let path = format!("/accounts/{}/credentials", linked.account);
        Request::get(&path).key(&key).send_to(address).expect("no response").value()
    };
    let before = read();
    thread::sleep(Duration::from_millis(2_500));
    let after = read();
    assert_eq!(linked.provider.counts(), (1, 0), "(renewals, reused refresh tokens): {before} {after}");
    let token = |value: &Value| value["credentials"]["token:access_token"].as_str().map(str::to_owned);
    assert!(
        token(&before).is_some() && token(&after).is_some() && token(&before) != token(&after),
        "{after}"
    );
    let expires = after["tokens_expire_at"].as_str().expect("no expiry time");
    assert!(before["tokens_expire_at"].as_str() < Some(expires), "{before} {after}");
    assert!(!after["credentials"].to_string().contains("tokens:end"), "{after}");
}

#[test]
fn secrets_that_a_request_does_not_carry_are_masked_too() {
    let linked = Linked::new(Database::Sqlite, None);
    let echo = Request::get(&format!("/accounts/{}/proxy/echo", linked.account)).key(&linked.key);
    let response = echo.send_to(linked.hubs[0].address).expect("no response");
    let stars = |secret: &str| "*".repeat(secret.len());
    let expected = json!({
        "app": stars("app-secret"), "access": stars("access-token-0"), "refresh": stars("refresh-token-0"),
        "earlier": null,
    });
    assert_eq!(response.value(), expected, "{}", response.body);
}

/// The provider may still accept the token from before the renewal.
#[test]
fn a_token_that_is_renewed_for_a_request_is_masked_in_its_response() {
    for holds_for in [None, Some(12)] {
        let linked = Linked::new(Database::Sqlite, holds_for);
        match holds_for {
            None => linked.provider.expire_token(),
            // The Hub renews the token before it sends the request.
            Some(_) => thread::sleep(Duration::from_millis(2_500)),
        }
        let echo = Request::get(&format!("/accounts/{}/proxy/echo", linked.account)).key(&linked.key);
        let response = echo.send_to(linked.hubs[0].address).expect("no response");
        assert_eq!((response.status, linked.provider.counts()), (200, (1, 0)), "{}", response.body);
        assert_eq!(response.text("access"), "*".repeat("access-token-1".len()), "{}", response.body);
        assert_eq!(response.text("earlier"), "*".repeat("access-token-0".len()), "{}", response.body);
    }
}

/// Sends a request for which the Hub renews the token, and calls `change` while the provider renews it. Asserts that the
/// request is refused, and that nothing was sent with the new token. Returns the error's code.
fn refused_during_renewal(linked: &Linked, request: Request, change: impl FnOnce()) -> String {
    linked.provider.expire_token();
    linked.provider.set_pause(Duration::from_secs(2));
    linked.provider.requests();
    let (renewed, _) = linked.provider.counts();
    let address = linked.hubs[0].address;
    let refused = thread::scope(|scope| {
        let sending = scope.spawn(|| request.send_to(address).expect("no response"));
        let began = Instant::now();
        while linked.provider.counts() == (renewed, 0) {
            assert!(began.elapsed() < Duration::from_secs(30), "the token was not renewed");
            thread::sleep(Duration::from_millis(10));
        }
        change();
        sending.join().expect("the request panicked")
    });
    let token = format!("access-token-{}", renewed + 1);
    let sent = linked.provider.requests().iter().filter(|request| request.contains(&token)).count();
    assert_eq!(sent, 0, "the new token was sent: {}", refused.body);
    refused.text("code")
}

#[test]
fn nothing_is_sent_if_a_key_is_revoked_or_an_account_suspended_during_a_renewal() {
    let linked = Linked::new(Database::Sqlite, None);
    let address = linked.hubs[0].address;
    let send = |request: Request| request.key(&linked.key).send_to(address).expect("no response");
    let path = format!("/accounts/{}", linked.account);
    for (proxied, scope) in [(true, "requests:write"), (false, "platform:write")] {
        let created = send(Request::post("/api_keys").json(&json!({ "name": "Short", "scopes": [scope] })));
        assert_eq!(created.status, 201, "{}", created.body);
        let request = if proxied {
            Request::get(&format!("{path}/proxy/things"))
        } else {
            Request::post(&format!("{path}/verify"))
        };
        let code = refused_during_renewal(&linked, request.key(&created.text("key")), || {
            let revoked = send(Request::new("DELETE", &format!("/api_keys/{}", created.text("id"))));
            assert_eq!(revoked.status, 204, "{}", revoked.body);
        });
        assert_eq!(code, "unauthorized");
        // The new tokens are stored, and other keys still work.
        let response = send(Request::get(&format!("{path}/proxy/things")));
        assert_eq!(response.status, 200, "{}", response.body);
    }
    let hold = |status: &str| {
        let changed = send(Request::new("PATCH", &path).json(&json!({ "status": status })));
        assert_eq!(changed.status, 200, "{}", changed.body);
    };
    for request in [linked.proxied(), linked.verify()] {
        assert_eq!(refused_during_renewal(&linked, request, || hold("suspended")), "conflict");
        hold("active");
        assert_eq!(linked.proxied().send_to(address).expect("no response").status, 200);
    }
    assert_eq!(linked.provider.counts(), (4, 0), "(renewals, reused refresh tokens)");
}

#[test]
fn a_revoked_sign_in_changes_the_accounts_status() {
    let linked = Linked::new(Database::Sqlite, None);
    let address = linked.hubs[0].address;
    linked.provider.revoke();
    let words = "Your sign-in to Acme has expired or was revoked. Sign in to Acme again.";
    let refused = linked.proxied().send_to(address).expect("no response");
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(refused.body.contains(words), "{}", refused.body);
    let account = Request::get(&format!("/accounts/{}", linked.account)).key(&linked.key);
    let account = account.send_to(address).expect("no response").value();
    assert_eq!(account["status"], "expired", "{account}");
    assert_eq!(account["status_reasons"][0]["code"], "expired", "{account}");
    assert_eq!(account["status_reasons"][0]["description"], words, "{account}");
    let again = linked.proxied().send_to(address).expect("no response");
    assert_eq!(again.status, 409, "{}", again.body);
    assert!(again.body.contains("The account is expired"), "{}", again.body);
}

#[test]
fn a_provider_that_asks_to_wait_before_a_renewal_is_not_asked_earlier() {
    let linked = Linked::new(Database::Sqlite, None);
    linked.provider.throttle(3600);
    let refused = linked.proxied().send_to(linked.hubs[0].address).expect("no response");
    assert_eq!((refused.status, refused.text("outcome").as_str()), (502, "throttled"), "{}", refused.body);
    assert_eq!(refused.header("retry-after"), Some("3600"), "{}", refused.body);
}

#[test]
fn the_terminal_skips_an_account_that_only_the_hub_can_check() {
    let linked = Linked::new(Database::Sqlite, None);
    let address = linked.hubs[0].address;
    let (data, guides) = (linked.installations[0].data(), linked.guides.path());
    let (data, guides) = (data.to_str().expect("a path"), guides.to_str().expect("a path"));
    let verify = ["--data", data, "--guides", guides, "accounts", "verify", "--all", "--color", "never"];
    let run = waystone::run(linked.guides.path(), &verify);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("only the Hub that linked this account can check it"), "{}", run.out);
    let account = Request::get(&format!("/accounts/{}", linked.account)).key(&linked.key);
    let account = account.send_to(address).expect("no response").value();
    assert_eq!(account["status"], "active", "{account}");
}

#[test]
fn a_client_that_disconnects_during_renewal_loses_no_token() {
    let linked = Linked::new(Database::Sqlite, Some(12));
    thread::sleep(Duration::from_millis(2_500));
    // The client disconnects after the provider has issued new tokens, but before the provider responds.
    let is_renewing = || linked.provider.counts() == (1, 0);
    linked.proxied().disconnect_when(linked.hubs[0].address, is_renewing).expect("the request was not sent");
    thread::sleep(Duration::from_secs(1));
    let response = linked.proxied().send_to(linked.hubs[0].address).expect("no response");
    linked.assert_renewed_once(&[response], "a client that disconnected");
}

#[cfg(debug_assertions)]
#[test]
fn a_process_that_dies_during_renewal_delays_other_requests_only_briefly() {
    let mut linked = Linked::new(Database::Postgres, Some(12));
    thread::sleep(Duration::from_millis(2_500));
    linked.installations[0].stop_at("hub.request-due");
    let is_stopped = || linked.installations[0].mark().is_some();
    linked.proxied().disconnect_when(linked.hubs[0].address, is_stopped).expect("the request was not sent");
    linked.hubs.remove(0).kill();
    let began = Instant::now();
    let response = linked.proxied().send_to(linked.hubs[0].address).expect("no response");
    assert!(began.elapsed() < Duration::from_secs(20), "the response took {:?}", began.elapsed());
    linked.assert_renewed_once(&[response], "a process that died");
}
