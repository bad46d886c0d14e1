//! Storing, changing and removing accounts.
//!
//! **Invariant:** an account, its credentials under seal, its line in the trail, its event, and the end of the
//! draft it came from are one transaction. Whenever credentials are stored, the data key is a new one and the old
//! one is destroyed.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::account::{Account, CheckRecord, Credentials, NewAccount};
use crate::crash::crash_point;
use crate::database::{DbConnection, DbRow, wipe_log};
use crate::envelope::{self, Envelope};
use crate::error::{ChangeError, StoreError};
use crate::id::AccountId;
use crate::open::Vault;
use crate::row::{account, account_columns, json, object, parsed, stamp, whole_milliseconds};
use crate::seal::SealError;
use crate::work::Work;
use crate::{audit, draft, outbox};

impl Vault {
    /// Stores an account that has been seen to work. `draft` is the key of the draft it came from, which is gone
    /// in the same moment.
    pub async fn add(
        &self,
        new: &NewAccount,
        draft: Option<&str>,
        actor: &str,
        now: Timestamp,
    ) -> Result<Account, StoreError> {
        let now = whole_milliseconds(now);
        let id =
            AccountId::random().map_err(SealError::Random).map_err(StoreError::seal("the new account"))?;
        let account = new.stored(id, 1, now, now);
        let mut work = self.begin().await?;
        let envelope = envelope::seal(work.key(), &account, &new.secrets)?;
        insert(work.tx(), &account, &envelope).await?;
        crash_point("vault.account-inserted");
        finish(work, &account, &envelope, "account.created", draft, actor).await?;
        Ok(account)
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
        let now = whole_milliseconds(now);
        let mut work = self.begin().await?;
        let old = account(&find(work.tx(), id).await?)?;
        expect_version(&old, version)?;
        let account = new.stored(old.id, version + 1, old.created_at, now);
        let envelope = envelope::seal(work.key(), &account, &new.secrets)?;
        sqlx::query("delete from credentials where account_id = $1")
            .bind(id.as_str())
            .execute(work.tx())
            .await?;
        update(work.tx(), &account, &envelope).await?;
        crash_point("vault.account-updated");
        finish(work, &account, &envelope, "account.updated", draft, actor).await?;
        wipe_log(&self.writer).await;
        Ok(account)
    }

    /// Removes an account and destroys its data key, so that a copy of the sealed credentials left anywhere is
    /// of no use. The trail stays.
    pub async fn remove(&self, id: &AccountId, actor: &str, now: Timestamp) -> Result<(), ChangeError> {
        let mut work = self.begin().await?;
        let account = account(&find(work.tx(), id).await?)?;
        // The credentials go with the row.
        sqlx::query("delete from accounts where id = $1").bind(id.as_str()).execute(work.tx()).await?;
        audit::write(work.tx(), "account.deleted", &account, actor, None, now).await?;
        outbox::write(work.tx(), "account.deleted", &account, now).await?;
        work.commit().await?;
        wipe_log(&self.writer).await;
        Ok(())
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
        let row = find(work.tx(), id).await?;
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
        let secrets = envelope::open(&key, &account, &row.try_get::<Vec<u8>, _>("wrapped_key")?, &fields)?;
        audit::write(work.tx(), "account.unsealed", &account, actor, Some(purpose), now).await?;
        work.commit().await?;
        Ok(Credentials { account, secrets })
    }

    /// Records what a check of a stored account found. When it works no more, or works again, that is an event.
    /// A check of credentials that were replaced meanwhile says nothing and is refused.
    pub async fn record_check(&self, id: &AccountId, check: &CheckRecord) -> Result<Account, ChangeError> {
        let mut work = self.begin().await?;
        let old = account(&find(work.tx(), id).await?)?;
        expect_version(&old, check.version)?;
        let is_news = old.state != check.state;
        let account = Account {
            outcome: check.outcome.clone(),
            state: check.state.clone(),
            checked_at: Some(whole_milliseconds(check.at)),
            ..old
        };
        sqlx::query(
            "update accounts set outcome = $2, state = $3, state_reason = $4, checked_at = $5 where id = $1",
        )
        .bind(id.as_str())
        .bind(&account.outcome)
        .bind(account.state.as_str())
        .bind(account.state.reason())
        .bind(account.checked_at.map(stamp))
        .execute(work.tx())
        .await?;
        if is_news {
            outbox::write(work.tx(), "account.updated", &account, check.at).await?;
        }
        work.commit().await?;
        Ok(account)
    }
}

async fn find(connection: &mut DbConnection, id: &AccountId) -> Result<DbRow, ChangeError> {
    sqlx::query(concat!("select ", account_columns!(), " from accounts where id = $1"))
        .bind(id.as_str())
        .fetch_optional(connection)
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
    draft: Option<&str>,
    actor: &str,
) -> Result<(), StoreError> {
    for (field, sealed) in &envelope.fields {
        sqlx::query("insert into credentials (account_id, field, sealed) values ($1, $2, $3)")
            .bind(account.id.as_str())
            .bind(field)
            .bind(sealed)
            .execute(work.tx())
            .await?;
    }
    audit::write(work.tx(), event, account, actor, None, account.updated_at).await?;
    outbox::write(work.tx(), event, account, account.updated_at).await?;
    if let Some(key) = draft {
        draft::delete(work.tx(), key).await?;
    }
    work.commit().await
}

async fn insert(
    connection: &mut DbConnection,
    account: &Account,
    envelope: &Envelope,
) -> Result<(), StoreError> {
    let statement = sqlx::query(concat!(
        "insert into accounts (",
        account_columns!(),
        ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)"
    ));
    bind(statement, account, envelope).execute(connection).await?;
    Ok(())
}

async fn update(
    connection: &mut DbConnection,
    account: &Account,
    envelope: &Envelope,
) -> Result<(), StoreError> {
    let statement = sqlx::query(
        "update accounts set provider = $2, method = $3, environment = $4, external_id = $5, name = $6, label = $7, \
         values_json = $8, secret_fields_json = $9, guide_digest = $10, proved_json = $11, outcome = $12, \
         identity_json = $13, state = $14, state_reason = $15, version = $16, kek_id = $17, wrapped_key = $18, \
         created_at = $19, updated_at = $20, checked_at = $21 where id = $1",
    );
    bind(statement, account, envelope).execute(connection).await?;
    Ok(())
}

/// A statement and its values.
type Statement<'a> =
    sqlx::query::Query<'a, crate::database::Db, <crate::database::Db as sqlx::Database>::Arguments>;

/// The values in the order of `account_columns`.
fn bind<'a>(statement: Statement<'a>, account: &'a Account, envelope: &'a Envelope) -> Statement<'a> {
    statement
        .bind(account.id.as_str())
        .bind(&account.provider)
        .bind(&account.method)
        .bind(&account.environment)
        .bind(&account.external_id)
        .bind(&account.name)
        .bind(&account.label)
        .bind(json(object(&account.values)))
        .bind(json(account.secret_fields.clone()))
        .bind(&account.guide_digest)
        .bind(json(account.proved.clone()))
        .bind(&account.outcome)
        .bind(json(object(&account.identity)))
        .bind(account.state.as_str())
        .bind(account.state.reason())
        .bind(account.version)
        .bind(envelope.kek.to_string())
        .bind(&envelope.wrapped_key)
        .bind(stamp(account.created_at))
        .bind(stamp(account.updated_at))
        .bind(account.checked_at.map(stamp))
}
