//! The secrets used for linking, and statistics about the kills.

use std::collections::BTreeMap;

/// Secrets that occur only in these tests. In each pair, the second string is the secret, and the first is the value in
/// the provider's guide that it replaces.
pub(super) const TOKENS: [(&str, &str); 2] =
    [("right-token", "canary-3d0f7a1c9b52"), ("newer-token", "canary-8e64c2f0d17b")];
pub(super) const TOKEN: &str = TOKENS[0].1;
pub(super) const NEWER: &str = TOKENS[1].1;

/// Statistics about the kills.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// The number of kills at each point.
    pub(super) points: BTreeMap<String, u32>,
    /// The number of concurrent links that these kills interrupted at random moments.
    pub(super) concurrent: u32,
    /// The number of links that were acknowledged.
    pub(super) acknowledged: u32,
    /// The number of links that were stored completely, but not acknowledged.
    pub(super) stored: u32,
    /// The number of links for which nothing was stored.
    pub(super) absent: u32,
    /// The number of links on the pages for which another process took over the checks.
    pub(super) taken_over: u32,
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        for (label, count) in other.points {
            *self.points.entry(label).or_default() += count;
        }
        self.concurrent += other.concurrent;
        self.acknowledged += other.acknowledged;
        self.stored += other.stored;
        self.absent += other.absent;
        self.taken_over += other.taken_over;
    }

    pub(super) fn kills(&self) -> u32 {
        self.points.values().sum()
    }
}
