//! Tests link attempts, handoffs and leases on SQLite and PostgreSQL.

use secret::Secret;
use vault::{
    Attempt, AttemptState, ChangeError, CreatedFrom, Digest, Handoff, Kind, NewHandoff, Stale, Submission,
    Submitted, Vault,
};

use crate::both::vaults;
use crate::hub::{FROM, SAME, owned, project, session};
use crate::{at, by};

pub(crate) fn attempt(project: &str, session: i64) -> Attempt {
    Attempt {
        id: Vault::attempt_id().unwrap(),
        session,
        project: project.to_owned(),
        connector_profile: "gladly.api_key".to_owned(),
        provider: "gladly".to_owned(),
        method: "api_key".to_owned(),
        guide_digest: "d1".to_owned(),
        account: None,
        state: AttemptState::Open,
        error: None,
        progress: serde_json::json!([]),
        version: 0,
        created_at: at(0),
        updated_at: at(0),
        expires_at: at(30),
    }
}

#[tokio::test]
async fn an_attempt_rejects_stale_changes_and_links_once() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        let (created, _) = vault.add_session(&session(&project.id), by("ada", 0)).await.unwrap();
        let mut mine = attempt(&project.id, created.seq);
        assert!(vault.save_attempt(&mut mine, &Secret::new("typed"), &[]).await.unwrap(), "{name}");
        let mut theirs = vault.attempt_of(created.seq, "gladly.api_key").await.unwrap().unwrap();
        mine.state = AttemptState::Refused;
        mine.error = Some(("wrong_secret".to_owned(), "It was not accepted".to_owned()));
        let line = serde_json::json!({ "request": "GET /", "status": 401 });
        assert!(
            vault
                .save_attempt(&mut mine, &Secret::new("typed more"), std::slice::from_ref(&line))
                .await
                .unwrap(),
            "{name}"
        );
        assert!(
            !vault
                .save_attempt(&mut theirs, &Secret::new("late"), std::slice::from_ref(&line))
                .await
                .unwrap(),
            "{name}"
        );
        let read = vault.attempt(&mine.id).await.unwrap().unwrap();
        assert_eq!((read.state, read.version), (AttemptState::Refused, 2), "{name}");
        assert_eq!(read.error, mine.error, "{name}");
        assert_eq!(vault.attempt_transcript(&read).await.unwrap(), std::slice::from_ref(&line), "{name}");
        assert_eq!(vault.attempt_snapshot(&read, at(1)).await.unwrap().unwrap().expose(), "typed more");

        assert!(vault.lease(&mine.id, "p1", at(1), at(2)).await.unwrap(), "{name}");
        assert!(!vault.lease(&mine.id, "p2", at(1), at(2)).await.unwrap(), "{name}");
        assert!(
            vault.lease(&mine.id, "p2", at(2), at(3)).await.unwrap(),
            "{name}: the expired lease was not granted"
        );
        vault.release(&mine.id, "p2").await.unwrap();

        let origin = CreatedFrom { attempt: Some(&mine), ..FROM };
        let account = vault.store(&owned(&project.id, "o1", "t"), SAME, origin, by("ada", 2)).await.unwrap();
        let finished = vault.attempt(&mine.id).await.unwrap().unwrap();
        assert_eq!(
            (finished.state, finished.account),
            (AttemptState::Linked, Some(account.id.to_string())),
            "{name}"
        );
        assert!(
            vault.attempt_snapshot(&read, at(2)).await.unwrap().is_none(),
            "{name}: the snapshot was not deleted"
        );
        let second = vault.store(&owned(&project.id, "o9", "t"), SAME, origin, by("ada", 3)).await;
        assert!(matches!(second, Err(ChangeError::AttemptEnded { .. })), "{name}");
        assert!(vault.accounts_of(&project.id, "o9", "gladly", Kind::Production).await.unwrap().is_empty());

        // An attempt that was never saved is inserted when its account is stored, and it also links at most one
        // account.
        let quiet = attempt(&project.id, created.seq);
        let origin = CreatedFrom { attempt: Some(&quiet), transcript: std::slice::from_ref(&line), ..FROM };
        let account = vault.store(&owned(&project.id, "o2", "t"), SAME, origin, by("ada", 4)).await.unwrap();
        let finished = vault.attempt(&quiet.id).await.unwrap().unwrap();
        assert_eq!(
            (finished.state, finished.version, vault.attempt_transcript(&finished).await.unwrap()),
            (AttemptState::Linked, 1, vec![line.clone()]),
            "{name}"
        );
        assert_eq!((finished.account, finished.updated_at), (Some(account.id.to_string()), at(4)), "{name}");
        assert!(
            vault.store(&owned(&project.id, "o3", "t"), SAME, origin, by("ada", 5)).await.is_err(),
            "{name}"
        );
        assert!(vault.accounts_of(&project.id, "o3", "gladly", Kind::Production).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_handoff_is_completed_once_and_extends_the_session() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        let (created, _) = vault.add_session(&session(&project.id), by("ada", 0)).await.unwrap();
        let mut mine = attempt(&project.id, created.seq);
        vault.save_attempt(&mut mine, &Secret::new("typed"), &[]).await.unwrap();
        let fields = vec!["token".to_owned()];
        let secret = &Secret::new("browser");
        let new = NewHandoff { attempt: &mine, step: "make", fields: &fields, expires_at: at(60), secret };
        let handoff = vault.add_handoff(&new, at(0)).await.unwrap();
        let token = Handoff::token(&handoff.id, secret);
        let extended = vault.session(&project.id, created.seq).await.unwrap().unwrap();
        assert!(
            !extended.is_open(at(31)) && extended.may_continue(at(59)) && !extended.may_continue(at(60)),
            "{name}"
        );
        assert_eq!(vault.handoff_by_token(&token.digest()).await.unwrap(), Some(handoff.clone()), "{name}");
        assert_ne!(token.digest(), Handoff::token(&handoff.id, &Secret::new("other")).digest(), "{name}");

        // Values for an attempt that has changed since are not saved, and do not end the handoff.
        let (by, snapshot) = (&Digest::of("helper"), &Secret::new("theirs"));
        let submission = Submission { handoff: &handoff.id, by, snapshot };
        let mut stale = Attempt { version: 9, updated_at: at(1), ..mine.clone() };
        assert_eq!(vault.submit_handoff(&submission, &mut stale).await.unwrap(), Submitted::Stale, "{name}");
        assert!(vault.handoffs_of(&mine.id).await.unwrap()[0].is_open(at(1)), "{name}");
        mine.updated_at = at(1);
        let mut other = mine.clone();
        let later = Submission { by: &Digest::of("other"), snapshot: &Secret::new("late"), ..submission };
        let (first, second) = tokio::join!(
            vault.submit_handoff(&submission, &mut mine),
            vault.submit_handoff(&later, &mut other),
        );
        let (first, second) = (first.unwrap(), second.unwrap());
        let winner = match (first, second) {
            (Submitted::Saved, Submitted::AlreadyDone) => submission,
            (Submitted::AlreadyDone, Submitted::Saved) => later,
            other => panic!("{name}: {other:?}"),
        };
        let ended = &vault.handoffs_of(&mine.id).await.unwrap()[0];
        assert_eq!((ended.done_at, ended.done_by.as_ref()), (Some(at(1)), Some(winner.by)), "{name}");
        let kept = vault.attempt_snapshot(&mine, at(2)).await.unwrap().unwrap();
        assert_eq!(kept.expose(), winner.snapshot.expose(), "{name}: the loser's values were stored");
    }
}

