//! Tests that only the vault's own key opens it. Every other key is refused with an error that states the reason.

use std::error::Error as _;

use secret::Secret;
use vault::{KeyError, KeySource, OpenError, Vault};

use crate::{add, at, by, count, files, key_file, key_text, open, sample};

#[cfg(unix)]
fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[cfg(unix)]
fn set_mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_access_a_vaults_files() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("deep/data");
    let vault = open(&folder).await;
    add(&vault, &sample("a"), by("ada", 0)).await.unwrap();
    assert_eq!((mode(&folder), mode(folder.parent().unwrap())), (0o700, 0o700));
    let names: Vec<_> = files(&folder).iter().map(|file| file.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["vault.db", "vault.db-shm", "vault.db-wal", "vault.key", "vault.lock", "vault.users"]);
    for file in files(&folder) {
        assert_eq!(mode(&file), 0o600, "{file:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_database_loses_other_users_permissions() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    set_mode(&folder.path().join("vault.db"), 0o644);
    open(folder.path()).await.close().await;
    assert_eq!(mode(&folder.path().join("vault.db")), 0o600);
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_others_can_write_to_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    std::fs::create_dir(&folder).unwrap();
    for bits in [0o777, 0o770, 0o720, 0o702, 0o1777] {
        set_mode(&folder, bits);
        let opened = Vault::open(&folder, key_file(&folder)).await.unwrap_err();
        let restored = vault::restore(&folder, &key_file(&folder), &parent.path().join("copy"), at(0)).await;
        for error in [opened.to_string(), restored.unwrap_err().to_string()] {
            assert!(
                error.starts_with(&format!("other users can write to the folder {}; ", folder.display())),
                "{error}"
            );
        }
        assert_eq!(files(&folder).len(), 0, "{bits:o}");
    }
    for bits in [0o755, 0o750, 0o700] {
        set_mode(&folder, bits);
        open(&folder).await.close().await;
        assert_eq!(mode(&folder), bits, "an existing folder was changed");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_file_that_others_can_access_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    let path = folder.path().join("vault.key");
    for bits in [0o640, 0o604, 0o620] {
        set_mode(&path, bits);
        let error = Vault::open(folder.path(), key_file(folder.path())).await.unwrap_err();
        let expected = format!("(mode {bits:04o}); run `chmod 600` on it");
        assert_eq!(
            error.to_string(),
            format!("other users can access the key file {} {expected}", path.display())
        );
    }
    set_mode(&path, 0o400);
    open(folder.path()).await;
}

#[tokio::test]
async fn a_wrong_key_is_refused() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    open(folder.path()).await.close().await;
    open(other.path()).await.close().await;
    let error = Vault::open(folder.path(), KeySource::Text(key_text(other.path()))).await.unwrap_err();
    let OpenError::Key(KeyError::Wrong { found, expected, .. }) = &error else { panic!("{error:?}") };
    assert_ne!(found, expected);
    assert_eq!(
        error.to_string(),
        format!("the key text has key {found}, but this vault is sealed under key {expected}; use that key")
    );
    let right = Vault::open(folder.path(), KeySource::Text(key_text(folder.path()))).await;
    assert!(right.is_ok());
}

#[tokio::test]
async fn a_lost_key_is_not_replaced_by_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    let path = folder.path().join("vault.key");
    std::fs::remove_file(&path).unwrap();
    let error = Vault::open(folder.path(), key_file(folder.path())).await.unwrap_err();
    let expected = "is missing, and this vault is sealed under its key; restore the file";
    assert_eq!(error.to_string(), format!("the key file {} {expected}", path.display()));
    assert!(!path.exists());
}

#[tokio::test]
async fn a_malformed_key_is_refused_and_not_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let error = Vault::open(folder.path(), KeySource::Text(Secret::new("canary"))).await.unwrap_err();
    let expected = "the key text does not contain exactly one key; a key is a line that starts with `wsk1-`";
    assert_eq!(error.to_string(), expected);
    assert!(!format!("{error:?}").contains("canary"));
    assert_eq!(count(folder.path(), "select count(*) from vault_keys").await, 0);
}

#[cfg(unix)]
#[tokio::test]
async fn the_key_can_come_from_a_command() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    let path = folder.path().join("vault.key").display().to_string();
    let command = |program: &str| KeySource::Command(vec![program.to_owned(), path.clone()]);
    assert!(Vault::open(folder.path(), command("cat")).await.is_ok());
    let error = Vault::open(folder.path(), command("no-such-program")).await.unwrap_err();
    assert_eq!(error.to_string(), "the key command `no-such-program` printed no key");
    assert!(error.source().is_some());
}

#[tokio::test]
async fn a_damaged_key_row_is_detected() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    crate::tamper(folder.path(), "update vault_keys set check_value = zeroblob(length(check_value))").await;
    let error = Vault::open(folder.path(), key_file(folder.path())).await.unwrap_err();
    assert!(matches!(error, OpenError::Key(KeyError::Damaged { .. })), "{error:?}");
}

#[tokio::test]
async fn an_open_vault_does_not_read_its_key_file_again() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let account = add(&vault, &sample("a"), by("ada", 0)).await.unwrap();
    std::fs::remove_file(folder.path().join("vault.key")).unwrap();
    let credentials = vault.unseal(&account.id, "verify", by("ada", 1)).await.unwrap();
    assert_eq!(credentials.secrets["token"].expose(), "a");
}
