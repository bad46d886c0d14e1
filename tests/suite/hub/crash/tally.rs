//! The secrets that are linked with, and the count of what came of the kills.

use std::collections::BTreeMap;

/// Secrets that stand in no guide and no test but here, and what the provider's guide has in their place.
pub(super) const TOKENS: [(&str, &str); 2] =
    [("right-token", "canary-3d0f7a1c9b52"), ("newer-token", "canary-8e64c2f0d17b")];
pub(super) const TOKEN: &str = TOKENS[0].1;
pub(super) const NEWER: &str = TOKENS[1].1;

/// What came of the kills.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How often a process was killed, by where the link stood.
    pub(super) points: BTreeMap<String, u32>,
    /// Links that were cut at a random moment by the same signals.
    pub(super) beside: u32,
    /// Links that were acknowledged before the end, …
    pub(super) acknowledged: u32,
    /// … those that were not and are wholly there, …
    pub(super) there: u32,
    /// … and those that are wholly absent.
    pub(super) absent: u32,
    /// People on the pages who found their checks under way, and waited until another process took them over.
    pub(super) taken_over: u32,
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        for (label, times) in other.points {
            *self.points.entry(label).or_default() += times;
        }
        self.beside += other.beside;
        self.acknowledged += other.acknowledged;
        self.there += other.there;
        self.absent += other.absent;
        self.taken_over += other.taken_over;
    }

    pub(super) fn kills(&self) -> u32 {
        self.points.values().sum()
    }
}
