//! Errors that mean that a database cannot be used at the moment.

use sqlx::Error;

/// The SQLite codes of an error that the environment causes: busy, locked, out of memory, read-only, input or output
/// failed, full, cannot open, and locking protocol.
const SQLITE_UNAVAILABLE: [u32; 8] = [SQLITE_BUSY, 6, 7, 8, 10, 13, 14, 15];

/// The SQLite code for a database that another connection is writing to.
pub(crate) const SQLITE_BUSY: u32 = 5;

/// The starts of the PostgreSQL codes of an error that the environment causes: the connection failed, the server is
/// read-only, a resource such as the disk is used up, an operator intervened (for example, the server is stopping), and
/// the system failed.
const POSTGRES_UNAVAILABLE: [&str; 5] = ["08", "25006", "53", "57P", "58"];

/// Returns whether an error says that the database cannot be used at the moment: it cannot be reached, it is stopping,
/// or its disk is full. The statement itself is not at fault, so the same statement may succeed later.
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
                POSTGRES_UNAVAILABLE.iter().any(|start| code.starts_with(start))
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
