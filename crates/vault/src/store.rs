//! Storing, checking and removing accounts.
//!
//! **Invariant:** one transaction stores an account, its sealed credentials, its audit entry and its event, and ends
//! the draft or link attempt that the account was created from. Whenever credentials are stored, they are sealed with a
//! fresh data key, and the previous data key is deleted with them. Deleting an account also deletes everything that people
//! entered to edit it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use secret::Secret;
use serde_json::Value;
use sqlx::Row as _;

use crate::account::{Account, CheckRecord, Credentials, Home, NewAccount};
use crate::attempt::{self, Attempt};
use crate::attempt_end::{self, Of};
use crate::audit::{self, Subject};
use crate::by::By;
use crate::connector_profile;
use crate::crash::crash_point;
use crate::database::{DbConnection, DbRow, Scalar};
use crate::draft;
use crate::envelope;
use crate::error::{ChangeError, StoreError};
use crate::id::AccountId;
use crate::key::Key;
use crate::outbox;
use crate::row::{account, damaged, parsed, stamp};
use crate::sealed::{self, Content};
use crate::session_end;
use crate::write;
use crate::writer::{Work, Writer};

/// The draft or link attempt that an account was created from. Storing the account ends the draft or attempt in the
/// same transaction.
#[derive(Clone, Copy, Debug, Default)]
pub struct CreatedFrom<'a> {
    /// The key of the draft. `None` if the account was not created from a draft.
    pub draft: Option<&'a str>,
    /// The link attempt, which links at most one account. `None` if the account was not created by an attempt.
    pub attempt: Option<&'a Attempt>,
    /// The attempt's requests and responses that have not been stored yet.
    pub transcript: &'a [Value],
}

/// The account that a new link replaces.
#[derive(Clone, Copy, Debug)]
pub enum Replacing<'a> {
    /// No account: the link creates one.
    Nothing,
    /// The account with this id. The account must still have the version that the caller read, belong to the owner for
    /// whom the link was started, and have no hold. It keeps its current owner data and metadata.
    Account {
        /// The account's id.
        id: &'a AccountId,
        /// The version that the caller read.
        version: i64,
    },
    /// The account that the new account's owner already has at the same provider, if any.
    OfOwner {
        /// Whether the new account may replace a different account at the provider.
        allow_different: bool,
    },
    /// The account that has no project and has the same external id in the same environment at the provider. If there
    /// are several such accounts, the oldest is replaced. If there are none, the link creates an account.
    SameAtProvider,
}

impl Writer {
    /// Stores an account that has passed its checks, either as a new account or in place of an existing one.
    pub async fn store(
        &self,
        new: &NewAccount,
        replacing: Replacing<'_>,
        from: CreatedFrom<'_>,
        by: By<'_>,
    ) -> Result<Account, ChangeError> {
        let mut work = self.begin().await?;
        if let Some(attempt) = from.attempt {
            work.expect_open(attempt, by.at).await?;
        }
        if let Some(home) = &new.home {
            connector_profile::hold_for_account(&mut work, &home.connector_profile).await?;
        }
        let old = work.replaced(new, replacing).await?;
        let stored = match &old {
            None => new.stored(AccountId::random().map_err(StoreError::from)?, 1, by.at, by.at),
            Some(old) => {
                let mut stored = new.stored(old.id.clone(), old.version + 1, old.created_at, by.at);
                stored.hold = old.hold;
                stored.label = stored.label.or_else(|| old.label.clone());
                if let Replacing::Account { .. } = replacing {
                    stored.home = home_after_edit(old, new);
                }
                stored
            }
        };
        match &old {
            None => write::insert(&mut work, &stored, &new.secrets).await?,
            Some(_) => write::replace(&mut work, &stored, &new.secrets).await?,
        }
        let event = if old.is_none() { "account.created" } else { "account.updated" };
        audit::write(work.tx(), event, Subject::Account(&stored), None, by).await?;
        outbox::write(work.tx(), event, &stored, by.at).await?;
        crash_point("vault.trail-written");
        if let Some(key) = from.draft {
            sealed::delete(work.tx(), Content::Draft, key).await?;
        }
        let mut is_used = false;
        if let Some(attempt) = from.attempt {
            attempt::end_linked(&mut work, attempt, from.transcript, &stored).await?;
            is_used = session_end::end_if_single_use(&mut work, attempt.session, by.at).await?;
        }
        work.commit().await?;
        if old.is_some() || is_used {
            self.wipe_log().await;
        }
        Ok(stored)
    }

