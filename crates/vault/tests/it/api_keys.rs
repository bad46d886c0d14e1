//! Tests which keys API keys can create, when keys expire, and how their use and their refusal are recorded, on SQLite
//! and PostgreSQL.

use vault::{ApiKey, Digest, GrantError, KeyState, Kind, NewKey, Scope, Token, Vault};

use crate::both::vaults;
use crate::hub::project;
use crate::hub::trail;
use crate::{at, by};

const OWN: [Scope; 3] = [Scope::PlatformRead, Scope::KeysWrite, Scope::CredentialsRead];

fn new_key<'a>(project: &'a str, scopes: &'a [Scope]) -> NewKey<'a> {
    NewKey { project, name: "k", scopes, kind: Kind::Production, expires_at: None }
}

async fn read(vault: &Vault, token: &Token) -> ApiKey {
    vault.key_by_digest(&token.digest()).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_key_grants_no_more_than_it_has() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await.id;
        let other = self::project(&vault).await.id;
        let expiring = NewKey { expires_at: Some(at(60)), ..new_key(&project, &OWN) };
        let (own, _) = vault.add_key(&expiring, by("cli", 0)).await.unwrap();
        let test = NewKey { kind: Kind::Test, ..new_key(&project, &OWN) };
        let (test, _) = vault.add_key(&test, by("cli", 0)).await.unwrap();

        let read = new_key(&project, &[Scope::PlatformRead]);
        let grant = async |key: &ApiKey, new: NewKey<'_>| {
            let count = vault.keys_of(&project).await.unwrap().len();
            let granted = vault.grant_key(&key.id, &new, by("key", 1)).await;
            let created = vault.keys_of(&project).await.unwrap().len() - count;
            assert_eq!(created, usize::from(granted.is_ok()), "{name}");
            granted.map(|(key, _)| key)
        };
        let until = |minutes| NewKey { expires_at: Some(at(minutes)), ..read };
        let granted = grant(&own, until(60)).await.unwrap();
        assert_eq!((granted.scopes.as_slice(), granted.expires_at), (read.scopes, Some(at(60))), "{name}");
        let kind = NewKey { kind: Kind::Test, ..until(60) };
        assert_eq!(grant(&own, kind).await.unwrap().kind, Kind::Test, "{name}");

        let scopes = [Scope::PlatformRead, Scope::Requests];
        let more = NewKey { scopes: &scopes, ..until(60) };
        let refused = grant(&own, more).await;
        assert!(matches!(refused, Err(GrantError::Scope(Scope::Requests))), "{name}: {refused:?}");
        let credentials = NewKey { scopes: &OWN, ..until(60) };
        let refused = grant(&own, credentials).await;
        assert!(
            matches!(refused, Err(GrantError::Operator(Scope::CredentialsRead))),
            "{name}: a key granted a scope that only an operator grants: {refused:?}"
        );
        for later in [read, until(61)] {
            let refused = grant(&own, later).await;
            assert!(matches!(refused, Err(GrantError::Expiry(end)) if end == at(60)), "{name}: {refused:?}");
        }
        let refused = grant(&test, read).await;
        assert!(matches!(refused, Err(GrantError::Kind)), "{name}: {refused:?}");
        let elsewhere = NewKey { project: &other, ..until(60) };
        let refused = vault.grant_key(&own.id, &elsewhere, by("key", 1)).await;
        assert!(matches!(refused, Err(GrantError::Inactive)), "{name}: another project: {refused:?}");

        let late = vault.grant_key(&own.id, &until(60), by("key", 60)).await;
        assert!(matches!(late, Err(GrantError::Inactive)), "{name}: an expired key: {late:?}");
        vault.revoke_key(&project, &own.id, by("cli", 2)).await.unwrap();
        let refused = grant(&own, until(60)).await;
        assert!(matches!(refused, Err(GrantError::Inactive)), "{name}: a revoked key: {refused:?}");
    }
}

#[tokio::test]
async fn a_key_works_until_it_expires_or_is_revoked() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await.id;
        let new = NewKey { expires_at: Some(at(10)), ..new_key(&project, &OWN) };
        let (key, token) = vault.add_key(&new, by("cli", 0)).await.unwrap();
        assert_eq!(read(&vault, &token).await, key, "{name}");
        assert_eq!((key.state(at(9)), key.state(at(10))), (KeyState::Active, KeyState::Expired), "{name}");
        assert!(vault.revoke_key(&project, &key.id, by("cli", 1)).await.unwrap(), "{name}");
        let revoked = read(&vault, &token).await;
        assert_eq!(
            (revoked.state(at(2)), revoked.state(at(11))),
            (KeyState::Revoked, KeyState::Revoked),
            "{name}"
        );
        assert!(vault.key_by_digest(&Digest::of("wak_live_guess")).await.unwrap().is_none(), "{name}");
    }
}

#[tokio::test]
async fn the_use_of_a_key_is_stored_at_most_once_a_minute() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await.id;
        let (key, token) = vault.add_key(&new_key(&project, &OWN), by("cli", 0)).await.unwrap();
        assert_eq!(key.last_used_at, None, "{name}");
        let seconds = |seconds: i64| at(1) + jiff::SignedDuration::from_secs(seconds);
        for (second, is_stored, stored) in
            [(0, true, 0), (30, false, 0), (59, false, 0), (60, true, 60), (20, false, 60)]
        {
            let done = vault.record_key_use(&key.id, seconds(second)).await.unwrap();
            assert_eq!(done, is_stored, "{name}: {second}");
            assert_eq!(read(&vault, &token).await.last_used_at, Some(seconds(stored)), "{name}: {second}");
        }
    }
}

#[tokio::test]
async fn repeated_refusals_of_a_key_do_not_fill_the_audit_trail() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await.id;
        let (key, token) = vault.add_key(&new_key(&project, &OWN), by("cli", 0)).await.unwrap();
        // Each request has the row as it was when the key was looked up, which may be outdated.
        for minute in [1, 1, 2, 59] {
            vault.record_refused_key(&key, "revoked, from 192.0.2.7", at(minute)).await.unwrap();
        }
        let refused = async || {
            let trail = vault.audit_of_project(&trail(&project, None)).await.unwrap();
            trail.into_iter().filter(|row| row.action == "api_key.refused").collect::<Vec<_>>()
        };
        let rows = refused().await;
        assert_eq!(rows.len(), 1, "{name}");
        assert_eq!(
            (rows[0].actor.as_str(), rows[0].at),
            (format!("key:{}", key.id).as_str(), at(1)),
            "{name}"
        );
        assert_eq!(rows[0].detail.as_deref(), Some("revoked, from 192.0.2.7"), "{name}");
        let key = read(&vault, &token).await;
        vault.record_refused_key(&key, "revoked, from 192.0.2.7", at(60)).await.unwrap();
        assert_eq!(refused().await.len(), 1, "{name}");
        vault.record_refused_key(&key, "revoked, from 192.0.2.7", at(61)).await.unwrap();
        assert_eq!(refused().await.len(), 2, "{name}: an hour later, the key is recorded again");
    }
}
