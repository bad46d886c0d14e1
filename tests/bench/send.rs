//! Requests that are known beforehand, sent by several workers, each of which waits for its answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::client::{Asked, Connection};

/// Sends what standard input lists: first a line with the host and port, then one for each request. `over-and-over`
/// begins anew at the end, `once` ends there.
pub(crate) async fn run(how: &str, workers: usize, seconds: f64) -> Result<()> {
    let again = match how {
        "over-and-over" => true,
        "once" => false,
        _ => bail!("requests are sent over-and-over, or once"),
    };
    let lines = crate::told()?;
    let (first, rest) = lines.split_first().context("the first line says where")?;
    let address: Arc<str> = first.as_str().context("the first line is an address")?.into();
    let requests: Arc<[Asked]> = rest.iter().map(|line: &Value| Asked::new(line)).collect::<Result<_>>()?;
    crate::begins();
    let begun = Instant::now();
    let until = begun + Duration::from_secs_f64(seconds);
    let tasks: Vec<_> = (0..workers)
        .map(|first| {
            let (requests, address) = (Arc::clone(&requests), Arc::clone(&address));
            tokio::spawn(async move {
                let mut connection = Connection::open(&address).await?;
                let (mut times, mut at) = (Vec::new(), first);
                while (again || at < requests.len()) && Instant::now() < until {
                    let begun = Instant::now();
                    connection.ask(&requests[at % requests.len()]).await?;
                    times.push(begun.elapsed().as_secs_f64());
                    at += workers;
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
