//! Tests that link attempts end with their session and their account, and that what people entered in them is deleted,
//! on SQLite and PostgreSQL.

use secret::Secret;
use vault::{
    Account, AccountChange, Attempt, AttemptState, ChangeError, CreatedFrom, Hold, NewSession, Replacing,
    Vault, edit_draft_key,
};

use crate::attempts::attempt;
use crate::both::Opened;
use crate::hub::{FROM, SAME, owned, project, session};
use crate::{CANARY, at, by, draft_of, is_in_a_file};

/// An account, and attempts to edit it in a session that was created for it.
struct Edit {
    project: String,
    account: Account,
    session: i64,
    saved: Attempt,
    /// An attempt in the widget, which is not saved before it ends.
    unsaved: Attempt,
}

async fn edit(vault: &Vault) -> Edit {
    let project = project(vault).await.id;
    let account = vault.store(&owned(&project, "o1", CANARY), SAME, FROM, by("ada", 0)).await.unwrap();
    let new = NewSession { account: Some(account.id.to_string()), ..session(&project) };
    let (session, _) = vault.add_session(&new, by("ada", 0)).await.unwrap();
    let of_account = || Attempt { account: Some(account.id.to_string()), ..attempt(&project, session.seq) };
    let (mut saved, unsaved) = (of_account(), of_account());
    assert!(vault.save_attempt(&mut saved, &Secret::new(CANARY), &[]).await.unwrap());
    Edit { session: session.seq, saved, unsaved, account, project }
}

#[tokio::test]
async fn no_byte_of_a_deleted_secret_is_left_while_an_edit_is_open() {
    for opened in Opened::all().await {
        let (name, vault) = (opened.name, &opened.vault);
        let Edit { account, saved, project, .. } = edit(vault).await;
        let draft = draft_of("d1", Secret::new(CANARY), 0, 60);
        vault.save_edit_draft(&account.id, &draft).await.unwrap();
        // The credentials were also entered in another session of the same owner, which names no account.
        let (other, _) = vault.add_session(&session(&project), by("ada", 0)).await.unwrap();
        let mut unnamed = attempt(&project, other.seq);
        assert!(vault.save_attempt(&mut unnamed, &Secret::new(CANARY), &[]).await.unwrap());
        let sealed = opened.sealed().await;
        assert_eq!(sealed.len(), 9, "{name}: two fields, a draft, two snapshots and four keys");
        for bytes in &sealed {
            assert!(opened.contains(bytes).await, "{name}: the search does not find what is stored");
        }

        vault.remove(&account.id, by("ada", 1)).await.unwrap();
        for bytes in &sealed {
            assert!(!opened.contains(bytes).await, "{name}: a sealed secret or its key is left");
        }
        assert!(!opened.contains(CANARY.as_bytes()).await, "{name}");
        assert_eq!(opened.sealed().await, Vec::<Vec<u8>>::new(), "{name}");
        assert!(vault.attempt_snapshot(&saved, at(1)).await.unwrap().is_none(), "{name}");
        let again = vault.save_attempt(&mut unnamed, &Secret::new(CANARY), &[]).await.unwrap();
        assert!(!again, "{name}: an attempt of the same owner can still link the deleted account");
        assert!(vault.load_draft(&edit_draft_key(&account.id), at(1)).await.unwrap().is_none(), "{name}");
        let late = vault.save_edit_draft(&account.id, &draft).await;
        assert!(matches!(late, Err(ChangeError::NotFound { .. })), "{name}: a later draft was saved");
        if opened.server.is_none() {
            let copies = tempfile::tempdir().unwrap();
            vault.back_up(&copies.path().join("copy.db"), false).await.unwrap();
            for bytes in &sealed {
                assert!(!is_in_a_file(copies.path(), bytes), "a backup contains a sealed secret or its key");
            }
        }
    }
}

/// What ends an attempt.
#[derive(Clone, Copy, Debug)]
enum Ending {
    Deleted,
    OtherOwner,
    Held(Hold),
    Revoked,
}

