//! `kill -9` at every labeled point: what was there before is there after, or all of what was to come.

use std::path::Path;

use secret::Secret;
use vault::{Account, Filter};

use crate::process::kill_at;
use crate::{add, at, by, count, draft_of, open, raw, sample};

/// How far a piece of writing had come when the process was killed.
const POINTS: [(&str, bool); 3] =
    [("vault.transaction-begun", false), ("vault.before-commit", false), ("vault.committed", true)];

/// A folder with a draft, and with an account if asked for, as a process that ended properly left it.
async fn prepare(with_account: bool) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    if with_account {
        add(&vault, &sample("old"), by("ada", 0)).await.unwrap();
    }
    vault.save_draft("draft", &draft_of("d1", Secret::new("snapshot"), 0, 60)).await.unwrap();
    vault.close().await;
    folder
}

/// The only account, with everything that belongs to it; and whether the draft is there.
async fn what_is_there(folder: &Path, label: &str) -> (Option<(Account, Secret)>, bool) {
    let vault = open(folder).await;
    let check: String =
        sqlx::query_scalar("pragma integrity_check").fetch_one(&mut raw(folder).await).await.unwrap();
    assert_eq!(check, "ok", "{label}");
    assert_eq!(count(folder, "select count(*) from pragma_foreign_key_check").await, 0, "{label}");

    let accounts = vault.list(&Filter::default()).await.unwrap();
    assert!(accounts.len() <= 1, "{label}");
    assert_eq!(
        count(folder, "select count(*) from credentials").await,
        2 * i64::try_from(accounts.len()).unwrap()
    );
    let changes = count(folder, "select count(*) from audit where action <> 'account.unsealed'").await;
    assert_eq!(count(folder, "select count(*) from outbox").await, changes, "{label}");
    let has_draft = vault.load_draft("draft", at(1)).await.unwrap().is_some();
    let Some(account) = accounts.into_iter().next() else { return (None, has_draft) };
    let mut credentials = vault.unseal(&account.id, "verify", by("ada", 2)).await.unwrap();
    let token = credentials.secrets.remove("token").unwrap();
    (Some((account, token)), has_draft)
}

#[tokio::test]
async fn killed_while_it_comes_about_a_vault_comes_about_the_next_time() {
    for label in ["vault.key-written", "vault.migrated"] {
        let folder = tempfile::tempdir().unwrap();
        kill_at(label, "open", folder.path());
        let vault = open(folder.path()).await;
        let account = add(&vault, &sample("a"), by("ada", 0)).await.unwrap();
        vault.close().await;
        assert!(
            open(folder.path()).await.unseal(&account.id, "verify", by("ada", 1)).await.is_ok(),
            "{label}"
        );
        assert_eq!(count(folder.path(), "select count(*) from vault_keys").await, 1, "{label}");
    }
}

#[tokio::test]
async fn killed_while_adding_an_account_is_there_or_absent() {
    for (label, is_done) in POINTS.into_iter().chain([("vault.account-inserted", false)]) {
        let folder = prepare(false).await;
        kill_at(label, "add", folder.path());
        let (account, has_draft) = what_is_there(folder.path(), label).await;
        assert_eq!(account.is_some(), is_done, "{label}");
        assert_eq!(has_draft, !is_done, "{label}: a draft is there until the account is");
        add(&open(folder.path()).await, &sample("next"), by("ada", 3)).await.unwrap();
    }
}

#[tokio::test]
async fn killed_while_replacing_an_account_is_the_old_or_the_new() {
    for (label, is_done) in POINTS.into_iter().chain([("vault.account-updated", false)]) {
        let folder = prepare(true).await;
        kill_at(label, "replace", folder.path());
        let (account, has_draft) = what_is_there(folder.path(), label).await;
        let (account, token) = account.unwrap();
        let expected = if is_done { (2, "new") } else { (1, "old") };
        assert_eq!((account.version, token.expose()), expected, "{label}");
        assert_eq!(has_draft, !is_done, "{label}");
    }
}

#[tokio::test]
async fn killed_while_removing_an_account_is_there_or_absent() {
    for (label, is_done) in POINTS {
        let folder = prepare(true).await;
        kill_at(label, "remove", folder.path());
        let (account, _) = what_is_there(folder.path(), label).await;
        assert_eq!(account.is_none(), is_done, "{label}");
    }
}
