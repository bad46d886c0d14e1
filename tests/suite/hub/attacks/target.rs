//! The Hub under attack: its projects, keys and accounts, and the checks that every rejection must pass.

use std::cell::Cell;
use std::net::SocketAddr;

use jiff::Timestamp;
use serde_json::{Value, json};
use vault::{By, KeySource, Kind, NewKey, Scope, Vault};

use crate::hub::client::{Request, Response};
use crate::hub::process::{Installation, RunningHub};
use crate::hub::world::Database;
use crate::linking::world::World;

/// The API token that a customer entered.
pub(super) const TOKEN: &str = "canary-b1946ac92492";

/// A Hub with two projects, and keys for each project.
pub(super) struct Target {
    hub: RunningHub,
    installation: Installation,
    _world: World,
    /// A key with all scopes except the scope for reading credentials.
    pub(super) key: String,
    /// A key that can only read accounts.
    pub(super) reader: String,
    /// A key for test accounts.
    pub(super) test: String,
    pub(super) revoked: String,
    /// A key for another project, with all scopes.
    pub(super) other: String,
    /// A production account in the project.
    pub(super) account: String,
    /// Strings that must not appear in any response or log.
    secrets: Vec<String>,
    requests: Cell<u32>,
}

/// A new session.
pub(super) struct NewSession {
    pub(super) id: i64,
    pub(super) token: String,
    /// The path of the session's link.
    pub(super) link: String,
}

impl Target {
    pub(super) fn start(database: Database) -> Self {
        let world = World::with_tokens(&[("right-token", TOKEN)]);
        let installation = Installation::new(database, &world.origin).with(&["--log-level", "trace"]);
        let hub = installation.start();
        let key = hub.key.clone().expect("a first key");
        let other = second_project(&installation);
        let mut target = Self {
            hub,
            installation,
            _world: world,
            key: key.clone(),
            reader: String::new(),
            test: String::new(),
            revoked: String::new(),
            other: other.clone(),
            account: String::new(),
            secrets: vec![key, other, TOKEN.to_owned()],
            requests: Cell::new(0),
        };
        target.reader = target.new_key(&json!({ "name": "r", "scopes": ["platform:read"] })).1;
        let scopes = ["platform:read", "platform:write", "keys:write", "connectors:read"];
        target.test = target.new_key(&json!({ "name": "t", "scopes": scopes, "type": "test" })).1;
        let (id, revoked) = target.new_key(&json!({ "name": "old", "scopes": scopes }));
        target.revoked = revoked;
        let path = format!("/api_keys/{id}");
        assert_eq!(target.send(Request::new("DELETE", &path).key(&target.key)).status, 204);
        let session = target.session(&json!({}));
        let linked = target.send(Request::post("/hub/accounts").session(&session.token).json(&valid_link()));
        assert_eq!(linked.status, 201, "{}", linked.body);
        target.account = linked.text("id");
        target
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.hub.address
    }

    /// Creates a key with the first key. Returns its id and the key itself.
    pub(super) fn new_key(&mut self, body: &Value) -> (String, String) {
        let created = self.send(Request::post("/api_keys").key(&self.key).json(body));
        assert_eq!(created.status, 201, "{}", created.body);
        self.secrets.push(created.text("key"));
        (created.text("id"), created.text("key"))
    }

    /// Creates a session for the owner `mine`. The members of `more` override the defaults.
    pub(super) fn session(&mut self, more: &Value) -> NewSession {
        let mut body =
            json!({ "origin_owner_id": "mine", "origin_owner_name": "Mine", "provider": "gladly" });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let created = self.send(Request::post("/connect_sessions").key(&self.key).json(&body));
        assert_eq!(created.status, 201, "{}", created.body);
        let link = created.link();
        self.secrets.push(created.text("token"));
        NewSession {
            id: created.value()["id"].as_i64().expect("a number"),
            token: created.text("token"),
            link,
        }
    }

    /// Adds a string that must not appear in any response or log.
    pub(super) fn keep_secret(&mut self, secret: &str) {
        self.secrets.push(secret.to_owned());
    }

