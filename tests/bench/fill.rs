//! Databases with many accounts, past the API: rows as linking makes them, credentials under seal and all.

use std::path::Path;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use secret::Secret;
use vault::{By, CreatedFrom, Filter, Home, KeySource, NewAccount, Owner, Replacing, Vault};

/// Fills a vault until there are so many accounts: those that were linked in it, again and again, each time for another
/// owner. `database`: the URL of a PostgreSQL database; empty, if it is the folder's own.
pub(crate) async fn run(folder: &str, database: &str, accounts: usize) -> Result<()> {
    let folder = Path::new(folder);
    let key = KeySource::File(folder.join("key"));
    let vault = match database {
        "" => Vault::open(folder, key).await?,
        url => Vault::open_postgres(folder, Secret::from(url), key).await?,
    };
    let mut linked = Vec::new();
    for account in vault.list(&Filter::default()).await? {
        let opened = vault.unseal(&account.id, "fill", By::new("bench", Timestamp::now())).await?;
        linked.push(NewAccount {
            provider: account.provider,
            method: account.method,
            environment: account.environment,
            external_id: account.external_id,
            name: account.name,
            label: account.label,
            values: account.values,
            secrets: opened.secrets,
            guide_digest: account.guide_digest,
            proved: account.proved,
            outcome: account.outcome,
            identity: account.identity,
            home: account.home,
        });
    }
    let first = linked.first().and_then(|one| one.home.clone()).context("no account was linked")?;
    let missing = accounts.saturating_sub(linked.len());
    for n in 0..missing {
        let by = By::new("bench", Timestamp::now());
        let new = another(&linked, &first, n);
        vault.store(&new, Replacing::Nothing, CreatedFrom::default(), by).await?;
    }
    vault.close().await;
    Ok(())
}

/// An account like one of those that were linked, of another organization and another owner, who has one of each.
fn another(linked: &[NewAccount], first: &Home, n: usize) -> NewAccount {
    let (like, owner) = (&linked[n % linked.len()], n / linked.len());
    let id = format!("org-{n}");
    let owner = Owner { id: format!("owner-{owner}"), name: format!("Owner {owner}"), username: None };
    let connector_profile = like
        .home
        .as_ref()
        .map_or_else(|| first.connector_profile.clone(), |home| home.connector_profile.clone());
    let mut new =
        NewAccount { home: Some(Home { connector_profile, owner, ..first.clone() }), ..like.clone() };
    // What names the organization is among what was typed.
    for value in new.values.values_mut() {
        if Some(&*value) == like.external_id.as_ref() {
            value.clone_from(&id);
        }
    }
    new.name = Some(format!("{id} Ltd"));
    new.external_id = Some(id);
    new
}
