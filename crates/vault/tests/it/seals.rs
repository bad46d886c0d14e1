//! Tests that credentials are never stored in plain text, and that rows that have been tampered with cannot be
//! decrypted.

use std::path::Path;

use secret::{Redactor, Secret};
use vault::{AccountId, CreatedFrom, Vault};

use crate::{CANARY, add, blob, by, draft_of, files, is_in_a_file, map, open, raw, replace, sample, tamper};

/// Asserts that unsealing fails, that the error contains no secret, and that there is no audit entry.
async fn assert_refused(vault: &Vault, id: &AccountId, case: &str) {
    let before = vault.audit(id).await.unwrap().len();
    let error = vault.unseal(id, "theft", by("eve", 9)).await.expect_err(case);
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(!text.contains(CANARY) && !text.contains("hunter"), "{case}: {text}");
    }
    assert_eq!(vault.audit(id).await.unwrap().len(), before, "{case}");
}

/// Creates a vault with two accounts.
async fn two_accounts(folder: &Path) -> (Vault, AccountId, AccountId) {
    let vault = open(folder).await;
    let first = add(&vault, &sample(CANARY), by("ada", 0)).await.unwrap().id;
    let second = add(&vault, &sample("another-token"), by("ada", 1)).await.unwrap().id;
    (vault, first, second)
}

#[tokio::test]
async fn no_file_and_no_debug_output_contains_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, id, _) = two_accounts(folder.path()).await;
    vault
        .save_draft("d", &draft_of("d1", Secret::new(format!("{{\"token\":\"{CANARY}\"}}")), 0, 60))
        .await
        .unwrap();
    replace(&vault, &id, &sample(CANARY), CreatedFrom::default(), by("ada", 2)).await.unwrap();
    let credentials = vault.unseal(&id, "verify", by("ada", 3)).await.unwrap();
    assert_eq!(credentials.secrets["token"].expose(), CANARY);

    let redactor = Redactor::new([&Secret::new(CANARY)]);
    let key = crate::key_text(folder.path());
    let key = Redactor::new([&Secret::new(key.expose().lines().last().unwrap())]);
    for file in files(folder.path()) {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        assert!(redactor.redact(&text) == text, "{file:?}");
        assert_eq!(key.redact(&text) != text, file.ends_with("vault.key"), "{file:?}");
    }
    for text in [format!("{credentials:?}"), format!("{:?}", sample(CANARY)), format!("{vault:?}")] {
        assert!(redactor.redact(&text) == text, "{text}");
    }
}

#[tokio::test]
async fn moved_or_changed_rows_do_not_open() {
    for sql in [
        // A value from another account, another field or another version.
        "create temp table old as select * from credentials; update credentials set sealed = (select old.sealed \
         from old where old.field = credentials.field and old.account_id <> credentials.account_id)",
        "create temp table old as select * from credentials; update credentials set sealed = (select old.sealed \
         from old where old.field <> credentials.field and old.account_id = credentials.account_id)",
        "update accounts set version = 2",
        // Another account's data key.
        "create temp table old as select * from accounts; \
         update accounts set wrapped_key = (select old.wrapped_key from old where old.id <> accounts.id)",
        // A missing field, an extra field or a renamed field.
        "delete from credentials where field = 'token'",
        "delete from credentials where field = 'token'; update accounts set secret_fields_json = '[\"password\"]'",
        "insert into credentials select account_id, 'zzz', sealed from credentials where field = 'token'",
        "update credentials set field = 'zzz' where field = 'token'; \
         update accounts set secret_fields_json = '[\"password\",\"zzz\"]'",
        // The same credentials, but for another host, provider, method or environment.
        "update accounts set values_json = '{\"email\":\"ada@example.com\",\"organization\":\"evil\"}'",
        "update accounts set provider = 'evil'",
        "update accounts set method = 'evil'",
        "update accounts set environment = null",
        // Rows with invalid values.
        "update accounts set values_json = '[]'",
        "update accounts set kek_id = '0000000000000000'",
        "update accounts set created_at = 'yesterday'",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (vault, first, second) = two_accounts(folder.path()).await;
        tamper(folder.path(), sql).await;
        assert_refused(&vault, &first, sql).await;
        assert_refused(&vault, &second, sql).await;
    }
}