    /// Deletes an account, its sealed credentials and their wrapped data key. Older copies of the database still contain
    /// both. Also cancels the link attempts that edit the account, and deletes their snapshots and the account's draft.
    /// Keeps the audit trail. Returns the deleted account.
    pub async fn remove(&self, id: &AccountId, by: By<'_>) -> Result<Account, ChangeError> {
        let mut work = self.begin().await?;
        let account = account(&find(&mut work, id).await?)?;
        write::delete(&mut work, id).await?;
        attempt_end::cancel_all(work.tx(), Of::Account(id), by.at).await?;
        attempt_end::cancel_unnamed(work.tx(), &account, by.at).await?;
        draft::delete_edit(work.tx(), id).await?;
        audit::write(work.tx(), "account.deleted", Subject::Account(&account), None, by).await?;
        outbox::write(work.tx(), "account.deleted", &account, by.at).await?;
        work.commit().await?;
        self.wipe_log().await;
        Ok(account)
    }

    /// Opens an account's credentials. The audit entry, with the actor and purpose, is durable before the credentials
    /// are returned. Fails if the account is suspended or archived: nothing may use its credentials then.
    pub async fn unseal(
        &self,
        id: &AccountId,
        purpose: &str,
        by: By<'_>,
    ) -> Result<Credentials, ChangeError> {
        self.begin().await?.unseal(id, purpose, by).await
    }

    /// Opens the credentials of the account that a link attempt edits, as [`Self::unseal`] does. Fails if the attempt
    /// may no longer continue.
    pub async fn unseal_edited(
        &self,
        attempt: &Attempt,
        purpose: &str,
        by: By<'_>,
    ) -> Result<Credentials, ChangeError> {
        let mut work = self.begin().await?;
        work.expect_open(attempt, by.at).await?;
        let ended = || ChangeError::AttemptEnded { id: attempt.id.clone() };
        let id = attempt.account.as_deref().ok_or_else(ended)?.parse().map_err(|_| ended())?;
        work.unseal(&id, purpose, by).await
    }

    /// Stores renewed tokens: new secrets for an otherwise unchanged account. Does not write an event, because the
    /// product sees no change.
    pub async fn renew(
        &self,
        old: &Credentials,
        secrets: &BTreeMap<String, Secret>,
        by: By<'_>,
    ) -> Result<Account, ChangeError> {
        let mut work = self.begin().await?;
        let found = account(&find(&mut work, &old.account.id).await?)?;
        expect_version(&found, old.account.version)?;
        let secret_fields = secrets.keys().cloned().collect();
        let stored = Account { version: found.version + 1, secret_fields, ..found };
        write::replace(&mut work, &stored, secrets).await?;
        audit::write(work.tx(), "account.renewed", Subject::Account(&stored), None, by).await?;
        work.commit().await?;
        self.wipe_log().await;
        Ok(stored)
    }

