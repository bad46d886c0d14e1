//! A provider that repeats the credentials in its headers, bodies, redirects and errors, in many encodings.
//!
//! **Invariant:** nothing that the Hub shows, logs or stores unsealed contains a readable part of the token: API
//! responses, pages, transcripts, snapshots, the log and the database.

mod encodings;
mod provider;

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vault::{KeySource, Vault};

use super::browser::{Browser, between};
use super::client::{Request, Response};
use super::process::{Installation, RunningHub};
use super::rows::Rows;
use super::world::Database;

use self::encodings::{ENCODINGS, TOKEN, assert_reveals_nothing};
use self::provider::Provider;

/// A Hub, and the provider that repeats the token.
struct Scene {
    provider: Provider,
    installation: Installation,
    hub: RunningHub,
    key: String,
}

impl Scene {
    fn start(database: Database) -> Self {
        let provider = Provider::start();
        let installation = Installation::new(database, &provider.origin).with(&["--log-level", "trace"]);
        let hub = installation.start();
        let key = hub.key.clone().expect("a first key");
        Self { provider, installation, hub, key }
    }

    /// Sends a request, and asserts that the response reveals nothing.
    #[track_caller]
    fn send(&self, case: &str, request: Request) -> Response {
        checked(case, request.send_to(self.hub.address).expect("no response"))
    }

    #[track_caller]
    fn get(&self, case: &str, path: &str) -> Response {
        self.send(case, Request::get(path).key(&self.key))
    }

    /// Creates a session for an owner. Returns its token and the path of its link.
    fn session(&self, owner: &str) -> (String, String) {
        let body = json!({ "origin_owner_id": owner, "origin_owner_name": owner, "provider": "gladly" });
        let created = self.send("the session", Request::post("/connect_sessions").key(&self.key).json(&body));
        (created.text("token"), created.link())
    }

    /// Links an account with the widget's protocol.
    #[track_caller]
    fn link(&self, case: &str) -> Response {
        let credentials = json!({
            "organization_slug": "acme", "agent_email": "api-user@acme.example", "api_token": TOKEN,
            "environment": "production",
        });
        let body = json!({ "integration_id": "gladly.api-key", "credentials": credentials });
        let (token, _) = self.session(case);
        self.send(case, Request::post("/hub/accounts").session(&token).json(&body))
    }

    /// Returns everything that the Hub stores, by place.
    fn stored(&self) -> Vec<(String, String)> {
        match &self.installation.server {
            None => files(&self.installation.data()),
            Some(_) => Rows::open(&self.installation).dump(),
        }
    }

    /// Edits an account with the widget's protocol, and another token.
    #[track_caller]
    fn edit(&self, case: &str, account: &str) -> Response {
        let owner = json!({
            "origin_owner_id": "edited", "origin_owner_name": "Edited", "provider": "gladly", "account_id": account,
        });
        let created = self.send(case, Request::post("/connect_sessions").key(&self.key).json(&owner));
        let body = json!({ "integration_id": "gladly.api-key", "credentials": { "api_token": "another-token-entirely" } });
        let edit = Request::new("PATCH", &format!("/hub/accounts/{account}"));
        self.send(case, edit.session(&created.text("token")).json(&body))
    }

    /// Opens the snapshots of all attempts, and removes the token from the person's entries, where it may appear.
    fn snapshots(&self) -> Vec<String> {
        let ids = Rows::open(&self.installation).strings("select id from attempts");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (data, key) =
                (self.installation.data(), KeySource::File(self.installation.data().join("key")));
            let vault = match &self.installation.server {
                Some(url) => Vault::open_postgres(&data, secret::Secret::from(url.as_str()), key).await,
                None => Vault::open(&data, key).await,
            };
            let vault = vault.expect("cannot open the vault while the Hub runs");
            let mut found = Vec::new();
            for id in ids {
                let attempt = vault.attempt(&id).await.expect("the attempt is readable").expect("an attempt");
                let snapshot = vault.attempt_snapshot(&attempt, jiff::Timestamp::now()).await;
                let Some(snapshot) = snapshot.expect("the snapshot opens") else { continue };
                let mut snapshot: Value = serde_json::from_str(snapshot.expose()).expect("JSON");
                assert_eq!(snapshot["values"]["api_token"], TOKEN, "{id}");
                snapshot["values"]["api_token"] = Value::Null;
                found.push(snapshot.to_string());
            }
            vault.close().await;
            found
        })
    }
}

