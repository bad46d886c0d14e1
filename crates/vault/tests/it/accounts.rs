//! Tests that accounts are read back exactly as stored, and that an account can be changed only by a caller who has
//! read its current version.

use jiff::Timestamp;
use sqlx::Row as _;
use vault::{AccountState, By, ChangeError, CheckRecord, CreatedFrom, Filter, NewAccount, Replacing};

use crate::{CANARY, add, at, by, count, map, open, raw, replace, sample};

/// Returns the names and payloads of the events in the outbox.
async fn events(folder: &std::path::Path) -> Vec<(String, serde_json::Value)> {
    let rows = sqlx::query("select event, payload_json from outbox order by seq");
    let rows = rows.fetch_all(&mut raw(folder).await).await.unwrap();
    rows.iter().map(|row| (row.get(0), serde_json::from_str(row.get(1)).unwrap())).collect()
}

#[tokio::test]
async fn an_account_is_read_back_as_it_was_stored() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let now: Timestamp = "2026-10-05T09:08:07.123456Z".parse().unwrap();
    let added = add(&vault, &sample(CANARY), By::new("ada", now)).await.unwrap();

    assert_eq!(added.created_at.to_string(), "2026-10-05T09:08:07.123Z");
    assert_eq!((added.version, &added.state), (1, &AccountState::Active));
    assert_eq!(added.secret_fields, ["password", "token"]);
    assert_eq!(vault.get(&added.id).await.unwrap(), Some(added.clone()));
    assert_eq!(vault.list(&Filter::default()).await.unwrap(), std::slice::from_ref(&added));

    vault.close().await;
    let credentials = open(folder.path()).await.unseal(&added.id, "verify", by("ada", 1)).await.unwrap();
    assert_eq!(credentials.account, added);
    assert_eq!(credentials.secrets, sample(CANARY).secrets);
}

#[tokio::test]
async fn linking_the_same_account_at_the_provider_replaces_it() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let link = async |new: NewAccount, minutes| {
        let (replacing, from) = (Replacing::SameAtProvider, CreatedFrom::default());
        vault.store(&new, replacing, from, by("ada", minutes)).await.unwrap()
    };
    let first = link(NewAccount { label: Some("Ours".to_owned()), ..sample("a") }, 0).await;
    let relinked = link(sample("b"), 1).await;
    assert_eq!((&relinked.id, relinked.version, relinked.label.as_deref()), (&first.id, 2, Some("Ours")));
    // An account with another environment, external id or provider is a different account.
    let others = [
        link(NewAccount { environment: None, ..sample("c") }, 2).await,
        link(NewAccount { external_id: Some("acme".to_owned()), ..sample("c") }, 3).await,
        link(NewAccount { provider: "zoho".to_owned(), ..sample("c") }, 4).await,
    ];
    assert!(others.iter().all(|other| other.version == 1 && other.id != first.id));
    let nameless = NewAccount { external_id: None, ..sample("d") };
    assert_ne!(link(nameless.clone(), 5).await.id, link(nameless, 6).await.id);
}

#[tokio::test]
async fn accounts_are_listed_from_oldest_to_newest() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let second = add(&vault, &sample("b"), by("ada", 2)).await.unwrap();
    let first = add(&vault, &sample("a"), by("ada", 1)).await.unwrap();
    let mut other = sample("c");
    other.provider = "zoho".to_owned();
    let other = add(&vault, &other, by("ada", 0)).await.unwrap();

    let filter = Filter { provider: Some("gladly".to_owned()) };
    assert_eq!(vault.list(&filter).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(vault.list(&Filter::default()).await.unwrap(), [other, first, second]);
}

#[tokio::test]
async fn an_account_needs_no_secrets_and_no_optional_fields() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let added = add(&vault, &vault::NewAccount::default(), by("ada", 0)).await.unwrap();
    let credentials = vault.unseal(&added.id, "verify", by("ada", 1)).await.unwrap();
    assert_eq!(credentials.account, added);
    assert!(credentials.secrets.is_empty());
}

#[tokio::test]
async fn replacing_overwrites_everything_and_works_once_per_version() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let added = add(&vault, &sample("old"), by("ada", 0)).await.unwrap();
    let mut new = sample("new");
    new.secrets = map(&[("token", "new")]);
    new.label = Some("Support".to_owned());

    let replaced = replace(&vault, &added.id, &new, CreatedFrom::default(), by("bob", 5)).await.unwrap();
    assert_eq!((replaced.version, replaced.created_at, replaced.updated_at), (2, at(0), at(5)));
    assert_eq!(replaced.label.as_deref(), Some("Support"));
    assert_eq!(vault.unseal(&added.id, "verify", by("ada", 6)).await.unwrap().secrets, new.secrets);

    let error =
        replace(&vault, &added.id, &sample("late"), CreatedFrom::default(), by("eve", 7)).await.unwrap_err();
    let expected = "was changed in the meantime (version 2, not 1); check it and try again";
    assert_eq!(error.to_string(), format!("account {} {expected}", added.id));
    assert_eq!(vault.get(&added.id).await.unwrap(), Some(replaced));
}

