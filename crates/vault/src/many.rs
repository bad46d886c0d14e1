//! Many accounts at once: for measuring with many.
//!
//! **Invariant:** what holds for one account holds for each: credentials under seal, a line in the trail and an event
//! are in the transaction. All of them are there, or none.

use jiff::Timestamp;

use crate::account::{Account, NewAccount};
use crate::envelope::{self, Envelope};
use crate::error::StoreError;
use crate::id::AccountId;
use crate::open::Vault;
use crate::row::{places, whole_milliseconds};
use crate::seal::SealError;
use crate::work::Work;
use crate::{audit, outbox, write};

/// So many accounts are one statement. Each has 30 values, and SQLite looks for the place of a value among all the others:
/// with ten times as many it takes longer, not shorter.
const AT_ONCE: usize = 25;

impl Vault {
    /// Stores accounts that have been seen to work, in nobody's place.
    pub async fn add_all(&self, new: &[NewAccount], actor: &str, now: Timestamp) -> Result<(), StoreError> {
        let now = whole_milliseconds(now);
        let mut work = self.begin().await?;
        for some in new.chunks(AT_ONCE) {
            let sealed = some.iter().map(|new| sealed(&work, new, now)).collect::<Result<Vec<_>, _>>()?;
            write::insert_all(work.tx(), &sealed).await?;
            insert_credentials(&mut work, &sealed).await?;
            let accounts = || sealed.iter().map(|(account, _)| account);
            audit::write_all(work.tx(), "account.created", accounts(), actor, now).await?;
            outbox::write_all(work.tx(), "account.created", accounts(), now).await?;
        }
        work.commit().await
    }
}

fn sealed(work: &Work, new: &NewAccount, now: Timestamp) -> Result<(Account, Envelope), StoreError> {
    let id = AccountId::random().map_err(SealError::Random);
    let stored = new.stored(id.map_err(StoreError::seal("the new account"))?, 1, now, now);
    let envelope = envelope::seal(work.key(), &stored, &new.secrets)?;
    Ok((stored, envelope))
}

async fn insert_credentials(work: &mut Work, sealed: &[(Account, Envelope)]) -> Result<(), StoreError> {
    let fields: Vec<(&Account, &(String, Vec<u8>))> = sealed
        .iter()
        .flat_map(|(account, envelope)| envelope.fields.iter().map(move |field| (account, field)))
        .collect();
    for some in fields.chunks(AT_ONCE) {
        let text =
            format!("insert into credentials (account_id, field, sealed) values {}", places(some.len(), 3));
        let mut statement = sqlx::query(sqlx::AssertSqlSafe(text));
        for (account, (field, sealed)) in some {
            statement = statement.bind(account.id.to_string()).bind(field.clone()).bind(sealed.clone());
        }
        statement.execute(work.tx()).await?;
    }
    Ok(())
}
