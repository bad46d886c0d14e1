//! Kills a process with SIGKILL at every crash point, and verifies that each change is stored completely or not at all.

use std::path::Path;

use secret::Secret;
use vault::{Account, Filter};

use crate::process::kill_at;
use crate::{add, at, by, count, draft_of, open, raw, sample};

/// The crash points in a transaction, each with whether the transaction's changes survive a crash at this point.
const POINTS: [(&str, bool); 3] =
    [("vault.transaction-begun", false), ("vault.before-commit", false), ("vault.committed", true)];

/// Creates a vault that contains a draft and, if requested, an account. Closes the vault.
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

/// Checks that the database is intact. Returns the vault's only account with its token, if any, and whether the draft
/// exists.
async fn checked_state(folder: &Path, label: &str) -> (Option<(Account, Secret)>, bool) {
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
async fn a_vault_can_be_created_after_a_crash_during_creation() {
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
async fn a_crash_during_adding_leaves_the_account_complete_or_absent() {
    for (label, is_done) in POINTS.into_iter().chain([("vault.account-inserted", false)]) {
        let folder = prepare(false).await;
        kill_at(label, "add", folder.path());
        let (account, has_draft) = checked_state(folder.path(), label).await;
        assert_eq!(account.is_some(), is_done, "{label}");
        assert_eq!(has_draft, !is_done, "{label}: the draft must exist until the account does");
        add(&open(folder.path()).await, &sample("next"), by("ada", 3)).await.unwrap();
    }
}

#[tokio::test]
async fn a_crash_during_replacing_leaves_the_old_or_the_new_account() {
    for (label, is_done) in POINTS.into_iter().chain([("vault.account-inserted", false)]) {
        let folder = prepare(true).await;
        kill_at(label, "replace", folder.path());
        let (account, has_draft) = checked_state(folder.path(), label).await;
        let (account, token) = account.unwrap();
        let expected = if is_done { (2, "new") } else { (1, "old") };
        assert_eq!((account.version, token.expose()), expected, "{label}");
        assert_eq!(has_draft, !is_done, "{label}");
    }
}

#[tokio::test]
async fn a_crash_during_removing_leaves_the_account_complete_or_absent() {
    for (label, is_done) in POINTS {
        let folder = prepare(true).await;
        kill_at(label, "remove", folder.path());
        let (account, _) = checked_state(folder.path(), label).await;
        assert_eq!(account.is_none(), is_done, "{label}");
    }
}