/// Asserts that a response reveals nothing, and returns it.
#[track_caller]
fn checked(case: &str, response: Response) -> Response {
    assert_reveals_nothing(case, &format!("{:?}{}", response.headers, response.body));
    response
}

fn refusals_are_quoted_without_the_token(scene: &Scene) {
    for (name, encode) in ENCODINGS {
        for status in [401, 302, 418] {
            let case = format!("{status} with the token in {name}");
            scene.provider.refuse(status, &encode(TOKEN));
            let refused = scene.link(&case);
            let quote = refused.text("provider_response");
            assert!(quote.contains("(hidden)") && quote.contains("bad token ["), "{case}: {}", refused.body);
            let attempt = scene.get(&case, &format!("/link_attempts/{}", refused.text("attempt_id")));
            let line = &attempt.value()["transcript"][0];
            assert_eq!((&line["status"], line["quote"].as_str()), (&json!(status), Some(&*quote)), "{case}");
        }
    }
}

fn pages_do_not_show_the_token(scene: &Scene) {
    for (name, encode) in ENCODINGS {
        scene.provider.refuse(401, &encode(TOKEN));
        let case = format!("the pages with the token in {name}");
        let mut browser = Browser::new(&scene.session(&case).1, &[]);
        let page = checked(&case, browser.open(|| scene.hub.address).expect("no response"));
        let csrf = between(&page.body, "name=\"csrf\" value=\"", "\"").to_owned();
        let fields = [
            ("csrf", csrf.as_str()),
            ("environment", "production"),
            ("field.organization_slug", "acme"),
            ("field.agent_email", "api-user@acme.example"),
            ("field.api_token", TOKEN),
            ("do", "connect"),
        ];
        let sent = Request::post(&browser.path.clone()).form(&fields);
        let sent = checked(&case, browser.send(scene.hub.address, sent).expect("no response"));
        assert_eq!(sent.status, 303, "{case}: {}", sent.body);
        let base = browser.path.clone();
        let began = Instant::now();
        loop {
            let progress = browser.send(scene.hub.address, Request::get(&format!("{base}/progress")));
            let progress = checked(&case, progress.expect("no response"));
            if !progress.text("next").is_empty() {
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{case}: {}", progress.body);
            sleep(Duration::from_millis(20));
        }
        let page = checked(&case, browser.open(|| scene.hub.address).expect("no response"));
        assert!(page.body.contains("id=\"_summary\""), "{case}: the page shows no failure: {}", page.body);
    }
    let snapshots = scene.snapshots();
    assert!(ENCODINGS.len() <= snapshots.len(), "{} snapshots", snapshots.len());
    for snapshot in snapshots {
        assert_reveals_nothing("a snapshot", &snapshot);
    }
}

fn accounts_are_not_identified_by_the_token(scene: &Scene) {
    for (name, encode) in ENCODINGS {
        let encoded = encode(TOKEN);
        scene.provider.accept(&format!("org {encoded}"), "Acme");
        let refused = scene.link(&format!("an id with the token in {name}"));
        assert_eq!(refused.text("outcome"), "protocol_mismatch", "{name}: {}", refused.body);
        scene.provider.accept("org-1", &format!("Acme {encoded} Inc."));
        let linked = scene.link(&format!("a name with the token in {name}"));
        assert_eq!(linked.status, 201, "{name}: {}", linked.body);
        let path = format!("/accounts/{}", linked.text("id"));
        let account = scene.get(name, &path);
        assert!(account.body.contains("(hidden)"), "{name}: {}", account.body);
        scene.provider.refuse(401, &encoded);
        let verify = Request::post(&format!("{path}/verify")).key(&scene.key).json(&json!({}));
        scene.send(&format!("a verification with the token in {name}"), verify);
        scene.get(name, &path);
    }
    scene.get("the accounts", "/accounts");
    scene.get("the trail", "/audit");
}

/// The token that an edit would replace still works, so a refusal of the new one must not repeat it.
fn an_edit_does_not_reveal_the_stored_token(scene: &Scene) {
    scene.provider.accept("org-3", "Acme");
    let linked = scene.link("edited");
    let account = linked.text("id");
    assert_eq!(linked.status, 201, "{}", linked.body);
    for (name, encode) in ENCODINGS {
        let case = format!("an edit with the stored token in {name}");
        scene.provider.refuse(401, &encode(TOKEN));
        let refused = scene.edit(&case, &account);
        let quote = refused.text("provider_response");
        assert!(quote.contains("(hidden)") && quote.contains("bad token ["), "{case}: {}", refused.body);
        scene.get(&case, &format!("/link_attempts/{}", refused.text("attempt_id")));
    }
    scene.provider.accept("org-3", &format!("Acme {TOKEN} Inc."));
    let edited = scene.edit("an edit whose name contains the stored token", &account);
    assert_eq!(edited.status, 200, "{}", edited.body);
    assert!(scene.get("the edited account", &format!("/accounts/{account}")).body.contains("(hidden)"));
}

/// The messages for people can name what they entered, and are stored unsealed.
fn an_entered_value_is_not_stored_with_an_error(scene: &Scene) {
    const TYPED: &str = "typed-canary@acme.example";
    scene.provider.respond("403 -\ncontent-type: application/json", "{}");
    let credentials = json!({
        "organization_slug": "acme", "agent_email": TYPED, "api_token": TOKEN, "environment": "production",
    });
    let body = json!({ "integration_id": "gladly.api-key", "credentials": credentials });
    let (token, _) = scene.session("typed");
    let refused = scene.send("typed", Request::post("/hub/accounts").session(&token).json(&body));
    assert!(refused.text("message").contains(TYPED), "the person sees what they entered: {}", refused.body);
    let attempt = scene.get("typed", &format!("/link_attempts/{}", refused.text("attempt_id")));
    assert!(attempt.text("message").contains("(hidden) signed in to Gladly"), "{}", attempt.body);
    for (place, text) in scene.stored() {
        assert!(!text.contains(TYPED), "{place} contains a value that a person entered");
    }
}

fn requests_through_an_account_return_no_token(scene: &Scene) {
    scene.provider.accept("org-2", "Acme");
    let account = scene.link("the account for requests").text("id");
    for (name, encode) in ENCODINGS {
        for status in [200, 302, 401, 500] {
            scene.provider.refuse(status, &encode(TOKEN));
            let case = format!("a request with {status} and the token in {name}");
            let response = scene.get(&case, &format!("/accounts/{account}/proxy/x"));
            assert_eq!(response.status, status, "{case}");
            assert!(response.body.contains("bad token ["), "{case}: {}", response.body);
        }
    }
}

/// Returns the text of all files in a folder and its subfolders.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map_while(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = std::fs::read(&path).expect("a file");
            found.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    found
}

fn test(database: Database) {
    let scene = Scene::start(database);
    refusals_are_quoted_without_the_token(&scene);
    pages_do_not_show_the_token(&scene);
    accounts_are_not_identified_by_the_token(&scene);
    requests_through_an_account_return_no_token(&scene);
    an_edit_does_not_reveal_the_stored_token(&scene);
    an_entered_value_is_not_stored_with_an_error(&scene);
    let metrics = scene.get("the metrics", "/metrics");
    assert_eq!(metrics.status, 200);
    let log = scene.installation.log();
    assert!(log.contains("\"responded\""), "the log contains no requests");
    assert_reveals_nothing("the log", &log);
    let stored = scene.stored();
    assert!(stored.iter().any(|(_, text)| text.contains("org-1")), "the accounts are not in the database");
    for (place, text) in stored {
        assert_reveals_nothing(&place, &text);
    }
}

#[test]
fn a_token_that_the_provider_repeats_is_never_shown_on_sqlite() {
    test(Database::Sqlite);
}

#[test]
fn a_token_that_the_provider_repeats_is_never_shown_on_postgresql() {
    test(Database::Postgres);
}