impl Ending {
    async fn happen(self, vault: &Vault, edit: &Edit) {
        let id = &edit.account.id;
        let change = match self {
            Self::Deleted => return drop(vault.remove(id, by("ada", 1)).await.unwrap()),
            Self::Revoked => {
                assert!(vault.revoke_session(&edit.project, edit.session, by("ada", 1)).await.unwrap());
                return;
            }
            Self::OtherOwner => AccountChange { owner_id: Some("o2".to_owned()), ..AccountChange::default() },
            Self::Held(hold) => AccountChange { hold: Some(Some(hold)), ..AccountChange::default() },
        };
        vault.change_account(id, &change, by("ada", 1)).await.unwrap();
    }
}

#[tokio::test]
async fn an_attempt_ends_with_its_account_and_its_session() {
    for Opened { name, vault, .. } in &Opened::all().await {
        for ending in [
            Ending::Deleted,
            Ending::OtherOwner,
            Ending::Held(Hold::Suspended),
            Ending::Held(Hold::Archived),
            Ending::Revoked,
        ] {
            let mut edit = edit(vault).await;
            // Renewing tokens replaces the credentials, but does not end an edit.
            let opened = vault.unseal_edited(&edit.saved, "edit", by("ada", 0)).await.unwrap();
            vault.renew(&opened, &opened.secrets, by("ada", 0)).await.unwrap();
            assert!(vault.attempt_may_continue(&edit.saved, at(1)).await.unwrap(), "{name}, {ending:?}");
            ending.happen(vault, &edit).await;

            let stored = vault.attempt(&edit.saved.id).await.unwrap().unwrap();
            assert_eq!(stored.state, AttemptState::Cancelled, "{name}, {ending:?}");
            let snapshot = vault.attempt_snapshot(&edit.saved, at(1)).await.unwrap();
            assert_eq!(snapshot, None, "{name}, {ending:?}");
            let new = owned(&edit.project, "o1", "entered");
            let replacing = Replacing::Account { id: &edit.account.id, version: 2 };
            for attempt in [&mut edit.saved, &mut edit.unsaved] {
                let case = format!("{name}, {ending:?}, version {}", attempt.version);
                assert!(!vault.attempt_may_continue(attempt, at(2)).await.unwrap(), "{case}");
                let is_over = |error: &ChangeError| matches!(error, ChangeError::AttemptEnded { .. });
                let opened = vault.unseal_edited(attempt, "edit", by("ada", 2)).await;
                assert!(opened.as_ref().is_err_and(is_over), "{case}: {opened:?}");
                let from = CreatedFrom { attempt: Some(attempt), ..FROM };
                let stored = vault.store(&new, replacing, from, by("ada", 2)).await;
                assert!(stored.as_ref().is_err_and(is_over), "{case}: {stored:?}");
                let stored = vault.store(&new, SAME, from, by("ada", 2)).await;
                assert!(stored.as_ref().is_err_and(is_over), "{case}: {stored:?}");
                assert!(!vault.save_attempt(attempt, &Secret::new("typed"), &[]).await.unwrap(), "{case}");
            }
        }
    }
}

#[tokio::test]
async fn an_attempt_does_not_continue_when_its_account_is_released_again() {
    for Opened { name, vault, .. } in &Opened::all().await {
        let mut edit = edit(vault).await;
        Ending::Held(Hold::Suspended).happen(vault, &edit).await;
        let new = owned(&edit.project, "o1", "entered");
        let replacing = Replacing::Account { id: &edit.account.id, version: 1 };
        let held = vault.store(&new, replacing, FROM, by("ada", 2)).await;
        assert!(matches!(held, Err(ChangeError::OnHold { hold: Hold::Suspended, .. })), "{name}: {held:?}");
        let release = AccountChange { hold: Some(None), ..AccountChange::default() };
        vault.change_account(&edit.account.id, &release, by("ada", 2)).await.unwrap();
        assert!(!vault.attempt_may_continue(&edit.saved, at(1)).await.unwrap(), "{name}");
        assert!(vault.attempt_may_continue(&edit.unsaved, at(1)).await.unwrap(), "{name}");
        assert!(vault.save_attempt(&mut edit.unsaved, &Secret::new("typed"), &[]).await.unwrap(), "{name}");
    }
}

