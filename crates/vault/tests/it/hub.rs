//! Tests projects, owners' accounts, counters and idempotency keys on SQLite and PostgreSQL.

use secret::Secret;
use vault::{
    AccountChange, AccountId, AuditQuery, ChangeError, CreatedFrom, Digest, GuideText, Hold, Home,
    Idempotency, Kind, Limit, NewAccount, NewSession, Owner, Place, Project, Query, Replacing, Scope, Stale,
    Vault,
};

use crate::both::vaults;
use crate::{CANARY, at, by, sample};

pub(crate) const FROM: CreatedFrom<'_> = CreatedFrom { draft: None, attempt: None, transcript: &[] };

/// Returns a query for the newest entries in a project's trail.
pub(crate) fn trail(project: &str, account: Option<&AccountId>) -> AuditQuery {
    let account = account.map(ToString::to_string);
    AuditQuery { project: project.to_owned(), account, limit: 1000, ..AuditQuery::default() }
}

pub(crate) async fn project(vault: &Vault) -> Project {
    vault.add_project("Shop", by("ada", 0)).await.unwrap()
}

/// Replaces the owner's account only if it is the same account at the provider.
pub(crate) const SAME: Replacing<'_> = Replacing::OfOwner { allow_different: false };

pub(crate) fn owned(project: &str, owner: &str, token: &str) -> NewAccount {
    let owner = Owner { id: owner.to_owned(), name: format!("{owner} Ltd"), username: None };
    let home = Home {
        project: project.to_owned(),
        connector_profile: "gladly.api_key".to_owned(),
        owner,
        kind: Kind::Production,
        metadata: serde_json::Map::new(),
    };
    NewAccount { home: Some(home), ..sample(token) }
}

pub(crate) fn session(project: &str) -> NewSession {
    NewSession {
        project: project.to_owned(),
        kind: Kind::Production,
        owner: Owner { id: "o1".to_owned(), name: "One".to_owned(), username: Some("ada@one".to_owned()) },
        provider: Some("gladly".to_owned()),
        connector_profile: None,
        account: None,
        categories: vec!["support".to_owned()],
        multiple: false,
        once: false,
        allow_different: false,
        scopes: None,
        label: Some("Main".to_owned()),
        metadata: serde_json::Map::new(),
        origins: vec!["https://shop.example".to_owned()],
        return_url: None,
        language: None,
        expires_at: at(30),
    }
}

#[tokio::test]
async fn concurrent_first_starts_create_one_project_and_one_key() {
    for (name, vault, _folder) in vaults().await {
        let (first, second) = tokio::join!(
            vault.add_first_project("Shop", &[Scope::PlatformRead, Scope::PlatformWrite], by("serve", 0)),
            vault.add_first_project("Shop", &[Scope::PlatformRead], by("serve", 0)),
        );
        let created: Vec<_> = [first.unwrap(), second.unwrap()].into_iter().flatten().collect();
        assert_eq!(created.len(), 1, "{name}");
        let (project, token) = &created[0];
        let key = vault.key_by_digest(&token.digest()).await.unwrap().unwrap();
        assert_eq!((&key.project, key.kind), (&project.id, Kind::Production), "{name}");
        assert_eq!(vault.projects().await.unwrap(), std::slice::from_ref(project), "{name}");
        assert!(vault.add_first_project("Second", &[], by("serve", 1)).await.unwrap().is_none(), "{name}");

        assert!(vault.revoke_key(&project.id, &key.id, by("ada", 2)).await.unwrap(), "{name}");
        assert!(!vault.revoke_key(&project.id, &key.id, by("ada", 3)).await.unwrap(), "{name}");
        assert_eq!(vault.keys_of(&project.id).await.unwrap()[0].revoked_at, Some(at(2)), "{name}");
    }
}

