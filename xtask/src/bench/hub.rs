//! Measures how long a Hub takes to start and to link accounts, compared with a bare handler.
//!
//! **Invariant:** the Hub is the release build, with a database that keeps every acknowledged commit. The bare
//! handler's database is equally durable.

mod accounts;
mod client;
mod requests;
mod servers;

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

pub(super) use self::accounts::accounts;
use self::client::Connection;
pub(super) use self::requests::requests;
use self::servers::{Server, example, hub};
use super::process::{cpu_of, memory_of};
use super::run::{Figures, Row, Run, World};
use crate::postgres;

/// The number of workers that send requests at the same time. Each worker waits for its responses.
const WORKERS: usize = 8;

/// The number of linked organizations, each with its own host.
const ORGANIZATIONS: usize = 64;

/// The number of starts that are measured.
const STARTS: u32 = 5;

/// Starts a Hub several times with the same guides. The first start creates the database and is not measured.
pub(super) fn start(guides: u32, world: &World) -> Result<Figures> {
    let provider = Server::start(&mut example(&["provider"]))?;
    let folder = world.create_folder(&format!("start-{guides}"))?;
    let (mut samples, mut memory) = (Vec::new(), 0.0);
    for n in 0..=STARTS {
        let mut hub = hub(world, &folder, &provider)?;
        let start = Instant::now();
        let hub = Server::start(hub.arg("--guides").arg(world.catalog(guides)))?;
        if 0 < n {
            samples.push(start.elapsed().as_secs_f64());
        }
        if n == STARTS {
            thread::sleep(Duration::from_secs(3));
            memory = memory_of(hub.id())?;
        }
        hub.stop()?;
    }
    Ok(Figures { memory: Some(memory), ..Figures::new(samples, 1) })
}

/// The work that a worker repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Load {
    /// One request to the bare handler.
    Bare,
    /// The request that checks and stores the credentials, in a session created beforehand.
    Request,
    /// All five requests that make up a link.
    Whole,
}

/// The servers under load, and an API key for the Hub.
struct Servers {
    bare: Server,
    hub: Server,
    key: String,
}

/// The totals for a load over all its turns.
#[derive(Clone, Debug, Default)]
struct Total {
    samples: Vec<f64>,
    /// Seconds of wall time.
    wall: f64,
    /// Seconds of CPU time.
    cpu: f64,
}

/// Links accounts. The loads take turns, so that changes in the machine's speed affect all of them.
pub(super) fn links(run: &Run, on_postgres: bool, world: &World) -> Result<Vec<Row>> {
    let folder = world.create_folder(run.name)?;
    let server = on_postgres.then(|| postgres::Server::start(true)).transpose()?;
    let url = |name| server.as_ref().map(|server| server.create_database(name)).transpose();
    let file = || format!("sqlite://{}?mode=rwc", folder.join("bare.db").display());
    let provider = Server::start(&mut example(&["provider"]))?;
    let upstream = format!("http://{}", provider.address);
    let bare = Server::start(&mut example(&["bare", &url("bare")?.unwrap_or_else(file), &upstream]))?;
    let database = url("hub")?.map(|url| ("WAYSTONE_DATABASE_URL", url));
    let hub = Server::start(hub(world, &folder, &provider)?.envs(database))?;
    let servers = Servers { bare, key: create_key(&hub, &["platform:write"])?, hub };
    let (turns, seconds) = if world.quick { (1, 1) } else { (3, 5) };
    let mut totals =
        [(Load::Bare, "bare handler"), (Load::Request, "request that links"), (Load::Whole, "whole link")]
            .map(|(load, name)| (load, name, Total::default()));
    for turn in 0..turns {
        for (load, _, total) in &mut totals {
            take_turn(&servers, *load, turn, Duration::from_secs(seconds), total)?;
        }
    }
    servers.hub.stop()?;
    let rows = totals.into_iter().map(|(_, name, Total { samples, wall, cpu })| {
        let n = f64::from(u32::try_from(samples.len())?);
        let figures = Figures { rate: Some(n / wall), cpu: Some(cpu / n), ..Figures::new(samples, 1) };
        let row = Row::new(run, &format!("{}: {name}", run.name), Some(figures));
        Ok(Row { baseline: Some(format!("{}: bare handler", run.name)), ..row })
    });
    rows.collect()
}