#[tokio::test]
async fn names_of_secret_fields_cannot_pass_as_a_project() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let mut account = sample(CANARY);
    account.secrets = map(&[("password", CANARY), ("project", "a"), ("zz", "b")]);
    let id = add(&vault, &account, by("ada", 0)).await.unwrap().id;
    tamper(
        folder.path(),
        "delete from credentials where field <> 'password'; \
         update accounts set secret_fields_json = '[\"password\"]', project_id = 'zz', owner_id = 'owner', \
         owner_name = 'Owner', connector_profile_id = 'gladly.api-key'",
    )
    .await;
    assert_refused(&vault, &id, "an account moved to another project").await;
}

#[tokio::test]
async fn columns_that_are_not_authenticated_can_change() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, id, _) = two_accounts(folder.path()).await;
    tamper(folder.path(), "update accounts set label = 'Support', state = 'error', outcome = 'throttled'")
        .await;
    assert!(vault.unseal(&id, "verify", by("ada", 2)).await.is_ok());
}

#[tokio::test]
async fn a_change_to_any_byte_is_detected() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let id = add(&vault, &sample(CANARY), by("ada", 0)).await.unwrap().id;
    let mut database = raw(folder.path()).await;
    for (select, update) in [
        ("select wrapped_key from accounts", "update accounts set wrapped_key = $1"),
        (
            "select sealed from credentials where field = 'token'",
            "update credentials set sealed = $1 where field = 'token'",
        ),
    ] {
        let original = blob(folder.path(), select).await;
        for at in 0..original.len() {
            let mut changed = original.clone();
            changed[at] ^= 0x80;
            sqlx::query(update).bind(changed).execute(&mut database).await.unwrap();
            assert_refused(&vault, &id, select).await;
        }
        sqlx::query(update).bind(original).execute(&mut database).await.unwrap();
    }
    assert!(vault.unseal(&id, "verify", by("ada", 1)).await.is_ok());
}

#[tokio::test]
async fn an_earlier_credential_cannot_be_restored() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let id = add(&vault, &sample("old"), by("ada", 0)).await.unwrap().id;
    let old = blob(folder.path(), "select sealed from credentials where field = 'token'").await;
    let old_key = blob(folder.path(), "select wrapped_key from accounts").await;
    replace(&vault, &id, &sample("new"), CreatedFrom::default(), by("ada", 1)).await.unwrap();

    let mut database = raw(folder.path()).await;
    let restore = sqlx::query("update credentials set sealed = $1 where field = 'token'").bind(old);
    restore.execute(&mut database).await.unwrap();
    assert_refused(&vault, &id, "the old credential").await;
    let restore = sqlx::query("update accounts set wrapped_key = $1").bind(old_key);
    restore.execute(&mut database).await.unwrap();
    assert_refused(&vault, &id, "the old credential with its key").await;
}

#[tokio::test]
async fn no_file_contains_replaced_or_removed_blobs() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, id, other) = two_accounts(folder.path()).await;
    let mut destroyed = Vec::new();
    for minute in 2..4 {
        // Selects by account, because the database still contains the other account's blobs.
        let mut database = raw(folder.path()).await;
        for sql in [
            "select sealed from credentials where account_id = $1",
            "select wrapped_key from accounts where id = $1",
        ] {
            let found =
                sqlx::query_scalar::<_, Vec<u8>>(sql).bind(id.as_str()).fetch_all(&mut database).await;
            destroyed.extend(found.unwrap());
        }
        assert!(destroyed.iter().all(|blob| 2 < minute || is_in_a_file(folder.path(), blob)));
        drop(database);
        if minute == 2 {
            replace(&vault, &id, &sample("new"), CreatedFrom::default(), by("ada", minute)).await.unwrap();
        } else {
            vault.remove(&id, by("ada", minute)).await.unwrap();
        }
        assert!(destroyed.iter().all(|blob| !is_in_a_file(folder.path(), blob)), "minute {minute}");
    }
    assert_eq!(destroyed.len(), 6);
    assert!(vault.unseal(&other, "verify", by("ada", 5)).await.is_ok());
}