#[tokio::test]
async fn accounts_are_stored_read_and_removed() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        let kept = vault.store(&owned(&project.id, "o1", CANARY), SAME, FROM, by("ada", 1)).await.unwrap();
        assert_eq!(vault.get(&kept.id).await.unwrap(), Some(kept.clone()), "{name}");
        let credentials = vault.unseal(&kept.id, "test", by("ada", 2)).await.unwrap();
        assert_eq!(credentials.secrets["token"].expose(), CANARY, "{name}");
        let trail = vault.audit_of_project(&trail(&project.id, Some(&kept.id))).await.unwrap();
        let actions: Vec<_> = trail.iter().map(|row| row.action.as_str()).collect();
        assert_eq!(actions, ["account.unsealed", "account.created"], "{name}");
        let removed = vault.remove(&kept.id, by("ada", 3)).await.unwrap();
        assert_eq!(removed, kept, "{name}");
        assert!(
            matches!(vault.remove(&kept.id, by("ada", 4)).await, Err(ChangeError::NotFound { .. })),
            "{name}"
        );
        let events = vault.events_after(0, 10).await.unwrap();
        let names: Vec<_> = events.iter().map(|event| event.event.as_str()).collect();
        assert_eq!(names, ["account.created", "account.deleted"], "{name}");
        assert_eq!(events[0].payload["account"]["owner_id"], "o1", "{name}");
        // The account was created at minute 1 and deleted at minute 3.
        assert_eq!(vault.prune(Stale::Events, at(1), 9).await.unwrap(), 0, "{name}");
        assert_eq!(vault.prune(Stale::Events, at(2), 9).await.unwrap(), 1, "{name}");
        assert_eq!(vault.events_after(0, 10).await.unwrap(), events[1..], "{name}");
    }
}

#[tokio::test]
async fn an_owner_has_one_account_at_a_provider_unless_more_are_requested() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        // If links run concurrently, the first link adds the account and the other links replace it.
        let links = (0..8).map(|n| {
            let (vault, new) = (&vault, owned(&project.id, "o1", &format!("token {n}")));
            async move { vault.store(&new, SAME, FROM, by("ada", 1)).await.unwrap() }
        });
        let kept = futures_join(links).await;
        assert!(kept.iter().all(|account| account.id == kept[0].id), "{name}");
        let accounts = vault.accounts_of(&project.id, "o1", "gladly", Kind::Production).await.unwrap();
        assert_eq!(accounts.len(), 1, "{name}");
        assert_eq!(accounts[0].version, 8, "{name}");

        let mut other = owned(&project.id, "o1", "other");
        other.external_id = Some("another account".to_owned());
        let refused = vault.store(&other, SAME, FROM, by("ada", 2)).await.unwrap_err();
        assert!(matches!(refused, ChangeError::OtherAccount { .. }), "{name}: {refused:?}");
        let second = vault.store(&other, Replacing::Nothing, FROM, by("ada", 3)).await.unwrap();
        // If the owner has several accounts, the one with the same external id is replaced.
        assert_eq!(vault.store(&other, SAME, FROM, by("ada", 3)).await.unwrap().id, second.id, "{name}");
        // If replacing a different account is allowed and no external id matches, the oldest account is replaced.
        other.external_id = Some("a third account".to_owned());
        let replacing = Replacing::OfOwner { allow_different: true };
        assert_eq!(
            vault.store(&other, replacing, FROM, by("ada", 3)).await.unwrap().id,
            kept[0].id,
            "{name}"
        );
        // A link never replaces another owner's account. A link for a test account never replaces a production account.
        vault.store(&owned(&project.id, "o2", "x"), SAME, FROM, by("ada", 4)).await.unwrap();
        let mut test = owned(&project.id, "o1", "y");
        test.home.as_mut().unwrap().kind = Kind::Test;
        vault.store(&test, SAME, FROM, by("ada", 5)).await.unwrap();
        let all = Query { project: project.id.clone(), limit: 100, ..Query::default() };
        assert_eq!(vault.query(&all).await.unwrap().len(), 4, "{name}");
    }
}

#[tokio::test]
async fn an_edit_keeps_concurrent_changes_by_the_product() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        let read = vault.store(&owned(&project.id, "o1", "old"), SAME, FROM, by("ada", 1)).await.unwrap();
        let metadata = serde_json::Map::from_iter([("plan".to_owned(), "gold".into())]);
        let change = AccountChange {
            owner_name: Some("New Ltd".to_owned()),
            label: Some(Some("Support".to_owned())),
            metadata: Some(metadata.clone()),
            ..AccountChange::default()
        };
        vault.change_account(&read.id, &change, by("bob", 2)).await.unwrap();

        // The edit still has the owner name and metadata from before the change.
        let mut new = owned(&project.id, "o1", "new");
        new.home.as_mut().unwrap().connector_profile = "gladly.other".to_owned();
        let edit = Replacing::Account { id: &read.id, version: read.version };
        let edited = vault.store(&new, edit, FROM, by("ada", 3)).await.unwrap();
        let home = edited.home.as_ref().unwrap();
        assert_eq!((home.owner.name.as_str(), &home.metadata), ("New Ltd", &metadata), "{name}");
        assert_eq!(home.connector_profile, "gladly.other", "{name}");
        assert_eq!(edited.label.as_deref(), Some("Support"), "{name}");
        assert_eq!(vault.get(&read.id).await.unwrap(), Some(edited.clone()), "{name}");

        // A suspended account is not linked again.
        let change = AccountChange { hold: Some(Some(Hold::Suspended)), ..AccountChange::default() };
        let held = vault.change_account(&read.id, &change, by("bob", 3)).await.unwrap();
        let again = vault.store(&new, SAME, FROM, by("ada", 3)).await;
        assert!(matches!(again, Err(ChangeError::OnHold { hold: Hold::Suspended, .. })), "{name}: {again:?}");
        assert_eq!(vault.get(&read.id).await.unwrap(), Some(held), "{name}");

        // The first owner cannot edit the account after it has been moved to another owner.
        let change =
            AccountChange { owner_id: Some("o2".to_owned()), hold: Some(None), ..AccountChange::default() };
        vault.change_account(&read.id, &change, by("bob", 4)).await.unwrap();
        let edit = Replacing::Account { id: &read.id, version: edited.version };
        let refused = vault.store(&new, edit, FROM, by("ada", 5)).await;
        assert!(matches!(refused, Err(ChangeError::NotFound { .. })), "{name}: {refused:?}");
    }
}

