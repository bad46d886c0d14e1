//! The database of a Hub, past the Hub: what is in its tables, and whether they agree.
//!
//! **Invariant:** it only reads, and uses nothing of the vault.

use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, AssertSqlSafe, ConnectOptions as _, Row as _};
use tokio::runtime::Runtime;

use super::process::Place;

/// What must be nowhere, after any crash: how many rows contradict it.
const CONTRADICTIONS: &[(&str, &str)] = &[
    (
        "an account without a line of the trail for each of its versions",
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
        "a trail without an account",
        "select count(*) from audit u where u.account_id is not null \
         and not exists (select 1 from accounts a where a.id = u.account_id)",
    ),
    (
        "an event without an account",
        "select count(*) from outbox o where not exists (select 1 from accounts a where a.id = o.account_id)",
    ),
    (
        "an account without its one credential",
        "select count(*) from accounts a where 1 <> (select count(*) from credentials c where c.account_id = a.id)",
    ),
    (
        "a credential without an account",
        "select count(*) from credentials c where not exists (select 1 from accounts a where a.id = c.account_id)",
    ),
    (
        "an account that was not linked by one attempt for each of its versions",
        "select count(*) from accounts a where a.version <> (select count(*) from attempts t \
         where t.account_id = a.id and t.state = 'linked')",
    ),
    (
        "an attempt that is linked without an account",
        "select count(*) from attempts t where t.state = 'linked' \
         and not exists (select 1 from accounts a where a.id = t.account_id)",
    ),
    (
        "an attempt that is over and has a snapshot, or is not over and has none",
        "select count(*) from attempts t where (t.state in ('linked', 'cancelled')) \
         = exists (select 1 from sealed s where s.kind = 'snapshot' and s.key = t.id)",
    ),
    (
        "a snapshot or transcript without an attempt",
        "select count(*) from sealed s where not exists (select 1 from attempts t where s.key = t.id)",
    ),
];

/// A database, looked at.
pub(crate) struct Rows {
    runtime: Runtime,
    connection: AnyConnection,
    is_server: bool,
}

impl Rows {
    pub(crate) fn of(place: &Place) -> Self {
        sqlx::any::install_default_drivers();
        let url = match &place.server {
            Some(url) => url.clone(),
            None => format!("sqlite://{}?mode=rw", place.data().join("vault.db").display()),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let options: AnyConnectOptions = url.parse().expect("a URL");
        let connection = runtime.block_on(options.connect()).expect("the database can be opened");
        Self { runtime, connection, is_server: place.server.is_some() }
    }

    /// The texts of a column.
    pub(crate) fn texts(&mut self, sql: &str) -> Vec<String> {
        let query = sqlx::query(AssertSqlSafe(sql.to_owned()));
        let rows = self.runtime.block_on(query.fetch_all(&mut self.connection));
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
        rows.iter().map(|row| row.try_get(0).expect("a text")).collect()
    }

    /// A number.
    pub(crate) fn number(&mut self, sql: &str) -> i64 {
        let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
        let found = self.runtime.block_on(query.fetch_one(&mut self.connection));
        found.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The ids of an owner's accounts.
    pub(crate) fn accounts_of(&mut self, owner: &str) -> Vec<String> {
        self.texts(&format!("select id from accounts where owner_id = '{owner}' order by id"))
    }

    /// That what belongs together is there together, and the file is whole.
    pub(crate) fn agree(&mut self, when: &str) {
        for (what, sql) in CONTRADICTIONS {
            assert_eq!(self.number(sql), 0, "{when}: {what}");
        }
        if !self.is_server {
            assert_eq!(self.texts("pragma integrity_check"), ["ok"], "{when}");
            assert_eq!(self.number("select count(*) from pragma_foreign_key_check"), 0, "{when}");
        }
    }

    /// Every row of every table of a server as text; bytes are in hexadecimal.
    pub(crate) fn dump(&mut self) -> Vec<(String, String)> {
        assert!(self.is_server, "the other is a file: its bytes say more");
        let tables =
            self.texts("select tablename::text from pg_tables where schemaname = 'public' order by 1");
        assert!(10 < tables.len(), "{tables:?}");
        let mut dump = Vec::new();
        for table in tables {
            let rows = self.texts(&format!("select t::text from \"{table}\" t"));
            dump.extend(rows.into_iter().map(|row| (table.clone(), row)));
        }
        dump
    }
}
