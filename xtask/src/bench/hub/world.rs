//! What is there when endpoints are measured: keys, accounts, and who asks for them.

use std::cell::Cell;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::client::Request;
use crate::bench::corpus;

/// How many keys there are. Each may be used 6 000 times in a minute, which is more than a product needs, and less than
/// is measured.
pub(super) const KEYS: usize = 20;

/// How many providers of our own there are besides those that ship.
const PROVIDERS: u32 = 10;

/// With so many of them accounts are linked, besides Gladly.
const LINKED: usize = 3;

/// What can be linked of Gladly.
pub(super) const GLADLY: &str = "gladly.api-key";

/// A Hub's address, keys to it, and what is known of its accounts.
#[derive(Debug)]
pub(super) struct World {
    pub(super) address: String,
    /// How many accounts there are.
    pub(super) total: u32,
    /// Values of the header that lets in.
    pub(super) keys: Vec<String>,
    /// Accounts from all over the list, at all providers.
    pub(super) accounts: Vec<Seen>,
    /// The same, at Gladly.
    pub(super) of_gladly: Vec<Seen>,
    /// Some more, of which there may be fewer in the end.
    pub(super) spare: Vec<Seen>,
    next: Cell<usize>,
}

/// An account.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) id: String,
    pub(super) owner: String,
}

/// The keys of the providers of our own.
pub(super) fn providers() -> Vec<String> {
    (0..PROVIDERS).map(corpus::key).collect()
}

/// Writes the guides of the providers of our own.
pub(super) fn write_guides(folder: &Path) -> Result<()> {
    corpus::write(folder, PROVIDERS)?;
    Ok(())
}

/// With the first key of a new Hub: makes other keys, and links an account at each of some providers.
pub(super) fn found(address: &str, first_key: &str) -> Result<Vec<String>> {
    let scopes = [
        "platform:read",
        "platform:write",
        "connectors:read",
        "connectors:write",
        "credentials:read",
        "requests:write",
        "keys:write",
    ];
    let mut keys = Vec::new();
    for n in 0..KEYS {
        let made = Request::new("POST", "/api_keys")
            .header("authorization", format!("Bearer {first_key}"))
            .body(json!({ "name": format!("Key {n}"), "scopes": scopes }))
            .json(address)?;
        keys.push(format!("Bearer {}", text(&made, "key")?));
    }
    let world = World::new(address, keys);
    let typed = json!({ "environment": "production", "organization_slug": "org-0", "agent_email": "api@example.com" });
    world.link("gladly", &typed)?;
    for provider in providers().iter().take(LINKED) {
        world.link(
            provider,
            &json!({ "environment": "production", "site": "org-0", "email": "api@example.com" }),
        )?;
    }
    Ok(world.keys)
}

impl World {
    fn new(address: &str, keys: Vec<String>) -> Self {
        Self {
            address: address.to_owned(),
            total: 0,
            keys,
            accounts: Vec::new(),
            of_gladly: Vec::new(),
            spare: Vec::new(),
            next: Cell::new(0),
        }
    }

    /// Looks at a Hub with so many accounts.
    pub(super) fn look(address: &str, keys: &[String], total: u32) -> Result<Self> {
        let mut world = Self::new(address, keys.to_vec());
        world.total = total;
        // Ten pages, as far from each other as can be.
        for part in 0..10 {
            let page = |size: u32, total: u32| 1 + part * (total / size) / 10;
            world.accounts.extend(world.page(&format!("page_size=20&page={}", page(20, total)))?);
            let gladly = format!("provider=gladly&page_size=20&page={}", page(20, total / 4));
            world.of_gladly.extend(world.page(&gladly)?);
        }
        world.spare = world.page("page_size=200&page=2")?;
        Ok(world)
    }

    fn page(&self, query: &str) -> Result<Vec<Seen>> {
        let found = self.get(format!("/accounts?{query}")).json(&self.address)?;
        let seen =
            |account: &Value| Ok(Seen { id: text(account, "id")?, owner: text(account, "origin_owner_id")? });
        found.as_array().context("a page is a list")?.iter().map(seen).collect()
    }

    /// A number that was not there before.
    pub(super) fn tick(&self) -> usize {
        let at = self.next.get();
        self.next.set(at + 1);
        at
    }

    /// A request with a key, each time another.
    pub(super) fn ask(&self, method: &'static str, path: impl Into<String>) -> Request {
        Request::new(method, path).header("authorization", &self.keys[self.tick() % self.keys.len()])
    }

    /// The same, to read something.
    pub(super) fn get(&self, path: impl Into<String>) -> Request {
        self.ask("GET", path)
    }

    /// A session for an owner at a provider: its number and its token.
    pub(super) fn session(&self, owner: &str, provider: &str) -> Result<(String, String)> {
        let body = json!({ "origin_owner_id": owner, "origin_owner_name": owner, "provider": provider });
        let made = self.ask("POST", "/connect_sessions").body(body).json(&self.address)?;
        Ok((made["id"].to_string(), text(&made, "token")?))
    }

    /// Links an account.
    fn link(&self, provider: &str, typed: &Value) -> Result<()> {
        let (_, token) = self.session("owner", provider)?;
        let mut credentials = typed.clone();
        credentials["api_token"] = json!("a-token-for-measuring");
        let body = json!({ "integration_id": format!("{provider}.api-key"), "credentials": credentials });
        Request::new("POST", "/hub/accounts")
            .header("x-hub-session-token", token)
            .body(body)
            .json(&self.address)?;
        Ok(())
    }
}

/// A text in an answer.
pub(super) fn text(value: &Value, name: &str) -> Result<String> {
    let found = value[name].as_str().with_context(|| format!("`{name}` is not in {value}"))?;
    Ok(found.to_owned())
}