#[tokio::test]
async fn accounts_are_filtered_and_paged() {
    for (name, vault, _folder) in vaults().await {
        let (this_project, other_project) = (project(&vault).await.id, project(&vault).await.id);
        let mut ids = Vec::new();
        for n in 0..5 {
            let mut new = owned(&this_project, &format!("o{n}"), "t");
            if n == 4 {
                "stripe".clone_into(&mut new.provider);
                new.home.as_mut().unwrap().kind = Kind::Test;
            }
            ids.push(vault.store(&new, Replacing::Nothing, FROM, by("ada", n)).await.unwrap().id);
        }
        vault.store(&owned(&other_project, "o0", "t"), Replacing::Nothing, FROM, by("ada", 9)).await.unwrap();
        let suspend = AccountChange { hold: Some(Some(Hold::Suspended)), ..AccountChange::default() };
        vault.change_account(&ids[3], &suspend, by("ada", 9)).await.unwrap();

        let all = || Query { project: this_project.clone(), limit: 100, ..Query::default() };
        let text = |n: usize| ids[n].to_string();
        let after = |n: usize| {
            let id = ids[n].clone();
            Some(Place { created_at: at(i64::try_from(n).unwrap()), id })
        };
        let cases: Vec<(&str, Query, Vec<usize>)> = vec![
            ("all", all(), vec![0, 1, 2, 3, 4]),
            ("a page", Query { skip: 1, limit: 2, ..all() }, vec![1, 2]),
            ("the accounts after one", Query { after: after(1), limit: 2, ..all() }, vec![2, 3]),
            ("the accounts after the last", Query { after: after(4), ..all() }, vec![]),
            ("some ids after one", Query { ids: vec![text(2), text(0)], after: after(0), ..all() }, vec![2]),
            ("ids", Query { ids: vec![text(2), text(0)], ..all() }, vec![0, 2]),
            ("providers", Query { providers: vec!["stripe".to_owned()], ..all() }, vec![4]),
            ("owners", Query { owners: vec!["o1".to_owned(), "o'; --".to_owned()], ..all() }, vec![1]),
            ("kind", Query { kind: Some(Kind::Test), ..all() }, vec![4]),
            ("held", Query { hold: Some(Some(Hold::Suspended)), ..all() }, vec![3]),
            ("not held", Query { hold: Some(None), ..all() }, vec![0, 1, 2, 4]),
            ("does not work", Query { works: Some(false), ..all() }, vec![]),
            ("active", Query { connector_profile_active: Some(true), ..all() }, vec![0, 1, 2, 3, 4]),
            ("inactive", Query { connector_profile_active: Some(false), ..all() }, vec![]),
        ];
        for (case, query, expected) in cases {
            let ids_found: Vec<_> =
                vault.query(&query).await.unwrap().into_iter().map(|account| account.id).collect();
            let expected: Vec<_> = expected.into_iter().map(|n| ids[n].clone()).collect();
            assert_eq!(ids_found, expected, "{name}: {case}");
        }
    }
}

#[tokio::test]
async fn concurrent_hits_are_all_counted_in_their_time_span() {
    for (name, vault, _folder) in vaults().await {
        let hits = futures_join((0..10).map(|_| vault.count("session/1", 60, at(0)))).await;
        let mut counts: Vec<_> = hits.into_iter().map(|hit| hit.unwrap().0).collect();
        counts.sort_unstable();
        assert_eq!(counts, (1..=10).collect::<Vec<_>>(), "{name}");
        assert_eq!(
            vault.count("session/1", 60, at(1)).await.unwrap().0,
            1,
            "{name}: the hit must be counted in a new span"
        );
        assert_eq!(vault.count("session/2", 60, at(0)).await.unwrap().0, 1, "{name}: another bucket");
        assert_eq!(vault.prune(Stale::Counters, at(100), 9).await.unwrap(), 3, "{name}");
    }
}

