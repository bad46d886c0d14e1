//! A Hub with a provider that records its requests, and people who edit accounts.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vault::{KeySource, Vault};

use crate::hub::browser::{Browser, between};
use crate::hub::client::{Request, Response};
use crate::hub::process::{Installation, RunningHub};
use crate::hub::received::request;
use crate::hub::rows::Rows;
use crate::hub::world::Database;

/// The account's secret, and the credentials in which the provider receives it.
pub(super) const CANARY: &str = "stored-canary-51c0";
pub(super) const BASIC: &str = "Basic YXBpLXVzZXJAYWNtZS5leGFtcGxlOnN0b3JlZC1jYW5hcnktNTFjMA==";

/// The credentials with a token that the provider refuses.
pub(super) const REFUSED: &str = "Basic YXBpLXVzZXJAYWNtZS5leGFtcGxlOnJlZnVzZWQtdG9rZW4=";

/// A provider that records its requests. It refuses the token `refused-token` in production.
pub(super) struct Provider {
    pub(super) origin: String,
    requests: Arc<Mutex<Vec<String>>>,
    pause: Arc<Mutex<Duration>>,
}

impl Provider {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let provider = Self { origin, requests: Arc::default(), pause: Arc::default() };
        let (requests, pause) = (Arc::clone(&provider.requests), Arc::clone(&provider.pause));
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let Some(text) = request(&mut stream) else { continue };
                let is_sandbox = text.to_ascii_lowercase().contains("host: acme.gladly.qa");
                let status = if text.contains(REFUSED) && !is_sandbox { 401 } else { 200 };
                requests.lock().unwrap_or_else(PoisonError::into_inner).push(text);
                sleep(*pause.lock().unwrap_or_else(PoisonError::into_inner));
                let host = if is_sandbox { "acme.gladly.qa" } else { "acme.gladly.com" };
                let body = json!({ "id": "org-1", "name": "Acme", "gladlyUrl": format!("https://{host}") });
                let body = body.to_string();
                let head =
                    format!("HTTP/1.1 {status} -\r\ncontent-type: application/json\r\nconnection: close");
                let _ = write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            }
        });
        provider
    }

    pub(super) fn set_pause(&self, pause: Duration) {
        *self.pause.lock().unwrap_or_else(PoisonError::into_inner) = pause;
    }

    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for one more request than `before`.
    pub(super) fn wait_for_request(&self, before: usize) {
        let began = Instant::now();
        while self.requests().len() <= before {
            assert!(began.elapsed() < Duration::from_secs(30), "no request was sent");
            sleep(Duration::from_millis(10));
        }
    }
}

/// A Hub, its provider and its first key.
pub(super) struct Scene {
    pub(super) provider: Provider,
    pub(super) installation: Installation,
    pub(super) hub: RunningHub,
    key: String,
}

/// A session and the path of its link.
pub(super) struct NewSession {
    pub(super) id: i64,
    pub(super) token: String,
    link: String,
}

impl Scene {
    pub(super) fn start(database: Database) -> Self {
        let provider = Provider::start();
        let installation = Installation::new(database, &provider.origin);
        let hub = installation.start();
        let key = hub.key.clone().expect("a first key");
        Self { provider, installation, hub, key }
    }

    pub(super) fn send(&self, request: Request) -> Response {
        request.send_to(self.hub.address).expect("no response")
    }

    #[track_caller]
    pub(super) fn call(&self, method: &str, path: &str, body: &Value, status: u16) -> Response {
        let response = self.send(Request::new(method, path).key(&self.key).json(body));
        assert_eq!(response.status, status, "{method} {path}: {}", response.body);
        response
    }

    pub(super) fn session(&self, owner: &str, account: Option<&str>) -> NewSession {
        let mut body = json!({ "origin_owner_id": owner, "origin_owner_name": owner, "provider": "gladly" });
        if let Some(account) = account {
            body["account_id"] = json!(account);
        }
        let created = self.call("POST", "/connect_sessions", &body, 201);
        NewSession {
            id: created.value()["id"].as_i64().expect("a number"),
            token: created.text("token"),
            link: created.link(),
        }
    }

    /// Links an account with the canary.
    pub(super) fn account(&self, owner: &str) -> String {
        let linked = self.send(link(&self.session(owner, None).token, CANARY));
        assert_eq!(linked.status, 201, "{}", linked.body);
        linked.text("id")
    }

    /// Opens the form that edits an account, in a new browser.
    pub(super) fn open_edit(&self, owner: &str, account: &str) -> Form {
        self.open(&self.session(owner, Some(account)))
    }

    pub(super) fn open(&self, session: &NewSession) -> Form {
        let mut browser = Browser::new(&session.link, &[]);
        let page = browser.open(|| self.hub.address).expect("no response");
        assert_eq!(page.status, 200, "{}", page.body);
        let csrf = between(&page.body, "name=\"csrf\" value=\"", "\"").to_owned();
        assert!(!csrf.is_empty(), "{}", page.body);
        Form { browser, csrf }
    }

