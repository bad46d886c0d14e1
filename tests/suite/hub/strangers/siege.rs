//! The Hub that strangers meet: its projects, keys and accounts, and the checks that every refusal has to pass.

use std::cell::Cell;
use std::net::SocketAddr;

use jiff::Timestamp;
use serde_json::{Value, json};
use vault::{By, KeySource, Kind, NewKey, Scope, Vault};

use crate::hub::client::{Answer, Ask};
use crate::hub::process::{Place, Served};
use crate::hub::world::Database;
use crate::linking::world::World;

/// A secret that a customer typed.
pub(super) const TOKEN: &str = "canary-b1946ac92492";

/// A Hub with two projects, and what each may do.
pub(super) struct Siege {
    hub: Served,
    place: Place,
    _world: World,
    /// All scopes but reading credentials.
    pub(super) key: String,
    /// Reads accounts, and nothing else.
    pub(super) reader: String,
    /// Sees what is for trying out.
    pub(super) test: String,
    pub(super) revoked: String,
    /// Of another project, with all scopes.
    pub(super) other: String,
    /// A production account of the project.
    pub(super) account: String,
    /// Whoever is named here must be in no answer and no log.
    secrets: Vec<String>,
    asked: Cell<u32>,
}

/// A session, as its maker sees it.
pub(super) struct Made {
    pub(super) id: i64,
    pub(super) token: String,
    /// The path of its link.
    pub(super) link: String,
}

impl Siege {
    pub(super) fn lay(database: Database) -> Self {
        let world = World::with_tokens(&[("right-token", TOKEN)]);
        let place = Place::new(database, &world.origin).with(&["--log-level", "trace"]);
        let hub = place.start();
        let key = hub.key.clone().expect("a first key");
        let other = second_project(&place);
        let mut siege = Self {
            hub,
            place,
            _world: world,
            key: key.clone(),
            reader: String::new(),
            test: String::new(),
            revoked: String::new(),
            other: other.clone(),
            account: String::new(),
            secrets: vec![key, other, TOKEN.to_owned()],
            asked: Cell::new(0),
        };
        siege.reader = siege.new_key(&json!({ "name": "r", "scopes": ["platform:read"] })).1;
        let scopes = ["platform:read", "platform:write", "keys:write", "connectors:read"];
        siege.test = siege.new_key(&json!({ "name": "t", "scopes": scopes, "type": "test" })).1;
        let (id, revoked) = siege.new_key(&json!({ "name": "old", "scopes": scopes }));
        siege.revoked = revoked;
        let path = format!("/api_keys/{id}");
        assert_eq!(siege.ask(Ask::new("DELETE", &path).key(&siege.key)).status, 204);
        let session = siege.session(&json!({}));
        let linked = siege.ask(Ask::post("/hub/accounts").session(&session.token).json(&right()));
        assert_eq!(linked.status, 201, "{}", linked.body);
        siege.account = linked.text("id");
        siege
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.hub.address
    }

    fn new_key(&mut self, body: &Value) -> (String, String) {
        let made = self.ask(Ask::post("/api_keys").key(&self.key).json(body));
        assert_eq!(made.status, 201, "{}", made.body);
        self.secrets.push(made.text("key"));
        (made.text("id"), made.text("key"))
    }

    /// Makes a session of the owner `mine`, unless something else is said.
    pub(super) fn session(&mut self, more: &Value) -> Made {
        let mut body =
            json!({ "origin_owner_id": "mine", "origin_owner_name": "Mine", "provider": "gladly" });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let made = self.ask(Ask::post("/connect_sessions").key(&self.key).json(&body));
        assert_eq!(made.status, 201, "{}", made.body);
        let url = made.text("auth_link_url");
        let link = url[url.find("/link/").expect("a link")..].to_owned();
        self.secrets.push(made.text("token"));
        Made { id: made.value()["id"].as_i64().expect("a number"), token: made.text("token"), link }
    }

    /// Whatever is named so must not be heard again.
    pub(super) fn keep_secret(&mut self, secret: &str) {
        self.secrets.push(secret.to_owned());
    }

