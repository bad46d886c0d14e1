//! Tests rotating the key while other processes work, and resuming an interrupted rotation.

use std::path::Path;

use secret::Secret;
use vault::{ChangeError, Filter, KeyError, KeySource, OpenError, RotateError, StoreError, Vault};

use crate::{CANARY, add, at, by, count, draft_of, is_in_a_file, key_file, key_text, open, sample};

/// More accounts than a rotation rewraps in one transaction.
const ACCOUNTS: usize = 55;

async fn fill(folder: &Path) -> Vault {
    let vault = open(folder).await;
    for n in 0..ACCOUNTS {
        add(&vault, &sample(&format!("token {n}")), by("ada", 0)).await.unwrap();
    }
    vault.save_draft("draft", &draft_of("d1", Secret::new(CANARY), 0, 60)).await.unwrap();
    vault
}

/// Asserts that every account and the draft can be opened.
async fn assert_everything_opens(vault: &Vault, n_accounts: usize) {
    let accounts = vault.list(&Filter::default()).await.unwrap();
    assert_eq!(accounts.len(), n_accounts);
    for account in accounts {
        vault.unseal(&account.id, "verify", by("ada", 2)).await.unwrap();
    }
    assert_eq!(vault.load_draft("draft", at(2)).await.unwrap().unwrap().snapshot.expose(), CANARY);
}

/// Asserts that the database no longer contains the previous key.
async fn assert_no_previous_key(folder: &Path) {
    assert_eq!(count(folder, "select count(*) from vault_keys where sealed_previous is null").await, 1);
    assert_eq!(count(folder, "select count(*) from vault_keys").await, 1);
    let old_rows = "select count(*) from accounts where kek_id not in (select id from vault_keys)";
    assert_eq!(count(folder, old_rows).await, 0);
    assert!(!folder.join("vault.key.next").exists());
}

#[tokio::test]
async fn rotation_replaces_the_key_file() {
    let folder = tempfile::tempdir().unwrap();
    let vault = fill(folder.path()).await;
    let old_text = key_text(folder.path());
    let old_wrapped = crate::blob(folder.path(), "select wrapped_key from accounts limit 1").await;

    let rotated = vault.rotate_key(key_file(folder.path()), by("ada", 1)).await.unwrap();
    assert_eq!((rotated.rewrapped, rotated.resumed), (ACCOUNTS as u64 + 1, false));
    assert_everything_opens(&vault, ACCOUNTS).await;
    assert_no_previous_key(folder.path()).await;
    assert!(key_text(folder.path()) != old_text);
    assert!(!is_in_a_file(folder.path(), &old_wrapped));
    let trail = sqlx::query_scalar::<_, String>(
        "select action from audit where account_id is null and project_id is null order by seq",
    );
    let trail = trail.fetch_all(&mut crate::raw(folder.path()).await).await.unwrap();
    assert_eq!(trail, ["key.rotation_begun", "key.rotated"]);
    vault.close().await;

    assert_everything_opens(&open(folder.path()).await, ACCOUNTS).await;
    let error = Vault::open(folder.path(), KeySource::Text(old_text)).await.unwrap_err();
    assert!(
        matches!(&error, OpenError::Key(KeyError::Wrong { expected, .. }) if *expected == rotated.key),
        "{error}"
    );
}

#[cfg(all(unix, debug_assertions))]
#[tokio::test]
async fn the_next_rotation_completes_one_that_was_killed() {
    for label in ["vault.rotation-begun", "vault.rotation-batch"] {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path()).await.close().await;
        crate::process::kill_at(label, "rotate", folder.path());

        let vault = open(folder.path()).await;
        assert_eq!(count(folder.path(), "select count(*) from vault_keys").await, 2, "{label}");
        assert!(
            !folder.path().join("vault.key.next").exists(),
            "opening must complete the replacement of the key file"
        );
        assert_everything_opens(&vault, ACCOUNTS).await;
        add(&vault, &sample("in between"), by("ada", 1)).await.unwrap();

        let rotated = vault.rotate_key(key_file(folder.path()), by("ada", 2)).await.unwrap();
        assert!(rotated.resumed, "{label}");
        assert!(0 < rotated.rewrapped && rotated.rewrapped <= ACCOUNTS as u64 + 1, "{label}: {rotated:?}");
        assert_everything_opens(&vault, ACCOUNTS + 1).await;
        assert_no_previous_key(folder.path()).await;
        vault.close().await;
        assert_everything_opens(&open(folder.path()).await, ACCOUNTS + 1).await;
    }
}

