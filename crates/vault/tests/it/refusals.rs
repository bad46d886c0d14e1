//! Tests the entries in the audit trail about unknown keys and failed link attempts, and the trail's filters, on SQLite
//! and PostgreSQL.

use secret::Secret;
use serde_json::json;
use vault::{AttemptState, AuditQuery, Limit, Refusal, Vault};

use crate::attempts::attempt;
use crate::both::vaults;
use crate::hub::{project, session, trail};
use crate::{at, by};

/// Sends unknown API keys from an address within one span.
async fn guess(vault: &Vault, address: &str, times: usize) {
    let limit = Limit { bucket: format!("guesses/{address}"), seconds: 600, most: 60 };
    for _ in 0..times {
        vault.count_refusal(Refusal { what: "API key", address }, &limit, at(0)).await.unwrap();
    }
}

#[tokio::test]
async fn a_guesser_adds_three_entries_and_all_guessers_a_limited_number() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        let other = project_named(&vault, "Other").await;
        let shared = AuditQuery { until: Some(at(1)), ..trail(&project.id, None) };
        let refusals = async || {
            let all = vault.audit_of_project(&shared).await.unwrap();
            all.into_iter().filter(|row| row.action.starts_with("access.")).collect::<Vec<_>>()
        };
        guess(&vault, "203.0.113.9", 60).await;
        let seen: Vec<_> =
            refusals().await.into_iter().rev().map(|row| (row.actor, row.action, row.detail)).collect();
        let line = |action: &str, detail: &str| {
            ("address:203.0.113.9".to_owned(), action.to_owned(), Some(detail.to_owned()))
        };
        let expected = [
            line("access.refused", "unknown API key"),
            line("access.refused", "unknown API key; 10 within 10 minutes"),
            line("access.limited", "unknown API key; 60 within 10 minutes"),
        ];
        assert_eq!(seen, expected, "{name}");
        for n in 0..150 {
            guess(&vault, &format!("198.51.100.{n}"), 1).await;
        }
        let seen = refusals().await;
        assert_eq!(seen.len(), 101, "{name}");
        assert_eq!(
            (&*seen[0].actor, seen[0].detail.as_deref().unwrap().contains("left out")),
            ("hub", true),
            "{name}"
        );
        // The key belongs to no project, so every project sees the entries, but not the other project's own entries.
        let theirs = vault.audit_of_project(&trail(&other, None)).await.unwrap();
        assert_eq!(theirs.len(), 102, "{name}");
    }
}

async fn project_named(vault: &Vault, name: &str) -> String {
    vault.add_project(name, by("ada", 0)).await.unwrap().id
}

#[tokio::test]
async fn a_failed_attempt_is_recorded_once_for_each_time_it_fails() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        let (made, _) = vault.add_session(&session(&project.id), by("ada", 0)).await.unwrap();
        let mut failed = attempt(&project.id, made.seq);
        let failures =
            AuditQuery { action: Some("link_attempt.failed".to_owned()), ..trail(&project.id, None) };
        let mut save = async |state, lines: &[serde_json::Value]| {
            failed.state = state;
            failed.error =
                (state == AttemptState::Refused).then(|| ("wrong_secret".to_owned(), "canary".to_owned()));
            assert!(vault.save_attempt(&mut failed, &Secret::new("snapshot"), lines).await.unwrap());
            vault.audit_of_project(&failures).await.unwrap()
        };
        let line = [json!("GET /")];
        assert_eq!(save(AttemptState::Open, &[]).await, [], "{name}");
        assert_eq!(save(AttemptState::Checking, &[]).await, [], "{name}");
        let rows = save(AttemptState::Refused, &line).await;
        assert_eq!(rows.len(), 1, "{name}");
        assert_eq!(
            save(AttemptState::Refused, &[]).await.len(),
            1,
            "{name}: saved again without new requests"
        );
        assert_eq!(save(AttemptState::Refused, &line).await.len(), 2, "{name}: failed again");
        save(AttemptState::Open, &[]).await;
        assert_eq!(
            save(AttemptState::Refused, &[]).await.len(),
            3,
            "{name}: a sign-in failed without requests"
        );
        assert_eq!(rows[0].attempt.as_deref(), Some(&*failed.id), "{name}");
        assert_eq!(rows[0].outcome.as_deref(), Some("wrong_secret"), "{name}");
        assert_eq!(rows[0].actor, format!("session:{}", made.seq), "{name}");
        assert_eq!(rows[0].detail.as_deref(), Some("gladly.api_key for o1"), "{name}");
        assert!(!format!("{rows:?}").contains("canary"), "{name}: {rows:?}");
    }
}

#[tokio::test]
async fn the_trail_is_filtered_by_actor_action_outcome_and_time() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        for (actor, minute) in [("ada", 1), ("bob", 2), ("ada", 3)] {
            vault.add_session(&session(&project.id), by(actor, minute)).await.unwrap();
        }
        guess(&vault, "203.0.113.9", 1).await;
        let all = trail(&project.id, None);
        let count = async |query: AuditQuery| vault.audit_of_project(&query).await.unwrap().len();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(count(all.clone()).await, 5, "{name}");
        assert_eq!(count(AuditQuery { actor: text("ada"), ..all.clone() }).await, 3, "{name}");
        assert_eq!(
            count(AuditQuery { actor: text("address:203.0.113.9"), ..all.clone() }).await,
            1,
            "{name}"
        );
        assert_eq!(count(AuditQuery { action: text("session.created"), ..all.clone() }).await, 3, "{name}");
        assert_eq!(count(AuditQuery { action: text("access.refused"), ..all.clone() }).await, 1, "{name}");
        assert_eq!(count(AuditQuery { outcome: text("wrong_secret"), ..all.clone() }).await, 0, "{name}");
        let between = AuditQuery { since: Some(at(1)), until: Some(at(3)), ..all.clone() };
        assert_eq!(count(between.clone()).await, 2, "{name}: from minute 1, up to but excluding minute 3");
        assert_eq!(count(AuditQuery { actor: text("ada"), ..between }).await, 1, "{name}");
        let page =
            async |skip| vault.audit_of_project(&AuditQuery { skip, limit: 2, ..all.clone() }).await.unwrap();
        let pages = [page(0).await, page(2).await, page(4).await].concat();
        assert_eq!(
            pages,
            vault.audit_of_project(&all).await.unwrap(),
            "{name}: pages contain every entry once, in order"
        );
    }
}