/// Creates an API key with the Hub's first API key. Returns the value of the `Authorization` header.
fn create_key(hub: &Server, scopes: &[&str]) -> Result<String> {
    let mut connection = Connection::open(&hub.address)?;
    let first = hub.key.as_deref().context("the Hub printed no key")?;
    let body = json!({ "name": "Benchmark", "scopes": scopes }).to_string();
    let headers = [("authorization", format!("Bearer {first}"))];
    let response = connection.request("POST", "/api_keys", &headers, &body)?;
    Ok(format!("Bearer {}", text(&response, "key")?))
}

fn take_turn(servers: &Servers, load: Load, turn: u32, length: Duration, total: &mut Total) -> Result<()> {
    let server = if load == Load::Bare { &servers.bare } else { &servers.hub };
    let mut ready = Vec::new();
    let key = servers.key.as_str();
    for worker in 0..WORKERS {
        let mut connection = Connection::open(&server.address)?;
        let sessions = if load == Load::Request { 100 * length.as_secs() } else { 0 };
        let tokens: Vec<String> = (0..sessions)
            .map(|n| create_session(key, &mut connection, &format!("{turn}-{worker}-{n}")))
            .collect::<Result<_>>()?;
        ready.push((connection, tokens));
    }
    let (cpu_before, start) = (cpu_of(server.id())?, Instant::now());
    thread::scope(|scope| {
        let work = |(worker, (mut connection, mut tokens)): (usize, (Connection, Vec<String>))| {
            scope.spawn(move || -> Result<Vec<f64>> {
                let mut samples = Vec::new();
                while start.elapsed() < length && (load != Load::Request || !tokens.is_empty()) {
                    let (n, start) = (samples.len(), Instant::now());
                    if load == Load::Whole {
                        let owner = format!("{turn}-{worker}-whole-{n}");
                        tokens.push(create_session(key, &mut connection, &owner)?);
                        open_form(&mut connection, &tokens[0])?;
                    }
                    link(&mut connection, tokens.pop().unwrap_or_default(), worker, n)?;
                    samples.push(start.elapsed().as_secs_f64());
                }
                Ok(samples)
            })
        };
        let workers: Vec<_> = ready.into_iter().enumerate().map(work).collect();
        for worker in workers {
            total.samples.extend(worker.join().map_err(|_| anyhow::anyhow!("a worker panicked"))??);
        }
        anyhow::Ok(())
    })?;
    total.wall += start.elapsed().as_secs_f64();
    total.cpu += cpu_of(server.id())? - cpu_before;
    Ok(())
}

/// Creates a session for a customer, as the product's server does. Returns the session's token.
fn create_session(key: &str, connection: &mut Connection, owner: &str) -> Result<String> {
    let headers = [("authorization", key.to_owned())];
    let body =
        json!({ "origin_owner_id": owner, "origin_owner_name": owner, "provider": "gladly" }).to_string();
    text(&connection.request("POST", "/connect_sessions", &headers, &body)?, "token")
}

/// Fetches the settings, the connectors and the form, as the widget does.
fn open_form(connection: &mut Connection, token: &str) -> Result<()> {
    for path in ["/hub/settings", "/hub/connectors", "/hub/connectors/gladly.api-key"] {
        connection.request("GET", path, &[("x-hub-session-token", token.to_owned())], "")?;
    }
    Ok(())
}

/// Sends credentials, which the Hub checks with the provider and stores. Each customer has its own address and
/// organization, because rate limits apply to both. Returns the response.
fn link(connection: &mut Connection, token: String, worker: usize, n: usize) -> Result<String> {
    let body = json!({ "integration_id": "gladly.api-key", "credentials": {
        "environment": "production",
        "organization_slug": format!("org-{}", (worker * 8 + n % 8) % ORGANIZATIONS),
        "agent_email": "api@example.com",
        "api_token": "a-token-for-measuring",
    } });
    let address = format!("10.{worker}.{}.{}", n / 250 % 250, n % 250);
    let headers = [("x-hub-session-token", token), ("x-forwarded-for", address)];
    connection.request("POST", "/hub/accounts", &headers, &body.to_string())
}

/// Returns a string from a JSON response.
fn text(response: &str, name: &str) -> Result<String> {
    let response: Value = serde_json::from_str(response)?;
    Ok(response[name].as_str().with_context(|| format!("no `{name}` in {response}"))?.to_owned())
}
