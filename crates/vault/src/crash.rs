//! Crash points: labeled points in the code where a test can kill the process.
//!
//! **Invariant:** in a release build, a crash point does nothing.

/// Marks a point in the code where a test can kill the process.
///
/// In a debug build, `WAYSTONE_CRASH_AT` selects a crash point: a label, or `*` for any label, optionally followed by
/// `#` and the number of the occurrence. For example, `vault.committed#3` selects the third occurrence. If the process
/// must first reach a certain state, the test instead sets `WAYSTONE_CRASH_ORDER` to a file's path, and later writes
/// the selection to that file. Occurrences are counted from the moment the file contains the selection. Anything after
/// a space in a selection is a comment.
///
/// At the selected crash point, the thread writes the file named by `WAYSTONE_CRASH_MARK` and then blocks forever, so
/// that the test can kill the process at exactly this point. Other threads continue.
pub fn crash_point(label: &'static str) {
    #[cfg(debug_assertions)]
    order::stop_if_selected(label);
    #[cfg(not(debug_assertions))]
    let _ = label;
}

#[cfg(debug_assertions)]
mod order {
    use std::sync::{Mutex, PoisonError};
    use std::{env, fs};

    use tokio::runtime::{Handle, RuntimeFlavor};

    /// The current selection, and the number of times its crash point has been reached.
    static SEEN: Mutex<(String, u32)> = Mutex::new((String::new(), 0));

    pub(super) fn stop_if_selected(label: &str) {
        let order = match env::var_os("WAYSTONE_CRASH_ORDER") {
            Some(path) => fs::read_to_string(path).ok(),
            None => env::var("WAYSTONE_CRASH_AT").ok(),
        };
        let Some(order) = order else { return };
        if !is_selected(&order, label) {
            return;
        }
        if let Some(mark) = env::var_os("WAYSTONE_CRASH_MARK") {
            // If the mark cannot be written, the test times out.
            let _ = fs::write(mark, label);
        }
        match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
            // Moves the thread's other tasks to another thread, so that only this task is blocked.
            Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(|| stop()),
            _ => stop(),
        }
    }

    fn stop() -> ! {
        loop {
            std::thread::park();
        }
    }

    fn is_selected(order: &str, label: &str) -> bool {
        let place = order.split_whitespace().next().unwrap_or_default();
        let (selected, occurrence) = place.split_once('#').unwrap_or((place, "1"));
        if selected != "*" && selected != label {
            return false;
        }
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.0 != order {
            *seen = (order.to_owned(), 0);
        }
        seen.1 += 1;
        occurrence.parse() == Ok(seen.1)
    }

    #[cfg(test)]
    mod tests {
        use super::is_selected;

        /// Each case needs a selection of its own, because occurrences are counted for the current selection.
        #[test]
        fn a_selection_names_a_label_and_its_occurrence() {
            let reached = |order: &str| {
                let labels = ["a.b", "c.d", "a.b", "a.b"];
                labels
                    .map(|label| if is_selected(order, label) { 'x' } else { '-' })
                    .iter()
                    .collect::<String>()
            };
            assert_eq!(reached("a.b"), "x---");
            assert_eq!(reached("a.b#2"), "--x-");
            assert_eq!(reached("a.b#3 the third"), "---x");
            assert_eq!(reached("*#2"), "-x--");
            assert_eq!(reached("c.d the only one"), "-x--");
            assert_eq!(reached("a.b#4"), "----");
            assert_eq!(reached("other"), "----");
            assert_eq!(reached(""), "----");
        }
    }
}
