//! Tests that rows are deleted when their time has passed, a limited number at a time, on SQLite and PostgreSQL.

use jiff::Timestamp;
use secret::Secret;
use serde_json::json;
use vault::{NewSession, Stale, Vault};

use crate::attempts::attempt;
use crate::both::vaults;
use crate::hub::{project, session, trail};
use crate::{at, by, raw};

/// Prunes until a pass deletes fewer rows than the limit. Returns the number of rows that each pass deleted.
async fn passes(vault: &Vault, stale: Stale, before: Timestamp, limit: u32) -> Vec<u64> {
    let mut passes = Vec::new();
    loop {
        let deleted = vault.prune(stale, before, limit).await.unwrap();
        passes.push(deleted);
        if deleted < u64::from(limit) {
            return passes;
        }
    }
}

#[tokio::test]
async fn the_trail_keeps_the_entries_that_are_not_older_than_the_limit() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        for minute in 1..=7 {
            vault.add_session(&session(&project.id), by("ada", minute)).await.unwrap();
        }
        // With the project's own entry at minute 0, seven entries are older than minute 7, and one is exactly that old.
        assert_eq!(passes(&vault, Stale::AuditEntries, at(7), 3).await, [3, 3, 1], "{name}");
        let left = vault.audit_of_project(&trail(&project.id, None)).await.unwrap();
        assert_eq!(left.iter().map(|row| row.at).collect::<Vec<_>>(), [at(7)], "{name}");
        assert_eq!(vault.prune(Stale::AuditEntries, at(7), 3).await.unwrap(), 0, "{name}");
        assert_eq!(vault.prune(Stale::AuditEntries, at(8), 3).await.unwrap(), 1, "{name}");
    }
}

#[tokio::test]
async fn attempts_and_their_transcripts_are_kept_until_the_limit() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        let mut ids = Vec::new();
        for expiry in [10, 10, 10, 11] {
            let new = NewSession { expires_at: at(expiry), ..session(&project.id) };
            let (made, _) = vault.add_session(&new, by("ada", 0)).await.unwrap();
            let mut new = attempt(&project.id, made.seq);
            new.expires_at = at(expiry);
            assert!(
                vault.save_attempt(&mut new, &Secret::new("typed"), &[json!("GET /")]).await.unwrap(),
                "{name}"
            );
            ids.push(new);
        }
        assert_eq!(vault.prune(Stale::Attempts, at(10), 2).await.unwrap(), 0, "{name}: not yet older");
        assert_eq!(passes(&vault, Stale::Attempts, at(11), 2).await, [2, 1], "{name}");
        assert_eq!(passes(&vault, Stale::Sessions, at(11), 2).await, [2, 1], "{name}");
        for (index, one) in ids.iter().enumerate() {
            let is_kept = index == 3;
            assert_eq!(vault.attempt(&one.id).await.unwrap().is_some(), is_kept, "{name} {index}");
            assert_eq!(
                vault.attempt_transcript(one).await.unwrap().len(),
                usize::from(is_kept),
                "{name} {index}"
            );
            assert_eq!(vault.session(&project.id, one.session).await.unwrap().is_some(), is_kept, "{name}");
        }
    }
}

#[tokio::test]
async fn processes_that_prune_at_the_same_time_delete_each_row_once() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        for minute in 0..40 {
            vault.add_session(&session(&project.id), by("ada", minute)).await.unwrap();
        }
        let prune = || async { passes(&vault, Stale::AuditEntries, at(40), 5).await.iter().sum::<u64>() };
        let (one, two, three) = tokio::join!(prune(), prune(), prune());
        // A pass may find that another process has deleted its rows, and stop early.
        let rest: u64 = passes(&vault, Stale::AuditEntries, at(40), 5).await.iter().sum();
        assert_eq!(one + two + three + rest, 41, "{name}");
    }
}

#[tokio::test]
async fn stale_rows_are_found_through_an_index() {
    let mut vaults = vaults().await;
    let (_, vault, folder) = vaults.remove(0);
    vault.close().await;
    let mut database = raw(folder.path()).await;
    for (table, column) in [
        ("audit", "at"),
        ("attempts", "expires_at"),
        ("sessions", "expires_at"),
        ("outbox", "created_at"),
        ("sealed", "expires_at"),
        ("counters", "ends"),
        ("idempotency", "expires_at"),
    ] {
        let sql = format!(
            "explain query plan select 1 from {table} where {column} < '2026' order by {column} limit 5"
        );
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&mut database).await.unwrap();
        let uses_index = plan.len() == 1 && plan[0].3.starts_with(&format!("SEARCH {table} USING"));
        assert!(uses_index, "{table}: {plan:?}");
    }
}
