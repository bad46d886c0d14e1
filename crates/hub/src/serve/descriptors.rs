//! The number of files and sockets that the process may have open.
//!
//! **Invariant:** connections never use all of them: the database and requests to providers need some, too.

/// The number of descriptors that are reserved for everything except connections.
const RESERVED: usize = 256;

/// Raises the limit as far as the system allows, and returns it. Systems often start programs with a limit of 1024.
pub(super) fn raise() -> usize {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) => usize::try_from(limit).unwrap_or(usize::MAX),
        Err(error) => {
            tracing::warn!(%error, "cannot raise the limit on open files");
            usize::MAX
        }
    }
}

/// Returns the number of connections that fit into a limit on descriptors.
pub(super) fn connections(limit: usize) -> usize {
    limit - RESERVED.min(limit / 2)
}

/// Returns a warning if the connections that the settings allow do not fit into the limit on descriptors.
pub(super) fn note(connections_allowed: usize, limit: usize) -> Option<String> {
    let fitting = connections(limit);
    (fitting < connections_allowed).then(|| {
        format!(
            "`limits.connections` is {connections_allowed}, but the system allows {limit} open files, so the Hub accepts \
             at most {fitting} connections: raise the limit (`ulimit -n`, or `LimitNOFILE=` in systemd), or lower the setting"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_descriptors_for_everything_else() {
        assert_eq!(connections(256), 128);
        assert_eq!(connections(1024), 768);
        assert_eq!(note(768, 1024), None);
        let note = note(10_000, 1024).unwrap();
        assert!(note.contains("10000") && note.contains("1024") && note.contains("768"), "{note}");
    }
}
