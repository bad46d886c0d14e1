//! Tests accounts that are read while their credentials stay sealed, and that each use of the credentials is recorded,
//! on SQLite and PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use secret::Secret;
use tokio::time::{sleep, timeout};
use vault::{
    AccountChange, AuditQuery, AuditRow, CheckRecord, Hold, Kind, NewKey, Recording, Scope, SealedAccount,
    StoreError, UseRecorder, Vault,
};

use crate::both::Opened;
use crate::hub::{FROM, SAME, owned, project};
use crate::{CANARY, at, by};

/// Stores an account in a new project, and returns it with sealed credentials.
async fn account(vault: &Vault) -> SealedAccount {
    let project = project(vault).await.id;
    let account = vault.store(&owned(&project, "o1", CANARY), SAME, FROM, by("ada", 0)).await.unwrap();
    vault.sealed_account(&account.id).await.unwrap().unwrap()
}

/// Returns the account's uses in the audit trail: the time, the actor, the purpose and the count.
async fn uses(vault: &Vault, sealed: &SealedAccount) -> Vec<(i64, String, String, i64)> {
    let trail = vault.audit(&sealed.account().id).await.unwrap();
    let uses = trail.into_iter().filter(|row| row.action == "account.unsealed");
    let start = at(0).as_second();
    let row = |row: AuditRow| {
        ((row.at.as_second() - start) / 60, row.actor, row.detail.unwrap_or_default(), row.count)
    };
    uses.map(row).collect()
}

#[tokio::test]
async fn a_sealed_account_opens_to_what_was_stored() {
    for opened in Opened::all().await {
        let (name, vault) = (opened.name, Arc::clone(&opened.vault));
        let sealed = account(&vault).await;
        assert!(!format!("{sealed:?}").contains(CANARY));
        let recorder = UseRecorder::start(Arc::clone(&vault), Recording::Batched);
        let credentials = recorder.open(&sealed, "request: GET /me", by("key:k", 1)).await.unwrap();
        let expected = vault.unseal(&sealed.account().id, "test", by("ada", 2)).await.unwrap();
        assert_eq!(&credentials.account, sealed.account(), "{name}");
        assert_eq!(credentials.account, expected.account, "{name}");
        assert_eq!(credentials.secrets, expected.secrets, "{name}");
        assert_eq!(credentials.secrets["token"], Secret::from(CANARY), "{name}");

        vault.remove(&sealed.account().id, by("ada", 3)).await.unwrap();
        assert!(vault.sealed_account(&sealed.account().id).await.unwrap().is_none(), "{name}");
    }
}

#[tokio::test]
async fn equal_uses_of_a_batch_are_one_entry_with_a_count() {
    for opened in Opened::all().await {
        let (name, vault) = (opened.name, Arc::clone(&opened.vault));
        let sealed = account(&vault).await;
        let recorder = UseRecorder::start(Arc::clone(&vault), Recording::Batched);
        for (actor, purpose, minute) in [
            ("b", "GET /x", 3),
            ("a", "GET /x", 1),
            ("a", "GET /x", 2),
            ("a", "GET /y", 4),
            ("a", "GET /x", 5),
        ] {
            recorder.open(&sealed, purpose, by(actor, minute)).await.unwrap();
        }
        recorder.flush().await.unwrap();
        let entry = |minute, actor: &str, purpose: &str, count| (minute, actor.into(), purpose.into(), count);
        let first = [entry(1, "a", "GET /x", 3), entry(3, "b", "GET /x", 1), entry(4, "a", "GET /y", 1)];
        assert_eq!(uses(&vault, &sealed).await, first, "{name}");

        let project = sealed.account().home.as_ref().unwrap().project.clone();
        let query = AuditQuery { project, limit: 10, ..AuditQuery::default() };
        let of_project = vault.audit_of_project(&query).await.unwrap();
        assert_eq!(of_project[0].detail.as_deref(), Some("GET /y"), "{name}: the project's trail has it too");
        assert_eq!(of_project[0].version, Some(1), "{name}");

        recorder.open(&sealed, "GET /x", by("a", 6)).await.unwrap();
        recorder.close().await.unwrap();
        assert_eq!(
            uses(&vault, &sealed).await.last(),
            Some(&entry(6, "a", "GET /x", 1)),
            "{name}: not written"
        );
    }
}

#[tokio::test]
async fn uses_are_written_without_a_flush() {
    for opened in Opened::all().await {
        let (name, vault) = (opened.name, Arc::clone(&opened.vault));
        let sealed = account(&vault).await;
        let recorder = UseRecorder::start(Arc::clone(&vault), Recording::Batched);
        for minute in 1..=3 {
            recorder.open(&sealed, "GET /x", by("a", minute)).await.unwrap();
            let limit = std::time::Instant::now() + Duration::from_secs(20);
            while i64::try_from(uses(&vault, &sealed).await.len()).unwrap() < minute {
                assert!(std::time::Instant::now() < limit, "{name}: use {minute} is not written");
                sleep(Duration::from_millis(20)).await;
            }
        }
        drop(recorder);
    }
}

