//! Conversions between columns and values.
//!
//! **Invariant:** a row that makes no sense is an error that names table and column. It is never guessed at, and the
//! error never quotes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::str::FromStr;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use crate::account::{Account, AccountState, Hold, Home, Kind, Owner};
use crate::database::DbRow;
use crate::error::StoreError;

/// The columns that [`account`] reads. They are a literal so that statements are known at compile time.
macro_rules! account_columns {
    () => {
        "id, provider, method, environment, external_id, name, label, values_json, secret_fields_json, \
         guide_digest, proved_json, outcome, identity_json, state, state_reason, version, kek_id, wrapped_key, \
         created_at, updated_at, checked_at, project_id, connector_profile_id, owner_id, owner_name, username, kind, \
         metadata_json, hold, state_at"
    };
}
pub(crate) use account_columns;

/// A row of `accounts`.
pub(crate) fn account(row: &DbRow) -> Result<Account, StoreError> {
    let state: String = row.try_get("state")?;
    let reason: Option<String> = row.try_get("state_reason")?;
    Ok(Account {
        id: parsed(row, "accounts", "id")?,
        provider: row.try_get("provider")?,
        method: row.try_get("method")?,
        environment: row.try_get("environment")?,
        external_id: row.try_get("external_id")?,
        name: row.try_get("name")?,
        label: row.try_get("label")?,
        values: from_json(row, "accounts", "values_json")?,
        secret_fields: from_json(row, "accounts", "secret_fields_json")?,
        guide_digest: row.try_get("guide_digest")?,
        proved: from_json(row, "accounts", "proved_json")?,
        outcome: row.try_get("outcome")?,
        identity: from_json(row, "accounts", "identity_json")?,
        state: match state.as_str() {
            "active" => AccountState::Active,
            "error" => AccountState::Error { reason: reason.unwrap_or_default() },
            _ => return Err(damaged("accounts", "state")),
        },
        version: row.try_get("version")?,
        created_at: time(row, "accounts", "created_at")?,
        updated_at: time(row, "accounts", "updated_at")?,
        checked_at: optional_time(row, "accounts", "checked_at")?,
        home: home(row)?,
        state_at: optional_time(row, "accounts", "state_at")?,
        hold: match row.try_get::<Option<String>, _>("hold")? {
            Some(text) => Some(Hold::parse(&text).ok_or_else(|| damaged("accounts", "hold"))?),
            None => None,
        },
    })
}

fn home(row: &DbRow) -> Result<Option<Home>, StoreError> {
    let Some(project) = row.try_get::<Option<String>, _>("project_id")? else { return Ok(None) };
    Ok(Some(Home {
        project,
        connector_profile: row.try_get("connector_profile_id")?,
        owner: Owner {
            id: row.try_get("owner_id")?,
            name: row.try_get("owner_name")?,
            username: row.try_get("username")?,
        },
        kind: kind(row, "accounts", "kind")?,
        metadata: from_json(row, "accounts", "metadata_json")?,
    }))
}

/// A column that holds a kind.
pub(crate) fn kind(row: &DbRow, table: &str, column: &str) -> Result<Kind, StoreError> {
    Kind::parse(&row.try_get::<String, _>(column)?).ok_or_else(|| damaged(table, column))
}

/// A column that holds a time or null.
pub(crate) fn optional_time(row: &DbRow, table: &str, column: &str) -> Result<Option<Timestamp>, StoreError> {
    match row.try_get::<Option<String>, _>(column)? {
        Some(text) => text.parse().map(Some).map_err(|_| damaged(table, column)),
        None => Ok(None),
    }
}

/// A column that holds JSON.
pub(crate) fn from_json<T: DeserializeOwned>(
    row: &DbRow,
    table: &str,
    column: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(&row.try_get::<String, _>(column)?).map_err(|_| damaged(table, column))
}

/// A text column that holds a type with its own syntax.
pub(crate) fn parsed<T: FromStr>(row: &DbRow, table: &str, column: &str) -> Result<T, StoreError> {
    row.try_get::<String, _>(column)?.parse().map_err(|_| damaged(table, column))
}

/// A column that holds a time.
pub(crate) fn time(row: &DbRow, table: &str, column: &str) -> Result<Timestamp, StoreError> {
    parsed(row, table, column)
}

/// A time as columns hold it. All are of the same length, so that they sort as text.
pub(crate) fn stamp(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// The time as it will be read back, since columns hold milliseconds.
pub(crate) fn whole_milliseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

/// JSON as columns hold it.
pub(crate) fn json(value: impl Into<serde_json::Value>) -> String {
    value.into().to_string()
}

/// A map of strings, for [`json`].
pub(crate) fn object(map: &BTreeMap<String, String>) -> serde_json::Map<String, serde_json::Value> {
    map.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect()
}

/// The error for a column that makes no sense.
pub(crate) fn damaged(table: &str, column: &str) -> StoreError {
    StoreError::damaged(format!("column {column} of a row in table {table}"))
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_stored_with_milliseconds_and_read_back() {
        for (given, expected) in [
            ("2026-10-05T09:08:07Z", "2026-10-05T09:08:07.000Z"),
            ("2026-10-05T09:08:07.5Z", "2026-10-05T09:08:07.500Z"),
            ("2026-10-05T11:08:07.123999+02:00", "2026-10-05T09:08:07.123Z"),
        ] {
            let time = whole_milliseconds(given.parse().unwrap());
            assert_eq!(stamp(time), expected);
            assert_eq!(stamp(given.parse().unwrap()), expected, "truncated, not rounded");
            assert_eq!(stamp(time).parse::<Timestamp>().unwrap(), time);
        }
    }
}
