//! Recognizes errors that mean that a database cannot be used at the moment.

use sqlx::Error;

/// The SQLite codes for errors that the environment causes: busy, locked, out of memory, read-only, I/O error, disk
/// full, cannot open, and locking protocol.
const SQLITE_UNAVAILABLE: [u32; 8] = [SQLITE_BUSY, 6, 7, 8, 10, 13, 14, 15];

/// The SQLite code for a database that another connection is writing to.
pub(crate) const SQLITE_BUSY: u32 = 5;

/// The prefixes of the PostgreSQL codes for errors that the environment causes: the connection failed, the server is
/// read-only, a resource such as disk space is exhausted, an operator intervened (for example, the server is stopping),
/// or the system failed.
const POSTGRES_UNAVAILABLE: [&str; 5] = ["08", "25006", "53", "57P", "58"];

/// Returns whether an error means that the database cannot be used at the moment: it cannot be reached, it is stopping,
/// or its disk is full. The statement did not cause the error, so the same statement may succeed later.
pub(crate) fn is_unavailable(error: &Error) -> bool {
    match error {
        // The driver reports a protocol error if the connection is closed during the handshake.
        Error::Io(_)
        | Error::Tls(_)
        | Error::Protocol(_)
        | Error::PoolTimedOut
        | Error::PoolClosed
        | Error::WorkerCrashed => true,
        Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            // A PostgreSQL code has five characters, and a SQLite code has at most four digits.
            if code.len() == 5 {
                POSTGRES_UNAVAILABLE.iter().any(|prefix| code.starts_with(prefix))
            } else {
                sqlite_code(&code).is_some_and(|code| SQLITE_UNAVAILABLE.contains(&code))
            }
        }
        _ => false,
    }
}

/// Returns the primary part of a SQLite error code: its lowest byte. The higher bytes distinguish the variants.
pub(crate) fn sqlite_code(code: &str) -> Option<u32> {
    code.parse::<u32>().ok().map(|code| code & 0xff)
}