#[tokio::test]
async fn a_single_use_session_links_one_account_and_ends() {
    for opened in Opened::all().await {
        let (name, vault) = (opened.name, &opened.vault);
        let project = project(vault).await.id;
        let new = NewSession { once: true, multiple: true, ..session(&project) };
        let (created, _) = vault.add_session(&new, by("ada", 0)).await.unwrap();
        let new_attempt = || attempt(&project, created.seq);
        let (mut first, mut second, quiet) = (new_attempt(), new_attempt(), new_attempt());
        assert!(vault.save_attempt(&mut first, &Secret::new(CANARY), &[]).await.unwrap(), "{name}");
        assert!(vault.save_attempt(&mut second, &Secret::new(CANARY), &[]).await.unwrap(), "{name}");

        // Whichever attempt is stored first ends the session, and the other ends with it.
        let account = owned(&project, "o1", "entered");
        let stored = async |attempt| {
            let from = CreatedFrom { attempt: Some(attempt), ..FROM };
            vault.store(&account, Replacing::Nothing, from, by("ada", 1)).await
        };
        let (one, other) = tokio::join!(stored(&first), stored(&second));
        let is_over = |error: &ChangeError| matches!(error, ChangeError::AttemptEnded { .. });
        let linked = [&one, &other].into_iter().filter(|result| result.is_ok()).count();
        assert_eq!(linked, 1, "{name}: {one:?} {other:?}");
        assert!([&one, &other].into_iter().any(|result| result.as_ref().is_err_and(is_over)), "{name}");
        assert!(stored(&quiet).await.as_ref().is_err_and(is_over), "{name}: a new attempt linked an account");
        for attempt in [&first, &second] {
            let ended = vault.attempt(&attempt.id).await.unwrap().unwrap();
            assert!(ended.state.has_ended(), "{name}: {:?}", ended.state);
            assert!(vault.attempt_snapshot(attempt, at(1)).await.unwrap().is_none(), "{name}");
        }
        assert!(!vault.attempt_may_continue(&quiet, at(1)).await.unwrap(), "{name}");
        let over = vault.session(&project, created.seq).await.unwrap().unwrap();
        assert_eq!(over.used_at, Some(at(1)), "{name}");
        assert!(!over.is_open(at(1)) && !over.may_continue(at(1)), "{name}");
        let shown = vault.linked_attempt_of(created.seq).await.unwrap().map(|attempt| attempt.id);
        assert!(shown == Some(first.id.clone()) || shown == Some(second.id.clone()), "{name}");
    }
}

#[tokio::test]
async fn an_attempt_ends_when_its_session_expires() {
    for Opened { name, vault, .. } in &Opened::all().await {
        let Edit { account, project, mut saved, unsaved, .. } = edit(vault).await;
        assert!(vault.attempt_may_continue(&saved, at(29)).await.unwrap(), "{name}");
        assert!(!vault.attempt_may_continue(&saved, at(30)).await.unwrap(), "{name}");
        let is_over = |error: &ChangeError| matches!(error, ChangeError::AttemptEnded { .. });
        let opened = vault.unseal_edited(&saved, "edit", by("ada", 30)).await;
        assert!(opened.as_ref().is_err_and(is_over), "{name}: {opened:?}");
        let new = owned(&project, "o1", "entered");
        let replacing = Replacing::Account { id: &account.id, version: 1 };
        for attempt in [&saved, &unsaved] {
            let from = CreatedFrom { attempt: Some(attempt), ..FROM };
            let stored = vault.store(&new, replacing, from, by("ada", 30)).await;
            assert!(stored.as_ref().is_err_and(is_over), "{name}: {stored:?}");
        }
        saved.updated_at = at(30);
        assert!(!vault.save_attempt(&mut saved, &Secret::new("typed"), &[]).await.unwrap(), "{name}");
        let from = CreatedFrom { attempt: Some(&unsaved), ..FROM };
        assert!(vault.store(&new, replacing, from, by("ada", 29)).await.is_ok(), "{name}");
    }
}