#[tokio::test]
async fn with_recording_before_use_the_entry_is_there_when_the_credentials_are_opened() {
    for opened in Opened::all().await {
        let (name, vault) = (opened.name, Arc::clone(&opened.vault));
        let sealed = account(&vault).await;
        let recorder = UseRecorder::start(Arc::clone(&vault), Recording::BeforeUse);
        for minute in 1..=3 {
            recorder.open(&sealed, "GET /x", by("a", minute)).await.unwrap();
            assert_eq!(i64::try_from(uses(&vault, &sealed).await.len()).unwrap(), minute, "{name}");
        }
    }
}

#[tokio::test]
async fn nothing_is_opened_while_uses_cannot_be_recorded() {
    for opened in Opened::all().await {
        let sealed = account(&opened.vault).await;
        let (name, vault) = (opened.name, Arc::clone(&opened.vault));
        let recorder = UseRecorder::start(Arc::clone(&vault), Recording::Batched);
        opened.execute("alter table audit rename to away").await;
        recorder.open(&sealed, "GET /first", by("a", 1)).await.unwrap();
        assert!(recorder.flush().await.is_err(), "{name}");
        let refused = recorder.open(&sealed, "GET /second", by("a", 2)).await;
        assert!(matches!(refused, Err(StoreError::NotRecorded)), "{name}");

        opened.execute("alter table away rename to audit").await;
        recorder.open(&sealed, "GET /third", by("a", 3)).await.unwrap();
        recorder.flush().await.unwrap();
        let purposes: Vec<String> = uses(&vault, &sealed).await.into_iter().map(|row| row.2).collect();
        assert_eq!(purposes, ["GET /first", "GET /second", "GET /third"], "{name}: a use is lost");
        recorder.close().await.unwrap();
    }
}

#[tokio::test]
async fn nothing_is_opened_while_recording_is_slow() {
    for opened in Opened::all().await {
        let sealed = account(&opened.vault).await;
        let (name, vault) = (opened.name, Arc::clone(&opened.vault));
        let recorder = UseRecorder::start(Arc::clone(&vault), Recording::Batched);
        let lock = opened.lock_audit().await;
        recorder.open(&sealed, "GET /first", by("a", 1)).await.unwrap();
        sleep(Duration::from_millis(400)).await;
        let second = timeout(Duration::from_millis(400), recorder.open(&sealed, "GET /second", by("a", 2)));
        assert!(second.await.is_err(), "{name}: opened while the first use is not written");

        drop(lock);
        recorder.open(&sealed, "GET /third", by("a", 3)).await.unwrap();
        recorder.flush().await.unwrap();
        let purposes: Vec<String> = uses(&vault, &sealed).await.into_iter().map(|row| row.2).collect();
        assert_eq!(purposes, ["GET /first", "GET /second", "GET /third"], "{name}");
        recorder.close().await.unwrap();
    }
}

#[tokio::test]
async fn only_changes_of_what_is_cached_are_counted() {
    for opened in Opened::all().await {
        let (name, vault) = (opened.name, Arc::clone(&opened.vault));
        let sealed = account(&vault).await;
        let (id, home) = (sealed.account().id.clone(), sealed.account().home.clone().unwrap());
        let scopes = [Scope::PlatformRead];
        let new = NewKey {
            project: &home.project,
            name: "k",
            scopes: &scopes,
            kind: Kind::Production,
            expires_at: None,
        };
        let (key, _) = vault.add_key(&new, by("ada", 1)).await.unwrap();

        let before = vault.changes();
        vault.unseal(&id, "test", by("ada", 1)).await.unwrap();
        vault.record_key_use(&key.id, at(2)).await.unwrap();
        vault.count("bucket", 60, at(2)).await.unwrap();
        let recorder = UseRecorder::start(Arc::clone(&vault), Recording::BeforeUse);
        recorder.open(&sealed, "GET /x", by("a", 2)).await.unwrap();
        assert_eq!(vault.changes(), before, "{name}");

        let mut last = before;
        let mut counts = |what: &str| {
            assert!(last < vault.changes(), "{name}: {what} is not counted");
            last = vault.changes();
        };
        let hold = AccountChange { hold: Some(Some(Hold::Suspended)), ..AccountChange::default() };
        vault.change_account(&id, &hold, by("ada", 3)).await.unwrap();
        counts("a hold");
        let failed = CheckRecord {
            version: 1,
            outcome: "expired".to_owned(),
            state: vault::AccountState::Error { reason: "expired".to_owned() },
        };
        vault.record_check(&id, &failed, by("ada", 4)).await.unwrap();
        counts("a check");
        vault.remove(&id, by("ada", 5)).await.unwrap();
        counts("a removal");
        assert!(vault.revoke_key(&home.project, &key.id, by("ada", 6)).await.unwrap());
        counts("a revoked key");
    }
}

/// A use that cannot be recorded is unavailable, so that callers report it as such.
#[test]
fn a_use_that_cannot_be_recorded_can_be_retried() {
    assert!(StoreError::NotRecorded.is_unavailable());
}
