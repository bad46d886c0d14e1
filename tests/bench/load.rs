//! What `cargo xtask bench hub` runs beside a Hub: a provider that answers at once, a bare handler to compare with, a
//! filler of databases, and what sends requests and counts.
//!
//! **Invariant:** the bare handler does what a link cannot do without (one request to the provider, one durable
//! insert) and nothing else; whoever sends requests waits for each answer, and fails on one that is no success.

#![expect(clippy::print_stdout, reason = "what it prints is what it measured")]

mod bare;
mod client;
mod fill;
mod link;
mod provider;
mod send;

use anyhow::{Context as _, Result, bail};
use axum::Router;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// So many hosts are asked, to each of which connections are kept.
const ORGANIZATIONS: usize = 64;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["provider"] => provider::run().await,
        ["bare", database, provider] => bare::run(database, provider).await,
        ["fill", folder, database, accounts] => fill::run(folder, database, accounts.parse()?).await,
        ["send", how, workers, seconds] => send::run(how, workers.parse()?, seconds.parse()?).await,
        ["link", how, workers, seconds] => link::run(how, workers.parse()?, seconds.parse()?).await,
        _ => bail!(
            "provider | bare DATABASE PROVIDER | fill FOLDER DATABASE N | send over-and-over|once WORKERS SECONDS | \
             link whole|alone WORKERS SECONDS"
        ),
    }
}

/// Serves on a port that is free, and prints where.
async fn serve(routes: Router) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, routes).await?)
}

/// What standard input says, as JSON, a value a line.
fn told() -> Result<Vec<Value>> {
    let text = std::io::read_to_string(std::io::stdin())?;
    text.lines().map(|line| serde_json::from_str(line).context("a line is no JSON")).collect()
}

/// Says that from now on it counts.
fn begins() {
    println!("begins");
}

/// Prints in how many seconds all was done, and how long it took each time.
fn tell(times: &[f64], seconds: f64) {
    println!("{}", json!({ "seconds": seconds, "times": times }));
}
