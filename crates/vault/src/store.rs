//! Storing, changing and removing accounts.
//!
//! **Invariant:** an account, its credentials under seal, its line in the trail, its event, and the end of the
//! draft and attempt it came from are one transaction. Whenever credentials are stored, the data key is a new one
//! and the old one is destroyed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use secret::Secret;
use sqlx::Row as _;

use crate::account::{Account, CheckRecord, Credentials, Home, NewAccount};
use crate::attempt::Attempt;
use crate::crash::crash_point;
use crate::database::DbRow;
use crate::envelope::{self, Envelope};
use crate::error::{ChangeError, StoreError};
use crate::id::AccountId;
use crate::open::Vault;
use crate::read::of_project;
use crate::row::{account, account_columns, parsed, stamp, whole_milliseconds};
use crate::seal::SealError;
use crate::work::Work;
use crate::write::{insert, update};
use crate::{attempt, audit, draft, outbox};

/// What an account came from, which is over in the moment the account is there.
#[derive(Clone, Copy, Debug, Default)]
pub struct CreatedFrom<'a> {
    /// The key of the draft of the flow.
    pub draft: Option<&'a str>,
    /// The attempt, with what was asked and answered; it links one account at most.
    pub attempt: Option<&'a Attempt>,
    /// Who did it, for the trail.
    pub actor: &'a str,
}

/// In whose place an account is stored.
#[derive(Clone, Copy, Debug)]
pub enum Replacing<'a> {
    /// In nobody's.
    Nothing,
    /// In that of an account, as the caller has seen it.
    Account {
        /// Its id.
        id: &'a AccountId,
        /// Its version.
        version: i64,
    },
    /// In that of the account that the same owner has at the same provider, if there is one.
    OfOwner {
        /// Whether it may be another account at the provider than the one stored.
        allow_different: bool,
    },
}

impl Vault {
    /// Stores an account that has been seen to work. `draft` is the key of the draft it came from, which is gone
    /// in the same moment.
    pub async fn add(
        &self,
        new: &NewAccount,
        draft: Option<&str>,
        actor: &str,
        now: Timestamp,
    ) -> Result<Account, ChangeError> {
        self.keep(new, Replacing::Nothing, CreatedFrom { draft, attempt: None, actor }, now).await
    }

    /// Stores an account's new credentials and public parts over the old ones: an edit or another linking. It must
    /// still have the version that the caller has seen.
    pub async fn replace(
        &self,
        id: &AccountId,
        version: i64,
        new: &NewAccount,
        draft: Option<&str>,
        actor: &str,
        now: Timestamp,
    ) -> Result<Account, ChangeError> {
        self.keep(new, Replacing::Account { id, version }, CreatedFrom { draft, attempt: None, actor }, now)
            .await
    }

    /// Stores an account that has been seen to work, in its place.
    pub async fn keep(
        &self,
        new: &NewAccount,
        place: Replacing<'_>,
        origin: CreatedFrom<'_>,
        now: Timestamp,
    ) -> Result<Account, ChangeError> {
        let now = whole_milliseconds(now);
        let mut work = self.begin().await?;
        let old = match place {
            Replacing::Nothing => None,
            Replacing::Account { id, version } => {
                let old = account(&find(&mut work, id).await?)?;
                expect_version(&old, version)?;
                Some(old)
            }
            Replacing::OfOwner { allow_different } => match &new.home {
                Some(home) => self.of_owner(&mut work, home, new, allow_different).await?,
                None => None,
            },
        };
        let (stored, event) = match &old {
            None => {
                let id = AccountId::random().map_err(SealError::Random);
                let id = id.map_err(StoreError::seal("the new account"))?;
                (new.stored(id, 1, now, now), "account.created")
            }
            Some(old) => {
                let mut stored = new.stored(old.id.clone(), old.version + 1, old.created_at, now);
                stored.hold = old.hold;
                (stored, "account.updated")
            }
        };
        let envelope = envelope::seal(work.key(), &stored, &new.secrets)?;
        if old.is_none() {
            insert(work.tx(), &stored, &envelope).await?;
            crash_point("vault.account-inserted");
        } else {
            sqlx::query("delete from credentials where account_id = $1")
                .bind(stored.id.as_str())
                .execute(work.tx())
                .await?;
            update(work.tx(), &stored, &envelope).await?;
            crash_point("vault.account-updated");
        }
        finish(work, &stored, &envelope, event, origin).await?;
        if old.is_some() {
            self.engine.wipe_log(&self.writer).await;
        }
        Ok(stored)
    }

    /// The account of an owner at the new one's provider, of the same kind. Should there be several, the one that is the
    /// same at the provider, or else the oldest.
    async fn of_owner(
        &self,
        work: &mut Work,
        home: &Home,
        new: &NewAccount,
        allow_different: bool,
    ) -> Result<Option<Account>, ChangeError> {
        let kind = home.kind.as_str();
        work.hold("owner", &format!("{}/{kind}/{}/{}", home.project, new.provider, home.owner.id)).await?;
        let row = sqlx::query(concat!(
            "select ",
            account_columns!(),
            " from accounts where ",
            of_project!(),
            " and owner_id = $2 and provider = $3 and kind = $4 and (hold is null or hold <> 'archived') \
             order by case when external_id = $5 then 0 else 1 end, created_at, id limit 1"
        ))
        .bind(&home.project)
        .bind(&home.owner.id)
        .bind(&new.provider)
        .bind(kind)
        .bind(new.external_id.as_deref().unwrap_or_default())
        .fetch_optional(work.tx())
        .await?;
        let Some(found) = row.as_ref().map(account).transpose()? else { return Ok(None) };
        // Again, now that nobody else can change it.
        let found = account(&find(work, &found.id).await?)?;
        let is_other = found.external_id.is_some() && found.external_id != new.external_id;
        if is_other && !allow_different {
            return Err(ChangeError::OtherAccount { id: found.id });
        }
        Ok(Some(found))
    }