    /// Records the result of checking a stored account. Writes an event if the account stops working or works again.
    /// Fails if the credentials were replaced after they were checked.
    pub async fn record_check(
        &self,
        id: &AccountId,
        check: &CheckRecord,
        by: By<'_>,
    ) -> Result<Account, ChangeError> {
        let mut work = self.begin().await?;
        let old = account(&find(&mut work, id).await?)?;
        expect_version(&old, check.version)?;
        let is_news = old.state != check.state;
        let account = Account {
            outcome: check.outcome.clone(),
            state: check.state.clone(),
            state_at: if is_news { Some(by.at) } else { old.state_at },
            checked_at: Some(by.at),
            ..old
        };
        sqlx::query(
            "update accounts set outcome = $2, state = $3, state_reason = $4, checked_at = $5, state_at = $6 \
             where id = $1",
        )
        .bind(id.as_str())
        .bind(&account.outcome)
        .bind(account.state.as_str())
        .bind(account.state.reason())
        .bind(account.checked_at.map(stamp))
        .bind(account.state_at.map(stamp))
        .execute(work.tx())
        .await?;
        let subject = Subject::Check(&account, &check.outcome);
        audit::write(work.tx(), "account.checked", subject, Some(&check.outcome), by).await?;
        if is_news {
            outbox::write(work.tx(), "account.updated", &account, by.at).await?;
        }
        work.commit().await?;
        Ok(account)
    }
}

impl Work {
    /// Opens an account's credentials and commits the audit entry.
    async fn unseal(mut self, id: &AccountId, purpose: &str, by: By<'_>) -> Result<Credentials, ChangeError> {
        let row = find(&mut self, id).await?;
        let account = account(&row)?;
        if let Some(hold) = account.hold {
            return Err(ChangeError::OnHold { id: account.id, hold });
        }
        let key = self.key_with_id(parsed(&row, "accounts", "kek_id")?)?;
        let secrets = open(self.tx(), &row, &account, &key).await?;
        self.only_reads();
        audit::write(self.tx(), "account.unsealed", Subject::Account(&account), Some(purpose), by).await?;
        self.commit().await?;
        Ok(Credentials { account, secrets })
    }

    /// Fails if a link attempt may no longer continue.
    async fn expect_open(&mut self, attempt: &Attempt, now: Timestamp) -> Result<(), ChangeError> {
        if self.hold_attempt(attempt.as_ref(), now).await? {
            return Ok(());
        }
        Err(ChangeError::AttemptEnded { id: attempt.id.clone() })
    }

    /// Returns the account that a new link replaces, and locks it until the transaction ends. `None` if the link
    /// creates an account.
    async fn replaced(
        &mut self,
        new: &NewAccount,
        replacing: Replacing<'_>,
    ) -> Result<Option<Account>, ChangeError> {
        match (replacing, &new.home) {
            (Replacing::Nothing, _) | (Replacing::OfOwner { .. }, None) => Ok(None),
            (Replacing::SameAtProvider, _) => self.same_at_provider(new).await,
            (Replacing::Account { id, version }, home) => {
                let old = account(&find(self, id).await?)?;
                expect_version(&old, version)?;
                // If the account has been moved to another owner since it was read, the previous owner may no longer
                // see it.
                if home.as_ref().is_some_and(|home| !belongs_to_owner(&old, home)) {
                    return Err(ChangeError::NotFound { id: old.id });
                }
                match old.hold {
                    Some(hold) => Err(ChangeError::OnHold { id: old.id, hold }),
                    None => Ok(Some(old)),
                }
            }
            (Replacing::OfOwner { allow_different }, Some(home)) => {
                self.of_owner(home, new, allow_different).await
            }
        }
    }