    /// Sends a request from a new address, so that earlier guesses do not count against it.
    pub(super) fn send(&self, request: Request) -> Response {
        self.requests.set(self.requests.get() + 1);
        let [_, b, c, d] = self.requests.get().to_be_bytes();
        request
            .header("x-forwarded-for", &format!("10.{b}.{c}.{d}"))
            .send_to(self.address())
            .expect("no response")
    }

    /// Asserts that a request is rejected with this status and code, and that the response reveals nothing.
    #[track_caller]
    pub(super) fn assert_rejected(&self, case: &str, request: Request, status: u16, code: &str) -> Response {
        let response = self.send(request);
        assert_eq!(
            (response.status, response.text("code").as_str()),
            (status, code),
            "{case}: {}",
            response.body
        );
        assert_eq!(response.value()["statusCode"], status, "{case}");
        for name in ["x-request-id", "content-security-policy", "x-content-type-options"] {
            assert!(response.header(name).is_some(), "{case}: the header {name} is missing");
        }
        self.assert_reveals_nothing(case, &response);
        response
    }

    /// Asserts that a page has this status, sets no cookie, cannot be framed and reveals nothing.
    #[track_caller]
    pub(super) fn assert_page(&self, case: &str, request: Request, status: u16) -> Response {
        let response = self.send(request);
        assert_eq!(response.status, status, "{case}: {}", response.body);
        assert!(response.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{case}");
        assert!(response.header("set-cookie").is_none(), "{case}: the page sets a cookie");
        let policy = response.header("content-security-policy");
        assert!(policy.is_some_and(|policy| policy.contains("frame-ancestors 'none'")), "{case}: {policy:?}");
        self.assert_reveals_nothing(case, &response);
        response
    }

    #[track_caller]
    fn assert_reveals_nothing(&self, case: &str, response: &Response) {
        let text = format!("{:?}{}", response.headers, response.body);
        assert!(
            self.secrets.iter().all(|secret| !text.contains(secret)),
            "{case}: the response contains a secret: {text}"
        );
        assert!(
            !text.contains("org-7Qm") && !text.contains("Acme Outdoor"),
            "{case}: the response contains an account"
        );
    }

    /// Checks that the log reveals nothing and that the account is unchanged.
    pub(super) fn finish(self) {
        let account = self.send(Request::get(&format!("/accounts/{}", self.account)).key(&self.key));
        assert_eq!((account.text("status").as_str(), &account.value()["version"]), ("active", &json!(1)));
        let log = self.installation.log();
        assert!(log.contains("\"responded\""), "the log contains no requests");
        for secret in &self.secrets {
            assert!(!log.contains(secret.as_str()), "the log contains a secret: {secret}");
        }
        for prefix in ["wsb_", "wsh_"] {
            assert!(!log.contains(prefix), "the log contains a {prefix}… token");
        }
        assert!(!log.contains("panicked"), "the Hub panicked");
        let internal = log.lines().filter(|line| line.contains("a request failed")).collect::<Vec<_>>();
        assert!(internal.is_empty(), "requests caused internal errors: {internal:?}");
        assert_eq!(self.hub.stop(), Some(0));
    }
}

/// A valid body for linking an account.
pub(super) fn valid_link() -> Value {
    json!({ "integration_id": "gladly.api-key", "credentials": {
        "organization_slug": "acme", "agent_email": "api-user@acme.example", "api_token": TOKEN,
        "environment": "production",
    } })
}

/// Creates a second project directly in the vault, because the API cannot create projects. Returns a key for the new
/// project.
fn second_project(installation: &Installation) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let key = KeySource::File(installation.data().join("key"));
        let vault = match &installation.server {
            Some(url) => {
                Vault::open_postgres(&installation.data(), secret::Secret::from(url.as_str()), key).await
            }
            None => Vault::open(&installation.data(), key).await,
        };
        let vault = vault.expect("cannot open the vault while the Hub runs");
        let by = By::new("test", Timestamp::now());
        let project = vault.add_project("another", by).await.expect("a project");
        let new = NewKey {
            project: &project.id,
            name: "theirs",
            scopes: Scope::ALL,
            kind: Kind::Production,
            expires_at: None,
        };
        let (_, token) = vault.add_key(&new, by).await.expect("a key");
        let text = token.secret().expose().to_owned();
        vault.close().await;
        text
    })
}
