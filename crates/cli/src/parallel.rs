//! Parallel work whose results arrive in order.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// The maximum number of items that are in progress, or finished and waiting for an earlier item.
const AHEAD: usize = 64;

/// Runs `work` on every item, on as many threads as there are cores, and passes the results to `take` in the same order
/// as the items. If an item is slow, only a limited number of later results accumulate in memory.
pub(crate) fn in_order<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(R),
) {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(items.len());
    if threads < 2 {
        for item in items {
            take(work(item));
        }
        return;
    }
    let next = AtomicUsize::new(0);
    let (sender, results) = channel();
    let (permit, permits) = channel();
    let permits = Mutex::new(permits);
    // An item takes a permit when it starts, and returns the permit when its result has been passed to `take`.
    (0..AHEAD).for_each(|_| _ = permit.send(()));
    thread::scope(|scope| {
        // The sender is moved into the scope, so that a panic drops the sender and no thread waits for a permit
        // forever.
        let permit = permit;
        for _ in 0..threads {
            let (sender, next, permits, work) = (sender.clone(), &next, &permits, &work);
            scope.spawn(move || {
                while permits.lock().unwrap_or_else(PoisonError::into_inner).recv().is_ok() {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { return };
                    // A panic is also sent as a result, because the receiver would otherwise wait for this item
                    // forever.
                    let result = catch_unwind(AssertUnwindSafe(|| work(item)));
                    if sender.send((at, result)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let (mut due, mut waiting) = (0, BTreeMap::new());
        while due < items.len() {
            let Ok((at, result)) = results.recv() else { return };
            waiting.insert(at, result.unwrap_or_else(|panic| resume_unwind(panic)));
            while let Some(result) = waiting.remove(&due) {
                take(result);
                due += 1;
                _ = permit.send(());
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread::sleep;
    use std::time::Duration;

    use super::{AHEAD, in_order};

    #[test]
    fn results_arrive_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..500).collect();
        let mut taken = Vec::new();
        let work = |n: &u64| {
            // Earlier items take longer.
            sleep(Duration::from_micros(500 - n));
            n * 2
        };
        in_order(&items, work, |result| taken.push(result));
        assert_eq!(taken, items.iter().map(|n| n * 2).collect::<Vec<_>>());
    }

    #[test]
    fn results_do_not_pile_up_behind_a_slow_item() {
        let items: Vec<usize> = (0..1000).collect();
        let begun = AtomicUsize::new(0);
        let work = |n: &usize| {
            begun.fetch_add(1, Ordering::Relaxed);
            if *n == 0 {
                sleep(Duration::from_millis(50));
            }
        };
        let (mut taken, mut most) = (0, 0);
        in_order(&items, work, |()| {
            most = most.max(begun.load(Ordering::Relaxed) - taken);
            taken += 1;
        });
        assert_eq!(taken, items.len());
        assert!(most <= AHEAD, "{most} results at once");
    }

    #[test]
    fn a_panic_ends_the_work_and_reaches_the_caller() {
        let items: Vec<usize> = (0..1000).collect();
        let in_work = catch_unwind(|| in_order(&items, |n| assert_ne!(*n, 3, "intended panic"), |()| ()));
        let in_take = catch_unwind(|| in_order(&items, |n| *n, |n| assert_ne!(n, 3, "intended panic")));
        assert!(in_work.is_err() && in_take.is_err());
    }
}
