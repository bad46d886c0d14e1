//! Tests sealed data other than credentials: no file contains it in plain text, no row opens as a different row, and
//! every row opens after a key rotation.

use std::collections::BTreeMap;
use std::path::Path;

use secret::Secret;
use serde_json::json;
use vault::{Attempt, ConnectorProfile, Digest, Idempotency, NewConnectorProfile, SignIn, Stale, Vault};

use crate::attempts::attempt;
use crate::hub::{project, session};
use crate::{CANARY, at, by, count, draft_of, is_in_a_file, key_file, open, tamper};

/// A vault with one row for each kind of sealed data.
struct Filled {
    vault: Vault,
    profile: ConnectorProfile,
    attempt: Attempt,
    sign_in: SignIn,
}

async fn fill(folder: &Path) -> Filled {
    let vault = open(folder).await;
    let project = project(&vault).await;
    let (created, _) = vault.add_session(&session(&project.id), by("ada", 0)).await.unwrap();
    vault.save_draft("key", &draft_of("d1", Secret::new(CANARY), 0, 60)).await.unwrap();
    let new = NewConnectorProfile {
        secrets: BTreeMap::from([("client_secret".to_owned(), Secret::new(CANARY))]),
        ..NewConnectorProfile::default()
    };
    let profile = vault.create_connector_profile(&project.id, &new, by("ada", 0)).await.unwrap();
    vault.begin_idempotent("key_a", "key", &Digest::of("request"), at(0)).await.unwrap();
    vault.end_idempotent("key_a", "key", Some((200, &Secret::new(CANARY))), at(0)).await.unwrap();
    let mut attempt = attempt(&project.id, created.seq);
    vault.save_attempt(&mut attempt, &Secret::new(CANARY), &[json!({ "host": CANARY })]).await.unwrap();
    let sign_in = vault.add_sign_in(created.seq, at(0), at(60)).await.unwrap();
    vault.send_sign_in(&sign_in, &attempt, &Digest::of("state"), &Secret::new(CANARY)).await.unwrap();
    assert_eq!(count(folder, "select count(distinct kind) from sealed").await, 6);
    Filled { vault, profile, attempt, sign_in }
}

/// Returns the kinds of sealed data that still open.
async fn readable(filled: &Filled) -> Vec<&'static str> {
    let Filled { vault, profile, attempt, sign_in } = filled;
    let draft = vault.load_draft("key", at(1)).await;
    let secrets = vault.connector_profile_secrets(profile).await;
    let answer = vault.begin_idempotent("key_a", "key", &Digest::of("request"), at(1)).await;
    let snapshot = vault.attempt_snapshot(attempt, at(1)).await;
    let transcript = vault.attempt_transcript(attempt).await;
    let sign_in_found = vault.take_sign_in(&Digest::of("state"), at(1)).await;
    let is_canary = |secret: &Secret| secret.expose() == CANARY;
    let found = [
        ("draft", draft.is_ok_and(|found| found.is_some_and(|draft| is_canary(&draft.snapshot)))),
        ("profile-secrets", secrets.is_ok_and(|found| is_canary(&found["client_secret"]))),
        ("answer", matches!(answer, Ok(Idempotency::Answered { body, .. }) if is_canary(&body))),
        ("snapshot", snapshot.is_ok_and(|found| found.is_some_and(|snapshot| is_canary(&snapshot)))),
        ("transcript", transcript.is_ok_and(|found| found == [json!({ "host": CANARY })])),
        (
            "sign-in",
            sign_in_found.is_ok_and(|found| {
                found.is_some_and(|(found, secret)| found.id == sign_in.id && is_canary(&secret))
            }),
        ),
    ];
    found.into_iter().filter_map(|(kind, is_readable)| is_readable.then_some(kind)).collect()
}

const ALL: [&str; 6] = ["draft", "profile-secrets", "answer", "snapshot", "transcript", "sign-in"];

#[tokio::test]
async fn every_kind_of_data_is_sealed_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let filled = fill(folder.path()).await;
    assert!(!is_in_a_file(folder.path(), CANARY.as_bytes()));
    assert_eq!(readable(&filled).await, ALL);
}

#[tokio::test]
async fn a_new_key_opens_every_kind_of_data() {
    let folder = tempfile::tempdir().unwrap();
    let filled = fill(folder.path()).await;
    let rotated = filled.vault.rotate_key(key_file(folder.path()), by("ada", 1)).await.unwrap();
    assert_eq!(rotated.rewrapped, 6);
    assert_eq!(filled.vault.prove().await.unwrap().sealed, 6);
    assert_eq!(readable(&filled).await, ALL);
}

#[tokio::test]
async fn a_row_with_a_changed_binding_expiry_or_kind_does_not_open() {
    for sql in [
        "update sealed set binding = binding || 'x'",
        // An expiry that was added, removed or changed, and a changed time of saving.
        "update sealed set expires_at = case when expires_at is null then '2099-01-01T00:00:00.000Z' else null end",
        "update sealed set expires_at = '2099-01-01T00:00:00.000Z'",
        "update sealed set saved_at = '2026-01-01T00:00:00.000Z'",
        // Data from a row of another kind.
        "create temp table old as select * from sealed; update sealed set wrapped_key = (select old.wrapped_key \
         from old where old.kind > sealed.kind or sealed.kind = 'transcript' order by old.kind limit 1), \
         sealed = (select old.sealed from old where old.kind > sealed.kind or sealed.kind = 'transcript' \
         order by old.kind limit 1)",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let filled = fill(folder.path()).await;
        tamper(folder.path(), sql).await;
        assert_eq!(readable(&filled).await, Vec::<&str>::new(), "{sql}");
        assert!(filled.vault.prove().await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn a_transcript_grows_to_a_limit_and_is_deleted_with_its_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let Filled { vault, mut attempt, .. } = fill(folder.path()).await;
    let lines: Vec<_> = (0..150).map(|n| json!(n)).collect();
    for _ in 0..2 {
        assert!(vault.save_attempt(&mut attempt, &Secret::new(CANARY), &lines).await.unwrap());
    }
    assert!(vault.save_attempt(&mut attempt, &Secret::new(CANARY), &[]).await.unwrap());
    let kept = vault.attempt_transcript(&attempt).await.unwrap();
    assert_eq!(kept.len(), 200);
    assert_eq!((&kept[0], &kept[199]), (&json!(100), &json!(149)));

    assert_eq!(vault.prune(Stale::Attempts, at(29), 9).await.unwrap(), 0);
    assert_eq!(count(folder.path(), "select count(*) from sealed where kind = 'transcript'").await, 1);
    assert_eq!(vault.prune(Stale::Attempts, at(31), 9).await.unwrap(), 1);
    assert_eq!(count(folder.path(), "select count(*) from sealed where kind = 'transcript'").await, 0);
    assert_eq!(count(folder.path(), "select count(*) from attempts").await, 0);
}
