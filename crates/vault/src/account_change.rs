//! What a product keeps with an account, changed without touching its credentials.
//!
//! **Invariant:** what credentials are bound to (project, provider, method, hosts) cannot be changed here.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::account::{Account, Hold};
use crate::error::ChangeError;
use crate::id::AccountId;
use crate::open::Vault;
use crate::row::{account, json, stamp, whole_milliseconds};
use crate::store::find;
use crate::{audit, outbox};

/// A change of what a product keeps with an account. What is none stays.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    /// What the product calls the customer.
    pub owner_id: Option<String>,
    /// The customer's name.
    pub owner_name: Option<String>,
    /// The person who linked; `Some(None)` takes it away.
    pub username: Option<Option<String>>,
    /// What it is called; `Some(None)` takes it away.
    pub label: Option<Option<String>>,
    /// What the product keeps with it.
    pub metadata: Option<Map<String, Value>>,
    /// What somebody decided about it; `Some(None)` lifts it.
    pub hold: Option<Option<Hold>>,
}

impl Vault {
    /// Changes what a product keeps with an account.
    pub async fn change_account(
        &self,
        id: &AccountId,
        change: &AccountChange,
        actor: &str,
        now: Timestamp,
    ) -> Result<Account, ChangeError> {
        let now = whole_milliseconds(now);
        let mut work = self.begin().await?;
        let old = account(&find(&mut work, id).await?)?;
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
            if hold != old.hold {
                new.state_at = Some(now);
            }
        }
        if new == old {
            return Ok(old);
        }
        new.updated_at = now;
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
        .bind(stamp(now))
        .execute(work.tx())
        .await?;
        audit::write(work.tx(), "account.updated", &new, actor, Some("profile"), now).await?;
        outbox::write(work.tx(), "account.updated", &new, now).await?;
        work.commit().await?;
        Ok(new)
    }
}
