//! Links, as a product's server and the widget in its page make them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::client::{Asked, Connection};

/// What can be linked.
const CONNECTOR: &str = "gladly.api-key";

/// Whom to ask, and as whom.
struct Hub {
    address: String,
    /// The values of the header, of which each is used in turn: there is a limit for each key.
    keys: Vec<String>,
}

/// Links, from several workers. `whole`: everything from the session on is timed. `alone`: sessions are there before,
/// and what is timed is the request that checks and stores, as long as there are sessions.
pub(crate) async fn run(how: &str, workers: usize, seconds: f64) -> Result<()> {
    let whole = match how {
        "whole" => true,
        "alone" => false,
        _ => bail!("a link is measured whole, or alone"),
    };
    let told = crate::told()?;
    let told = told.first().context("standard input says where the Hub is")?;
    let keys = told["keys"].as_array().into_iter().flatten();
    let hub = Arc::new(Hub {
        address: told["address"].as_str().context("the Hub has an address")?.to_owned(),
        keys: keys.filter_map(Value::as_str).map(str::to_owned).collect(),
    });
    let turn = told["turn"].as_u64().unwrap_or(0);
    let each = usize::try_from(told["sessions"].as_u64().unwrap_or(0))? / workers;
    let mut ready = Vec::new();
    for worker in 0..workers {
        let mut connection = Connection::open(&hub.address).await?;
        let mut tokens = Vec::new();
        for n in 0..if whole { 0 } else { each } {
            tokens.push(session(&hub, &mut connection, &format!("{turn}-alone-{worker}-{n}")).await?);
        }
        ready.push((worker, connection, tokens));
    }
    crate::begins();
    let begun = Instant::now();
    let until = begun + Duration::from_secs_f64(seconds);
    let tasks: Vec<_> = ready
        .into_iter()
        .map(|(worker, mut connection, tokens)| {
            let hub = Arc::clone(&hub);
            tokio::spawn(async move {
                let mut times = Vec::new();
                while (whole || times.len() < tokens.len()) && Instant::now() < until {
                    let n = times.len();
                    let begun = Instant::now();
                    if whole {
                        let owner = format!("{turn}-whole-{worker}-{n}");
                        let token = session(&hub, &mut connection, &owner).await?;
                        look(&mut connection, &token).await?;
                        link(&mut connection, &token, worker, n).await?;
                    } else {
                        link(&mut connection, &tokens[n], worker, n).await?;
                    }
                    times.push(begun.elapsed().as_secs_f64());
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    crate::tell(&times, begun.elapsed().as_secs_f64());
    Ok(())
}

/// The product's server makes a session for a customer.
async fn session(hub: &Hub, connection: &mut Connection, owner: &str) -> Result<String> {
    let body = json!({ "origin_owner_id": owner, "origin_owner_name": owner, "provider": "gladly" });
    let lot = owner.bytes().fold(0, |sum: usize, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let key = hub.keys.get(lot % hub.keys.len().max(1)).context("there is a key")?;
    let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
    let asked = Asked::of("POST", "/connect_sessions", &headers, &body.to_string(), 201);
    let made: Value = serde_json::from_slice(&connection.ask(&asked).await?)?;
    Ok(made["token"].as_str().context("a session has a token")?.to_owned())
}

/// The widget looks at what there is to link, and at the form.
async fn look(connection: &mut Connection, token: &str) -> Result<()> {
    let form = format!("/hub/connectors/{CONNECTOR}");
    for path in ["/hub/settings", "/hub/connectors", &form] {
        let asked = Asked::of("GET", path, &[("x-hub-session-token", token)], "", 200);
        connection.ask(&asked).await?;
    }
    Ok(())
}

/// The widget sends what was typed: it is checked at the provider, and stored. Customers have addresses of their own and
/// several organizations, as in life: limits count by both.
async fn link(connection: &mut Connection, token: &str, worker: usize, n: usize) -> Result<()> {
    let credentials = json!({
        "environment": "production",
        "organization_slug": format!("org-{}", (worker * 8 + n % 8) % crate::ORGANIZATIONS),
        "agent_email": "api@example.com",
        "api_token": "a-token-for-measuring",
    });
    let body = json!({ "integration_id": CONNECTOR, "credentials": credentials }).to_string();
    let address = format!("10.{worker}.{}.{}", n / 250 % 250, n % 250);
    let headers = [
        ("x-hub-session-token", token),
        ("content-type", "application/json"),
        ("x-forwarded-for", address.as_str()),
    ];
    connection.ask(&Asked::of("POST", "/hub/accounts", &headers, &body, 201)).await?;
    Ok(())
}
