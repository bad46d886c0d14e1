//! Tests that connector profiles keep their secrets sealed, and that concurrent changes to a profile do not overwrite
//! each other, on SQLite and PostgreSQL.

use std::collections::BTreeMap;

use secret::Secret;
use vault::{
    ChangeError, ConnectorProfile, ConnectorProfileChange, NewConnectorProfile, ProfileRemoval, Query,
    Replacing, Vault,
};

use crate::both::vaults;
use crate::hub::{FROM, futures_join, owned, project};
use crate::{CANARY, by};

fn new_profile() -> NewConnectorProfile {
    NewConnectorProfile {
        provider: "salesforce".to_owned(),
        method: "oauth2".to_owned(),
        name: "Ours".to_owned(),
        active: true,
        values: BTreeMap::from([("client_id".to_owned(), "id".to_owned())]),
        secrets: BTreeMap::from([("client_secret".to_owned(), Secret::new(CANARY))]),
    }
}

/// Creates a project with a connector profile.
async fn created(vault: &Vault) -> (String, ConnectorProfile) {
    let project = project(vault).await.id;
    let created = vault.create_connector_profile(&project, &new_profile(), by("ada", 0)).await.unwrap();
    (project, created)
}

#[tokio::test]
async fn a_profile_keeps_its_secrets_sealed() {
    for (name, vault, _folder) in vaults().await {
        let (project, created) = created(&vault).await;
        assert_eq!(created.secret_fields, ["client_secret"], "{name}");
        let off = ConnectorProfileChange { active: Some(false), ..ConnectorProfileChange::default() };
        let off = vault.change_connector_profile(&project, &created.id, &off, by("ada", 1)).await;
        let off = off.unwrap().unwrap();
        assert!(!off.active, "{name}");
        let read = vault.connector_profile(&project, &created.id).await.unwrap().unwrap();
        assert_eq!(read, off, "{name}");
        let secrets = vault.connector_profile_secrets(&off).await.unwrap();
        assert_eq!(secrets["client_secret"].expose(), CANARY, "{name}");
        assert!(vault.connector_profile("prj_other", &created.id).await.unwrap().is_none(), "{name}");
        assert_eq!(vault.connector_profiles(&project).await.unwrap().len(), 1, "{name}");

        let mut new = owned(&project, "o1", "t");
        new.home.as_mut().unwrap().connector_profile.clone_from(&created.id);
        let account = vault.store(&new, Replacing::Nothing, FROM, by("ada", 2)).await.unwrap();
        let inactive = Query {
            project: project.clone(),
            connector_profile_active: Some(false),
            limit: 9,
            ..Query::default()
        };
        assert_eq!(vault.query(&inactive).await.unwrap().len(), 1, "{name}");
        let remove = async |minute| {
            vault.remove_connector_profile(&project, &created.id, by("ada", minute)).await.unwrap()
        };
        assert_eq!(remove(3).await, ProfileRemoval::InUse, "{name}");
        vault.remove(&account.id, by("ada", 3)).await.unwrap();
        assert_eq!(remove(4).await, ProfileRemoval::Removed, "{name}");
        assert_eq!(remove(5).await, ProfileRemoval::NotFound, "{name}");
    }
}

#[tokio::test]
async fn concurrent_changes_to_a_profile_are_all_kept() {
    for (name, vault, _folder) in vaults().await {
        let (project, created) = created(&vault).await;
        let field = |n: usize| format!("field_{n}");
        let mut changes: Vec<ConnectorProfileChange> = (0..8)
            .map(|n| ConnectorProfileChange {
                values: BTreeMap::from([(field(n), n.to_string())]),
                secrets: BTreeMap::from([(field(100 + n), Secret::new(n.to_string()))]),
                ..ConnectorProfileChange::default()
            })
            .collect();
        changes.push(ConnectorProfileChange {
            name: Some("Renamed".to_owned()),
            ..ConnectorProfileChange::default()
        });
        changes.push(ConnectorProfileChange { active: Some(false), ..ConnectorProfileChange::default() });
        let all = changes
            .iter()
            .map(|change| vault.change_connector_profile(&project, &created.id, change, by("ada", 1)));
        for changed in futures_join(all).await {
            assert!(changed.unwrap().is_some(), "{name}");
        }
        let read = vault.connector_profile(&project, &created.id).await.unwrap().unwrap();
        assert_eq!((read.name.as_str(), read.active), ("Renamed", false), "{name}");
        let secrets = vault.connector_profile_secrets(&read).await.unwrap();
        assert_eq!(secrets["client_secret"].expose(), CANARY, "{name}");
        for n in 0..8 {
            assert_eq!(read.values[&field(n)], n.to_string(), "{name}");
            assert_eq!(secrets[&field(100 + n)].expose(), n.to_string(), "{name}");
        }
        assert_eq!(read.secret_fields, secrets.keys().cloned().collect::<Vec<_>>(), "{name}");
    }
}

#[tokio::test]
async fn a_concurrent_change_does_not_restore_a_deleted_profile() {
    for (name, vault, _folder) in vaults().await {
        for _ in 0..8 {
            let (project, created) = created(&vault).await;
            let change = ConnectorProfileChange {
                secrets: BTreeMap::from([("client_secret".to_owned(), Secret::new("new"))]),
                ..ConnectorProfileChange::default()
            };
            let (changed, removed, second) = tokio::join!(
                vault.change_connector_profile(&project, &created.id, &change, by("ada", 1)),
                vault.remove_connector_profile(&project, &created.id, by("bob", 1)),
                vault.change_connector_profile(&project, &created.id, &change, by("ada", 1)),
            );
            changed.unwrap();
            second.unwrap();
            assert_eq!(removed.unwrap(), ProfileRemoval::Removed, "{name}");
            let late = vault.change_connector_profile(&project, &created.id, &change, by("ada", 2)).await;
            assert!(late.unwrap().is_none(), "{name}");
            assert!(vault.connector_profile(&project, &created.id).await.unwrap().is_none(), "{name}");
            let secrets = vault.connector_profile_secrets(&created).await;
            assert!(secrets.is_err(), "{name}: the profile's secrets were not deleted");
        }
    }
}

#[tokio::test]
async fn an_account_is_not_stored_with_a_deleted_profile() {
    for (name, vault, _folder) in vaults().await {
        for _ in 0..8 {
            let (project, created) = created(&vault).await;
            let mut new = owned(&project, "o1", "t");
            new.home.as_mut().unwrap().connector_profile.clone_from(&created.id);
            let (stored, removed) = tokio::join!(
                vault.store(&new, Replacing::Nothing, FROM, by("ada", 1)),
                vault.remove_connector_profile(&project, &created.id, by("bob", 1)),
            );
            match (stored, removed.unwrap()) {
                (Ok(_), ProfileRemoval::InUse) => {}
                (Err(ChangeError::NoConnectorProfile { id }), ProfileRemoval::Removed) => {
                    assert_eq!(id, created.id, "{name}");
                }
                (stored, removed) => panic!("{name}: {stored:?} and {removed:?}"),
            }
        }
    }
}
