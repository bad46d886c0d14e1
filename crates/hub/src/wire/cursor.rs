//! Cursors: the places in a list of accounts from which clients continue. To clients, a cursor is an opaque string.

use axum::http::HeaderName;
use jiff::Timestamp;
use vault::{Account, AccountId, Place};

/// The response header that contains the cursor of the next page.
pub(crate) const NEXT_CURSOR: HeaderName = HeaderName::from_static("x-next-cursor");

/// Returns the cursor for the place after an account.
pub(crate) fn cursor_after(account: &Account) -> String {
    hex::encode(format!("{} {}", account.created_at.as_millisecond(), account.id))
}

/// Returns the place that a cursor stands for. `None` if the text is not a cursor.
pub(crate) fn place(cursor: &str) -> Option<Place> {
    let text = String::from_utf8(hex::decode(cursor).ok()?).ok()?;
    let (milliseconds, id) = text.split_once(' ')?;
    let created_at = Timestamp::from_millisecond(milliseconds.parse().ok()?).ok()?;
    Some(Place { created_at, id: id.parse::<AccountId>().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_cursor_has_a_place() {
        let id: AccountId = format!("acc_{}", "a".repeat(26)).parse().unwrap();
        let created_at = Timestamp::from_millisecond(1_700_000_000_123).unwrap();
        let text = format!("1700000000123 {id}");
        assert_eq!(place(&hex::encode(&text)), Some(Place { created_at, id }));
        for wrong in ["", " ", "1700000000123", "x acc_a", "1700000000123 acc_'", "99999999999999999 acc_a"] {
            assert_eq!(place(&hex::encode(wrong)), None, "{wrong}");
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }
}
