//! Runs of a Hub: starting it, and linking accounts, compared with a bare handler.
//!
//! **Invariant:** the Hub is the program that ships, on a database that keeps every acknowledged commit. The bare handler
//! keeps its rows as durably.

mod client;
mod servers;

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use self::client::Connection;
use self::servers::{Hub, Server, own};
use super::process::{cpu_of, memory_of};
use super::run::{Database, Figures, Row, Run, Size, World};
use crate::postgres;

/// The number of workers that link at once. Each waits for its answers.
const WORKERS: usize = 8;

/// The number of API keys. Each may make 6 000 requests a minute.
const KEYS: usize = 20;

/// The number of organizations that are linked, each with a host of its own.
const ORGANIZATIONS: usize = 64;

/// Starts a Hub several times over guides that it has seen before.
pub(super) fn start(size: Size, world: &World) -> Result<Figures> {
    let provider = own(&["provider"])?;
    let folder = world.scratch.join(format!("start-{}", size.guides(world.quick)));
    std::fs::create_dir(&folder)?;
    let (mut samples, mut memory) = (Vec::new(), 0);
    for time in 0..4 {
        let begun = Instant::now();
        let hub = Hub::start(&world.program(), &folder, None, Some(&world.guides(size)), &provider.address)?;
        // The first start makes the database.
        if time > 0 {
            samples.push(begun.elapsed().as_secs_f64());
        }
        if time == 3 {
            thread::sleep(Duration::from_secs(3));
            memory = memory_of(hub.server.id())?;
        }
        hub.stop()?;
    }
    Ok(Figures { memory: Some(memory), ..Figures::new(samples, 1) })
}

/// What a worker does over and over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Load {
    /// One request to the bare handler.
    Bare,
    /// The request that checks and stores, in a session made before.
    Request,
    /// All five requests of a link.
    Whole,
}

impl Load {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Bare, "bare handler"), (Self::Request, "request that links"), (Self::Whole, "whole link")];
}

/// The servers that take turns, and the keys of the Hub.
struct Site {
    bare: Server,
    hub: Hub,
    keys: Vec<String>,
}

/// The sums over the turns of a load.
#[derive(Clone, Debug, Default)]
struct Sum {
    samples: Vec<f64>,
    wall: f64,
    cpu: f64,
}

/// Links accounts. The loads take turns, so that each sees the same moments of the machine.
pub(super) fn links(run: &Run, database: Database, world: &World) -> Result<Vec<Row>> {
    let folder = world.scratch.join(run.name);
    std::fs::create_dir(&folder)?;
    let server = match database {
        Database::Sqlite => None,
        Database::Postgres => {
            postgres::install()?;
            Some(postgres::Server::start(true)?)
        }
    };
    let url = |name| server.as_ref().map(|server| server.create_database(name)).transpose();
    let file = || format!("sqlite://{}?mode=rwc", folder.join("bare.db").display());
    let provider = own(&["provider"])?;
    let bare = own(&["bare", &url("bare")?.unwrap_or_else(file), &format!("http://{}", provider.address)])?;
    let hub = Hub::start(&world.program(), &folder, url("hub")?.as_deref(), None, &provider.address)?;
    let keys = keys(&hub)?;
    let site = Site { bare, hub, keys };
    let (turns, seconds) = if world.quick { (1, 1) } else { (3, 5) };
    let mut sums: [Sum; 3] = Default::default();
    for turn in 0..turns {
        for ((load, _), sum) in Load::ALL.into_iter().zip(&mut sums) {
            take_turn(&site, load, turn, Duration::from_secs(seconds), sum)?;
        }
    }
    site.hub.stop()?;
    let rows = Load::ALL.iter().zip(sums).map(|((_, name), sum)| {
        let n = f64::from(u32::try_from(sum.samples.len())?);
        let figures =
            Figures { rate: Some(n / sum.wall), cpu: Some(sum.cpu / n), ..Figures::new(sum.samples, 1) };
        let row = Row::new(run, &format!("{}: {name}", run.name), Some(figures));
        Ok(Row { baseline: Some(format!("{}: bare handler", run.name)), ..row })
    });
    rows.collect()
}

