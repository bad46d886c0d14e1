//! Conversions between columns and values.
//!
//! **Invariant:** an invalid value causes an error that names the table and the column but does not contain the value.
//! An invalid value is never replaced with a default.

use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use crate::account::{Account, AccountState, Home, Owner};
use crate::database::DbRow;
use crate::error::StoreError;

/// Reads a row from `accounts`.
pub(crate) fn account(row: &DbRow) -> Result<Account, StoreError> {
    const TABLE: &str = "accounts";
    Ok(Account {
        id: parsed(row, TABLE, "id")?,
        provider: row.try_get("provider")?,
        method: row.try_get("method")?,
        environment: row.try_get("environment")?,
        external_id: row.try_get("external_id")?,
        name: row.try_get("name")?,
        label: row.try_get("label")?,
        values: from_json(row, TABLE, "values_json")?,
        secret_fields: from_json(row, TABLE, "secret_fields_json")?,
        guide_digest: row.try_get("guide_digest")?,
        proved: from_json(row, TABLE, "proved_json")?,
        outcome: row.try_get("outcome")?,
        identity: from_json(row, TABLE, "identity_json")?,
        state: match row.try_get("state")? {
            "active" => AccountState::Active,
            "error" => AccountState::Error {
                reason: row.try_get::<Option<String>, _>("state_reason")?.unwrap_or_default(),
            },
            _ => return Err(damaged(TABLE, "state")),
        },
        version: row.try_get("version")?,
        created_at: parsed(row, TABLE, "created_at")?,
        updated_at: parsed(row, TABLE, "updated_at")?,
        checked_at: optional(row, TABLE, "checked_at")?,
        home: home(row)?,
        state_at: optional(row, TABLE, "state_at")?,
        hold: optional(row, TABLE, "hold")?,
    })
}

fn home(row: &DbRow) -> Result<Option<Home>, StoreError> {
    let Some(project) = row.try_get("project_id")? else { return Ok(None) };
    Ok(Some(Home {
        project,
        connector_profile: row.try_get("connector_profile_id")?,
        owner: owner(row)?,
        kind: parsed(row, "accounts", "kind")?,
        metadata: from_json(row, "accounts", "metadata_json")?,
    }))
}

/// Reads the owner of an account or session.
pub(crate) fn owner(row: &DbRow) -> Result<Owner, StoreError> {
    Ok(Owner {
        id: row.try_get("owner_id")?,
        name: row.try_get("owner_name")?,
        username: row.try_get("username")?,
    })
}

/// Reads a failure's code and message. `None` if there was no failure.
pub(crate) fn failure(row: &DbRow) -> Result<Option<(String, String)>, StoreError> {
    let code: Option<String> = row.try_get("error_code")?;
    Ok(code.zip(row.try_get("error_text")?))
}

/// Reads a column that contains JSON.
pub(crate) fn from_json<T: DeserializeOwned>(
    row: &DbRow,
    table: &str,
    column: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(row.try_get(column)?).map_err(|_| damaged(table, column))
}

/// Reads a text column and parses its value, such as a time.
pub(crate) fn parsed<T: FromStr>(row: &DbRow, table: &str, column: &str) -> Result<T, StoreError> {
    optional(row, table, column)?.ok_or_else(|| damaged(table, column))
}

/// Reads a text column and parses its value. `None` if the column is null.
pub(crate) fn optional<T: FromStr>(row: &DbRow, table: &str, column: &str) -> Result<Option<T>, StoreError> {
    let text: Option<&str> = row.try_get(column)?;
    text.map(str::parse).transpose().map_err(|_| damaged(table, column))
}

/// Formats a time for a column. All formatted times have the same length, so that they sort correctly as strings.
pub(crate) fn stamp(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// Truncates a time to whole milliseconds, the precision that a column stores.
pub(crate) fn whole_milliseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

/// Formats a value as JSON for a column.
pub(crate) fn json(value: impl Serialize) -> String {
    serde_json::json!(value).to_string()
}

/// Returns the error for a column that contains an invalid value.
pub(crate) fn damaged(table: &str, column: &str) -> StoreError {
    StoreError::damaged(format!("column {column} of a row in table {table}"))
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
