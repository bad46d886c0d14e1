//! Handles of the metrics that every request updates. Finding a metric by its labels allocates, so the handles are kept.

use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};
use std::time::Duration;

use metrics::{Counter, Histogram};

/// The handles for one name, such as a route, by the other labels `L`.
pub(super) struct Handles<L>(LazyLock<RwLock<ByName<L>>>);

type ByName<L> = HashMap<String, Vec<(L, Handle)>>;

/// A counter and the histogram of the durations of what it counts.
#[derive(Clone)]
pub(super) struct Handle {
    pub(super) count: Counter,
    pub(super) duration: Histogram,
}

impl Handle {
    fn record(&self, took: Duration) {
        self.count.increment(1);
        self.duration.record(took.as_secs_f64());
    }
}

impl<L: Copy + PartialEq> Handles<L> {
    pub(super) const fn new() -> Self {
        Self(LazyLock::new(RwLock::default))
    }

    /// Records an event with the handle for its labels, which `create` creates if there is none.
    pub(super) fn record(&self, name: &str, labels: L, took: Duration, create: impl FnOnce() -> Handle) {
        {
            let handles = self.0.read().unwrap_or_else(PoisonError::into_inner);
            let found = handles.get(name).and_then(|all| all.iter().find(|(one, _)| *one == labels));
            if let Some((_, handle)) = found {
                return handle.record(took);
            }
        }
        let handle = create();
        handle.record(took);
        let mut handles = self.0.write().unwrap_or_else(PoisonError::into_inner);
        handles.entry(name.to_owned()).or_default().push((labels, handle));
    }
}
