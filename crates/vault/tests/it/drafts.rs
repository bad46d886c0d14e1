//! Tests that drafts are sealed, that they expire, and that a draft is deleted in the transaction that stores its
//! account.

use secret::Secret;

use vault::{Replacing, Stale};

use crate::{CANARY, at, by, count, draft, draft_of, is_in_a_file, open, replace, sample, tamper};

#[tokio::test]
async fn a_draft_is_read_back_until_it_expires() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    vault.save_draft("gladly", &draft_of("d1", Secret::new(CANARY), 0, 30)).await.unwrap();

    let draft = vault.load_draft("gladly", at(29)).await.unwrap().unwrap();
    assert_eq!((draft.snapshot.expose(), draft.guide_digest.as_str()), (CANARY, "d1"));
    assert_eq!((draft.saved_at, draft.expires_at), (at(0), at(30)));
    assert_eq!(vault.load_draft("gladly", at(30)).await.unwrap(), None);
    assert_eq!(vault.load_draft("other", at(1)).await.unwrap(), None);
    assert!(!is_in_a_file(folder.path(), CANARY.as_bytes()));
    assert!(!format!("{draft:?}").contains(CANARY));
}

#[tokio::test]
async fn saving_replaces_the_draft_and_deletes_expired_ones() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    vault.save_draft("old", &draft_of("d1", Secret::new("a"), 0, 10)).await.unwrap();
    vault.save_draft("gladly", &draft_of("d1", Secret::new("b"), 0, 30)).await.unwrap();
    vault.save_draft("gladly", &draft_of("d2", Secret::new("c"), 10, 40)).await.unwrap();

    assert_eq!(vault.load_draft("gladly", at(11)).await.unwrap().unwrap().snapshot, Secret::new("c"));
    assert_eq!(count(folder.path(), "select count(*) from sealed").await, 1);
    assert_eq!(vault.prune(Stale::Sealed, at(39), 9).await.unwrap(), 0);
    assert_eq!(vault.prune(Stale::Sealed, at(40), 9).await.unwrap(), 1);
}

#[tokio::test]
async fn a_draft_is_deleted_explicitly_or_when_its_account_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    for key in ["first", "again", "dropped", "kept"] {
        vault.save_draft(key, &draft_of("d1", Secret::new("a"), 0, 30)).await.unwrap();
    }
    let account = vault.store(&sample("a"), Replacing::Nothing, draft("first"), by("ada", 1)).await.unwrap();
    replace(&vault, &account.id, &sample("b"), draft("again"), by("ada", 2)).await.unwrap();
    assert!(replace(&vault, &account.id, &sample("b"), draft("kept"), by("ada", 3)).await.is_err());
    vault.delete_draft("dropped").await.unwrap();
    for (key, is_kept) in [("first", false), ("again", false), ("dropped", false), ("kept", true)] {
        assert_eq!(vault.load_draft(key, at(4)).await.unwrap().is_some(), is_kept, "{key}");
    }
}

#[tokio::test]
async fn a_draft_with_a_changed_key_binding_or_time_does_not_open() {
    for sql in [
        "update sealed set key = 'gladly' where key = 'other'",
        "update sealed set expires_at = '2099-01-01T00:00:00.000Z', key = 'gladly'",
        "update sealed set expires_at = null, key = 'gladly'",
        "update sealed set binding = 'd2', key = 'gladly'",
        "update sealed set saved_at = expires_at, key = 'gladly'",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let vault = open(folder.path()).await;
        let key = if sql.contains("where") { "other" } else { "gladly" };
        vault.save_draft(key, &draft_of("d1", Secret::new(CANARY), 0, 30)).await.unwrap();
        tamper(folder.path(), sql).await;
        let error = vault.load_draft("gladly", at(1)).await.unwrap_err();
        assert_eq!(error.to_string(), "draft gladly cannot be sealed or unsealed", "{sql}");
    }
}