#[tokio::test]
async fn limits_after_an_exceeded_limit_are_not_counted() {
    for (name, vault, _folder) in vaults().await {
        let limit = |bucket: &str, most| Limit { bucket: bucket.to_owned(), seconds: 60, most };
        let limits = [limit("session", 5), limit("address", 2), limit("host", 9)];
        for _ in 0..2 {
            assert_eq!(vault.count_within(&limits, at(0)).await.unwrap(), None, "{name}");
        }
        let full = vault.count_within(&limits, at(0)).await.unwrap();
        assert_eq!(full.map(|(which, _)| which), Some(1), "{name}");
        let hits = ["session", "address", "host"].into_iter().map(|bucket| vault.counted(bucket, 60, at(0)));
        let hits: Vec<i64> = futures_join(hits).await.into_iter().map(|hits| hits.unwrap().0).collect();
        assert_eq!(hits, [3, 3, 2], "{name}");
    }
}

#[tokio::test]
async fn a_request_with_an_idempotency_key_is_executed_once() {
    for (name, vault, _folder) in vaults().await {
        let (first, second) = (Digest::of("this"), Digest::of("that"));
        let begin = |digest, minute| vault.begin_idempotent("key_a", "k", digest, at(minute));
        assert!(matches!(begin(&first, 0).await.unwrap(), Idempotency::First), "{name}");
        assert!(matches!(begin(&first, 0).await.unwrap(), Idempotency::UnderWay), "{name}");
        let body = Secret::new("{\"token\":\"t\"}");
        vault.end_idempotent("key_a", "k", Some((201, &body)), at(1)).await.unwrap();
        let Idempotency::Answered { status, body } = begin(&first, 2).await.unwrap() else {
            panic!("{name}")
        };
        assert_eq!((status, body.expose()), (201, "{\"token\":\"t\"}"), "{name}");
        assert!(matches!(begin(&second, 2).await.unwrap(), Idempotency::Reused), "{name}");
        let other = vault.begin_idempotent("key_b", "k", &first, at(2)).await.unwrap();
        assert!(matches!(other, Idempotency::First), "{name}: another API key got the response: {other:?}");
        assert!(
            matches!(begin(&first, 24 * 60 + 5).await.unwrap(), Idempotency::First),
            "{name}: the key did not expire after a day"
        );
        vault.end_idempotent("key_a", "k", None, at(24 * 60 + 6)).await.unwrap();
        assert!(
            matches!(begin(&second, 24 * 60 + 7).await.unwrap(), Idempotency::First),
            "{name}: the key was not deleted"
        );
    }
}

#[tokio::test]
async fn the_key_can_be_rotated_while_accounts_are_linked() {
    for (name, vault, folder) in vaults().await {
        let project = project(&vault).await;
        let links = (0..40).map(|n| {
            let (vault, new) = (&vault, owned(&project.id, &format!("o{n}"), CANARY));
            async move { vault.store(&new, Replacing::Nothing, FROM, by("ada", 1)).await.unwrap() }
        });
        let rotate = async {
            for _ in 0..3 {
                vault.rotate_key(crate::key_file(folder.path()), by("ada", 2)).await.unwrap();
            }
        };
        let (kept, ()) = tokio::join!(futures_join(links), rotate);
        for account in kept {
            let credentials = vault.unseal(&account.id, "test", by("ada", 3)).await.unwrap();
            assert_eq!(credentials.secrets["token"].expose(), CANARY, "{name}");
        }
        let guide = GuideText { digest: "d1", provider: "gladly", source: "the text" };
        vault.store_guide(guide, at(0)).await.unwrap();
        vault.store_guide(guide, at(1)).await.unwrap();
        assert_eq!(vault.guide_text("d1").await.unwrap().as_deref(), Some("the text"), "{name}");
        assert_eq!(vault.guide_text("d2").await.unwrap(), None, "{name}");
    }
}

/// Runs futures concurrently and waits for all of them.
pub(crate) async fn futures_join<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.map(Box::pin).collect();
    let mut results: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, result) in futures.iter_mut().zip(&mut results) {
            if result.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *result = Some(value);
            }
        }
        if results.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    results.into_iter().flatten().collect()
}
