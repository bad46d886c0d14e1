//! Named places at which a test can kill the process.
//!
//! **Invariant:** in a release build a crash point is nothing at all.

/// A place at which a test may want to kill the process.
///
/// In a debug build `WAYSTONE_CRASH_AT` says where: a label, or `*` for any, and after a `#` the how manieth time
/// (`vault.committed#3`). Where a process first has to be led to the place, `WAYSTONE_CRASH_ORDER` names a file that
/// says the same once it is there; times are counted from then on, and anew for every other text in it. What follows a
/// space is a remark.
///
/// At the place, the file named by `WAYSTONE_CRASH_MARK` is written and the thread stops for ever, so that the harness
/// can send its signal at exactly this point. The rest of the process goes on.
pub fn crash_point(label: &'static str) {
    #[cfg(debug_assertions)]
    asked::stop_if_asked(label);
    #[cfg(not(debug_assertions))]
    let _ = label;
}

#[cfg(debug_assertions)]
mod asked {
    use std::sync::{Mutex, PoisonError};
    use std::{env, fs};

    use tokio::runtime::{Handle, RuntimeFlavor};

    /// The order that is counted for, and how often its place was passed.
    static SEEN: Mutex<(String, u32)> = Mutex::new((String::new(), 0));

    pub(super) fn stop_if_asked(label: &str) {
        let order = match env::var_os("WAYSTONE_CRASH_ORDER") {
            Some(path) => fs::read_to_string(path).ok(),
            None => env::var("WAYSTONE_CRASH_AT").ok(),
        };
        let Some(order) = order else { return };
        if !is_time(&order, label) {
            return;
        }
        if let Some(mark) = env::var_os("WAYSTONE_CRASH_MARK") {
            // Without a mark the harness runs into its own deadline, which says enough.
            let _ = fs::write(mark, label);
        }
        match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
            // Whatever else this thread would have done is done by another: only this work stops.
            Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(|| stop()),
            _ => stop(),
        }
    }

    fn stop() -> ! {
        loop {
            std::thread::park();
        }
    }

    fn is_time(order: &str, label: &str) -> bool {
        let place = order.split_whitespace().next().unwrap_or_default();
        let (wanted, time) = place.split_once('#').unwrap_or((place, "1"));
        if wanted != "*" && wanted != label {
            return false;
        }
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.0 != order {
            *seen = (order.to_owned(), 0);
        }
        seen.1 += 1;
        time.parse() == Ok(seen.1)
    }
}
