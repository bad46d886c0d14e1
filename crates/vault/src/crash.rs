//! Named places at which a test can kill the process.
//!
//! **Invariant:** in a release build a crash point is nothing at all.

/// A place at which a test may want to kill the process.
///
/// In a debug build, when `WAYSTONE_CRASH_AT` holds this label, the file named by `WAYSTONE_CRASH_MARK` is
/// written and the thread stops here for ever, so that the harness can send its signal at exactly this point.
pub fn crash_point(label: &'static str) {
    #[cfg(debug_assertions)]
    stop_if_asked(label);
    #[cfg(not(debug_assertions))]
    let _ = label;
}

#[cfg(debug_assertions)]
fn stop_if_asked(label: &str) {
    if std::env::var_os("WAYSTONE_CRASH_AT").is_none_or(|at| at != label) {
        return;
    }
    if let Some(mark) = std::env::var_os("WAYSTONE_CRASH_MARK") {
        // Without a mark the harness runs into its own deadline, which says enough.
        let _ = std::fs::write(mark, label);
    }
    loop {
        std::thread::park();
    }
}
