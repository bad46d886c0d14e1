//! Direct access to a Hub's database: what its tables contain, and whether they are consistent.
//!
//! **Invariant:** this module never writes to the database, and does not use the vault's code.

use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, AssertSqlSafe, ConnectOptions as _, Row as _};
use tokio::runtime::Runtime;

use super::process::Installation;

/// Inconsistencies that no crash may cause, each with a query that counts the inconsistent rows.
const INCONSISTENCIES: &[(&str, &str)] = &[
    (
        "an account without an audit row for each of its versions",
        "select count(*) from accounts a where a.version <> (select count(*) from audit u \
         where u.account_id = a.id and u.action in ('account.created', 'account.updated'))",
    ),
    (
        "an account without an event for each of its versions",
        "select count(*) from accounts a where a.version <> (select count(*) from outbox o \
         where o.account_id = a.id and o.payload_json like '%' || a.id || '%' \
         and o.event in ('account.created', 'account.updated'))",
    ),
    (
        "an audit row without an account",
        "select count(*) from audit u where u.account_id is not null \
         and not exists (select 1 from accounts a where a.id = u.account_id)",
    ),
    (
        "an event without an account",
        "select count(*) from outbox o where not exists (select 1 from accounts a where a.id = o.account_id)",
    ),
    (
        "an account without exactly one credential",
        "select count(*) from accounts a where 1 <> (select count(*) from credentials c where c.account_id = a.id)",
    ),
    (
        "a credential without an account",
        "select count(*) from credentials c where not exists (select 1 from accounts a where a.id = c.account_id)",
    ),
    (
        "an account without a linked attempt for each of its versions",
        "select count(*) from accounts a where a.version <> (select count(*) from attempts t \
         where t.account_id = a.id and t.state = 'linked')",
    ),
    (
        "a linked attempt without an account",
        "select count(*) from attempts t where t.state = 'linked' \
         and not exists (select 1 from accounts a where a.id = t.account_id)",
    ),
    (
        "a finished or unsaved attempt with a snapshot, or an unfinished one without a snapshot",
        "select count(*) from attempts t where (t.version = 0 or t.state in ('linked', 'cancelled')) \
         = exists (select 1 from sealed s where s.kind = 'snapshot' and s.key = t.id)",
    ),
    (
        "a snapshot or transcript without an attempt",
        "select count(*) from sealed s where not exists (select 1 from attempts t where s.key = t.id)",
    ),
];

/// A connection to an installation's database.
pub(crate) struct Rows {
    runtime: Runtime,
    connection: AnyConnection,
    is_server: bool,
}

impl Rows {
    pub(crate) fn open(installation: &Installation) -> Self {
        sqlx::any::install_default_drivers();
        let url = match &installation.server {
            Some(url) => url.clone(),
            None => format!("sqlite://{}?mode=rw", installation.data().join("vault.db").display()),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let options: AnyConnectOptions = url.parse().expect("a URL");
        let connection = runtime.block_on(options.connect()).expect("cannot open the database");
        Self { runtime, connection, is_server: installation.server.is_some() }
    }

    /// Returns the first column of a query's rows, which must be text.
    pub(crate) fn strings(&mut self, sql: &str) -> Vec<String> {
        let query = sqlx::query(AssertSqlSafe(sql.to_owned()));
        let rows = self.runtime.block_on(query.fetch_all(&mut self.connection));
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
        rows.iter().map(|row| row.try_get(0).expect("the column is not text")).collect()
    }

    /// Returns the only value of a query, which must be an integer.
    pub(crate) fn integer(&mut self, sql: &str) -> i64 {
        let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
        let found = self.runtime.block_on(query.fetch_one(&mut self.connection));
        found.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Returns the ids of an owner's accounts.
    pub(crate) fn accounts_of(&mut self, owner: &str) -> Vec<String> {
        self.strings(&format!("select id from accounts where owner_id = '{owner}' order by id"))
    }

    /// Asserts that the tables are consistent and that an SQLite file is intact.
    pub(crate) fn assert_consistent(&mut self, when: &str) {
        for (what, sql) in INCONSISTENCIES {
            assert_eq!(self.integer(sql), 0, "{when}: {what}");
        }
        if !self.is_server {
            assert_eq!(self.strings("pragma integrity_check"), ["ok"], "{when}");
            assert_eq!(self.integer("select count(*) from pragma_foreign_key_check"), 0, "{when}");
        }
    }

    /// Returns every row of every table in a PostgreSQL database as text, with the table's name. Binary values are in
    /// hexadecimal.
    pub(crate) fn dump(&mut self) -> Vec<(String, String)> {
        assert!(self.is_server, "for SQLite, search the file's bytes instead");
        let tables =
            self.strings("select tablename::text from pg_tables where schemaname = 'public' order by 1");
        assert!(10 < tables.len(), "tables are missing: {tables:?}");
        let mut dump = Vec::new();
        for table in tables {
            let rows = self.strings(&format!("select t::text from \"{table}\" t"));
            dump.extend(rows.into_iter().map(|row| (table.clone(), row)));
        }
        dump
    }
}