#[tokio::test]
async fn one_of_two_concurrent_replacements_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let (first_vault, second_vault) = (open(folder.path()).await, open(folder.path()).await);
    let added = add(&first_vault, &sample("old"), by("ada", 0)).await.unwrap();
    let (ours, theirs) = (sample("ours"), sample("theirs"));
    let (ours, theirs) = tokio::join!(
        replace(&first_vault, &added.id, &ours, CreatedFrom::default(), by("ada", 1)),
        replace(&second_vault, &added.id, &theirs, CreatedFrom::default(), by("bob", 1)),
    );
    let conflicts = [ours, theirs].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert!(matches!(&conflicts[..], [ChangeError::Conflict { expected: 1, found: 2, .. }]), "{conflicts:?}");
}

#[tokio::test]
async fn removing_an_account_keeps_its_audit_trail() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let account = add(&vault, &sample(CANARY), by("ada", 0)).await.unwrap();
    vault.unseal(&account.id, "verify", by("cron", 1)).await.unwrap();
    replace(&vault, &account.id, &sample(CANARY), CreatedFrom::default(), by("bob", 2)).await.unwrap();
    vault.remove(&account.id, by("eve", 3)).await.unwrap();

    assert_eq!(vault.get(&account.id).await.unwrap(), None);
    assert_eq!(count(folder.path(), "select count(*) from credentials").await, 0);
    let error = vault.unseal(&account.id, "verify", by("ada", 4)).await.unwrap_err();
    assert!(matches!(error, ChangeError::NotFound { .. }), "{error:?}");
    assert!(vault.remove(&account.id, by("eve", 4)).await.is_err());

    let trail = vault.audit(&account.id).await.unwrap();
    let trail: Vec<_> = trail
        .iter()
        .map(|row| {
            (row.at, row.actor.as_str(), row.action.as_str(), row.version.unwrap(), row.detail.as_deref())
        })
        .collect();
    assert_eq!(
        trail,
        [
            (at(0), "ada", "account.created", 1, None),
            (at(1), "cron", "account.unsealed", 1, Some("verify")),
            (at(2), "bob", "account.updated", 2, None),
            (at(3), "eve", "account.deleted", 2, None),
        ]
    );
    let events = events(folder.path()).await;
    let names: Vec<_> = events.iter().map(|(event, _)| event.as_str()).collect();
    assert_eq!(names, ["account.created", "account.updated", "account.deleted"]);
    for (event, payload) in events {
        assert_eq!(payload["event"], event);
        assert_eq!(payload["account"]["id"], account.id.as_str());
        assert!(!payload.to_string().contains(CANARY));
    }
}

#[tokio::test]
async fn a_check_writes_an_event_only_if_it_changes_the_state() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let account = add(&vault, &sample("a"), by("ada", 0)).await.unwrap();
    let reason = AccountState::Error { reason: "the token is not accepted".to_owned() };
    let checks = [
        ("ok", AccountState::Active, 1),
        ("wrong_secret", reason.clone(), 2),
        ("wrong_secret", reason.clone(), 2),
        ("ok", AccountState::Active, 3),
    ];
    for (minute, (outcome, state, n_events)) in (1..).zip(checks) {
        let check = CheckRecord { version: 1, outcome: outcome.to_owned(), state: state.clone() };
        let checked = vault.record_check(&account.id, &check, by("ada", minute)).await.unwrap();
        assert_eq!(vault.get(&account.id).await.unwrap(), Some(checked.clone()));
        assert_eq!((checked.state, checked.checked_at, checked.version), (state, Some(at(minute)), 1));
        assert_eq!(events(folder.path()).await.len(), n_events, "minute {minute}");
    }
    // A check does not change the data that the credentials are bound to, so the credentials still open.
    assert!(vault.unseal(&account.id, "verify", by("ada", 9)).await.is_ok());

    let late = CheckRecord { version: 1, outcome: "wrong_secret".to_owned(), state: reason };
    replace(&vault, &account.id, &sample("b"), CreatedFrom::default(), by("ada", 9)).await.unwrap();
    let error = vault.record_check(&account.id, &late, by("ada", 10)).await.unwrap_err();
    assert!(matches!(error, ChangeError::Conflict { .. }), "{error:?}");
}

#[tokio::test]
async fn a_vault_is_sync_and_its_futures_are_send() {
    fn assert_sync<T: Send + Sync>(value: T) -> T {
        value
    }
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    let folder = tempfile::tempdir().unwrap();
    let vault = assert_sync(assert_send(open(folder.path())).await);
    let account = assert_send(add(&vault, &sample("a"), by("ada", 0))).await.unwrap();
    assert_send(vault.unseal(&account.id, "verify", by("ada", 0))).await.unwrap();
    assert_send(vault.rotate_key(crate::key_file(folder.path()), by("ada", 0))).await.unwrap();
    assert_send(vault.remove(&account.id, by("ada", 0))).await.unwrap();
    assert_send(vault.load_draft("draft", at(0))).await.unwrap();
}