/// Makes keys with the Hub's first one.
fn keys(hub: &Hub) -> Result<Vec<String>> {
    let mut connection = Connection::open(&hub.server.address)?;
    let first = hub.key.as_deref().context("the Hub printed no key")?;
    let make = |n| {
        let body = json!({ "name": format!("Key {n}"), "scopes": ["platform:write"] }).to_string();
        let headers = [("authorization", format!("Bearer {first}"))];
        let key = connection.ask("POST", "/api_keys", &headers, &body)?;
        Ok(format!("Bearer {}", text(&key, "key")?))
    };
    (0..KEYS).map(make).collect()
}

fn take_turn(site: &Site, load: Load, turn: u32, length: Duration, sum: &mut Sum) -> Result<()> {
    let server = if load == Load::Bare { &site.bare } else { &site.hub.server };
    let mut ready = Vec::new();
    for worker in 0..WORKERS {
        let mut connection = Connection::open(&server.address)?;
        let sessions = if load == Load::Request { 100 * length.as_secs() } else { 0 };
        let owners = (0..sessions).map(|n| format!("{turn}-{worker}-{n}"));
        let tokens: Vec<String> =
            owners.map(|owner| session(site, &mut connection, &owner)).collect::<Result<_>>()?;
        ready.push((connection, tokens));
    }
    let (cpu, begun) = (cpu_of(server.id())?, Instant::now());
    thread::scope(|scope| {
        let work = |(worker, (mut connection, mut tokens)): (usize, (Connection, Vec<String>))| {
            scope.spawn(move || -> Result<Vec<f64>> {
                let mut samples = Vec::new();
                while begun.elapsed() < length && (load != Load::Request || !tokens.is_empty()) {
                    let (n, begun) = (samples.len(), Instant::now());
                    if load == Load::Whole {
                        let owner = format!("{turn}-{worker}-whole-{n}");
                        tokens.push(session(site, &mut connection, &owner)?);
                        look(&mut connection, &tokens[0])?;
                    }
                    link(&mut connection, tokens.pop().unwrap_or_default(), worker, n)?;
                    samples.push(begun.elapsed().as_secs_f64());
                }
                Ok(samples)
            })
        };
        let workers: Vec<_> = ready.into_iter().enumerate().map(work).collect();
        for worker in workers {
            sum.samples.extend(worker.join().map_err(|_| anyhow::anyhow!("a worker panicked"))??);
        }
        anyhow::Ok(())
    })?;
    sum.wall += begun.elapsed().as_secs_f64();
    sum.cpu += cpu_of(server.id())? - cpu;
    Ok(())
}

/// The product's server makes a session for a customer.
fn session(site: &Site, connection: &mut Connection, owner: &str) -> Result<String> {
    let hash = owner.bytes().fold(0, |sum: usize, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let headers = [("authorization", site.keys[hash % site.keys.len()].clone())];
    let body =
        json!({ "origin_owner_id": owner, "origin_owner_name": owner, "provider": "gladly" }).to_string();
    text(&connection.ask("POST", "/connect_sessions", &headers, &body)?, "token")
}

/// The widget fetches its settings, the connectors and the form.
fn look(connection: &mut Connection, token: &str) -> Result<()> {
    for path in ["/hub/settings", "/hub/connectors", "/hub/connectors/gladly.api-key"] {
        connection.ask("GET", path, &[("x-hub-session-token", token.to_owned())], "")?;
    }
    Ok(())
}

/// The widget sends the credentials, which are checked with the provider and stored. Customers have addresses and
/// organizations of their own, because limits count by both.
fn link(connection: &mut Connection, token: String, worker: usize, n: usize) -> Result<()> {
    let body = json!({ "integration_id": "gladly.api-key", "credentials": {
        "environment": "production",
        "organization_slug": format!("org-{}", (worker * 8 + n % 8) % ORGANIZATIONS),
        "agent_email": "api@example.com",
        "api_token": "a-token-for-measuring",
    } });
    let address = format!("10.{worker}.{}.{}", n / 250 % 250, n % 250);
    let headers = [("x-hub-session-token", token), ("x-forwarded-for", address)];
    connection.ask("POST", "/hub/accounts", &headers, &body.to_string())?;
    Ok(())
}

/// A string in a JSON answer.
fn text(answer: &str, name: &str) -> Result<String> {
    let answer: Value = serde_json::from_str(answer)?;
    Ok(answer[name].as_str().with_context(|| format!("no `{name}` in {answer}"))?.to_owned())
}