    /// Asks from an address from which nobody has guessed.
    pub(super) fn ask(&self, ask: Ask) -> Answer {
        self.asked.set(self.asked.get() + 1);
        let [_, b, c, d] = self.asked.get().to_be_bytes();
        ask.header("x-forwarded-for", &format!("10.{b}.{c}.{d}")).to(self.address()).expect("it answers")
    }

    /// That somebody is refused, with this status and code, and that the answer says nothing it should not.
    #[track_caller]
    pub(super) fn refused(&self, who: &str, ask: Ask, status: u16, code: &str) -> Answer {
        let answer = self.ask(ask);
        assert_eq!((answer.status, answer.text("code").as_str()), (status, code), "{who}: {}", answer.body);
        assert_eq!(answer.value()["statusCode"], status, "{who}");
        for name in ["x-request-id", "content-security-policy", "x-content-type-options"] {
            assert!(answer.header(name).is_some(), "{who}: {name}");
        }
        self.is_discreet(who, &answer);
        answer
    }

    /// That a page says no, with this status.
    #[track_caller]
    pub(super) fn no_page(&self, who: &str, ask: Ask, status: u16) -> Answer {
        let answer = self.ask(ask);
        assert_eq!(answer.status, status, "{who}: {}", answer.body);
        assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{who}");
        assert!(answer.header("set-cookie").is_none(), "{who}: no cookie");
        assert!(
            answer.header("content-security-policy").is_some_and(|it| it.contains("frame-ancestors 'none'"))
        );
        self.is_discreet(who, &answer);
        answer
    }

    #[track_caller]
    fn is_discreet(&self, who: &str, answer: &Answer) {
        let text = format!("{:?}{}", answer.headers, answer.body);
        assert!(
            self.secrets.iter().all(|secret| !text.contains(secret)),
            "{who}: it repeats a secret: {text}"
        );
        assert!(!text.contains("org-7Qm") && !text.contains("Acme Outdoor"), "{who}: it tells of an account");
    }

    /// The end: what the log says, and that the account is as it was.
    pub(super) fn lift(self) {
        let account = self.ask(Ask::get(&format!("/accounts/{}", self.account)).key(&self.key));
        assert_eq!((account.text("status").as_str(), &account.value()["version"]), ("active", &json!(1)));
        let log = self.place.log();
        assert!(log.contains("\"answered\""), "the requests are in the log");
        for secret in &self.secrets {
            assert!(!log.contains(secret.as_str()), "the log has a secret: {secret}");
        }
        for prefix in ["wsb_", "wsh_"] {
            assert!(!log.contains(prefix), "the log has what a browser has");
        }
        assert!(!log.contains("panicked"), "nothing panics");
        let internal = log.lines().filter(|line| line.contains("a request failed")).collect::<Vec<_>>();
        assert!(internal.is_empty(), "no stranger makes the Hub fail: {internal:?}");
        assert_eq!(self.hub.stop(), Some(0));
    }
}

/// A body that links.
pub(super) fn right() -> Value {
    json!({ "integration_id": "gladly.api-key", "credentials": {
        "organization_slug": "acme", "agent_email": "api-user@acme.example", "api_token": TOKEN,
        "environment": "production",
    } })
}

/// There is no API for projects yet: another is made past the Hub. Gives a key of it.
fn second_project(place: &Place) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let key = KeySource::File(place.data().join("key"));
        let vault = match &place.server {
            Some(url) => Vault::open_postgres(&place.data(), secret::Secret::from(url.as_str()), key).await,
            None => Vault::open(&place.data(), key).await,
        };
        let vault = vault.expect("the vault opens beside the Hub");
        let by = By::new("test", Timestamp::now());
        let project = vault.add_project("another", by).await.expect("a project");
        let new =
            NewKey { project: &project.id, name: "theirs", scopes: &Scope::ALL, kind: Kind::Production };
        let made = vault.add_key(&new, by).await;
        let (_, token) = made.expect("a key");
        let text = token.secret().expose().to_owned();
        vault.close().await;
        text
    })
}