    pub(super) fn rows(&self) -> Rows {
        Rows::open(&self.installation)
    }

    pub(super) fn delete(&self, account: &str) {
        self.call("DELETE", &format!("/accounts/{account}"), &json!({}), 200);
        self.call("GET", &format!("/accounts/{account}"), &json!({}), 404);
    }

    pub(super) fn revoke(&self, session: &NewSession) {
        self.call("DELETE", &format!("/connect_sessions/{}", session.id), &json!({}), 204);
    }

    pub(super) fn version(&self, account: &str) -> Value {
        self.call("GET", &format!("/accounts/{account}"), &json!({}), 200).value()["version"].clone()
    }

    /// Asserts that an account has open attempts, and that their snapshots contain no stored secret.
    pub(super) fn assert_snapshots_contain_no_secret(&self, account: &str) {
        let ids = self.rows().strings(&format!("select id from attempts where account_id = '{account}'"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let found: Vec<String> = runtime.block_on(async {
            let key = KeySource::File(self.installation.data().join("key"));
            let vault = match &self.installation.server {
                Some(url) => {
                    let url = secret::Secret::from(url.as_str());
                    Vault::open_postgres(&self.installation.data(), url, key).await
                }
                None => Vault::open(&self.installation.data(), key).await,
            };
            let vault = vault.expect("cannot open the vault while the Hub runs");
            let mut found = Vec::new();
            for id in ids {
                let attempt = vault.attempt(&id).await.expect("the attempt is readable").expect("an attempt");
                let snapshot = vault.attempt_snapshot(&attempt, jiff::Timestamp::now()).await;
                found.extend(snapshot.expect("the snapshot opens").map(|text| text.expose().to_owned()));
            }
            vault.close().await;
            found
        });
        assert!(!found.is_empty(), "there is no open attempt");
        for snapshot in found {
            assert!(snapshot.contains("acme"), "the snapshot is not from the form");
            assert!(!snapshot.contains(CANARY), "a snapshot contains a stored secret");
        }
    }

    #[track_caller]
    pub(super) fn assert_not_linked(&self, case: &str, owner: &str) {
        let mut rows = self.rows();
        assert_eq!(rows.accounts_of(owner), Vec::<String>::new(), "{case}");
        let left = "select count(*) from sealed s join attempts a on a.id = s.key join sessions o \
                    on o.seq = a.session_seq where s.kind = 'snapshot' and o.owner_id";
        assert_eq!(rows.integer(&format!("{left} = '{owner}'")), 0, "{case}: a snapshot is left");
    }
}

/// A form in a browser.
pub(super) struct Form {
    pub(super) browser: Browser,
    csrf: String,
}

impl Form {
    /// Sends the form, without the secret unless `more` contains it.
    pub(super) fn submit(&mut self, scene: &Scene, path: &str, more: &[(&str, &str)]) -> Response {
        let mut fields = vec![
            ("environment", "production"),
            ("field.organization_slug", "acme"),
            ("field.agent_email", "api-user@acme.example"),
        ];
        fields.extend(more);
        self.post(scene, path, &fields)
    }

    /// Sends the form with only these fields.
    pub(super) fn post(&mut self, scene: &Scene, path: &str, fields: &[(&str, &str)]) -> Response {
        let fields = [&[("csrf", self.csrf.as_str())], fields].concat();
        let path = format!("{}{path}", self.browser.path);
        self.browser.send(scene.hub.address, Request::post(&path).form(&fields)).expect("no response")
    }

    pub(super) fn connect(&mut self, scene: &Scene, token: &str) -> Response {
        self.submit(scene, "", &[("do", "connect"), ("field.api_token", token)])
    }

    /// Waits until the checks end. Returns the path of the next page.
    pub(super) fn checked(&mut self, scene: &Scene) -> String {
        let began = Instant::now();
        loop {
            let path = format!("{}/progress", self.browser.path);
            let progress = self.browser.send(scene.hub.address, Request::get(&path)).expect("no response");
            let next = progress.text("next");
            if !next.is_empty() {
                return next;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{}", progress.body);
            sleep(Duration::from_millis(50));
        }
    }
}

/// A request that links an account with the widget's protocol.
pub(super) fn link(token: &str, api_token: &str) -> Request {
    let credentials = json!({
        "organization_slug": "acme", "agent_email": "api-user@acme.example", "api_token": api_token,
        "environment": "production",
    });
    let body = json!({ "integration_id": "gladly.api-key", "credentials": credentials });
    Request::post("/hub/accounts").session(token).json(&body)
}

/// A request that edits an account with the widget's protocol. Without a token, it keeps the stored one.
pub(super) fn edit(session: &str, account: &str, api_token: Option<&str>) -> Request {
    let credentials = api_token.map_or_else(|| json!({}), |token| json!({ "api_token": token }));
    let body = json!({ "integration_id": "gladly.api-key", "credentials": credentials });
    Request::new("PATCH", &format!("/hub/accounts/{account}")).session(session).json(&body)
}