#[tokio::test]
async fn a_lease_has_one_holder_and_expires() {
    for (name, vault, _folder) in vaults().await {
        let lease = async |holder, now, until| vault.lease("it", holder, at(now), at(until)).await.unwrap();
        let (one, two) = tokio::join!(lease("one", 0, 2), lease("two", 0, 2));
        assert!(one != two, "{name}: exactly one must get the lease");
        let (first, second) = if one { ("one", "two") } else { ("two", "one") };
        assert!(lease(first, 1, 3).await, "{name}: the holder must be able to renew the lease");
        assert!(!lease(second, 2, 4).await, "{name}");
        vault.release("it", second).await.unwrap();
        assert!(!lease(second, 2, 4).await, "{name}: only the holder can release it");
        assert!(lease(second, 3, 5).await, "{name}: the expired lease was not granted");
        assert!(!lease(first, 3, 5).await, "{name}: the previous holder still has the lease");
        vault.release("it", second).await.unwrap();
        assert!(lease(first, 3, 5).await, "{name}: the released lease was not granted");
        assert_eq!(vault.prune(Stale::Leases, at(5), 9).await.unwrap(), 0, "{name}");
        assert_eq!(
            vault.prune(Stale::Leases, at(6), 9).await.unwrap(),
            1,
            "{name}: the expired lease was not deleted"
        );
    }
}