#[cfg(all(unix, debug_assertions))]
#[tokio::test]
async fn the_next_rotation_uses_a_key_that_was_created_but_not_recorded() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    crate::process::kill_at("vault.key-written", "rotate", folder.path());
    assert!(folder.path().join("vault.key.next").exists());
    let vault = open(folder.path()).await;
    add(&vault, &sample("a"), by("ada", 0)).await.unwrap();
    let rotated = vault.rotate_key(key_file(folder.path()), by("ada", 1)).await.unwrap();
    assert_eq!((rotated.rewrapped, rotated.resumed), (1, false));
    assert_no_previous_key(folder.path()).await;
}

#[cfg(all(unix, debug_assertions))]
#[tokio::test]
async fn a_key_that_a_killed_process_did_not_finish_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let leftovers = || {
        let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().contains(".new-")).count()
    };
    for (label, role) in
        [("vault.key-prepared", "open"), ("vault.file-placed", "open"), ("vault.file-placed", "rotate")]
    {
        crate::process::kill_at(label, role, folder.path());
        assert_eq!(leftovers(), 1, "{label}");
        let vault = open(folder.path()).await;
        vault.rotate_key(key_file(folder.path()), by("ada", 1)).await.unwrap();
        vault.close().await;
        assert_eq!(leftovers(), 0, "{label}");
        if (label, role) == ("vault.key-prepared", "open") {
            std::fs::remove_file(folder.path().join("vault.db")).unwrap();
            std::fs::remove_file(folder.path().join("vault.key")).unwrap();
        }
    }
}

#[tokio::test]
async fn other_processes_keep_working_and_pick_up_the_new_key() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (open(folder.path()).await, open(folder.path()).await);
    let before = add(&first, &sample("a"), by("ada", 0)).await.unwrap();
    first.save_draft("draft", &draft_of("d1", Secret::new(CANARY), 0, 60)).await.unwrap();
    for minute in [1, 2] {
        first.rotate_key(key_file(folder.path()), by("ada", minute)).await.unwrap();
        // In the first iteration, the second vault reads before it writes. In the second iteration, it writes before it
        // reads.
        if minute == 1 {
            assert!(second.load_draft("draft", at(3)).await.unwrap().is_some());
        }
        add(&second, &sample("b"), by("bob", 3)).await.unwrap();
        assert!(second.unseal(&before.id, "verify", by("bob", 3)).await.is_ok());
        assert!(second.load_draft("draft", at(3)).await.unwrap().is_some());
    }
    assert_no_previous_key(folder.path()).await;
}

#[tokio::test]
async fn two_concurrent_rotations_end_with_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (fill(folder.path()).await, open(folder.path()).await);
    let (ours, theirs) = tokio::join!(
        first.rotate_key(key_file(folder.path()), by("ada", 1)),
        second.rotate_key(key_file(folder.path()), by("bob", 1)),
    );
    ours.unwrap();
    theirs.unwrap();
    assert_everything_opens(&first, ACCOUNTS).await;
    assert_everything_opens(&second, ACCOUNTS).await;
    assert_no_previous_key(folder.path()).await;
    assert_everything_opens(&open(folder.path()).await, ACCOUNTS).await;
}

#[tokio::test]
async fn the_new_key_can_come_from_another_source() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = open(folder.path()).await;
    add(&file, &sample("a"), by("ada", 0)).await.unwrap();
    open(other.path()).await.close().await;
    let new = KeySource::Text(key_text(other.path()));

    let old = Vault::open(folder.path(), KeySource::Text(key_text(folder.path()))).await.unwrap();
    let rotated = file.rotate_key(new.clone(), by("ada", 1)).await.unwrap();
    add(&file, &sample("b"), by("ada", 2)).await.unwrap();
    assert_no_previous_key(folder.path()).await;

    // A process whose source contains only the old key cannot load the new key, so storing an account fails and nothing
    // is written.
    let error = add(&old, &sample("c"), by("bob", 2)).await.unwrap_err();
    let ChangeError::Store(StoreError::Key(KeyError::Wrong { expected, .. })) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*expected, rotated.key);

    let vault = Vault::open(folder.path(), new.clone()).await.unwrap();
    assert_eq!(vault.list(&Filter::default()).await.unwrap().len(), 2);
    let error = vault.rotate_key(new, by("ada", 3)).await.unwrap_err();
    assert!(matches!(error, RotateError::SameKey { id } if id == rotated.key), "{error:?}");

    // Rotating to a key file that does not exist yet creates the file.
    let path = folder.path().join("keys/second.key");
    vault.rotate_key(KeySource::File(path.clone()), by("ada", 4)).await.unwrap();
    assert!(Vault::open(folder.path(), KeySource::File(path)).await.is_ok());
    assert_no_previous_key(folder.path()).await;
}
