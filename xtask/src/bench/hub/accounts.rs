//! Measures how long listing a page of accounts takes, by the number of accounts.

use std::time::Instant;

use anyhow::{Context as _, Result};

use super::client::Connection;
use super::create_key;
use super::requests::account;
use super::servers::{Server, example, hub};
use crate::bench::process::cpu_of;
use crate::bench::run::{Figures, Run, World, scaled};
use crate::command;
use crate::postgres;

/// The number of places in the list from which pages are read.
const PLACES: u32 = 40;

/// The maximum number of pages that are read from each place.
const PAGES: usize = 50;

/// The number of accounts on a page.
const PAGE: u32 = 25;

pub(crate) fn accounts(run: &Run, on_postgres: bool, world: &World) -> Result<Figures> {
    let number = scaled(run.size, world.quick);
    let folder = world.create_folder(&format!("{}-{number}", run.name))?;
    let provider = Server::start(&mut example(&["provider"]))?;
    let database = on_postgres.then(|| postgres::Server::start(true)).transpose()?;
    let url = database.as_ref().map(|server| server.create_database("hub")).transpose()?;
    let environment = url.clone().map(|url| ("WAYSTONE_DATABASE_URL", url));
    let hub = Server::start(hub(world, &folder, &provider)?.envs(environment))?;
    let key = create_key(&hub, &["platform:write", "platform:read"])?;
    account(&hub, &key)?;
    let file = || format!("sqlite://{}", folder.join("data/vault.db").display());
    command::run(&mut example(&["copy-accounts", &url.unwrap_or_else(file), &number.to_string()]))?;

    let headers = [("authorization", key)];
    let mut connection = Connection::open(&hub.address)?;
    let (mut samples, mut cpu) = (Vec::new(), 0.0);
    for place in 0..PLACES {
        // A numbered page finds the place. This request is not measured.
        let page = 1 + u64::from(place) * u64::from(number / PAGE) / u64::from(PLACES);
        connection.request("GET", &format!("/accounts?page={page}"), &headers, "")?;
        let cpu_before = cpu_of(hub.id())?;
        for _ in 0..PAGES {
            let Some(cursor) = connection.next_cursor.take() else { break };
            let sent = Instant::now();
            connection.request("GET", &format!("/accounts?cursor={cursor}"), &headers, "")?;
            samples.push(sent.elapsed().as_secs_f64());
        }
        cpu += cpu_of(hub.id())? - cpu_before;
    }
    let n = u32::try_from(samples.len()).ok().filter(|n| 0 < *n).context("there is only one page")?;
    Ok(Figures { cpu: Some(cpu / f64::from(n)), ..Figures::new(samples, 1) })
}