    /// Removes an account and destroys its data key, so that a copy of the sealed credentials left anywhere is
    /// of no use. The trail stays. Gives the account as it was.
    pub async fn remove(&self, id: &AccountId, actor: &str, now: Timestamp) -> Result<Account, ChangeError> {
        let mut work = self.begin().await?;
        let account = account(&find(&mut work, id).await?)?;
        // The credentials go with the row.
        sqlx::query("delete from accounts where id = $1").bind(id.as_str()).execute(work.tx()).await?;
        audit::write(work.tx(), "account.deleted", &account, actor, None, now).await?;
        outbox::write(work.tx(), "account.deleted", &account, now).await?;
        work.commit().await?;
        self.engine.wipe_log(&self.writer).await;
        Ok(account)
    }

    /// Opens an account's credentials. That it was done, by whom and what for is durable before they are seen.
    pub async fn unseal(
        &self,
        id: &AccountId,
        actor: &str,
        purpose: &str,
        now: Timestamp,
    ) -> Result<Credentials, ChangeError> {
        let mut work = self.begin().await?;
        let row = find(&mut work, id).await?;
        let account = account(&row)?;
        let fields =
            sqlx::query("select field, sealed from credentials where account_id = $1 order by field")
                .bind(id.as_str())
                .fetch_all(work.tx())
                .await?
                .iter()
                .map(|row| Ok((row.try_get("field")?, row.try_get("sealed")?)))
                .collect::<Result<Vec<(String, Vec<u8>)>, sqlx::Error>>()?;
        let key = self.key(parsed(&row, "accounts", "kek_id")?).await?;
        let secrets = envelope::open(&key, &account, &row.try_get::<Vec<u8>, _>("wrapped_key")?, fields)?;
        audit::write(work.tx(), "account.unsealed", &account, actor, Some(purpose), now).await?;
        work.commit().await?;
        Ok(Credentials { account, secrets })
    }

    /// Stores an account's secrets anew where nothing else changed: tokens that were renewed. No event, for whoever uses
    /// the account sees no difference.
    pub async fn renew(
        &self,
        old: &Credentials,
        secrets: &BTreeMap<String, Secret>,
        actor: &str,
        now: Timestamp,
    ) -> Result<Account, ChangeError> {
        let mut work = self.begin().await?;
        let found = account(&find(&mut work, &old.account.id).await?)?;
        expect_version(&found, old.account.version)?;
        let secret_fields = secrets.keys().cloned().collect();
        let stored = Account { version: found.version + 1, secret_fields, ..found };
        let envelope = envelope::seal(work.key(), &stored, secrets)?;
        sqlx::query("delete from credentials where account_id = $1")
            .bind(stored.id.as_str())
            .execute(work.tx())
            .await?;
        update(work.tx(), &stored, &envelope).await?;
        insert_credentials(&mut work, &stored, &envelope).await?;
        audit::write(work.tx(), "account.renewed", &stored, actor, None, now).await?;
        work.commit().await?;
        self.engine.wipe_log(&self.writer).await;
        Ok(stored)
    }

    /// Records what a check of a stored account found. When it works no more, or works again, that is an event.
    /// A check of credentials that were replaced meanwhile says nothing and is refused.
    pub async fn record_check(
        &self,
        id: &AccountId,
        check: &CheckRecord,
        actor: &str,
    ) -> Result<Account, ChangeError> {
        let mut work = self.begin().await?;
        let old = account(&find(&mut work, id).await?)?;
        expect_version(&old, check.version)?;
        let is_news = old.state != check.state;
        let at = whole_milliseconds(check.at);
        let account = Account {
            outcome: check.outcome.clone(),
            state: check.state.clone(),
            state_at: if is_news { Some(at) } else { old.state_at },
            checked_at: Some(at),
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
        audit::write(work.tx(), "account.checked", &account, actor, Some(&check.outcome), at).await?;
        if is_news {
            outbox::write(work.tx(), "account.updated", &account, at).await?;
        }
        work.commit().await?;
        Ok(account)
    }
}

/// The row of an account, which nobody else changes until the work ends.
pub(crate) async fn find(work: &mut Work, id: &AccountId) -> Result<DbRow, ChangeError> {
    work.hold("account", id.as_str()).await?;
    sqlx::query(concat!("select ", account_columns!(), " from accounts where id = $1"))
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

/// What storing an account for the first time and again have in common.
async fn finish(
    mut work: Work,
    account: &Account,
    envelope: &Envelope,
    event: &str,
    origin: CreatedFrom<'_>,
) -> Result<(), ChangeError> {
    insert_credentials(&mut work, account, envelope).await?;
    crash_point("vault.credentials-inserted");
    audit::write(work.tx(), event, account, origin.actor, None, account.updated_at).await?;
    outbox::write(work.tx(), event, account, account.updated_at).await?;
    crash_point("vault.trail-written");
    if let Some(key) = origin.draft {
        draft::delete(work.tx(), key).await?;
    }
    if let Some(attempt) = origin.attempt {
        attempt::end_linked(work.tx(), attempt, &account.id, account.updated_at).await?;
    }
    Ok(work.commit().await?)
}

async fn insert_credentials(
    work: &mut Work,
    account: &Account,
    envelope: &Envelope,
) -> Result<(), StoreError> {
    for (field, sealed) in &envelope.fields {
        sqlx::query("insert into credentials (account_id, field, sealed) values ($1, $2, $3)")
            .bind(account.id.as_str())
            .bind(field)
            .bind(sealed)
            .execute(work.tx())
            .await?;
    }
    Ok(())
}