    /// Returns the owner's account that has the same kind and provider as the new account. If there are several,
    /// returns the one with the new account's external id, or else the oldest.
    async fn of_owner(
        &mut self,
        home: &Home,
        new: &NewAccount,
        allow_different: bool,
    ) -> Result<Option<Account>, ChangeError> {
        let kind = home.kind.as_str();
        self.hold("owner", &format!("{}/{kind}/{}/{}", home.project, new.provider, home.owner.id)).await?;
        // `Vault::query` explains the first condition.
        let found = sqlx::query_scalar(
            "select id from accounts where project_id || '' = $1 and owner_id = $2 and provider = $3 and kind = $4 \
             and (hold is null or hold <> 'archived') \
             order by case when external_id = $5 then 0 else 1 end, created_at, id limit 1",
        )
        .bind(&home.project)
        .bind(&home.owner.id)
        .bind(&new.provider)
        .bind(kind)
        .bind(new.external_id.as_deref().unwrap_or_default());
        let Some(found) = self.find_held(found).await? else { return Ok(None) };
        if let Some(hold) = found.hold {
            return Err(ChangeError::OnHold { id: found.id, hold });
        }
        let is_other = found.external_id.is_some() && found.external_id != new.external_id;
        if is_other && !allow_different {
            return Err(ChangeError::OtherAccount { id: found.id });
        }
        Ok(Some(found))
    }

    /// Returns the oldest account that has no project and has the same external id in the same environment at the
    /// provider.
    async fn same_at_provider(&mut self, new: &NewAccount) -> Result<Option<Account>, ChangeError> {
        let Some(external) = &new.external_id else { return Ok(None) };
        self.hold("external", &format!("{}/{external}", new.provider)).await?;
        let found = sqlx::query_scalar(
            "select id from accounts where provider = $1 and external_id = $2 and project_id is null \
             and coalesce(environment, '') = $3 order by created_at, id limit 1",
        )
        .bind(&new.provider)
        .bind(external)
        .bind(new.environment.as_deref().unwrap_or_default());
        self.find_held(found).await
    }

    /// Returns the account whose id a query returns, and locks it until the transaction ends. Locks the account before
    /// reading it, so that no other transaction can change it in between.
    async fn find_held(&mut self, id: Scalar<'_, String>) -> Result<Option<Account>, ChangeError> {
        let Some(id) = id.fetch_optional(self.tx()).await? else { return Ok(None) };
        let id = id.parse().map_err(|_| damaged("accounts", "id"))?;
        Ok(Some(account(&find(self, &id).await?)?))
    }
}

/// Returns an account's row, and locks the account until the transaction ends.
pub(crate) async fn find(work: &mut Work, id: &AccountId) -> Result<DbRow, ChangeError> {
    work.hold("account", id.as_str()).await?;
    sqlx::query("select * from accounts where id = $1")
        .bind(id.as_str())
        .fetch_optional(work.tx())
        .await?
        .ok_or_else(|| ChangeError::NotFound { id: id.clone() })
}

fn expect_version(account: &Account, expected: i64) -> Result<(), ChangeError> {
    if account.version == expected {
        return Ok(());
    }
    Err(ChangeError::Conflict { id: account.id.clone(), expected, found: account.version })
}

/// Returns whether an account has the project, owner and kind in `new`.
fn belongs_to_owner(account: &Account, new: &Home) -> bool {
    account.home.as_ref().is_some_and(|home| home.belongs_to(&new.project, &new.owner.id, new.kind))
}

/// Returns an edited account's home. An edit changes only the connector profile. It keeps the stored owner and
/// metadata, which may have changed since the caller read the account.
fn home_after_edit(old: &Account, new: &NewAccount) -> Option<Home> {
    let mut home = old.home.clone()?;
    if let Some(new) = &new.home {
        home.connector_profile.clone_from(&new.connector_profile);
    }
    Some(home)
}

/// Opens an account's credentials. `row` is the account's row, and `key` is the vault key that wraps the account's data
/// key.
pub(crate) async fn open(
    connection: &mut DbConnection,
    row: &DbRow,
    account: &Account,
    key: &Key,
) -> Result<BTreeMap<String, Secret>, StoreError> {
    let fields: Vec<(String, Vec<u8>)> =
        sqlx::query_as("select field, sealed from credentials where account_id = $1 order by field")
            .bind(account.id.as_str())
            .fetch_all(connection)
            .await?;
    envelope::open(key, account, row.try_get("wrapped_key")?, &fields)
}
