//! Reading accounts.
//!
//! **Invariant:** this module never reads secrets. An account's secrets are returned only by `unseal`, which writes an
//! audit entry.

use std::fmt::Write as _;

use crate::account::{Account, Filter, Kind, Query};
use crate::error::StoreError;
use crate::id::AccountId;
use crate::open::Vault;
use crate::row::{account, stamp};

impl Vault {
    /// Returns accounts in all projects, oldest first.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<Account>, StoreError> {
        let query = sqlx::query(
            "select * from accounts where cast($1 as text) is null or provider = $1 order by created_at, id",
        );
        self.all(query.bind(filter.provider.as_deref()), account).await
    }

    /// Returns a page of a project's accounts, oldest first.
    pub async fn query(&self, query: &Query) -> Result<Vec<Account>, StoreError> {
        let is_narrow = !query.ids.is_empty()
            || !query.owners.is_empty()
            || query.connector_profile_active == Some(false);
        // SQLite does not know how many accounts a project has. With a plain `project_id = $1`, it would scan all of
        // the project's accounts, even if another condition matches only a few of them. With the expression
        // `project_id || ''`, SQLite uses the other condition's index instead.
        let mut sql = String::from(if is_narrow { "project_id || '' = $1" } else { "project_id = $1" });
        let mut values = vec![query.project.clone()];
        for (column, listed) in
            [("id", &query.ids), ("provider", &query.providers), ("owner_id", &query.owners)]
        {
            if listed.is_empty() {
                continue;
            }
            let places: Vec<String> =
                (1..=listed.len()).map(|at| format!("${}", values.len() + at)).collect();
            let _ = write!(sql, " and {column} in ({})", places.join(", "));
            values.extend(listed.iter().cloned());
        }
        if let Some(after) = &query.after {
            let _ = write!(sql, " and (created_at, id) > (${}, ${})", values.len() + 1, values.len() + 2);
            values.extend([stamp(after.created_at), after.id.to_string()]);
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
        // An account without a stored profile uses a built-in connector, which is always active.
        match query.connector_profile_active {
            Some(true) => sql.push_str(
                " and not exists (select 1 from connector_profiles p \
                 where p.id = connector_profile_id and p.active = 0)",
            ),
            Some(false) => sql.push_str(
                " and connector_profile_id in (select p.id from connector_profiles p \
                 where p.project_id = $1 and p.active = 0)",
            ),
            None => {}
        }
        let page =
            format!("order by created_at, id limit ${} offset ${}", values.len() + 1, values.len() + 2);
        let sql = if is_narrow {
            format!("select * from accounts where {sql} {page}")
        } else {
            // The inner query uses an index to skip the earlier pages, so only this page's rows are read.
            format!(
                "select * from accounts where id in (select id from accounts where {sql} {page}) \
                 order by created_at, id"
            )
        };
        let mut statement = sqlx::query(sqlx::AssertSqlSafe(sql));
        for value in values {
            statement = statement.bind(value);
        }
        self.all(statement.bind(query.limit).bind(query.skip), account).await
    }

    /// Returns the owner's accounts at a provider that a new link may replace, oldest first.
    pub async fn accounts_of(
        &self,
        project: &str,
        owner: &str,
        provider: &str,
        kind: Kind,
    ) -> Result<Vec<Account>, StoreError> {
        // See `Vault::query` for why the first condition is `project_id || ''`.
        let query = sqlx::query(
            "select * from accounts where project_id || '' = $1 and owner_id = $2 and provider = $3 and kind = $4 \
             and (hold is null or hold <> 'archived') order by created_at, id",
        );
        self.all(query.bind(project).bind(owner).bind(provider).bind(kind.as_str()), account).await
    }

    /// Returns the account with this id. `None` if there is no such account.
    pub async fn get(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        let query = sqlx::query("select * from accounts where id = $1").bind(id.as_str());
        self.optional(query, account).await
    }
}
