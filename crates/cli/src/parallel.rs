//! Several things at once, and their results in order.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

/// So many results may wait for one that comes before them.
const AHEAD: usize = 64;

/// Works on every item, on as many threads as there are cores, and hands over the results in the order of the items.
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
    let (done, results) = sync_channel(AHEAD);
    thread::scope(|scope| {
        for _ in 0..threads {
            let (done, next, work) = (done.clone(), &next, &work);
            scope.spawn(move || {
                while let Some((at, item)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    items.get(at).map(|item| (at, item))
                } {
                    if done.send((at, work(item))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        let (mut due, mut waiting) = (0, BTreeMap::new());
        for (at, result) in results {
            waiting.insert(at, result);
            while let Some(result) = waiting.remove(&due) {
                take(result);
                due += 1;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..500).collect();
        let mut taken = Vec::new();
        let work = |n: &u64| {
            // Those that come first take longest.
            std::thread::sleep(std::time::Duration::from_micros(500 - n));
            n * 2
        };
        in_order(&items, work, |result| taken.push(result));
        assert_eq!(taken, items.iter().map(|n| n * 2).collect::<Vec<_>>());
    }
}
