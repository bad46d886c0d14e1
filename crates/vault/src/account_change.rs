//! Changes to an account's details that leave its credentials unchanged.
//!
//! **Invariant:** these changes never affect the columns that the credentials are bound to (project, provider, method,
//! environment, public fields). Link attempts that may no longer edit the account end in the same transaction.

use serde_json::{Map, Value};

use crate::account::{Account, Hold};
use crate::attempt_end::{self, Of};
use crate::audit::{self, Subject};
use crate::by::By;
use crate::error::ChangeError;
use crate::id::AccountId;
use crate::outbox;
use crate::row::{account, json, stamp};
use crate::store::find;
use crate::writer::Writer;

/// A change to an account's details. A detail that is `None` remains unchanged. Only accounts that the Hub linked have
/// an owner, a user name and metadata.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    /// The product's id for the customer.
    pub owner_id: Option<String>,
    /// The customer's display name.
    pub owner_name: Option<String>,
    /// The user name of the person who linked the account; `Some(None)` removes it.
    pub username: Option<Option<String>>,
    /// The account's label; `Some(None)` removes it.
    pub label: Option<Option<String>>,
    /// Data that the product attaches to the account. It replaces all previous data.
    pub metadata: Option<Map<String, Value>>,
    /// A decision not to use the account; `Some(None)` lifts it.
    pub hold: Option<Option<Hold>>,
}

impl Writer {
    /// Changes an account's details, and returns the resulting account. If the account gets another owner or a hold,
    /// cancels the link attempts that edit it. A change without effect writes no audit entry and no event.
    pub async fn change_account(
        &self,
        id: &AccountId,
        change: &AccountChange,
        by: By<'_>,
    ) -> Result<Account, ChangeError> {
        let mut work = self.begin().await?;
        let old = account(&find(&mut work, id).await?)?;
        let mut new = changed(&old, change);
        if new == old {
            return Ok(old);
        }
        if new.hold != old.hold {
            new.state_at = Some(by.at);
        }
        new.updated_at = by.at;
        let home = new.home.as_ref();
        sqlx::query(
            "update accounts set owner_id = $2, owner_name = $3, username = $4, label = $5, metadata_json = $6, \
             hold = $7, state_at = $8, updated_at = $9 where id = $1",
        )
        .bind(id.as_str())
        .bind(home.map(|home| home.owner.id.clone()))
        .bind(home.map(|home| home.owner.name.clone()))
        .bind(home.and_then(|home| home.owner.username.clone()))
        .bind(new.label.clone())
        .bind(json(home.map(|home| home.metadata.clone()).unwrap_or_default()))
        .bind(new.hold.map(Hold::as_str))
        .bind(new.state_at.map(stamp))
        .bind(stamp(new.updated_at))
        .execute(work.tx())
        .await?;
        let has_new_owner =
            new.home.as_ref().map(|home| &home.owner.id) != old.home.as_ref().map(|home| &home.owner.id);
        let must_not_be_edited = new.hold.is_some() || has_new_owner;
        if must_not_be_edited {
            attempt_end::cancel_all(work.tx(), Of::Account(id), by.at).await?;
        }
        audit::write(work.tx(), "account.updated", Subject::Account(&new), Some("profile"), by).await?;
        outbox::write(work.tx(), "account.updated", &new, by.at).await?;
        work.commit().await?;
        if must_not_be_edited {
            self.wipe_log().await;
        }
        Ok(new)
    }
}

fn changed(old: &Account, change: &AccountChange) -> Account {
    let mut new = old.clone();
    if let Some(home) = &mut new.home {
        if let Some(owner_id) = &change.owner_id {
            home.owner.id.clone_from(owner_id);
        }
        if let Some(name) = &change.owner_name {
            home.owner.name.clone_from(name);
        }
        if let Some(username) = &change.username {
            home.owner.username.clone_from(username);
        }
        if let Some(metadata) = &change.metadata {
            home.metadata.clone_from(metadata);
        }
    }
    if let Some(label) = &change.label {
        new.label.clone_from(label);
    }
    if let Some(hold) = change.hold {
        new.hold = hold;
    }
    new
}
