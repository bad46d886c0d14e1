//! Looking at accounts.
//!
//! **Invariant:** what is looked at here is public; secrets are only unsealed where it is written down.

use std::fmt::Write as _;

use crate::account::{Account, Filter, Kind, Query};
use crate::error::StoreError;
use crate::id::AccountId;
use crate::open::Vault;
use crate::row::{account, account_columns};

/// The project, where something else says more closely which accounts are meant. SQLite knows nothing of how many
/// accounts a project has: as a plain comparison it would rather go through all of them, in their order, than sort a few.
macro_rules! of_project {
    () => {
        "project_id || '' = $1"
    };
}
pub(crate) use of_project;

impl Vault {
    /// The accounts, oldest first.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<Account>, StoreError> {
        let rows = sqlx::query(concat!(
            "select ",
            account_columns!(),
            " from accounts where cast($1 as text) is null or provider = $1 order by created_at, id"
        ))
        .bind(filter.provider.as_deref())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(account).collect()
    }

    /// A page of a project's accounts, oldest first.
    pub async fn query(&self, query: &Query) -> Result<Vec<Account>, StoreError> {
        let is_narrow = !query.ids.is_empty()
            || !query.owners.is_empty()
            || query.connector_profile_active == Some(false);
        let mut sql = String::from(if is_narrow { of_project!() } else { "project_id = $1" });
        let mut values = vec![query.project.clone()];
        for (column, wanted) in
            [("id", &query.ids), ("provider", &query.providers), ("owner_id", &query.owners)]
        {
            if wanted.is_empty() {
                continue;
            }
            let places: Vec<String> =
                (1..=wanted.len()).map(|at| format!("${}", values.len() + at)).collect();
            let _ = write!(sql, " and {column} in ({})", places.join(", "));
            values.extend(wanted.iter().cloned());
        }
        if let Some(kind) = query.kind {
            let _ = write!(sql, " and kind = '{}'", kind.as_str());
        }
        if let Some(works) = query.works {
            sql.push_str(if works { " and state = 'active'" } else { " and state <> 'active'" });
        }
        if let Some(expired) = query.expired {
            sql.push_str(if expired { " and outcome = 'expired'" } else { " and outcome <> 'expired'" });
        }
        match query.hold {
            Some(Some(hold)) => {
                let _ = write!(sql, " and hold = '{}'", hold.as_str());
            }
            Some(None) => sql.push_str(" and hold is null"),
            None => {}
        }
        // An account whose configuration is not written down has the one that is always there.
        match query.connector_profile_active {
            Some(true) => sql.push_str(
                " and not exists (select 1 from connector_profiles c where c.id = connector_profile_id and c.active = 0)",
            ),
            Some(false) => sql.push_str(
                " and connector_profile_id in (select c.id from connector_profiles c where c.project_id = $1 and c.active = 0)",
            ),
            None => {}
        }
        let page =
            format!("order by created_at, id limit ${} offset ${}", values.len() + 1, values.len() + 2);
        let columns = account_columns!();
        let sql = if is_narrow {
            format!("select {columns} from accounts where {sql} {page}")
        } else {
            // The pages before are counted off in an index; only the rows of this one are looked at.
            format!(
                "select {columns} from accounts where id in (select id from accounts where {sql} {page}) \
                 order by created_at, id"
            )
        };
        let mut statement = sqlx::query(sqlx::AssertSqlSafe(sql));
        for value in values {
            statement = statement.bind(value);
        }
        let rows = statement.bind(query.limit).bind(query.skip).fetch_all(&self.readers).await?;
        rows.iter().map(account).collect()
    }

    /// The accounts of an owner at a provider, oldest first: those that a new link would take the place of.
    pub async fn accounts_of(
        &self,
        project: &str,
        owner: &str,
        provider: &str,
        kind: Kind,
    ) -> Result<Vec<Account>, StoreError> {
        let rows = sqlx::query(concat!(
            "select ",
            account_columns!(),
            " from accounts where ",
            of_project!(),
            " and owner_id = $2 and provider = $3 and kind = $4 \
             and (hold is null or hold <> 'archived') order by created_at, id"
        ))
        .bind(project)
        .bind(owner)
        .bind(provider)
        .bind(kind.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(account).collect()
    }

    /// The account with this id, if there is one.
    pub async fn get(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query(concat!("select ", account_columns!(), " from accounts where id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(account).transpose()
    }

    /// The accounts that are the same account at the provider, oldest first. Usually one or none; nothing forbids
    /// to link an account twice.
    pub async fn find_by_external(
        &self,
        provider: &str,
        external_id: &str,
    ) -> Result<Vec<Account>, StoreError> {
        let rows = sqlx::query(concat!(
            "select ",
            account_columns!(),
            " from accounts where provider = $1 and external_id = $2 order by created_at, id"
        ))
        .bind(provider)
        .bind(external_id)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(account).collect()
    }
}
